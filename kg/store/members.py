"""The documents of the next generation: read just now or kept as they are, and closed only where that is needed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Graph, URIRef

from kg.errors import InconsistentError, ZerenError
from kg.graph.documents import inferred_graph, shared_graphs
from kg.graph.iris import Iris, inferred
from kg.graph.knowledge import Given
from kg.graph.provenance import Origin, build_graph
from kg.graph.sharing import PATTERNS, shared_part
from kg.graph.spine import spine_graph
from kg.resources import ontology_dir
from kg.settings import Settings
from kg.store.kept import Kept, canonical


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a document: its name, where it lies, the SHA-256 of it and of the metadata beside it."""

    file: str
    path: str
    source: str
    metadata: str | None

    @classmethod
    def of(cls, path: Path) -> Source:
        """Return what tells whether a file, or its metadata, has changed. OSError if it cannot be read."""
        beside = path.with_suffix(".toml")
        metadata = _sha256(beside) if beside != path and beside.is_file() else None
        return cls(path.name, str(path.resolve()), _sha256(path), metadata)

    def same_content(self, other: Source) -> bool:
        """Tell whether both would be read alike; the name counts, for a document without a title is called by it."""
        return (self.file, self.source, self.metadata) == (other.file, other.source, other.metadata)


@dataclass(slots=True)
class Member:
    """A document of the next generation: new with its `new` stated graph, or copied from the `kept` generation.

    `part` is what other graphs hang on, `given` the hash of what the shared graphs gave to its closure; `lines` holds
    its two graphs as N-Quads, by name.
    """

    iri: str
    source: Source
    part: Graph
    new: Graph | None = None
    kept: Kept | None = None
    given: str = ""
    lines: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, iri: str, source: Source, stated: Graph) -> Member:
        """Return a document that was read just now."""
        return cls(iri, source, shared_part(stated), new=stated)

    @classmethod
    def of(cls, entry: dict[str, str | None], kept: Kept) -> Member:
        """Return a document of a generation from what that remembers of it (`entry`, as `about` returns it)."""
        iri, source = str(entry["iri"]), Source(*(entry[name] for name in _SOURCE))  # type: ignore[arg-type]
        part = Graph().parse(data=kept.ntriples(iri, PATTERNS), format="nt")
        return cls(iri, source, part, kept=kept, given=str(entry["given"]))

    def or_kept(self, kept: Member | None) -> Member:
        """Return the same document as it is kept, where reading it again has given the same graph."""
        if kept is None or kept.iri != self.iri:
            return self
        lines = _canonical(self.stated(), self.iri)
        if sorted(lines.split(b"\n")) != sorted(kept.copy(self.iri).split(b"\n")):
            return self
        return replace(kept, source=self.source)

    def about(self) -> dict[str, str | None]:
        """Return what a generation remembers of it."""
        return {"iri": self.iri, **{name: getattr(self.source, name) for name in _SOURCE}, "given": self.given}

    def stated(self) -> Graph:
        """Return its stated graph."""
        if self.new is not None or self.kept is None:
            return self.new or Graph()
        return Graph().parse(data=self.kept.ntriples(self.iri), format="nt")

    def copy(self, graph: str) -> bytes:
        """Return one of its graphs as it is in the generation that it is kept from."""
        return self.kept.nquads(graph) if self.kept else b""


_SOURCE = ("file", "path", "source", "metadata")


@dataclass(frozen=True, slots=True)
class Closing:
    """Members closed together: those that stay, all quads, whose inferences are new, and who contradicts what."""

    members: tuple[Member, ...]
    nquads: bytes
    closed: tuple[str, ...]
    failed: tuple[tuple[Member, ZerenError], ...]


def closed(members: Iterable[Member], settings: Settings) -> Closing:
    """Close every member to whose closure something else is given than before; the first come first.

    A document that contradicts the ontology is left out, and the links of the others are drawn anew.
    """
    staying = list(members)
    failed: list[tuple[Member, ZerenError]] = []
    anew: dict[str, None] = {}
    while staying:
        spine = spine_graph([member.part for member in staying])
        for member in staying:
            try:
                if _close(member, spine, settings):
                    anew[member.iri] = None
            except InconsistentError as error:
                failed.append((member, error))
                staying.remove(member)
                break
        else:
            names = {member.iri for member in staying}
            quads = _all_quads(staying, spine, settings)
            return Closing(tuple(staying), quads, tuple(iri for iri in anew if iri in names), tuple(failed))
    return Closing((), b"", (), tuple(failed))


def _close(member: Member, spine: Graph, settings: Settings) -> bool:
    """Put a member's two graphs into its lines; tell whether it had to be closed for that."""
    given = Given.of(member.part, URIRef(member.iri), base=settings.base, spine=spine)
    hashed = fingerprint(line for graph in (given.registry, given.spine) for line in sorted(_nquads(graph, "")))
    name = inferred(member.iri)
    if member.iri not in member.lines:
        new = member.new is not None
        member.lines[member.iri] = _canonical(member.stated(), member.iri) if new else member.copy(member.iri)
    if hashed == member.given:
        if name not in member.lines:
            member.lines[name] = member.copy(name)
        return False
    graph = inferred_graph(
        member.stated(),
        URIRef(member.iri),
        base=settings.base,
        reasoner=settings.reasoner,
        alignment=settings.alignment,
        spine=spine,
    )
    member.lines[name] = _canonical(graph, name)
    member.given = hashed
    return True


def _all_quads(members: list[Member], spine: Graph, settings: Settings) -> bytes:
    """Return the quads of the members and of the graphs that they share, sorted."""
    names = Iris(settings.base)
    graphs = shared_graphs(settings.base, stated=[member.part for member in members], alignment=settings.alignment)
    graphs[names.graph("spine")] = spine
    origins = [Origin(m.iri, m.source.file, m.source.source, m.source.metadata) for m in members]
    graphs[names.graph("build")] = build_graph(origins, settings.base)
    parts = [_canonical(graph, name) for name, graph in graphs.items()]
    parts += [lines for member in members for lines in member.lines.values()]
    return b"\n".join(sorted({line for part in parts for line in part.split(b"\n") if line})) + b"\n"


def _canonical(graph: Graph, name: str) -> bytes:
    return canonical("".join(_nquads(graph, name)).encode())


def _nquads(graph: Graph, name: str) -> Iterator[str]:
    # N-Triples escapes every line break inside a literal, so a line is a triple; str.splitlines would split at U+2028.
    for line in graph.serialize(format="nt").split("\n"):
        if line:
            yield f"{line.removesuffix('.')}<{name}> .\n"


def rules_fingerprint(settings: Settings) -> str:
    """Return the hash of what inferences are drawn by: the ontology, the reasoner, and whether alignments count."""
    terms = [(ontology_dir() / name).read_text("utf-8") for name in ("responsibility.ttl", "alignment.ttl")]
    return fingerprint([*terms, settings.reasoner, json.dumps(settings.alignment)])


def fingerprint(texts: Iterable[str]) -> str:
    """Return a hash over texts."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode())
    return whole.hexdigest()[:16]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
