"""What is known of a document besides its text: the `.toml` beside it, and the counts it expects of reading."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ReadingError
from kg.plan import Basis, Finding, Plan, Role, Span
from kg.reading.findings import note
from kg.reading.places import Place, place_of_code


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many of something reading must find, and why."""

    subject: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """Title, place (GB/T 2260), status, year and licence of a document; None where not given.

    `issuer` is whom the document names as its own; `publisher` is who made the file public.
    """

    title: str | None = None
    place: str | None = None
    issuer: str | None = None
    publisher: str | None = None
    status: str | None = None
    licence: str | None = None
    year: int | None = None
    document_number: str | None = None
    expectations: tuple[Expectation, ...] = ()

    @property
    def located(self) -> Place | None:
        """The place, looked up."""
        return place_of_code(self.place) if self.place else None


_TEXTS = ("title", "place", "issuer", "publisher", "status", "licence", "document_number")

_COUNTS: dict[str, Callable[[Plan], int]] = {
    "parts": lambda plan: sum(s.level == 1 for s in plan.sections),
    "sections": lambda plan: sum(s.level > 1 for s in plan.sections),
    "items": lambda plan: len(plan.items),
    "statements": lambda plan: sum(t.statement is not None for t in plan.tasks),
    "tasks": lambda plan: len(plan.tasks),
    "assignments": lambda plan: sum(a.basis is not Basis.IN_SENTENCE for t in plan.tasks for a in t.assignments),
    "leads": lambda plan: _roles(plan, Role.LEAD),
    "assists": lambda plan: _roles(plan, Role.ASSIST),
    "names": lambda plan: len({a.name for t in plan.tasks if t.statement for a in t.assignments}),
    "targets": lambda plan: len(plan.targets),
    "duties": lambda plan: len(plan.duties),
    "campaigns": lambda plan: len(plan.campaigns),
    "policies": lambda plan: len(plan.policies),
}


def metadata_beside(path: Path) -> DocumentMetadata | None:
    """Return the metadata of the document at `path`: the `.toml` of the same stem, None where there is none."""
    beside = path.with_suffix(".toml")
    return read_metadata(beside) if beside.is_file() else None


def read_metadata(path: Path) -> DocumentMetadata:
    """Read one metadata file; raises ReadingError naming the file and the key that is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReadingError(f"{path}: is no readable metadata file: {error}") from error
    unknown = sorted(set(data) - {*_TEXTS, "year", "expect"})
    if unknown:
        raise ReadingError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join((*_TEXTS, 'year', 'expect'))}")
    _check_values(data, path)
    return DocumentMetadata(
        **{key: data.get(key) for key in (*_TEXTS, "year")},
        expectations=_expectations(data.get("expect", {}), path),
    )


def _check_values(data: dict[str, Any], path: Path) -> None:
    for key in _TEXTS:
        if key in data and not (isinstance(data[key], str) and data[key].strip()):
            raise ReadingError(f"{path}: {key!r} must be a text that is not empty")
    if "year" in data and type(data["year"]) is not int:
        raise ReadingError(f"{path}: 'year' must be a whole number")
    if "place" in data and place_of_code(data["place"]) is None:
        raise ReadingError(
            f"{path}: 'place' must be a GB/T 2260 code of data/registry/places.tsv, not {data['place']!r}"
        )


def _expectations(data: object, path: Path) -> tuple[Expectation, ...]:
    if not isinstance(data, dict):
        raise ReadingError(f"{path}: 'expect' must be a table of counts")
    return tuple(_expectation(subject, value, path) for subject, value in data.items())


def _expectation(subject: str, value: object, path: Path) -> Expectation:
    if subject not in _COUNTS:
        raise ReadingError(f"{path}: nothing called {subject!r} is counted; known are {', '.join(_COUNTS)}")
    match value:
        case {"count": int(count), "reason": str(reason), **rest} if reason.strip() and not rest:
            return Expectation(subject, count, reason)
        case _:
            raise ReadingError(f"{path}: expect.{subject} must hold a whole number `count` and a text `reason`")


def check_expectations(plan: Plan, metadata: DocumentMetadata) -> tuple[Finding, ...]:
    """Return a finding for every count that reading did not meet."""
    return tuple(
        note(
            "unexpected-count",
            Span(0, 0),
            subject=expected.subject,
            found=found,
            count=expected.count,
            reason=expected.reason,
        )
        for expected in metadata.expectations
        if (found := _COUNTS[expected.subject](plan)) != expected.count
    )


def _roles(plan: Plan, role: Role) -> int:
    return sum(a.role is role for t in plan.tasks for a in t.assignments)
