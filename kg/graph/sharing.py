"""What of a document the graphs of others are computed from: its places, bodies, functions and links, nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import RDF, Graph
from rdflib.term import Node

from kg.graph.spine import LINKS
from kg.graph.vocabulary import ZR

# Each pattern as predicate and object; None is any object. A graph of these alone gives the same registry slice, spine
# and counterparts as the whole stated graph, so that a kept document need not be read again to add another.
PATTERNS: tuple[tuple[Node, Node | None], ...] = (
    (RDF.type, ZR.WorkPlan),
    (RDF.type, ZR.Place),
    (RDF.type, ZR.Organization),
    (ZR.function, None),
    (ZR.jurisdiction, None),
    (ZR.generic, None),
    *((link, None) for link in LINKS),
)


def shared_part(stated: Graph) -> Graph:
    """Return the triples of a stated graph that other graphs are computed from."""
    return _graph(triple for predicate, value in PATTERNS for triple in stated.triples((None, predicate, value)))


def _graph(triples: Iterable[tuple[Node, Node, Node]]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph
