"""Who shares tasks with whom in one document: a node for each pair, so that counts need no joins."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.graph.iris import coownership
from kg.graph.vocabulary import ZR

AGENTS = (
    ZR.leadAgent,
    ZR.responsibleAgent,
    ZR.assistAgent,
    ZR.participantAgent,
    ZR.guideAgent,
    ZR.supervisorAgent,
)


def coownerships(stated: Graph, document: URIRef, base: str) -> Graph:
    """Return a `zr:CoOwnership` for each pair of organisations named in one statement, whatever their roles.

    A collective counts as one; an actor in a sentence has no statement and does not count.
    """
    found = Graph()
    for pair, tasks in sorted(_shared_tasks(stated).items()):
        node = URIRef(coownership(document, pair, base))
        found.add((node, RDF.type, ZR.CoOwnership))
        found.add((node, ZR.inDocument, document))
        found.add((node, ZR["count"], Literal(len(tasks), datatype=XSD.integer)))
        for organization in pair:
            found.add((node, ZR.between, URIRef(organization)))
        for task in tasks:
            found.add((node, ZR.onTask, task))
    return found


def _shared_tasks(stated: Graph) -> dict[tuple[str, str], set[Node]]:
    named: dict[tuple[Node, Node], set[str]] = defaultdict(set)
    for assignment, statement in stated.subject_objects(ZR.inStatement):
        for task in stated.objects(assignment, ZR.ofTask):
            named[statement, task] |= {str(agent) for kind in AGENTS for agent in stated.objects(assignment, kind)}
    shared: dict[tuple[str, str], set[Node]] = defaultdict(set)
    for (_, task), organizations in named.items():
        for pair in combinations(sorted(organizations), 2):
            shared[pair].add(task)
    return shared
