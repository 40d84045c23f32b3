"""Tables of tasks: rows whose columns say what is to be done, who leads, who helps and by when.

A table is known by its header row. Its cells stand between tabs or pipes, or each on a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from kg.plan import Role, Span
from kg.reading.lexicon import ends, longest_first, table
from kg.reading.predicates import label_roles
from kg.reading.statements import Share, Statement, mode_of, parse_statement

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\t|]*")
_SPACED = re.compile(r"[^\s|]+")
_RULE = re.compile(r"[\s|:+=-]*")
_NUMBER = re.compile(r"\s*\d{1,4}\s*[.．、]?\s*")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]|\s|\*")
_HEADER_CELL = 14
_MOST_COLUMNS = 16


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells of a column hold (number, task, measure, department, time, aside), and in what role."""

    holds: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as printed (empty where it has none), what is to be done, and who is responsible."""

    span: Span
    number: str
    task: Span
    statement: Statement | None
    unread: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table from its header row to the end of its last row."""

    span: Span
    rows: tuple[Row, ...]


def find_tables(text: str) -> tuple[Table, ...]:
    """Return the tables of `text` that name departments in a column, in reading order."""
    lines = [Span(*match.span()) for match in _LINE.finditer(text) if not match[0].isspace()]
    tables: list[Table] = []
    at = 0
    while at < len(lines):
        found = _table_at(text, lines, at)
        if found:
            tables.append(found[0])
            at = found[1]
        else:
            at += 1
    return tuple(tables)


@cache
def _columns() -> Mapping[str, Column]:
    known = {label: Column("department" if role else "time", role) for label, role in label_roles().items()}
    for row in table("columns"):
        known[row["wording"]] = Column(row["holds"], Role(row["role"]) if row["role"] else None)
    return known


@cache
def _column_endings() -> tuple[str, ...]:
    """Return the words that make a column of any heading that ends in one (市级牵头单位, 主要责任部门)."""
    return longest_first(
        word for word, column in _columns().items() if column.holds in ("department", "time") and len(word) >= 4
    )


@lru_cache(maxsize=4096)
def _column(heading: str) -> Column | None:
    bare = _ASIDE.sub("", heading)
    if not 1 < len(bare) <= _HEADER_CELL:
        return None
    if bare in _columns():
        return _columns()[bare]
    first = re.split("[/、及和与]", bare)[0]
    ending = ends(bare, _column_endings()) or ends(first, _column_endings())
    return _columns()[ending] if ending else None


def _table_at(text: str, lines: list[Span], at: int) -> tuple[Table, int] | None:
    line = lines[at]
    if line.end - line.start > _MOST_COLUMNS * (_HEADER_CELL + 2):
        return None
    quote = line.of(text)
    if "\t" in quote or "|" in quote:
        columns = _header([cell.of(text) for cell in _cells(text, line)])
        return _ruled(text, lines, at, columns) if columns else None
    columns = _header(_SPACED.findall(quote))
    if columns:
        return _stacked(text, lines, at, at + 1, columns)
    if _column(quote):
        return _stacked_header(text, lines, at)
    return None


def _header(headings: list[str]) -> list[Column] | None:
    """Return the columns of a header row: two known ones at least, of departments one, of others none too long."""
    if not 2 <= len(headings) <= _MOST_COLUMNS:
        return None
    columns = [_column(heading) for heading in headings]
    known = [column for column in columns if column]
    if len(known) < 2 or not any(column.holds == "department" for column in known):
        return None
    if any(len(heading.strip()) > _HEADER_CELL for heading in headings):
        return None
    return [column or Column("aside") for column in columns]


def _cells(text: str, line: Span) -> list[Span]:
    """Return the cells of a ruled line, trimmed; the empty ones at the ends of | a | b | are none."""
    start, end = line.start, line.end
    quote = line.of(text).strip(" \r")
    if quote.startswith("|"):
        start = text.index("|", start) + 1
    if quote.endswith("|") and len(quote) > 1:
        end = text.rindex("|", start, end)
    cells, at = [], start
    while at <= end:
        match = _CELL.match(text, at, end)
        stop = match.end() if match else at
        cells.append(_trimmed(text, at, stop))
        at = stop + 1
    return cells


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _ruled(text: str, lines: list[Span], at: int, columns: list[Column]) -> tuple[Table, int]:
    rows: list[Row] = []
    next_line = at + 1
    end = lines[at].end
    while next_line < len(lines):
        line = lines[next_line]
        quote = line.of(text)
        if ("\t" not in quote.strip() and "|" not in quote) or _header([c.of(text) for c in _cells(text, line)]):
            break
        if not _RULE.fullmatch(quote):
            row = _row(text, line, columns, _aligned(text, _cells(text, line), columns))
            rows += [row] if row else []
        end = line.end
        next_line += 1
    return Table(Span(lines[at].start, end), tuple(rows)), next_line


