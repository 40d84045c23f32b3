"""Everything known of one document, and where each triple of it comes from: the text, what is shared, or a rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from rdflib import Graph, URIRef

from kg.graph import iris
from kg.graph.closure import program
from kg.graph.coownership import coownerships
from kg.graph.deduction import Deduction, deduce
from kg.graph.registry import registry_graph
from kg.graph.rules import Triple
from kg.graph.spine import reachable


@dataclass(frozen=True, slots=True)
class Given:
    """What a document's closure starts from: what it states, its slice of the registry, its part of the spine."""

    document: URIRef
    stated: Graph
    registry: Graph
    spine: Graph
    base: str = iris.DEFAULT_BASE

    @classmethod
    def of(cls, stated: Graph, document: URIRef, *, base: str = iris.DEFAULT_BASE, spine: Graph | None = None) -> Given:
        """Return what is given for a document, of whose stated graph and the whole spine."""
        part = reachable(spine if spine is not None else Graph(), document)
        return cls(document, stated, registry_graph([stated], base), part, base)

    def triples(self) -> set[Triple]:
        """Return all of it."""
        return {*self.stated, *self.registry, *self.spine}

    def source(self, triple: Triple) -> str | None:
        """Return the IRI of the graph that holds a triple; None where it is not given."""
        names = iris.Iris(self.base)
        places = (
            (str(self.document), self.stated),
            (names.graph("registry"), self.registry),
            (names.graph("spine"), self.spine),
        )
        return next((name for name, graph in places if triple in graph), None)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is given for a document and what follows from it, each inferred triple with its first derivation."""

    given: Given
    deduction: Deduction
    computed: Graph = field(repr=False)

    @classmethod
    def of(cls, given: Given, *, alignment: bool = False) -> Knowledge:
        """Close what is given; raises ClashError where it contradicts the ontology."""
        return cls(
            given,
            deduce(given.triples(), program(alignment)),
            coownerships(given.stated, given.document, given.base),
        )
