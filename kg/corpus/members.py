"""A document of the next generation, read just now or kept: its graphs on disk, in memory only what others hang on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Graph

from kg.corpus.spill import Spill
from kg.graph.rules import Triple
from kg.graph.sharing import PATTERNS, shared_part
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
    """A document of the next generation, or a copy of the `kept` generation's.

    `part` is what other graphs hang on, `given` the hash of what the shared graphs gave to its closure; `runs` are its
    two graphs where they were made anew, by name.
    """

    iri: str
    source: Source
    part: tuple[Triple, ...]
    kept: Kept | None = None
    given: str = ""
    runs: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def read(cls, iri: str, source: Source, stated: Graph, spill: Spill) -> Member:
        """Return a document that was read just now; of its stated graph only a part stays in memory."""
        return cls(iri, source, tuple(shared_part(stated)), runs={iri: put(spill, stated, iri)})

    @classmethod
    def of(cls, entry: dict[str, str | None], kept: Kept) -> Member:
        """Return a document of a generation from what that remembers of it (`entry`, as `about` returns it)."""
        iri, source = str(entry["iri"]), Source(*(entry[name] for name in _SOURCE))  # type: ignore[arg-type]
        return cls(iri, source, tuple(kept.triples(iri, PATTERNS)), kept, str(entry["given"]))

    def or_kept(self, kept: Member | None) -> Member:
        """Return the same document as it is kept, where reading it again has given the same graph."""
        if kept is None or kept.iri != self.iri or kept.kept is None:
            return self
        lines = self.runs[self.iri].read_bytes().split(b"\n")
        if sorted(lines) != sorted(kept.kept.nquads(self.iri).split(b"\n")):
            return self
        return replace(kept, source=self.source)

    def about(self) -> dict[str, str | None]:
        """Return what a generation remembers of it."""
        return {"iri": self.iri, **{name: getattr(self.source, name) for name in _SOURCE}, "given": self.given}

    def stated(self) -> Graph:
        """Return its stated graph, read back."""
        if self.iri not in self.runs:
            return Graph().parse(data=self.kept.ntriples(self.iri) if self.kept else b"", format="nt")
        end = f" <{self.iri}> .\n"
        with self.runs[self.iri].open(encoding="utf-8", newline="\n") as lines:
            return Graph().parse(data="".join(f"{line.removesuffix(end)} .\n" for line in lines), format="nt")

    def run(self, graph: str, spill: Spill) -> Path:
        """Return one of its graphs as a run, copied from the generation that it is kept from where it is not new."""
        if graph not in self.runs:
            self.runs[graph] = spill.put(self.kept.nquads(graph) if self.kept else b"")
        return self.runs[graph]


_SOURCE = ("file", "path", "source", "metadata")


def put(spill: Spill, graph: Graph, name: str) -> Path:
    """Set a graph aside as it will be in the store under a name."""
    return spill.put(canonical("".join(nquads(graph, name)).encode()))


def nquads(graph: Graph, name: str) -> Iterable[str]:
    """Yield the triples of a graph as lines of N-Quads."""
    # N-Triples escapes every line break inside a literal, so a line is a triple; str.splitlines would split at U+2028.
    for line in graph.serialize(format="nt").split("\n"):
        if line:
            yield f"{line.removesuffix('.')}<{name}> .\n"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
