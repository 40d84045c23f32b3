"""Documents put into a store, taken out of it, read again; one that cannot be read never stops the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import kg.reading
from kg.corpus.closing import close_alone, closed
from kg.corpus.fingerprints import reader_fingerprint, rules_fingerprint
from kg.corpus.members import Member, Source
from kg.corpus.spill import Spill
from kg.corpus.writing import all_runs, write_all, write_changes
from kg.errors import ReadingError, StoreError, ZerenError
from kg.graph import triples, validation
from kg.graph.iris import Iris
from kg.plan import Plan
from kg.settings import Settings
from kg.store.home import home
from kg.store.kept import Kept

Failures = list[tuple[Path, ZerenError]]
Notice = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read: how many sections, items, tasks … it has, and what validation says, by severity."""

    path: Path
    iri: str
    title: str
    status: str | None
    sizes: Mapping[str, int]
    results: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build or a change did: the documents read, those left out and why, and how many quads there are.

    `closed` are the documents whose inferences were drawn anew, `removed` those no longer there; all others were kept.
    `graphs` are those that were written or taken out.
    """

    built: tuple[Document, ...]
    failed: tuple[tuple[Path, ZerenError], ...]
    quads: int
    generation: str
    closed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Before:
    """The generation that is changed: its name, what it says of itself, its graphs and documents."""

    generation: str
    about: Mapping[str, Any]
    kept: Kept
    members: tuple[Member, ...]

    def same_reader(self, settings: Settings) -> bool:
        """Tell whether the reader would read every file as it was read then."""
        return bool(self.about.get("reader") == reader_fingerprint(settings))

    def same_rules(self, settings: Settings) -> bool:
        """Tell whether from the same statements the same would follow as did then."""
        return bool(self.about.get("rules") == rules_fingerprint(settings))


@dataclass(slots=True)
class _Reading:
    """What came of reading some files."""

    found: dict[str, tuple[Document, Member]]
    failed: Failures
    closed: list[str]


def build(paths: Iterable[Path], settings: Settings, on_document: Notice = lambda _: None) -> Report:
    """Read every document and make them the store's next generation; `on_document` is told of each one begun.

    Raises StoreError if not one could be read, or the store cannot be written: it is then left as it was.
    """
    with Spill() as spill:
        return _written(_read(paths, settings, on_document, spill, {}), (), settings, spill, None)


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
    current = home(settings.store, settings.base).current()
    if current is None:
        return build(add, settings, on_document)
    before = _before(settings, current)
    members = before.members
    absent = set(remove) - {member.iri for member in members}
    if absent:
        raise StoreError(f"{settings.store}: holds no document {min(absent)}")
    kept = [member for member in members if member.iri not in remove]
    same_reader, other_rules = before.same_reader(settings), not before.same_rules(settings)
    outdated = [] if same_reader else _files(kept)
    named = {path.resolve(): path for path in (*add, *outdated)}
    wanted = [path for path in named.values() if not (same_reader and _is_kept(path, kept))]
    if other_rules:
        for member in kept:
            member.given = ""
    with Spill() as spill:
        reading = _read(wanted, settings, on_document, spill, {member.iri: member for member in kept})
        unreadable = {str(path.resolve()) for path, _ in reading.failed}
        replaced = set(reading.found) | {str(path.resolve()) for path in wanted} - unreadable
        staying = [member for member in kept if replaced.isdisjoint((member.iri, member.source.path))]
        if not other_rules and not reading.found and len(staying) == len(members):
            return Report((), tuple(reading.failed), before.about["quads"], current)
        if not reading.found and not staying:
            raise StoreError(f"{settings.store}: nothing would be left in it; delete the folder instead")
        report = _written(reading, staying, settings, spill, before)
    left = {entry["iri"] for entry in home(settings.store, settings.base).about(report.generation)["documents"]}
    return replace(report, removed=tuple(sorted({member.iri for member in members} - left)))


def drawn_anew(settings: Settings, generation: str) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the quads that the store's documents give when all is drawn anew from them, and what was not read again.

    A document whose file is as it was is read again, of any other the stated graph is taken as it is. None where
    another version of the reader, or other rules, made the store: then what it would give now is no test of it.
    """
    before = _before(settings, generation)
    if not (before.same_reader(settings) and before.same_rules(settings)):
        return None, ("built by another version of zeren, or other rules, so it was not compared with a new build",)
    reading, taken, unread = _Reading({}, [], []), [], []
    with Spill() as spill:
        for member in before.members:
            member.given = ""
            path = Path(member.source.path)
            if path.is_file() and _is_kept(path, [member]):
                _take(path, settings, spill, {}, reading)
            else:
                unread.append(f"{path}: is gone or has changed, so what it states was not read again")
                taken.append(member)
        members = [*(member for _, member in reading.found.values()), *taken]
        runs = all_runs(closed(members, settings, spill), settings, spill)
        return spill.merged([*runs.values()]).read_bytes(), tuple(unread)


