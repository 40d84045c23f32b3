"""对口 organisations over all documents: the same function at different levels, one place within the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.graph.iris import DEFAULT_BASE
from kg.graph.registry import registry_graph
from kg.graph.rules import Triple
from kg.graph.vocabulary import PREFIXES, ZR


def counterparts_graph(stated: Iterable[Graph], base: str = DEFAULT_BASE) -> Graph:
    """Return `zr:counterpartOf`, both ways, between the organisations of the stated graphs.

    Not OWL: it compares levels. Recomputed from the stated graphs, like the spine, and no rule builds on it, so that
    a new document closes no other anew.
    """
    graphs = list(stated)
    known = registry_graph(graphs, base)
    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    bodies = _bodies([*graphs, known])
    for (function, place), lower in bodies.items():
        for higher in _above(known, place):
            for one in lower:
                for other in bodies.get((function, higher), ()):
                    graph.add((one, ZR.counterpartOf, other))
                    graph.add((other, ZR.counterpartOf, one))
    return graph


def premises(stated: Iterable[Graph], triple: Triple, base: str = DEFAULT_BASE) -> tuple[Triple, ...]:
    """Return why two organisations are counterparts: their function, their places, and what lies within what."""
    graphs = list(stated)
    known = registry_graph(graphs, base)
    one, _, other = triple
    for (function, place), members in _bodies([*graphs, known]).items():
        for lower, upper in ((one, other), (other, one)):
            if lower not in members:
                continue
            chain: list[Triple] = []
            for step in _steps(known, place):
                chain.append(step)
                facts = ((upper, ZR.function, function), (upper, ZR.jurisdiction, step[2]))
                if all(any(fact in graph for graph in (*graphs, known)) for fact in facts):
                    return ((lower, ZR.function, function), (lower, ZR.jurisdiction, place), *facts, *chain)
    return ()


def _bodies(graphs: list[Graph]) -> dict[tuple[Node, Node], list[Node]]:
    """Return the organisations by function and place; those without either, and generic ones, are left out."""
    found: dict[tuple[Node, Node], set[Node]] = defaultdict(set)
    for graph in graphs:
        for body, function in graph.subject_objects(ZR.function):
            if graph.value(body, ZR.generic) is None:
                for place in graph.objects(body, ZR.jurisdiction):
                    found[function, place].add(body)
    return {key: sorted(members, key=str) for key, members in sorted(found.items(), key=str)}


def _above(known: Graph, place: Node) -> Iterator[Node]:
    return (step[2] for step in _steps(known, place))


def _steps(known: Graph, place: Node) -> Iterator[tuple[Node, URIRef, Node]]:
    """Yield how a place lies within another, up to the country."""
    node: Node | None = place
    while node is not None:
        higher = known.value(node, ZR.within)
        if higher is not None:
            yield node, ZR.within, higher
        node = higher
