"""Where triples come from, as PROV-O: proofs on request, and what each document's graphs were made from."""

from __future__ import annotations

import hashlib

from rdflib import PROV, RDF, RDFS, Graph, Literal, URIRef

from kg.graph.explanation import Proof
from kg.graph.rules import Triple
from kg.graph.wording import Wording, step_iri


def proof_graph(proof: Proof, document: URIRef, wordings: tuple[Wording, ...] = ()) -> Graph:
    """Return a proof as PROV: each conclusion a reified statement, `prov:wasDerivedFrom` its premises or its passage.

    The step that made it is a `prov:Activity` that used the premises, influenced by a step of `ontology/rules.ttl`.
    """
    graph = Graph()
    for step in proof.steps():
        node = _statement(graph, step.conclusion, document)
        for wording in wordings:
            graph.add((node, RDFS.label, Literal(wording.fact(step.conclusion), lang=wording.language)))
        if step.step is None:
            _add_sources(graph, node, step)
            continue
        activity = URIRef(f"{node}/step")
        graph.add((activity, RDF.type, PROV.Activity))
        graph.add((activity, PROV.wasInfluencedBy, step_iri(step.step)))
        graph.add((node, PROV.wasGeneratedBy, activity))
        for wording in wordings:
            graph.add((activity, RDFS.label, Literal(wording.reason(step), lang=wording.language)))
        for premise in step.premises:
            other = statement_iri(premise.conclusion, document)
            graph.add((activity, PROV.used, other))
            graph.add((node, PROV.wasDerivedFrom, other))
    return graph


def statement_iri(triple: Triple, document: URIRef) -> URIRef:
    """Return the IRI of a triple of a document, as a thing that can be spoken of; the same each time."""
    words = " ".join(term.n3() for term in triple)
    return URIRef(f"{document}/proof/{hashlib.sha256(words.encode()).hexdigest()[:32]}")


def _statement(graph: Graph, triple: Triple, document: URIRef) -> URIRef:
    node = statement_iri(triple, document)
    for kind in (RDF.Statement, PROV.Entity):
        graph.add((node, RDF.type, kind))
    for edge, term in zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True):
        graph.add((node, edge, term))
    return node


def _add_sources(graph: Graph, node: URIRef, step: Proof) -> None:
    graph.add((node, PROV.hadPrimarySource, URIRef(str(step.source))))
    if step.sentence:
        graph.add((node, PROV.wasDerivedFrom, URIRef(step.sentence.passage)))