def changed_files(settings: Settings) -> tuple[list[Path], list[Path]]:
    """Return the files of the store's documents that are no longer what was read from them, and those that are gone."""
    current = home(settings.store, settings.base).current()
    sources = [member.source for member in _before(settings, current).members] if current else []
    there = [source for source in sources if Path(source.path).is_file()]
    changed = [Path(source.path) for source in there if not source.same_content(Source.of(Path(source.path)))]
    return changed, [Path(source.path) for source in sources if source not in there]


def _before(settings: Settings, generation: str) -> _Before:
    about = home(settings.store, settings.base).about(generation)
    if about.get("base") != settings.base or "reader" not in about:
        raise StoreError(
            f"{settings.store}: was built with another base ({about.get('base')}); build it again: zeren build"
        )
    kept = Kept(settings.store, generation, settings.base)
    return _Before(generation, about, kept, tuple(Member.of(entry, kept) for entry in about["documents"]))


def _files(members: Iterable[Member]) -> list[Path]:
    """Return the files of documents, which must be there to be read again."""
    paths = [Path(member.source.path) for member in members]
    for path in paths:
        if not path.is_file():
            raise StoreError(f"{path}: was read by another version of zeren and is gone; build the store anew")
    return paths


def _is_kept(path: Path, members: Iterable[Member]) -> bool:
    if not path.is_file():
        return False
    source = Source.of(path)
    return any(member.source.same_content(source) for member in members)


def _read(
    paths: Iterable[Path], settings: Settings, on_document: Notice, spill: Spill, kept: Mapping[str, Member]
) -> _Reading:
    reading = _Reading({}, [], [])
    for path in paths:
        on_document(path)
        try:
            _take(path, settings, spill, kept, reading)
        except StoreError:
            raise
        except ZerenError as error:
            reading.failed.append((path, error))
    return reading


def _take(path: Path, settings: Settings, spill: Spill, kept: Mapping[str, Member], reading: _Reading) -> None:
    """Read, check and close one document; nothing of it stays in memory but what others hang on."""
    plan = kg.reading.read_file(path, settings.reviews)
    iri = Iris(settings.base).document(plan)
    if iri in reading.found:
        raise ReadingError(f"{path}: the same title, year, place and status as {reading.found[iri][0].path}")
    stated = triples.stated_graph(plan, settings.base)
    results = Counter(str(result.severity) for result in validation.validate(stated))
    member = Member.read(iri, Source.of(path), stated, spill).or_kept(kept.get(iri))
    if member.kept is None:
        close_alone(member, stated, settings, spill)
        reading.closed.append(iri)
    reading.found[iri] = Document(path, iri, plan.title, plan.status, _sizes(plan), results), member


def _sizes(plan: Plan) -> dict[str, int]:
    return {
        "sections": len(plan.sections),
        "items": len(plan.items),
        "tasks": len(plan.tasks),
        "statements": sum(task.statement is not None for task in plan.tasks),
        "targets": len(plan.targets),
        "duties": len(plan.duties),
        "findings": len(plan.findings),
    }


def _written(
    reading: _Reading, kept: Collection[Member], settings: Settings, spill: Spill, before: _Before | None
) -> Report:
    # Those read just now come first: of two documents that contradict each other, the new one is left out.
    same = before is not None and before.same_reader(settings) and before.same_rules(settings)
    known = before.members if before and same else None
    closing = closed([*(member for _, member in reading.found.values()), *kept], settings, spill, before=known)
    failed = reading.failed + [(Path(member.source.path), error) for member, error in closing.failed]
    if not closing.members:
        reasons = "; ".join(str(error) for _, error in failed) or "no document would be in it"
        raise StoreError(f"nothing could be read, so the store stays as it was: {reasons}")
    about = {
        "base": settings.base,
        "reader": reader_fingerprint(settings),
        "rules": rules_fingerprint(settings),
        "documents": [member.about() for member in sorted(closing.members, key=lambda member: member.iri)],
    }
    if before is None:
        written = write_all(closing, settings, spill, about)
    else:
        written = write_changes(closing, settings, spill, about, before=before.kept, based_on=before.generation)
    staying = {member.iri for member in closing.members}
    anew = [iri for iri in dict.fromkeys((*reading.closed, *closing.closed)) if iri in staying]
    built = tuple(document for document, _ in reading.found.values() if document.iri in staying)
    return Report(built, tuple(failed), written.quads, written.generation, tuple(anew), graphs=written.graphs)
