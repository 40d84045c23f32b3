"""Reviews: what people found misread, as data; one TOML file for a document, or several.

A file names its document (`document` is the title; `status` and `year` where several documents share it) and holds
`[[correction]]` tables: the `passage` as printed (with `start` and `end` where it stands more than once), the `kind`
of thing, what was `read`, what it `should` be, `by` whom and `why`. What is to be `should` as it was `read` is not
yet filled in, and counts for nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.errors import DataError
from kg.plan import Mode, Plan, Role, Span

KINDS: Mapping[str, tuple[str, ...]] = {
    "assignments": ("name", "role", "organization"),
    "policies": ("name",),
    "campaigns": ("name",),
    "targets": ("indicator", "comparator", "change", "value", "unit", "scope"),
    "duties": ("kind", "actor", "action", "due", "due_as_written"),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "assignments": ("name", "role"),
    "policies": ("name",),
    "campaigns": ("name",),
    "targets": ("indicator", "comparator", "value", "unit"),
    "duties": (),
}
_COMPARATORS = (">=", "<=", "=", ">", "<", "~")
_HEAD = {"document": str, "status": str, "year": int, "correction": list}
_KEYS = {
    "passage": str,
    "start": int,
    "end": int,
    "kind": str,
    "read": list,
    "should": list,
    "mode": str,
    "by": str,
    "why": str,
}

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Correction:
    """One passage that was misread: the things of one kind in it as `read`, and as they `should` be."""

    passage: str
    kind: str
    read: tuple[Entry, ...]
    should: tuple[Entry, ...]
    by: str
    why: str
    where: Span | None = None
    mode: Mode | None = None

    @property
    def is_blank(self) -> bool:
        """Tell whether nobody has filled it in yet."""
        return self.mode is None and self.read == self.should


@dataclass(frozen=True, slots=True)
class Review:
    """The corrections of one document; `file` for messages."""

    file: Path
    document: str
    status: str | None
    year: int | None
    corrections: tuple[Correction, ...]

    def is_of(self, plan: Plan) -> bool:
        """Tell whether `plan` is of the document that was reviewed."""
        if "".join(self.document.split()) != "".join(plan.title.split()):
            return False
        return self.status in (None, plan.status) and self.year in (None, plan.year)


def reviews_in(folder: Path) -> tuple[Review, ...]:
    """Return the reviews in `folder`, by file name; none where there is no such folder.

    Raises DataError naming file and correction where one breaks the format.
    """
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return tuple(_review(file, file.stat().st_mtime_ns) for file in files)


@lru_cache(maxsize=4096)
def _review(file: Path, _changed: int) -> Review:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{file}: is no readable review: {error}") from error
    _check(data, _HEAD, f"{file}")
    if not data.get("document", "").strip():
        raise DataError(f"{file}: 'document' must be the title of the document that was reviewed")
    corrections = [
        _correction(entry, f"{file}: correction {number}") for number, entry in enumerate(data.get("correction", []), 1)
    ]
    return Review(
        file,
        data["document"],
        data.get("status"),
        data.get("year"),
        tuple(correction for correction in corrections if correction is not None),
    )


def _correction(entry: object, where: str) -> Correction | None:
    """Return a correction, None for one that is not filled in."""
    if not isinstance(entry, dict):
        raise DataError(f"{where}: must be a [[correction]] table")
    _check(entry, _KEYS, where)
    kind = entry.get("kind", "assignments")
    if kind not in KINDS:
        raise DataError(f"{where}: no kind is called {kind!r}; known are {', '.join(KINDS)}")
    if not entry.get("passage"):
        raise DataError(f"{where}: 'passage' must hold the words of the document that were misread")
    made = Correction(
        entry["passage"],
        kind,
        tuple(_things(entry.get("read", []), kind, f"{where}, read")),
        tuple(_things(entry.get("should", []), kind, f"{where}, should")),
        entry.get("by", "").strip(),
        entry.get("why", "").strip(),
        _place(entry, where),
        _mode(entry.get("mode"), where),
    )
    if made.is_blank:
        return None
    if not (made.by and made.why):
        raise DataError(f"{where}: say in 'by' who corrects it and in 'why' for what reason")
    return made


def _check(table: Mapping[str, object], keys: Mapping[str, type], where: str) -> None:
    for key, value in table.items():
        if key not in keys:
            raise DataError(f"{where}: unknown key {key!r}; known are {', '.join(keys)}")
        if type(value) is not keys[key]:
            raise DataError(f"{where}: {key!r} must be {_TYPES[keys[key]]}")


_TYPES = {str: "a text", int: "a whole number", list: "a list of tables"}


def _place(entry: Mapping[str, Any], where: str) -> Span | None:
    start, end = entry.get("start"), entry.get("end")
    if start is None and end is None:
        return None
    if start is None or end is None or end - start != len(entry["passage"]) or start < 0:
        raise DataError(f"{where}: 'start' and 'end' must count the characters of 'passage', or both be left out")
    return Span(start, end)


def _mode(written: str | None, where: str) -> Mode | None:
    if written is None:
        return None
    if written not in set(Mode):
        raise DataError(f"{where}: no mode is called {written!r}; known are {', '.join(Mode)}")
    return Mode(written)


def _things(entries: list[object], kind: str, where: str) -> list[Entry]:
    things: list[Entry] = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise DataError(f'{where}: must hold tables such as {{ name = "…" }}')
        for key in entry:
            if key not in KINDS[kind]:
                raise DataError(f"{where}: unknown key {key!r}; known are {', '.join(KINDS[kind])}")
        for key in _REQUIRED[kind]:
            if key not in entry:
                raise DataError(f"{where}: {key!r} is missing")
        _check_values(entry, where)
        things.append(entry)
    return things


def _check_values(entry: Entry, where: str) -> None:
    for key, value in entry.items():
        number = key == "value"
        if number and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise DataError(f"{where}: 'value' must be a number")
        if not number and not (isinstance(value, str) and (value or key in ("change", "scope", "due"))):
            raise DataError(f"{where}: {key!r} must be a text that is not empty")
    if "role" in entry and entry["role"] not in set(Role):
        raise DataError(f"{where}: no role is called {entry['role']!r}; known are {', '.join(Role)}")
    if "comparator" in entry and entry["comparator"] not in _COMPARATORS:
        raise DataError(f"{where}: 'comparator' must be one of {' '.join(_COMPARATORS)}")
