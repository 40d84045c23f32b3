"""From a plan to its graphs: what the document states, what follows from it, and what is doubtful about it.

    plan ──► triples ──► stated graph ──► validation (before closure)
                               └──► closure + co-ownership ──► inferred graph ──► explanation, back to the sentence
    all stated graphs ──► registry, spine, counterparts, build

The names below load rdflib on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.graph.closure import REASONERS as REASONERS
    from kg.graph.documents import DocumentGraphs as DocumentGraphs
    from kg.graph.documents import document_graphs as document_graphs
    from kg.graph.documents import shared_graphs as shared_graphs
    from kg.graph.iris import DEFAULT_BASE as DEFAULT_BASE
    from kg.graph.iris import Iris as Iris
    from kg.graph.spine import spine_graph as spine_graph
    from kg.graph.validation import ValidationResult as ValidationResult
    from kg.graph.validation import validate as validate

_HOMES = {
    "REASONERS": "closure",
    "DocumentGraphs": "documents",
    "document_graphs": "documents",
    "shared_graphs": "documents",
    "DEFAULT_BASE": "iris",
    "Iris": "iris",
    "spine_graph": "spine",
    "ValidationResult": "validation",
    "validate": "validation",
}
__all__ = [
    "DEFAULT_BASE",
    "REASONERS",
    "DocumentGraphs",
    "Iris",
    "ValidationResult",
    "document_graphs",
    "shared_graphs",
    "spine_graph",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
