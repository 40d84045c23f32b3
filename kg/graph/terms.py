"""Properties and classes by what people call them: an IRI, a prefixed name, a local name, or a label."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from kg.errors import AmbiguousError, NotFoundError
from kg.graph.ontology import axioms
from kg.graph.vocabulary import ZR
from kg.resources import prefixes

_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
_TYPE = ("a", "type", "类型")


def property_called(name: str) -> URIRef:
    """Return the property that a name means; raises AmbiguousError or NotFoundError with the nearest names."""
    if name in _TYPE or name == str(RDF.type):
        return RDF.type
    return _called(name, _PROPERTIES)


def class_called(name: str) -> URIRef:
    """Return the class that a name means; raises AmbiguousError or NotFoundError with the nearest names."""
    return _called(name, (OWL.Class,))


def _called(name: str, kinds: tuple[Node, ...]) -> URIRef:
    whole = expanded(name)
    if whole:
        return whole
    graph = axioms()
    names = {str(term): set(_names(graph, term)) for kind in kinds for term in graph.subjects(RDF.type, kind)}
    found = sorted(iri for iri, forms in names.items() if name.casefold() in forms)
    if len(found) == 1:
        return URIRef(found[0])
    if found:
        raise AmbiguousError(f"{name} can mean {len(found)} terms; name one:", tuple(found))
    nearest = get_close_matches(name.casefold(), sorted({form for forms in names.values() for form in forms}), 5, 0.5)
    raise NotFoundError(f"no term of the ontology is called {name}.{' Nearest:' if nearest else ''}", tuple(nearest))


def expanded(name: str) -> URIRef | None:
    """Return the IRI that a name is, in full or with a known prefix; None for other names."""
    prefix, colon, rest = name.partition(":")
    if not colon:
        return None
    if rest.startswith("//"):
        return URIRef(name)
    namespace = prefixes().get(prefix)
    return URIRef(namespace + rest) if namespace else None


def _names(graph: Graph, term: Node) -> Iterator[str]:
    yield str(term).removeprefix(str(ZR)).casefold()
    yield from (str(label).casefold() for label in graph.objects(term, RDFS.label))
