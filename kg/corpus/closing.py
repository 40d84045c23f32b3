"""Documents closed together: each when it is read, and once more where the links of others give it something else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.corpus.fingerprints import fingerprint
from kg.corpus.members import Member, nquads, put
from kg.corpus.spill import Spill
from kg.errors import InconsistentError, ZerenError
from kg.graph.documents import inferred_graph, shared_graphs
from kg.graph.iris import Iris, inferred
from kg.graph.knowledge import Given
from kg.graph.provenance import Origin, build_graph
from kg.graph.rules import Triple
from kg.graph.spine import spine_graph
from kg.settings import Settings


@dataclass(frozen=True, slots=True)
class Closing:
    """Members closed together: those that stay, whose inferences are new, and who contradicts what."""

    members: tuple[Member, ...]
    spine: Graph
    closed: tuple[str, ...]
    failed: tuple[tuple[Member, ZerenError], ...]


def closed(
    members: Iterable[Member], settings: Settings, spill: Spill, *, before: Iterable[Member] | None = None
) -> Closing:
    """Close every member to whose closure something else is given than before; the first come first.

    A document that contradicts the ontology is left out, and the links of the others are drawn anew. `before` are those
    that the kept ones were closed with, by the same rules: who reaches no link that has changed since is left alone.
    """
    known = None if before is None else _spine(before)
    staying = list(members)
    failed: list[tuple[Member, ZerenError]] = []
    anew: dict[str, None] = {}
    while staying:
        spine = _spine(staying)
        touched = _reaching(known, spine) if known is not None else None
        for member in staying:
            new = member.kept is None or member.iri in anew
            if touched is not None and not new and URIRef(member.iri) not in touched:
                continue
            try:
                if close(member, spine, settings, spill):
                    anew[member.iri] = None
            except InconsistentError as error:
                failed.append((member, error))
                staying.remove(member)
                break
        else:
            names = {member.iri for member in staying}
            return Closing(tuple(staying), spine, tuple(iri for iri in anew if iri in names), tuple(failed))
    return Closing((), Graph(), (), tuple(failed))


def close_alone(member: Member, stated: Graph, settings: Settings, spill: Spill) -> None:
    """Close a document that was read just now under its own links; most have no others, and its graph is at hand."""
    close(member, _spine([member]), settings, spill, stated)


def close(member: Member, spine: Graph, settings: Settings, spill: Spill, stated: Graph | None = None) -> bool:
    """Put what follows from a member on disk; tell whether it had to be closed for that.

    Its `stated` graph is read back where it is not at hand. Raises InconsistentError.
    """
    document = URIRef(member.iri)
    given = Given.of(_graph(member.part), document, base=settings.base, spine=spine)
    hashed = fingerprint(line for graph in (given.registry, given.spine) for line in sorted(nquads(graph, "")))
    if hashed == member.given:
        return False
    graph = inferred_graph(
        member.stated() if stated is None else stated,
        document,
        base=settings.base,
        reasoner=settings.reasoner,
        alignment=settings.alignment,
        spine=spine,
    )
    name = inferred(member.iri)
    member.runs[name] = put(spill, graph, name)
    member.given = hashed
    return True


def shared_runs(closing: Closing, settings: Settings, spill: Spill) -> dict[str, Path]:
    """Return the graphs that closed members share as runs, by name."""
    names = Iris(settings.base)
    parts = _graph(triple for member in closing.members for triple in member.part)
    graphs = shared_graphs(settings.base, stated=[parts], alignment=settings.alignment)
    graphs[names.graph("spine")] = closing.spine
    origins = [Origin(m.iri, m.source.file, m.source.source, m.source.metadata) for m in closing.members]
    graphs[names.graph("build")] = build_graph(origins, settings.base)
    return {name: put(spill, graph, name) for name, graph in graphs.items()}


def _spine(members: Iterable[Member]) -> Graph:
    return spine_graph([_graph(triple for member in members for triple in member.part)])


def _reaching(before: Graph, after: Graph) -> set[Node]:
    """Return from where links are reached that are in one spine and not in the other."""
    both = before + after
    found: set[Node] = set()
    waiting: list[Node] = [subject for subject, _, _ in set(before) ^ set(after)]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += both.subjects(None, node)
    return found


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph
