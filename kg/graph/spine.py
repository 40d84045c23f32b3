"""The spine: the links from document to document, gathered from what the documents state."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import RDF, Graph
from rdflib.term import Node

from kg.graph.vocabulary import PREFIXES, ZR

LINKS = (ZR.cites, ZR.implements, ZR.supersedes, ZR.draftOf)


def spine_graph(stated: Iterable[Graph]) -> Graph:
    """Return every link of a plan to another document; links of its tasks and sections stay in its own graph."""
    spine = Graph()
    for prefix, namespace in PREFIXES.items():
        spine.bind(prefix, namespace)
    for graph in stated:
        for plan in graph.subjects(RDF.type, ZR.WorkPlan):
            for link in LINKS:
                for other in graph.objects(plan, link):
                    spine.add((plan, link, other))
    return spine


def reachable(spine: Graph, document: Node) -> Graph:
    """Return the part of the spine that starts from one document, directly or over others."""
    part, waiting, seen = Graph(), [document], {document}
    while waiting:
        for link in spine.triples((waiting.pop(), None, None)):
            part.add(link)
            if link[2] not in seen:
                seen.add(link[2])
                waiting.append(link[2])
    return part
