"""The ontology as a reference: every term with its words, its place and its neighbours, and the same as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import Namespace
from rdflib.term import Node

from kg.outputs.rdf import convert
from kg.resources import ontology_dir, prefixes

NAMESPACE = "https://w3id.org/zeren/ns#"
ZR = Namespace(NAMESPACE)
_SCHEMA = Namespace("https://schema.org/")
_FILES = ("responsibility.ttl", "concepts.ttl", "rules.ttl", "alignment.ttl")
_KINDS: dict[str, tuple[Node, ...]] = {
    "class": (OWL.Class,),
    "object-property": (OWL.ObjectProperty,),
    "data-property": (OWL.DatatypeProperty, OWL.AnnotationProperty),
}
_MATCHES = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, SKOS.exactMatch, SKOS.broadMatch)
_CHARACTER: dict[Node, str] = {
    OWL.TransitiveProperty: "transitive",
    OWL.SymmetricProperty: "symmetric",
    OWL.AsymmetricProperty: "asymmetric",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One term: words by language (label, definition, examples), and by relation the terms it stands to."""

    iri: str
    anchor: str
    kind: str
    label: dict[str, str]
    definition: dict[str, str]
    examples: tuple[str, ...]
    notation: str
    related: dict[str, tuple[str, ...]]
    chains: tuple[tuple[str, ...], ...]
    character: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme with its concepts, each with how deep it lies (0 for a top concept)."""

    entry: Entry
    concepts: tuple[tuple[int, Entry], ...]


@lru_cache(maxsize=1)
def ontology() -> Graph:
    """Return the ontology as shipped, with concepts, steps of reasoning and alignments; not to be changed."""
    read = Graph()
    for name in _FILES:
        read.parse(data=(ontology_dir() / name).read_text(encoding="utf-8"), format="turtle")
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in prefixes().items():
        graph.bind(prefix, namespace)
    names = _list_names(read)
    for triple in read:
        subject, predicate, value = (names.get(term, term) for term in triple)
        graph.add((subject, predicate, value))
    return graph


def _list_names(graph: Graph) -> dict[Node, Node]:
    """Return lasting labels for list nodes, which the parser names at random."""
    heads = [(s, p, o) for s, p, o in graph if isinstance(o, BNode) and not isinstance(s, BNode)]
    names: dict[Node, Node] = {}
    for _, _, head in sorted(heads, key=lambda t: (str(t[0]), str(t[1]), [str(m) for m in Collection(graph, t[2])])):
        node: Node | None = head
        while isinstance(node, BNode):
            names[node] = BNode(f"l{len(names)}")
            node = graph.value(node, RDF.rest)
    return names


@lru_cache(maxsize=1)
def about() -> dict[str, dict[str, str]]:
    """Return what the ontology says of itself: title and description by language; version and licence under `""`."""
    graph, whole = ontology(), URIRef(NAMESPACE)
    single = {
        name: str(graph.value(whole, edge))
        for name, edge in (("version", OWL.versionInfo), ("versionIRI", OWL.versionIRI), ("license", DCTERMS.license))
    }
    return {
        "title": _by_language(graph, whole, DCTERMS.title),
        "description": _by_language(graph, whole, DCTERMS.description),
        "": single,
    }


@lru_cache(maxsize=1)
def terms() -> dict[str, tuple[Entry, ...]]:
    """Return classes, object properties and data properties, by kind, in the order of their names."""
    graph = ontology()
    found = {kind: {n for type_ in types for n in graph.subjects(RDF.type, type_)} for kind, types in _KINDS.items()}
    return {
        kind: tuple(_entry(graph, node, kind) for node in sorted(nodes, key=str) if str(node).startswith(NAMESPACE))
        for kind, nodes in found.items()
    }


@lru_cache(maxsize=1)
def schemes() -> tuple[Scheme, ...]:
    """Return the concept schemes, each with its concepts, narrower ones below their broader one."""
    graph = ontology()
    return tuple(
        Scheme(_entry(graph, scheme, "scheme"), tuple(_below(graph, scheme, None, 0)))
        for scheme in sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    )


def _below(graph: Graph, scheme: Node, broader: Node | None, depth: int) -> Iterator[tuple[int, Entry]]:
    members = sorted(graph.subjects(SKOS.inScheme, scheme), key=str)
    for concept in members:
        if graph.value(concept, SKOS.broader) == broader:
            yield depth, _entry(graph, concept, "concept")
            yield from _below(graph, scheme, concept, depth + 1)


def _entry(graph: Graph, node: Node, kind: str) -> Entry:
    chains = [tuple(map(str, Collection(graph, members))) for members in graph.objects(node, OWL.propertyChainAxiom)]
    return Entry(
        iri=str(node),
        anchor=str(node).rpartition("#")[2].rpartition("/")[2],
        kind=kind,
        label=_by_language(graph, node, RDFS.label) or _by_language(graph, node, SKOS.prefLabel),
        definition=_by_language(graph, node, SKOS.definition),
        examples=tuple(sorted(str(example) for example in graph.objects(node, SKOS.example))),
        notation=str(graph.value(node, SKOS.notation) or ""),
        related={name: found for name, edges in _RELATIONS.items() if (found := _related(graph, node, edges))},
        chains=tuple(sorted(chains)),
        character=tuple(sorted(_CHARACTER[kind] for kind in graph.objects(node, RDF.type) if kind in _CHARACTER)),
    )


_RELATIONS: dict[str, tuple[Node, ...]] = {
    "above": (RDFS.subClassOf, RDFS.subPropertyOf),
    "domain": (RDFS.domain, _SCHEMA.domainIncludes),
    "range": (RDFS.range, _SCHEMA.rangeIncludes),
    "inverse": (OWL.inverseOf,),
    "successor": (ZR.successorOf,),
    "match": (SKOS.closeMatch, SKOS.exactMatch),
}


def _related(graph: Graph, node: Node, edges: tuple[Node, ...]) -> tuple[str, ...]:
    found = {str(value) for edge in edges for value in graph.objects(node, edge)}
    if OWL.inverseOf in edges:
        found |= {str(value) for value in graph.subjects(OWL.inverseOf, node)}
    return tuple(sorted(found))


def _by_language(graph: Graph, node: Node, edge: Node) -> dict[str, str]:
    return {str(v.language): str(v) for v in graph.objects(node, edge) if isinstance(v, Literal)}


def with_prefix(iri: str) -> str:
    """Return an IRI as short as the known prefixes make it."""
    return next((f"{p}:{iri[len(n) :]}" for p, n in prefixes().items() if iri.startswith(n)), iri)


@lru_cache(maxsize=4)
def serialized(form: str) -> str:
    """Return the ontology as `turtle`, `rdfxml` or `jsonld` (with the context that data is written in)."""
    return _WRITERS[form]()


def _jsonld() -> str:
    """Return the ontology as JSON-LD under the context that our data is written in."""
    context = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    written = json.loads(ontology().serialize(format="json-ld", context=context))
    return json.dumps(_ordered(written), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _ordered(value: Any) -> Any:
    """Return JSON-LD with its sets in one order; what is a list stays as it is."""
    if isinstance(value, dict):
        return {key: part if key in ("@list", "@context") else _ordered(part) for key, part in value.items()}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda part: json.dumps(part, sort_keys=True))
    return value


def _rdfxml() -> str:
    ntriples = ontology().serialize(format="nt", encoding="utf-8")
    return convert(ntriples, "rdfxml", prefixes()).decode()


_WRITERS: dict[str, Callable[[], str]] = {
    "turtle": lambda: ontology().serialize(format="turtle"),
    "rdfxml": _rdfxml,
    "jsonld": _jsonld,
}
MEDIA_TYPES = {"turtle": "text/turtle", "rdfxml": "application/rdf+xml", "jsonld": "application/ld+json"}
