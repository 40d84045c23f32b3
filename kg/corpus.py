"""Many documents at once: read, graphed and put into a store; one that cannot be read never stops the others.

What a store holds is told by its documents alone: adding, removing or re-reading some gives byte for byte what building
all of them from nothing gives, but only what the change touches is read, checked and closed again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ReadingError, StoreError, ZerenError
from kg.reading.formats import FORMATS
from kg.resources import data_dir

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.graph import ValidationResult
    from kg.plan import Plan
    from kg.settings import Settings
    from kg.store.members import Member

READABLE = tuple(suffix for form in FORMATS for suffix in form.suffixes)
_PATTERN = re.compile(r"[*?\[]")
# Word's lock files, hidden files, and what tells about a folder rather than being one of its documents.
_ASIDE = re.compile(r"[.~]|README\b", re.IGNORECASE)
Failures = list[tuple[Path, ZerenError]]
Notice = Callable[[Path], None]


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
    """What a build or a change did: the documents read, those left out and why, and how many quads there are.

    `closed` are the documents whose inferences were drawn anew, `removed` those no longer there; all others were kept.
    """

    built: tuple[Document, ...]
    failed: tuple[tuple[Path, ZerenError], ...]
    quads: int
    generation: str
    closed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def documents(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the readable files among `paths` in a fixed order: folders searched in full, patterns (*, ?, **) filled in.

    A file that is named itself comes as it is, whatever its ending; what does not exist is for reading to refuse.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if _is_document(p.relative_to(path)) and p.is_file())
        elif _PATTERN.search(str(path)) and not path.exists():
            fitting = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
            yield from documents(p for p in fitting if p.is_dir() or _is_document(Path(p.name))) if fitting else [path]
        else:
            yield path


def _is_document(path: Path) -> bool:
    return path.suffix.lower() in READABLE and not any(_ASIDE.match(part) for part in path.parts)


def build(paths: Iterable[Path], settings: Settings, on_document: Notice = lambda _: None) -> Report:
    """Read every document and make them the store's next generation; `on_document` is told of each one begun.

    Raises StoreError if not one could be read, or the store cannot be written: it is then left as it was.
    """
    found, failed = _read(paths, settings, on_document)
    return _written(found, (), failed, settings)


def change(
    settings: Settings,
    *,
    add: Iterable[Path] = (),
    remove: Collection[str] = (),
    on_document: Notice = lambda _: None,
) -> Report:
    """Add the documents of some files, or read them again, and remove others (their IRIs); keep all the rest.

    A file that is in the store as it is now is not read again. A document that can no longer be read stays as it was,
    and is named among the failed. Without a store, one is built of the files. Raises StoreError where nothing would be
    left, or the store was made by another version of the reader from files that have gone.
    """
    from kg.store.home import home
    from kg.store.members import rules_fingerprint

    current = home(settings.store, settings.base).current()
    if current is None:
        return build(add, settings, on_document)
    about = home(settings.store, settings.base).about(current)
    before = _members(settings, current)
    absent = set(remove) - {member.iri for member in before}
    if absent:
        raise StoreError(f"{settings.store}: holds no document {min(absent)}")
    kept = [member for member in before if member.iri not in remove]
    same_reader = about.get("reader") == reader_fingerprint(settings)
    outdated = [] if same_reader else _files(kept)
    named = {path.resolve(): path for path in (*add, *outdated)}
    wanted = [path for path in named.values() if not (same_reader and _is_kept(path, kept))]
    read, failed = _read(wanted, settings, on_document)
    unreadable = {str(path.resolve()) for path, _ in failed}
    replaced = {d.iri for d, _ in read} | {str(path.resolve()) for path in wanted} - unreadable
    staying = [member for member in kept if replaced.isdisjoint((member.iri, member.source.path))]
    if about.get("rules") != rules_fingerprint(settings):
        for member in kept:
            member.given = ""
    elif not read and len(staying) == len(before):
        return Report((), tuple(failed), len(home(settings.store, settings.base).open(current)), current)
    if not read and not staying:
        raise StoreError(f"{settings.store}: nothing would be left in it; delete the folder instead")
    by_iri = {member.iri: member for member in kept}
    read = [(document, member.or_kept(by_iri.get(member.iri))) for document, member in read]
    report = _written(read, staying, failed, settings, based_on=current)
    left = {entry["iri"] for entry in home(settings.store, settings.base).about(report.generation)["documents"]}
    return replace(report, removed=tuple(sorted({member.iri for member in before} - left)))


def drawn_anew(settings: Settings, generation: str) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the quads that the store's documents give when all is drawn anew from them, and what was not read again.

    A document whose file is as it was is read again, of any other the stated graph is taken as it is. None where
    another version of the reader, or other rules, made the store: then what it would give now is no test of it.
    """
    from kg.store.home import home
    from kg.store.members import closed, rules_fingerprint

    about = home(settings.store, settings.base).about(generation)
    if (about.get("reader"), about.get("rules")) != (reader_fingerprint(settings), rules_fingerprint(settings)):
        return None, ("built by another version of zeren, or other rules, so it was not compared with a new build",)
    members, unread = [], []
    for member in _members(settings, generation):
        member.given = ""
        path = Path(member.source.path)
        if path.is_file() and _is_kept(path, [member]):
            document = _document(path, settings)
            members.append(_member(document))
        else:
            unread.append(f"{path}: is gone or has changed, so what it states was not read again")
            members.append(member)
    return closed(members, settings).nquads, tuple(unread)


