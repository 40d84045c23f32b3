"""Many documents at once: read, graphed and put into a store.

What a store holds is told by its documents alone: adding, removing or re-reading some gives byte for byte what building
all of them from nothing gives, but only what the change touches is read, checked and closed again. Documents pass
through memory one by one: of each, only what the graphs of others are computed from stays there.

The names below load the graph and the store on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg.corpus.files import READABLE, documents

if TYPE_CHECKING:
    from kg.corpus.building import Document as Document
    from kg.corpus.building import Report as Report
    from kg.corpus.building import build as build
    from kg.corpus.building import change as change
    from kg.corpus.building import changed_files as changed_files
    from kg.corpus.building import drawn_anew as drawn_anew

__all__ = ["READABLE", "Document", "Report", "build", "change", "changed_files", "documents", "drawn_anew"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("kg.corpus.building"), name)
