"""Rows of tables: what their columns hold by their headings, and who a row names for what, by when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from kg.plan import Role, Span
from kg.reading.dates import find_dates
from kg.reading.lexicon import ends, longest_first, table, words
from kg.reading.predicates import label_roles
from kg.reading.statements import Share, Statement, mode_of, parse_statement

MOST_COLUMNS = 16
HEADER_CELL = 14
_ASIDE = re.compile(r"[（(][^（）()]*[）)]|\s|\*")


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
    cells: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table from its header row to the end of its last row."""

    span: Span
    rows: tuple[Row, ...]


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
        word for word, column in _columns().items() if column.holds in ("department", "time", "when") and len(word) >= 4
    )


@lru_cache(maxsize=4096)
def column_of(heading: str) -> Column | None:
    """Return what a column of tables holds by its heading, None where the heading is none that is known."""
    bare = _ASIDE.sub("", heading)
    if not 1 < len(bare) <= HEADER_CELL:
        return None
    if bare in _columns():
        return _columns()[bare]
    first = re.split("[/、及和与]", bare)[0]
    ending = ends(bare, _column_endings()) or ends(first, _column_endings())
    return _columns()[ending] if ending else None


def header_of(headings: list[str]) -> list[Column] | None:
    """Return the columns of a header row: two known ones at least, of departments one, of others none too long."""
    if not 2 <= len(headings) <= MOST_COLUMNS:
        return None
    columns = [column_of(heading) for heading in headings]
    known = [column for column in columns if column]
    if len(known) < 2 or not any(column.holds == "department" for column in known):
        return None
    if any(len(heading.strip()) > HEADER_CELL for heading in headings):
        return None
    return [column or Column("aside") for column in columns]


def read_row(text: str, line: Span, columns: list[Column], cells: list[Span]) -> Row | None:
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
        if column.holds == "department" and not _is_nobody(cell.of(text)):
            found = shares_of(text, cell, column.role or Role.RESPONSIBLE)
            if found is None:
                unread.append(cell)
            else:
                shares += found[0]
                shared = shared or found[1]
    deadlines = tuple(cell for column, cell in held if _sets_limit(text, column, cell))
    statement = _statement(shares, shared, task, deadlines) if shares else None
    return Row(line, number, task, statement, tuple(unread), tuple(cell for _, cell in held))


def _sets_limit(text: str, column: Column, cell: Span) -> bool:
    """Tell whether a cell says by when: any of a column of deadlines, of one of times only one with 前 or 底."""
    if column.holds == "when":
        return any(deadline.bounded for deadline in find_dates(text, cell))
    return column.holds == "time"


def _is_nobody(cell: str) -> bool:
    return not any(char.isalnum() for char in cell) or cell in words("clauses")["nobody"]


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


def shares_of(text: str, cell: Span, role: Role) -> tuple[list[Share], bool] | None:
    """Return who a cell names, in its own role words or in the role of its column, and whether they share by duties."""
    parsed = parse_statement(text, cell, cell=True)
    if parsed is None:
        return None
    shared = parsed.mode == "shared"
    if parsed.explicit and any(share.role is not Role.RESPONSIBLE for share in parsed.shares):
        return list(parsed.shares), shared
    return [replace(share, role=role) for share in parsed.shares], shared


def aligned(text: str, cells: list[Span], columns: list[Column]) -> list[Span]:
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
        column.holds == "department" and shares_of(text, cell, Role.RESPONSIBLE) is not None for cell, column in pairs
    )
