"""Records: objects of keys and values that say what is to be done, who owns it, who helps and by when.

They are rows of a table whose columns each name themselves: {"task": …, "owner": …, "co": …, "time": …}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from kg.plan import Role, Span
from kg.reading.lexicon import table
from kg.reading.rows import Column, Row, Table, column_of, read_row

_OPEN = re.compile(r"\{\s*(?=[\"'])")
_STRING = r"\"(?:[^\"\\\n]|\\.){0,4000}\"|'(?:[^'\\\n]|\\.){0,4000}'"
_PAIR = re.compile(
    rf"(?P<key>{_STRING})\s*:\s*(?P<value>{_STRING}|\[\s*(?:(?:{_STRING})\s*,?\s*){{0,60}}\]|[^\s,{{}}\[\]\"']{{1,40}})"
    r"\s*(?P<more>,?)\s*"
)
_VALUE = re.compile(_STRING)
_MOST_PAIRS = 60


def find_records(text: str) -> tuple[Table, ...]:
    """Return the records of `text` that name a department, those that follow each other as one table."""
    rows = [row for match in _OPEN.finditer(text) if (row := _record(text, match.start(), match.end()))]
    breaks = [at for at, (row, nxt) in enumerate(pairwise(rows), start=1) if not _joined(text, row, nxt)]
    ends = [*breaks, len(rows)] if rows else []
    groups = [rows[start:end] for start, end in zip([0, *breaks], ends, strict=False)]
    return tuple(Table(Span(group[0].span.start, group[-1].span.end), tuple(group)) for group in groups)


def _joined(text: str, row: Row, following: Row) -> bool:
    return not text[row.span.end : following.span.start].strip(" \t\r\n,")


def _record(text: str, start: int, at: int) -> Row | None:
    """Return the row that an object is, None where it is not flat, or says nothing of who does what."""
    held: list[tuple[Column, Span]] = []
    for _ in range(_MOST_PAIRS):
        pair = _PAIR.match(text, at)
        if pair is None:
            return None
        held += [(_column(pair["key"][1:-1]), cell) for cell in _cells(text, Span(*pair.span("value")))]
        at = pair.end()
        if not pair["more"]:
            break
    if text[at : at + 1] != "}" or not any(column.holds == "department" for column, _ in held):
        return None
    return read_row(text, Span(start, at + 1), [column for column, _ in held], [cell for _, cell in held])


def _cells(text: str, value: Span) -> list[Span]:
    """Return the words of a value without its quotation marks, one stretch for each string of a list."""
    quoted = [Span(m.start() + 1, m.end() - 1) for m in _VALUE.finditer(text, value.start, value.end)]
    return quoted or [value]


@cache
def _keys() -> Mapping[str, Column]:
    return {row["key"]: Column(row["holds"], Role(row["role"]) if row["role"] else None) for row in table("records")}


def _column(key: str) -> Column:
    """Return what a key holds: it is known, or a column of tables (责任单位)."""
    return _keys().get(key.strip().lower()) or column_of(key) or Column("aside")
