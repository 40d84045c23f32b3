"""Tables whose cells stand one below the other, each over as many lines as it needs, and end in |."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kg.plan import Span
from kg.reading.numbering import opens_unit
from kg.reading.rows import HEADER_CELL, MOST_COLUMNS, Column, Row, Table, aligned, column_of, header_of, read_row
from kg.reading.spans import trimmed

_CELL = re.compile(r"([^|\n]{0,2000}(?:\n[^|\n]{0,2000}){0,40})\|[ \t\r\u3000]*(?:\n|\Z)")
_NUMBER = re.compile(r"\d{1,4}\s?[.．、]?")
_MOST_SPANNED = 12


@dataclass(frozen=True, slots=True)
class Piped:
    """A table so read; `fits` tells that every row has as many cells as its columns, or as spanned cells leave."""

    table: Table
    fits: bool


def find_piped(text: str, start: int) -> Piped | None:
    """Return the table whose header's first cell begins at `start`; None where no row with names follows."""
    first = _CELL.match(text, start)
    if first is None or column_of(first[1]) is None:
        return None
    cells = _opening(text, start)
    columns = _header(text, cells)
    if columns is None:
        return None
    rest = _cells(text, text.index("|", cells[len(columns) - 1].end) + 1)
    number = next((i for i, column in enumerate(columns) if column.holds == "number"), None)
    read = _plain_rows(text, rest, columns) if number is None else _numbered_rows(text, rest, columns, number)
    found = list(read)
    rows = tuple(row for row in found if row)
    if not any(row.statement for row in rows):
        return None
    return Piped(Table(Span(start, rows[-1].span.end), rows), None not in found)


def _cells(text: str, at: int) -> Iterator[Span]:
    while at < len(text) and text[at].isspace():
        at += 1
    while match := _CELL.match(text, at):
        yield trimmed(text, *match.span(1))
        at = match.end()


def _opening(text: str, start: int) -> list[Span]:
    """Return the cells up to the first number, or to the first that stood before: a header holds neither."""
    cells: list[Span] = []
    seen: set[str] = set()
    for cell in islice(_cells(text, start), 2 * MOST_COLUMNS):
        quote = cell.of(text)
        if quote in seen:
            break
        cells.append(cell)
        seen.add(quote)
        if _value(text, cell) is not None:
            break
    return cells


def _header(text: str, cells: list[Span]) -> list[Column] | None:
    """Return the columns: before the first number where one of them holds numbers, else as many as are known."""
    quotes = [cell.of(text) for cell in cells]
    holding = [column_of(quote) for quote in quotes]
    number = next((i for i, column in enumerate(holding) if column and column.holds == "number"), None)
    if number is None:
        stop = next((i for i, column in enumerate(holding) if column is None), len(holding))
    else:
        first = next((i for i, cell in enumerate(cells) if i > number and _value(text, cell) is not None), 0)
        stop = first - number
        while stop > 0 and (len(quotes[stop - 1]) > HEADER_CELL or opens_unit(quotes[stop - 1])):
            stop -= 1
    return header_of(quotes[:stop]) if stop > 1 else None


def _plain_rows(text: str, cells: Iterator[Span], columns: list[Column]) -> Iterator[Row]:
    """Yield the rows of a table without numbers: as many cells as it has columns, as long as they name somebody."""
    while len(held := list(islice(cells, len(columns)))) == len(columns):
        row = _row(text, held, columns)
        if row is None or row.statement is None:
            return
        yield row


def _numbered_rows(text: str, cells: Iterator[Span], columns: list[Column], number: int) -> Iterator[Row | None]:
    """Yield the rows that numbers open, with what stands before the number of each, and None where cells are left."""
    own = len(columns) - number
    before: list[Span] = []
    held: list[Span] = []
    value = 0
    for cell in cells:
        found = _value(text, cell)
        if found is not None and (not held or len(held) >= own or found == value + 1):
            left = held[own:] if held else before
            kept = left[-number:] if number and left else []
            rows = _rows(text, before, held[: len(held) - len(kept)], columns, number) if held else []
            yield from rows
            if None in rows:
                return
            before, held, value = kept, [_number_line(text, cell)], found
        else:
            (held if held else before).append(cell)
        if len(held) > _MOST_SPANNED * len(columns) or len(before) > len(columns):
            break
    if held:
        yield from _rows(text, before, held, columns, number)


def _rows(text: str, before: list[Span], held: list[Span], columns: list[Column], number: int) -> list[Row | None]:
    """Return the row of one number, and those below it that its number spans; None for cells that make no row."""
    own = len(columns) - number
    missing = [Span(held[0].start, held[0].start)] * (number - len(before))
    first = _row(text, [*missing, *before, *aligned(text, held[:own], columns[number:])], columns)
    rest = held[own:]
    while rest and opens_unit(rest[-1].of(text)):
        rest.pop()
    return [row for row in (first,) if row] + (_spanned(text, rest, columns[number:]) if rest else [])


def _spanned(text: str, cells: list[Span], columns: list[Column]) -> list[Row | None]:
    """Return the rows of cells that lack those at the left, as many in each; None alone where they make none."""
    for size in range(len(columns) - 1, 1, -1):
        parts = [cells[at : at + size] for at in range(0, len(cells), size)]
        rows = [_row(text, part, columns[-size:]) for part in parts if len(part) == size]
        if len(rows) == len(parts) and all(row and row.statement and not row.unread for row in rows):
            return list(rows)
    return [None]


def _row(text: str, cells: list[Span], columns: list[Column]) -> Row | None:
    filled = [cell for cell in cells if cell.end > cell.start]
    line = Span(filled[0].start, filled[-1].end) if filled else None
    return read_row(text, line, columns, cells) if line else None


def _value(text: str, cell: Span) -> int | None:
    """Return the number that a cell is, a heading of the rows below it before it or not."""
    quote = _number_line(text, cell).of(text)
    return int("".join(filter(str.isdecimal, quote))) if _NUMBER.fullmatch(quote) else None


def _number_line(text: str, cell: Span) -> Span:
    start = text.rfind("\n", cell.start, cell.end) + 1
    return trimmed(text, max(start, cell.start), cell.end)
