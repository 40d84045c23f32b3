"""Many documents at once: read, graphed and put into a store; one that cannot be read never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InconsistentError, ReadingError, StoreError, ZerenError

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.graph import ValidationResult
    from kg.plan import Plan
    from kg.settings import Settings

READABLE = (".txt",)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read: what it states, and what validation says of it."""

    path: Path
    iri: str
    plan: Plan
    stated: Graph
    results: tuple[ValidationResult, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the documents in the store, those left out and why, and how many quads there are."""

    built: tuple[Document, ...]
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
    from kg.store.generations import Generations

    found, failed = _read(paths, settings, on_document)
    graphs, contradictory = _closed(found, settings)
    failed += contradictory
    built = tuple(d for d in found if d.iri in graphs)
    if not built:
        reasons = "; ".join(str(error) for _, error in failed) or "no document was named"
        raise StoreError(f"nothing could be read, so the store stays as it was: {reasons}")
    lines = sorted({line for name, graph in graphs.items() for line in _nquads(graph, name)})
    about = {"base": settings.base, "documents": [{"iri": d.iri, "file": d.path.name} for d in built]}
    generation = Generations(settings.store).write("".join(lines).encode(), about)
    return Report(built, tuple(failed), len(lines), generation)


def _read(
    paths: Iterable[Path], settings: Settings, on_document: Callable[[Path], None]
) -> tuple[list[Document], list[tuple[Path, ZerenError]]]:
    found: dict[str, Document] = {}
    failed: list[tuple[Path, ZerenError]] = []
    for path in paths:
        on_document(path)
        try:
            document = _document(path, settings)
        except ZerenError as error:
            failed.append((path, error))
            continue
        same = found.setdefault(document.iri, document)
        if same is not document:
            failed.append((path, ReadingError(f"{path}: the same title, year, place and status as {same.path}")))
    return list(found.values()), failed


def _document(path: Path, settings: Settings) -> Document:
    from kg.graph.iris import Iris
    from kg.graph.triples import stated_graph
    from kg.graph.validation import validate
    from kg.reading import read_file

    plan = read_file(path)
    stated = stated_graph(plan, settings.base)
    return Document(path, Iris(settings.base).document(plan), plan, stated, validate(stated))


def _closed(found: Iterable[Document], settings: Settings) -> tuple[dict[str, Graph], list[tuple[Path, ZerenError]]]:
    """Return all graphs by name; a document that contradicts the ontology is left out, and the others' links anew."""
    from rdflib import URIRef

    from kg.graph.documents import inferred_graph, shared_graphs
    from kg.graph.iris import Iris, inferred
    from kg.graph.spine import spine_graph

    remaining = list(found)
    failed: list[tuple[Path, ZerenError]] = []
    while remaining:
        spine = spine_graph([d.stated for d in remaining])
        graphs = shared_graphs(settings.base, stated=[d.stated for d in remaining], alignment=settings.alignment)
        graphs[Iris(settings.base).graph("spine")] = spine
        for document in remaining:
            graphs[document.iri] = document.stated
            try:
                graphs[inferred(document.iri)] = inferred_graph(
                    document.stated,
                    URIRef(document.iri),
                    base=settings.base,
                    reasoner=settings.reasoner,
                    alignment=settings.alignment,
                    spine=spine,
                )
            except InconsistentError as error:
                failed.append((document.path, error))
                remaining.remove(document)
                break
        else:
            return graphs, failed
    return {}, failed


def _nquads(graph: Graph, name: str) -> Iterator[str]:
    # N-Triples escapes every line break inside a literal, so a line is a triple; str.splitlines would split at U+2028.
    for line in graph.serialize(format="nt").split("\n"):
        if line:
            yield f"{line.removesuffix('.')}<{name}> .\n"
