"""Tables of tasks: rows whose columns say what is to be done, who leads, who helps and by when.

A table is known by its header row. Its cells stand between tabs or pipes, or each on a line of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from kg.plan import Span
from kg.reading.numbering import opens_unit
from kg.reading.piped import find_piped
from kg.reading.rows import HEADER_CELL, MOST_COLUMNS, Column, Row, Table, aligned, column_of, header_of, read_row
from kg.reading.stacked import find_stacked

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\t|]*")
_SPACED = re.compile(r"[^\s|]+")
_LONGEST_GROUP = 40
_RULE = re.compile(r"[\s|:+=-]*")


def find_tables(text: str) -> tuple[Table, ...]:
    """Return the tables of `text` that name departments in a column, in reading order."""
    lines = [line for match in _LINE.finditer(text) if (line := _line(text, Span(*match.span())))]
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


def _table_at(text: str, lines: list[Span], at: int) -> tuple[Table, int] | None:
    line = lines[at]
    if line.end - line.start > MOST_COLUMNS * (HEADER_CELL + 2):
        return None
    quote = line.of(text)
    if "\t" in quote or "|" in quote:
        columns = header_of([cell.of(text) for cell in _cells(text, line)])
        return _ruled(text, lines, at, columns) if columns else None
    piped = find_piped(text, line.start) if column_of(quote) else None
    if piped and piped.fits:
        return _passed(lines, piped.table)
    columns = header_of(_SPACED.findall(quote))
    spaced = _spaced(text, lines, at, columns) if columns else None
    if spaced:
        return spaced
    stacked = find_stacked(text, lines, at, columns) if columns or column_of(quote) else None
    if piped and (stacked is None or len(stacked[0].rows) < len(piped.table.rows)):
        return _passed(lines, piped.table)
    return stacked


def _passed(lines: list[Span], table: Table) -> tuple[Table, int]:
    return table, bisect_left(lines, table.span.end, key=lambda line: line.start)


def _spaced(text: str, lines: list[Span], at: int, columns: list[Column]) -> tuple[Table, int] | None:
    """Return a table whose cells stand apart by blanks only, as many in every row as in the header."""
    rows: list[Row] = []
    for line in lines[at + 1 :]:
        cells = [Span(*match.span()) for match in _SPACED.finditer(text, line.start, line.end)]
        row = read_row(text, line, columns, cells) if len(cells) == len(columns) else None
        if row is None or row.statement is None:
            break
        rows.append(row)
    return (Table(Span(lines[at].start, rows[-1].span.end), tuple(rows)), at + 1 + len(rows)) if rows else None


def _line(text: str, line: Span) -> Span | None:
    """Return a line without its margins, and without the one | behind a cell that stands on it alone."""
    span = _trimmed(text, line.start, line.end)
    quote = span.of(text).rstrip("| \t")
    if quote and "|" not in quote and "\t" not in quote:
        return Span(span.start, span.start + len(quote))
    return span if quote else None


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
        if _heads_group(text, lines, next_line):
            next_line += 1
            continue
        if not _is_ruled(quote) or header_of([c.of(text) for c in _cells(text, line)]):
            break
        if not _RULE.fullmatch(quote):
            row = read_row(text, line, columns, aligned(text, _cells(text, line), columns))
            rows += [row] if row else []
        end = line.end
        next_line += 1
    return Table(Span(lines[at].start, end), tuple(rows)), next_line


def _is_ruled(quote: str) -> bool:
    return "\t" in quote.strip() or "|" in quote


def _heads_group(text: str, lines: list[Span], at: int) -> bool:
    """Tell whether a line of one cell heads the rows below it: 一、减轻作业负担."""
    if at + 1 >= len(lines) or _is_ruled(lines[at].of(text)) or not opens_unit(lines[at].of(text)):
        return False
    return lines[at].end - lines[at].start <= _LONGEST_GROUP and _is_ruled(lines[at + 1].of(text))
