"""Many documents at once: read, graphed and put into a store; one that cannot be read never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ReadingError, StoreError, ZerenError

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.graph import ValidationResult
    from kg.plan import Plan
    from kg.settings import Settings

READABLE = (".txt",)


@dataclass(frozen=True, slots=True)
class Built:
    """One document that went into the store."""

    path: Path
    iri: str
    plan: Plan
    results: tuple[ValidationResult, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the documents in the store, those left out and why, and how many quads there are."""

    built: tuple[Built, ...]
    failed: tuple[tuple[Path, ZerenError], ...]
    quads: int
    generation: str


def documents(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the readable files among `paths`, folders searched in full, in a fixed order; other paths as they are."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in READABLE and p.is_file())
        else:
            yield path


def build(paths: Iterable[Path], settings: Settings, on_document: Callable[[Path], None] = lambda _: None) -> Report:
    """Read every document and make them the store's next generation; `on_document` is told of each one begun.

    Raises StoreError if not one could be read, or the store cannot be written: it is then left as it was.
    """
    from kg.graph import shared_graphs, spine_graph
    from kg.store.generations import Generations

    built: dict[str, Built] = {}
    failed: list[tuple[Path, ZerenError]] = []
    lines: set[str] = set()
    stated = []
    for path in paths:
        on_document(path)
        try:
            document, graphs = _graphs(path, settings)
            if document.iri in built:
                raise ReadingError(
                    f"{path}: the same document as {built[document.iri].path} (title, year, status); left out"
                )
        except ZerenError as error:
            failed.append((path, error))
            continue
        built[document.iri] = document
        stated.append(graphs[document.iri])
        for name, graph in graphs.items():
            lines.update(_nquads(graph, name))
    if not built:
        reasons = "; ".join(str(error) for _, error in failed) or "no document was named"
        raise StoreError(f"nothing could be read, so the store stays as it was: {reasons}")
    shared = shared_graphs(settings.base, alignment=settings.alignment)
    for name, graph in {**shared, f"{settings.base}graph/spine": spine_graph(stated)}.items():
        lines.update(_nquads(graph, name))
    about = {"base": settings.base, "documents": [{"iri": d.iri, "file": d.path.name} for d in built.values()]}
    generation = Generations(settings.store).write("".join(sorted(lines)).encode(), about)
    return Report(tuple(built.values()), tuple(failed), len(lines), generation)


def _graphs(path: Path, settings: Settings) -> tuple[Built, dict[str, Graph]]:
    from kg.graph import document_graphs
    from kg.reading import read_file

    plan = read_file(path)
    made = document_graphs(plan, base=settings.base, reasoner=settings.reasoner, alignment=settings.alignment)
    document = Built(path, made.iri, plan, made.results)
    return document, {made.iri: made.stated, f"{made.iri}/inferred": made.inferred}


def _nquads(graph: Graph, name: str) -> Iterator[str]:
    # N-Triples escapes every line break inside a literal, so a line is a triple; str.splitlines would split at U+2028.
    for line in graph.serialize(format="nt").split("\n"):
        if line:
            yield f"{line.removesuffix('.')}<{name}> .\n"
