"""Tables as they stand on pages: their cells as lines with places, and tables cut by a page break made whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from kg.reading.formats.page import Line
from kg.reading.lexicon import table

NUMBER = re.compile(r"[（(]?(?:\d{1,4}|[一二三四五六七八九十]{1,3})[)）]?[.、．]?")
_NEAR = 6.0
_HEADER_ROWS = 3
_MOSTLY = 0.6
_SLIM = 2.9
_EXACT = 0.1
_LIST = 80
_MARK = re.compile(r"[，。；：、,;:（(]")


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The lines of a cell, and how wide a line in it can be; a cell that spans rows is the same object in each.

    A column that is as narrow as names of departments holds one a line, though each line is full.
    """

    lines: tuple[Line, ...] = ()
    room: float = 0.0

    @property
    def text(self) -> str:
        """The cell on one line: a line that was full runs on, after any other there is a single space."""
        said = "".join(line.text for line in self.lines)
        listed = len(said) <= _LIST and not _MARK.search(said)
        pieces = [line.text for line in self.lines[:1]]
        for before, line in pairwise(self.lines):
            if not self._runs_on(before, line) or (listed and _is_between_names("".join(pieces), line.text)):
                pieces.append(" ")
            pieces.append(line.text)
        return "".join(pieces)

    def is_full(self, line: Line) -> bool:
        """Tell whether the last line had no room for what `line` begins with."""
        return bool(self.lines) and self._runs_on(self.lines[-1], line)

    def _runs_on(self, before: Line, line: Line) -> bool:
        slim = self.room < _SLIM * line.size
        return slim or before.right - before.left + line.needs > self.room - _EXACT * line.size


@cache
def _words(name: str, column: str) -> tuple[str, ...]:
    return tuple(row[column] for row in table(name) if row.get("strength", "strong") == "strong")


def _is_between_names(before: str, line: str) -> bool:
    """Tell whether a name ends before a line and another begins with it: …局, then 市…."""
    return before.endswith(_words("endings", "ending")) and line.startswith(_words("levels", "prefix"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table: where it stands, from where to where the gaps between its columns reach, and its rows."""

    top: float
    bottom: float
    gaps: tuple[tuple[float, float], ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def lines(self) -> list[str]:
        """Each row as one line, cells joined by a tab."""
        rows = [[cell.text for cell in row] for row in self.rows]
        return ["\t".join(row) for row in rows if any(row)]


def continued(above: Table, following: Table) -> Table | None:
    """Return both parts of a table that a page break cuts as one; None where the second is another table.

    A header row that is repeated is left out, and the two halves of a row are one again.
    """
    if len(above.gaps) != len(following.gaps) or not all(map(_meet, above.gaps, following.gaps)):
        return None
    rows = _without_header(above.rows, following.rows)
    kept = above.rows
    if rows and kept:
        goes_on = _goes_on(kept, rows[0])
        rows = _replaced(rows, _carried(kept, rows, goes_on=goes_on))
        if goes_on:
            whole = {id(lower): _both(upper, lower) for upper, lower in zip(kept[-1], rows[0], strict=True)}
            kept, rows = kept[:-1], _replaced(rows, whole)
    return Table(above.top, following.bottom, following.gaps, (*kept, *rows))


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] - _NEAR <= other[1] and other[0] - _NEAR <= one[1]


def _without_header(
    above: Sequence[Sequence[Cell]], rows: tuple[tuple[Cell, ...], ...]
) -> tuple[tuple[Cell, ...], ...]:
    same = 0
    for head, row in zip(above[:_HEADER_ROWS], rows, strict=False):
        if [_bare(cell) for cell in head] != [_bare(cell) for cell in row]:
            break
        same += 1
    return rows[same:]


def _bare(cell: Cell) -> str:
    return "".join(cell.text.split())


def _carried(above: Sequence[Sequence[Cell]], rows: Sequence[Sequence[Cell]], *, goes_on: bool) -> dict[int, Cell]:
    """Return for the cells that go on from the page before, spanning rows, what these are; by their identity."""
    carried = {}
    for column, (over, cell) in enumerate(zip(above[-1], rows[0], strict=True)):
        spans = (len(above) > 1 and above[-2][column] is over) or (len(rows) > 1 and rows[1][column] is cell)
        if spans and over.lines and not cell.lines and not goes_on:
            carried[id(cell)] = over
    return carried


def _replaced(rows: Sequence[Sequence[Cell]], others: dict[int, Cell]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(others.get(id(cell), cell) for cell in row) for row in rows)


def _goes_on(above: Sequence[Sequence[Cell]], row: Sequence[Cell]) -> bool:
    """Tell whether a row at the top of a page is the rest of the last one of the page before."""
    last = above[-1]
    column = _number_column(above)
    if column is not None:
        if not row[column].lines:
            return True
        # A number in the middle of its row stands on the page that holds more of it.
        return not last[column].lines and any(cell.lines for cell in last)
    emptied = any(upper.lines and not lower.lines for upper, lower in zip(last, row, strict=True))
    full = any(lower.lines and upper.is_full(lower.lines[0]) for upper, lower in zip(last, row, strict=True))
    return emptied and full


def _number_column(rows: Sequence[Sequence[Cell]]) -> int | None:
    """Return the column that numbers the rows."""
    for column in range(min(2, len(rows[0]))):
        written = [text for row in rows if (text := _bare(row[column]))]
        counted = sum(NUMBER.fullmatch(text) is not None for text in written)
        if counted and counted >= _MOSTLY * len(written):
            return column
    return None


def _both(upper: Cell, lower: Cell) -> Cell:
    return upper if upper is lower else Cell(upper.lines + lower.lines, min(upper.room, lower.room))
