"""Tables whose cells stand each on a line of its own, a cell of several names on several lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from kg.plan import Span
from kg.reading.dates import find_dates
from kg.reading.lexicon import starts, words
from kg.reading.names import split_names
from kg.reading.numbering import opens_unit
from kg.reading.rows import HEADER_CELL, MOST_COLUMNS, Column, Row, Table, column_of, header_of, read_row

_NUMBER = re.compile(r"\s*\d{1,4}\s*[.．、]?\s*")
_LISTED = re.compile(r"[、，,；;\s]+")
_LONGEST_TIME = 20
_MOST_LINES = 8
_SPANNED = 4
_LONGEST_GROUP = 40


@dataclass(frozen=True, slots=True)
class _Run:
    """Columns side by side of one kind of cell (words, department, time), and the kind that follows them."""

    kind: str
    columns: list[Column]
    follows: str


def find_stacked(text: str, lines: list[Span], at: int, heading: list[Column] | None) -> tuple[Table, int] | None:
    """Return the table that begins at line `at`, and the line behind it; None where no row with names follows.

    Its header is the line itself (`heading`), or stands one cell on a line from there on (序号⏎任务⏎责任单位).
    """
    if heading:
        return _table(text, lines, at, at + 1, heading)
    stop = _header_end(text, lines, at)
    columns = header_of([line.of(text) for line in lines[at:stop]])
    return _table(text, lines, at, stop, columns) if columns else None


def _header_end(text: str, lines: list[Span], at: int) -> int:
    """Return the line behind a header of one cell on a line: where 1 opens the first row, or no heading stands."""
    stop = at
    seen: set[str] = set()
    first = column_of(lines[at].of(text))
    numbered = first is not None and first.holds == "number"
    while stop < len(lines) and stop - at < MOST_COLUMNS:
        quote = lines[stop].of(text)
        unknown = column_of(quote) is None
        if (
            quote in seen
            or _is_number(quote)
            or (unknown and opens_unit(quote))
            or (unknown and (not numbered or len(quote) > HEADER_CELL))
        ):
            break
        seen.add(quote)
        stop += 1
    return stop


def _table(text: str, lines: list[Span], at: int, first: int, columns: list[Column]) -> tuple[Table, int] | None:
    rows: list[Row] = []
    next_line = first + (first < len(lines) and _heads_rows(text, lines, first))
    number = _value(lines[next_line].of(text)) or 1 if next_line < len(lines) else 1
    while next_line < len(lines):
        found = _numbered(text, lines, next_line, columns, number + len(rows))
        if found is None and columns[0].holds != "number":
            found = _counted(text, lines, next_line, columns)
        if found is None or found[0].statement is None:
            break
        rows.append(found[0])
        next_line = found[1]
    return (Table(Span(lines[at].start, rows[-1].span.end), tuple(rows)), next_line) if rows else None


def _counted(text: str, lines: list[Span], at: int, columns: list[Column]) -> tuple[Row, int] | None:
    """Return a row of as many lines as there are columns."""
    cells = lines[at : at + len(columns)]
    row = read_row(text, Span(cells[0].start, cells[-1].end), columns, cells) if len(cells) == len(columns) else None
    return (row, at + len(columns)) if row else None


def _numbered(text: str, lines: list[Span], at: int, columns: list[Column], number: int) -> tuple[Row, int] | None:
    """Return a row that its number opens: words, then names, then dates, each as many lines as are of that kind."""
    if columns[0].holds != "number" or not _is_number(lines[at].of(text), number):
        return None
    held = [(columns[0], lines[at])]
    next_line = at + 1
    for run in _runs(columns[1:]):
        taken = _taken(text, lines[next_line : next_line + _MOST_LINES], run, number + 1)
        held += _assigned(run.columns, taken)
        next_line += len(taken)
    row = read_row(text, Span(lines[at].start, held[-1][1].end), [c for c, _ in held], [cell for _, cell in held])
    return (row, _behind(text, lines, next_line, number + 1)) if row else None


def _runs(columns: list[Column]) -> list[_Run]:
    groups = [(kind, list(group)) for kind, group in groupby(columns, key=lambda column: _kind(column.holds))]
    following = [kind for kind, _ in groups[1:]] + [""]
    return [_Run(kind, group, follows) for (kind, group), follows in zip(groups, following, strict=True)]


def _kind(holds: str) -> str:
    if holds in ("time", "when"):
        return "time"
    return "department" if holds == "department" else "words"


def _taken(text: str, lines: list[Span], run: _Run, number: int) -> list[Span]:
    """Return the lines that a run of columns holds; the row ends at the next `number`."""
    taken: list[Span] = []
    for line in lines:
        own = _kind_of(text, line)
        full = len(taken) >= len(run.columns)
        if _is_number(line.of(text), number) and (taken or run.kind != "words"):
            break
        if run.kind == "words":
            if (own != "words" and (full or (taken and own == run.follows))) or (full and not run.follows):
                break
        elif own != run.kind or (full and run.kind == "time"):
            break
        taken.append(line)
    return taken


def _kind_of(text: str, line: Span) -> str:
    """Return whether a line of a table is names, a date or other words."""
    quote = line.of(text)
    parts = [part for part in _LISTED.split(quote) if part]
    if parts and (all(split_names(part) for part in parts) or quote in words("clauses")["nobody"]):
        return "department"
    standing = starts(quote, words("clauses")["standing"]) is not None
    dated = len(quote) <= _LONGEST_TIME and bool(find_dates(text, line, cell=True))
    return "time" if dated or (standing and len(quote) <= _LONGEST_TIME // 2) else "words"


def _assigned(columns: list[Column], lines: list[Span]) -> list[tuple[Column, Span]]:
    """Give a line to each column, and to the last one what is left: names line by line, words as one cell."""
    last = len(columns) - 1
    held = list(zip(columns[:last], lines, strict=False))
    rest = lines[last:]
    if not rest:
        return held
    if columns[last].holds == "department":
        return held + [(columns[last], line) for line in rest]
    return [*held, (columns[last], Span(rest[0].start, rest[-1].end))]


def _behind(text: str, lines: list[Span], at: int, number: int) -> int:
    """Return where the next row begins, behind what is left of a row whose cells others span."""
    for skipped in range(min(_SPANNED, len(lines) - at)):
        if _is_number(lines[at + skipped].of(text), number):
            return at + skipped
    return at


def _heads_rows(text: str, lines: list[Span], at: int) -> bool:
    """Tell whether a line heads the rows below it (二、扩大就业), the first of which the next line numbers."""
    quote = lines[at].of(text)
    if at + 1 >= len(lines) or not opens_unit(quote) or _NUMBER.fullmatch(quote):
        return False
    return len(quote) <= _LONGEST_GROUP and _is_number(lines[at + 1].of(text))


def _is_number(quote: str, expected: int | None = None) -> bool:
    """Tell whether a line is a number and nothing else, the `expected` one where one is."""
    value = _value(quote)
    return value is not None and expected in (None, value)


def _value(quote: str) -> int | None:
    return int("".join(filter(str.isdecimal, quote))) if _NUMBER.fullmatch(quote) else None
