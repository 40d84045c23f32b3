"""Where triples come from, as PROV-O: proofs on request, and what each document's graphs were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import OWL, PROV, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Identifier

from kg import __version__
from kg.graph.explanation import Proof
from kg.graph.iris import DEFAULT_BASE, inferred, segment
from kg.graph.ontology import axioms
from kg.graph.rules import Triple
from kg.graph.vocabulary import PREFIXES, ZR
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


@dataclass(frozen=True, slots=True)
class Origin:
    """What one document was read from: the name of its file, and the SHA-256 of it and of the metadata beside it."""

    document: str
    file: str
    source: str
    metadata: str | None = None


def build_graph(origins: Iterable[Origin], base: str = DEFAULT_BASE) -> Graph:
    """Return which file every document was read from, by which version, and under which ontology it was closed.

    No clock times: the same files give the same graph.
    """
    graph = Graph()
    for prefix, namespace in {**PREFIXES, "prov": str(PROV)}.items():
        graph.bind(prefix, namespace)
    reader = URIRef(f"{base}software/zeren-{segment(__version__)}")
    _say(graph, reader, PROV.SoftwareAgent, (RDFS.label, Literal(f"zeren {__version__}")))
    for origin in sorted(origins, key=lambda each: each.document):
        document, closed = URIRef(origin.document), URIRef(inferred(origin.document))
        reading, closing = URIRef(f"{document}/reading"), URIRef(f"{document}/closing")
        _say(graph, document, PROV.Entity, (PROV.wasGeneratedBy, reading))
        _say(graph, reading, PROV.Activity, (PROV.wasAssociatedWith, reader))
        for name, content in ((origin.file, origin.source), (f"{origin.file} (metadata)", origin.metadata)):
            if content:
                file = _file(graph, base, name, content)
                graph.add((document, PROV.wasDerivedFrom, file))
                graph.add((reading, PROV.used, file))
        _say(graph, closed, PROV.Entity, (PROV.wasDerivedFrom, document), (PROV.wasGeneratedBy, closing))
        _say(graph, closing, PROV.Activity, (PROV.used, ontology_version()), (PROV.used, document))
    return graph


def ontology_version() -> URIRef:
    """Return the version IRI of the ontology that ships with this program."""
    return URIRef(str(axioms().value(URIRef(str(ZR)), OWL.versionIRI)))


def _file(graph: Graph, base: str, name: str, content: str) -> URIRef:
    return _say(
        graph,
        URIRef(f"{base}file/{content}"),
        PROV.Entity,
        (RDFS.label, Literal(name)),
        (ZR.fileHash, Literal(content)),
    )


def _say(graph: Graph, subject: URIRef, kind: URIRef, *facts: tuple[URIRef, Identifier]) -> URIRef:
    graph.add((subject, RDF.type, kind))
    for predicate, value in facts:
        graph.add((subject, predicate, value))
    return subject
