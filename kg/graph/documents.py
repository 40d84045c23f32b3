"""The graphs of one document, and those that all documents share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import Graph, URIRef

from kg.graph import iris
from kg.graph.closure import closure
from kg.graph.contradiction import contradiction
from kg.graph.coownership import coownerships
from kg.graph.counterparts import counterparts_graph
from kg.graph.deduction import ClashError, Deduction
from kg.graph.knowledge import Given
from kg.graph.ontology import ontology_graph
from kg.graph.pausing import uncollected
from kg.graph.registry import registry_graph
from kg.graph.triples import stated_graph
from kg.graph.validation import ValidationResult, validate
from kg.graph.vocabulary import PREFIXES
from kg.plan import Plan


@dataclass(frozen=True, slots=True)
class DocumentGraphs:
    """What a document states (graph `iri`), what follows (graph `iri/inferred`), and what validation says of it."""

    iri: str
    stated: Graph
    inferred: Graph
    results: tuple[ValidationResult, ...]


def document_graphs(
    plan: Plan,
    *,
    base: str = iris.DEFAULT_BASE,
    reasoner: str = "rules",
    alignment: bool = False,
    spine: Graph | None = None,
) -> DocumentGraphs:
    """Return the graphs of one plan, the same triples for the same plan each time.

    `reasoner` is `rules` or `owlrl`; `alignment` adds classes of other vocabularies; `spine` holds the links among
    other documents. Raises InconsistentError where what the plan states contradicts the ontology.
    """
    document = URIRef(iris.Iris(base).document(plan))
    stated = stated_graph(plan, base)
    results = validate(stated)
    inferred = inferred_graph(stated, document, base=base, reasoner=reasoner, alignment=alignment, spine=spine)
    return DocumentGraphs(str(document), stated, inferred, results)


def inferred_graph(
    stated: Graph,
    document: URIRef,
    *,
    base: str = iris.DEFAULT_BASE,
    reasoner: str = "rules",
    alignment: bool = False,
    spine: Graph | None = None,
) -> Graph:
    """Return what follows from a stated graph, from its slice of the registry and from its part of the spine."""
    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    with uncollected():
        given = Given.of(stated, document, base=base, spine=spine)
        for triple in _closed(given, reasoner=reasoner, alignment=alignment):
            graph.add(triple)
        graph += coownerships(stated, document, base)
    return graph


def _closed(given: Given, *, reasoner: str, alignment: bool) -> Deduction:
    """Close what is given; where it contradicts the ontology, tell the sentences that clash."""
    try:
        return closure(given.triples(), reasoner=reasoner, alignment=alignment)
    except ClashError as clash:
        raise contradiction(given, clash) from None


def shared_graphs(
    base: str = iris.DEFAULT_BASE, *, stated: Iterable[Graph] = (), alignment: bool = False
) -> dict[str, Graph]:
    """Return the ontology, the registry and the counterparts, by graph IRI.

    The registry holds what the stated graphs mention; of a stated graph its shared part is enough.
    """
    names = iris.Iris(base)
    graphs = list(stated)
    return {
        names.graph("ontology"): ontology_graph(base, alignment=alignment),
        names.graph("registry"): registry_graph(graphs, base),
        names.graph("counterparts"): counterparts_graph(graphs, base),
    }