def _aligned(text: str, cells: list[Span], columns: list[Column]) -> list[Span]:
    """Return a cell for every column; where some are missing at the left (they span rows), the rest move right."""
    missing = len(columns) - len(cells)
    if missing <= 0:
        return cells[: len(columns)]
    none = Span(cells[0].start, cells[0].start)
    left, right = cells + [none] * missing, [none] * missing + cells
    return left if _named_cells(text, left, columns) >= _named_cells(text, right, columns) else right


def _named_cells(text: str, cells: list[Span], columns: list[Column]) -> int:
    pairs = zip(cells, columns, strict=True)
    return sum(
        column.holds == "department" and _shares(text, cell, Role.RESPONSIBLE) is not None for cell, column in pairs
    )


def _stacked_header(text: str, lines: list[Span], at: int) -> tuple[Table, int] | None:
    """Return a table whose header stands one cell on a line (序号⏎任务⏎责任单位)."""
    stop = at
    seen: set[str] = set()
    while stop < len(lines) and stop - at < _MOST_COLUMNS and _column(heading := lines[stop].of(text)):
        if heading in seen:
            break
        seen.add(heading)
        stop += 1
    columns = _header([line.of(text) for line in lines[at:stop]])
    return _stacked(text, lines, at, stop, columns) if columns else None


def _stacked(text: str, lines: list[Span], at: int, first: int, columns: list[Column]) -> tuple[Table, int] | None:
    """Return a table whose cells stand each on a line: numbered rows, or as many lines for every row."""
    rows: list[Row] = []
    next_line = first
    while next_line < len(lines):
        taken = _stacked_row(text, lines, next_line, columns, len(rows))
        row = _row(text, Span(lines[next_line].start, taken[-1].end), columns, taken) if taken else None
        if taken is None or row is None or row.statement is None:
            break
        rows.append(row)
        next_line += len({cell.start for cell in taken if cell.end > cell.start})
    if not rows:
        return None
    return Table(Span(lines[at].start, rows[-1].span.end), tuple(rows)), next_line


def _stacked_row(text: str, lines: list[Span], at: int, columns: list[Column], done: int) -> list[Span] | None:
    numbered = columns[0].holds == "number"
    if numbered and not _is_number(lines[at].of(text), done + 1):
        return None
    cells = lines[at : at + len(columns)]
    if len(cells) < len(columns):
        return None
    return [_trimmed(text, cell.start, cell.end) for cell in cells]


def _is_number(quote: str, expected: int) -> bool:
    digits = "".join(char for char in quote if char.isdecimal())
    return _NUMBER.fullmatch(quote) is not None and int(digits) == expected


def _row(text: str, line: Span, columns: list[Column], cells: list[Span]) -> Row | None:
    """Return a row with something to be done in it, None for a line that only heads a group of rows."""
    held = [(column, cell) for column, cell in zip(columns, cells, strict=True) if cell.end > cell.start]
    number = next((cell.of(text) for column, cell in held if column.holds == "number"), "")
    task = _task_cell(held)
    if task is None:
        return None
    shares: list[Share] = []
    unread: list[Span] = []
    shared = False
    for column, cell in held:
        if column.holds == "department" and any(char.isalnum() for char in cell.of(text)) and cell.of(text) != "无":
            found = _shares(text, cell, column.role or Role.RESPONSIBLE)
            if found is None:
                unread.append(cell)
            else:
                shares += found[0]
                shared = shared or found[1]
    deadlines = tuple(cell for column, cell in held if column.holds == "time")
    statement = _statement(shares, shared, task, deadlines) if shares else None
    return Row(line, number, task, statement, tuple(unread))


def _task_cell(held: list[tuple[Column, Span]]) -> Span | None:
    for holds in ("measure", "task", "aside"):
        cells = [cell for column, cell in held if column.holds == holds]
        if cells:
            return cells[-1] if holds == "measure" else cells[0]
    return None


def _statement(shares: list[Share], shared: bool, task: Span, deadlines: tuple[Span, ...]) -> Statement:
    span = Span(min(share.span.start for share in shares), max(share.span.end for share in shares))
    mode = mode_of(shares, shared=shared)
    return Statement(span, span, tuple(shares), mode, explicit=True, governs=task, deadlines=deadlines)


def _shares(text: str, cell: Span, role: Role) -> tuple[list[Share], bool] | None:
    """Return who a cell names, in its own role words or in the role of its column, and whether they share by duties."""
    parsed = parse_statement(text, cell, spaced=True)
    if parsed is None:
        return None
    shared = parsed.mode == "shared"
    if parsed.explicit and any(share.role is not Role.RESPONSIBLE for share in parsed.shares):
        return list(parsed.shares), shared
    return [replace(share, role=role) for share in parsed.shares], shared
