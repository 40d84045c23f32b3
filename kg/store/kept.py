"""What of a generation is kept when documents come and go: graphs as they are, and the little that others hang on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import Literal, URIRef

from kg.errors import StoreError
from kg.graph.iris import DEFAULT_BASE
from kg.store.home import home

if TYPE_CHECKING:
    from rdflib.term import Node

    from kg.graph.rules import Triple

_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Kept:
    """One generation's graphs, for copying."""

    def __init__(self, store: Path | str, generation: str, base: str = DEFAULT_BASE) -> None:
        self._quads = home(store, base).open(generation)

    def nquads(self, graph: str) -> bytes:
        """Return one graph as N-Quads."""
        return ox.serialize(self._matching(graph), format=ox.RdfFormat.N_QUADS) or b""

    def ntriples(self, graph: str) -> bytes:
        """Return the triples of one graph as N-Triples."""
        return ox.serialize((quad.triple for quad in self._matching(graph)), format=ox.RdfFormat.N_TRIPLES) or b""

    def triples(self, graph: str, patterns: Iterable[tuple[Node | None, Node | None]]) -> set[Triple]:
        """Return the triples of one graph with these predicates and objects; None is any."""
        found = {quad.triple for edge, value in patterns for quad in self._matching(graph, edge, value)}
        return {(_term(triple.subject), _term(triple.predicate), _term(triple.object)) for triple in found}

    def _matching(self, graph: str, predicate: Node | None = None, value: Node | None = None) -> list[ox.Quad]:
        edge, node = (None if term is None else ox.NamedNode(str(term)) for term in (predicate, value))
        return list(self._quads.quads_for_pattern(None, edge, node, ox.NamedNode(graph)))


def _term(term: object) -> Node:
    if isinstance(term, ox.Literal):
        datatype = None if term.language or term.datatype.value == _STRING else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=datatype)
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    raise StoreError(f"{term}: a build holds names and literals only; build it again: zeren build")


def canonical(nquads: bytes) -> bytes:
    """Return N-Quads as a store gives them back, so that a graph reads the same whether it is new or kept."""
    quads = ox.Store()
    quads.load(nquads, ox.RdfFormat.N_QUADS)
    return quads.dump(format=ox.RdfFormat.N_QUADS) or b""
