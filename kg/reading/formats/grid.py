"""Tables as lines: cells that span rows or columns are repeated in each one they cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.reading.formats.extract import BrokenError

MAX_COLUMNS = 400
MAX_CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as written: its paragraphs, and how many columns and rows it covers (0 rows: to the last one)."""

    lines: tuple[str, ...]
    columns: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """The cell on one line: a single space for each line break."""
        return " ".join(words for line in self.lines if (words := " ".join(line.split("\t")).strip()))


def row_lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return each row as one line, cells joined by a tab; rows without any text are left out.

    A table of one single column is a frame around paragraphs, and these remain lines of their own. Raises
    BrokenError where spanned cells would make more than MAX_CHARACTERS.
    """
    if all(len(row) <= 1 for row in rows):
        return [line for row in rows for cell in row for line in cell.lines if line.strip()]
    lines: list[str] = []
    size = 0
    for cells in _spread(rows):
        line = "\t".join(cells)
        size += len(line)
        if size > MAX_CHARACTERS:
            raise BrokenError(f"a table whose spanned cells make more than {MAX_CHARACTERS:,} characters")
        if line.strip():
            lines.append(line)
    return lines


def _spread(rows: Sequence[Sequence[Cell]]) -> Iterable[list[str]]:
    """Yield the rows with every column filled, from the cells as written (the table model of HTML, 4.9.12)."""
    hanging: dict[int, tuple[int, str]] = {}
    for at, row in enumerate(rows):
        placed: dict[int, str] = {}
        rest = len(rows) - at
        begun: dict[int, tuple[int, str]] = {}
        column = 0
        for cell in row:
            while column in hanging:
                column += 1
            span = max(1, min(cell.columns, MAX_COLUMNS - column))
            if column >= MAX_COLUMNS:
                break
            text = cell.text
            below = (cell.rows or rest) - 1
            for covered in range(column, column + span):
                placed[covered] = text
                if below > 0:
                    begun[covered] = (below, text)
            column += span
        placed |= {covered: text for covered, (_, text) in hanging.items()}
        yield [placed.get(covered, "") for covered in range(max(placed, default=-1) + 1)]
        hanging = {c: (left - 1, text) for c, (left, text) in hanging.items() if left > 1} | begun