def changed_files(settings: Settings) -> tuple[list[Path], list[Path]]:
    """Return the files of the store's documents that are no longer what was read from them, and those that are gone."""
    from kg.store.home import home
    from kg.store.members import Source

    current = home(settings.store, settings.base).current()
    sources = [member.source for member in _members(settings, current)] if current else []
    there = [source for source in sources if Path(source.path).is_file()]
    changed = [Path(source.path) for source in there if not source.same_content(Source.of(Path(source.path)))]
    return changed, [Path(source.path) for source in sources if source not in there]


def reader_fingerprint(settings: Settings) -> str:
    """Return the hash of the reader and of all it knows: with another one, the same file may read otherwise."""
    from kg.store.members import fingerprint

    rooms = Path(__file__).parent
    code = [
        *(rooms / "reading").rglob("*.py"),
        *(rooms / "graph" / name for name in ("triples.py", "page.py", "iris.py")),
    ]
    folders = (data_dir() / "lexicon", data_dir() / "registry", settings.reviews)
    known = [path for folder in folders for path in folder.rglob("*.*")]
    return fingerprint(path.read_text("utf-8") for path in sorted([*code, *known]))


def _members(settings: Settings, generation: str) -> list[Member]:
    from kg.store.home import home
    from kg.store.kept import Kept
    from kg.store.members import Member

    about = home(settings.store, settings.base).about(generation)
    if about.get("base") != settings.base or "reader" not in about:
        raise StoreError(
            f"{settings.store}: was built with another base ({about.get('base')}); build it again: zeren build"
        )
    kept = Kept(settings.store, generation, settings.base)
    return [Member.of(entry, kept) for entry in about["documents"]]


def _files(members: Iterable[Member]) -> list[Path]:
    """Return the files of documents, which must be there to be read again."""
    paths = [Path(member.source.path) for member in members]
    for path in paths:
        if not path.is_file():
            raise StoreError(f"{path}: was read by another version of zeren and is gone; build the store anew")
    return paths


def _is_kept(path: Path, members: Iterable[Member]) -> bool:
    from kg.store.members import Source

    if not path.is_file():
        return False
    source = Source.of(path)
    return any(member.source.same_content(source) for member in members)


def _read(
    paths: Iterable[Path], settings: Settings, on_document: Notice
) -> tuple[list[tuple[Document, Member]], Failures]:
    found: dict[str, tuple[Document, Member]] = {}
    failed: Failures = []
    for path in paths:
        on_document(path)
        try:
            document = _document(path, settings)
        except ZerenError as error:
            failed.append((path, error))
            continue
        if document.iri in found:
            same = found[document.iri][0].path
            failed.append((path, ReadingError(f"{path}: the same title, year, place and status as {same}")))
        else:
            found[document.iri] = document, _member(document)
    return list(found.values()), failed


def _document(path: Path, settings: Settings) -> Document:
    from kg.graph.iris import Iris
    from kg.graph.triples import stated_graph
    from kg.graph.validation import validate
    from kg.reading import read_file

    plan = read_file(path, settings.reviews)
    stated = stated_graph(plan, settings.base)
    return Document(path, Iris(settings.base).document(plan), plan, stated, validate(stated))


def _member(document: Document) -> Member:
    from kg.store.members import Member, Source

    return Member.read(document.iri, Source.of(document.path), document.stated)


def _written(
    read: list[tuple[Document, Member]],
    kept: Collection[Member],
    failed: Failures,
    settings: Settings,
    *,
    based_on: str | None = None,
) -> Report:
    from kg.store.home import home
    from kg.store.members import closed, rules_fingerprint

    # Those read just now come first: of two documents that contradict each other, the new one is left out.
    closing = closed([*(member for _, member in read), *kept], settings)
    failed = failed + [(Path(member.source.path), error) for member, error in closing.failed]
    if not closing.members:
        reasons = "; ".join(str(error) for _, error in failed) or "no document would be in it"
        raise StoreError(f"nothing could be read, so the store stays as it was: {reasons}")
    about = {
        "base": settings.base,
        "reader": reader_fingerprint(settings),
        "rules": rules_fingerprint(settings),
        "documents": [member.about() for member in sorted(closing.members, key=lambda member: member.iri)],
    }
    generation = home(settings.store, settings.base).write(closing.nquads, about, based_on=based_on)
    staying = {member.iri for member in closing.members}
    built = tuple(document for document, _ in read if document.iri in staying)
    return Report(built, tuple(failed), closing.nquads.count(b"\n"), generation, closing.closed)
