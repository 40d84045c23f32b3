"""The ontology as shipped, read from `ontology/`: axioms for the rules, and the graph that is published."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Identifier, Node

from kg.errors import DataError
from kg.graph.iris import DEFAULT_BASE, NAMESPACE
from kg.resources import ontology_dir

_SKOLEM = "https://w3id.org/.well-known/genid/zeren/"


def read_turtle(path: Path) -> Graph:
    """Read one of our Turtle files; raise DataError naming the file where it is missing or malformed."""
    try:
        return Graph().parse(data=path.read_text(encoding="utf-8"), format="turtle", publicID=NAMESPACE)
    except Exception as error:  # rdflib's parser raises several unrelated kinds
        raise DataError(f"{path}: not readable as Turtle: {error}") from error


@lru_cache(maxsize=4)
def axioms(alignment: bool = False) -> Graph:
    """Return the axioms that rules are compiled from; not to be changed."""
    graph = read_turtle(ontology_dir() / "responsibility.ttl")
    return graph + read_turtle(ontology_dir() / "alignment.ttl") if alignment else graph


@lru_cache(maxsize=4)
def concepts(base: str = DEFAULT_BASE) -> Graph:
    """Return roles, modes, functions and the other concepts, functions under `base`; not to be changed."""
    graph = read_turtle(ontology_dir() / "concepts.ttl")
    return graph if base == DEFAULT_BASE else _rebased(graph, base)


@lru_cache(maxsize=4)
def ontology_graph(base: str = DEFAULT_BASE, *, alignment: bool = False) -> Graph:
    """Return the whole ontology without blank nodes: terms, concepts, steps, display, prefixes; not to be changed."""
    graph = axioms(alignment) + concepts(base)
    for name in ("rules.ttl", "display.ttl", "prefixes.ttl"):
        graph += read_turtle(ontology_dir() / name)
    return _skolemised(graph)


def _rebased(graph: Graph, base: str) -> Graph:
    moved = Graph()
    for triple in graph:
        subject, predicate, value = (_moved(term, base) for term in triple)
        moved.add((subject, predicate, value))
    return moved


def _moved(term: Node, base: str) -> Node:
    if isinstance(term, URIRef) and term.startswith(DEFAULT_BASE):
        return URIRef(base + term.removeprefix(DEFAULT_BASE))
    return term


def _skolemised(graph: Graph) -> Graph:
    """Name every list node after what it hangs from (RDF 1.1 section 3.5): the same bytes come out each time."""
    names: dict[Node, URIRef] = {}
    for owner, predicate in sorted({(s, p) for s, p, o in graph if isinstance(o, BNode) and isinstance(s, URIRef)}):
        lists = sorted((list(graph.items(o)), o) for o in graph.objects(owner, predicate) if isinstance(o, BNode))
        for number, (_, head) in enumerate(lists, start=1):
            names |= _list_names(graph, head, f"{_tail(owner)}-{_tail(predicate)}-{number}")
    named = Graph()
    for s, p, o in graph:
        named.add((names.get(s, s), p, names.get(o, o)))
    return named


def _list_names(graph: Graph, head: Node, stem: str) -> dict[Node, URIRef]:
    names: dict[Node, URIRef] = {}
    node: Node | None = head
    while isinstance(node, BNode):
        names[node] = URIRef(f"{_SKOLEM}{stem}-{len(names) + 1}")
        node = graph.value(node, RDF.rest)
    return names


def _tail(term: Identifier | Node) -> str:
    return str(term).rpartition("#")[2].rpartition("/")[2]
