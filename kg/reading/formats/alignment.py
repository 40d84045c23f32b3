"""Tables without upright lines: columns known by the white gaps that run through consecutive lines of a page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kg.reading.formats.page import Glyph, Line, Rule, line_of, lines_of, pieces_of, rows_of
from kg.reading.formats.rowbreaks import row_starts, ruled_between
from kg.reading.formats.tabular import NUMBER, Cell, Table

_NARROWEST = 0.45
_SURE = 0.8
_WIDE = 1.0
_SLIM = 0.4
_MOST_ROWS = 400
_MOST_PIECES = 60
_MOST_TRIED = 2_000
_EVIDENCE = 3
_FAR = 3.0
_NEAR = 1.6
_ROOMY = 2.0
_HEAD_LINES = 8

_Row = list[Glyph]


@dataclass(slots=True)
class _Gap:
    """White that runs through lines, and how many of them stand on both sides of it."""

    left: float
    right: float
    support: int = 1


def blocks_of(
    glyphs: Sequence[Glyph], rules: Sequence[Rule] = (), *, margin: float, above: Table | None = None
) -> list[Line | Table]:
    """Return the lines of a page and the tables among them, from top to bottom.

    `margin` is where the text of the page ends; `above` is the table that ends the page before, if one does.
    """
    rows = rows_of(glyphs)
    if len(rows) > _MOST_ROWS:
        return list(lines_of(glyphs))
    blocks: list[Line | Table] = []
    at = tried = 0
    while at < len(rows):
        end, gaps = _continuing(rows, above) if above and not at else (0, [])
        if not gaps:
            end, gaps = _run(rows, at, _gaps(rows[at]) if tried < _MOST_TRIED else [])
            tried += end - at
            gaps = _widest(rows[at:end], gaps)
            if not gaps or not _is_table(rows[at:end], gaps):
                blocks.append(line_of(rows[at]))
                at += 1
                continue
        start = _with_head(rows, at, gaps)
        del blocks[len(blocks) - (at - start) :]
        blocks.append(_table(rows[start:end], gaps, rules, margin, above))
        at = end
    return blocks


def _gaps(row: _Row) -> list[_Gap]:
    pieces = pieces_of(row, _NARROWEST)
    return [_Gap(a[1], b[0]) for a, b in pairwise(pieces)] if len(pieces) <= _MOST_PIECES else []


def _continuing(rows: Sequence[_Row], above: Table) -> tuple[int, list[_Gap]]:
    """Return how far the columns of a table on the page before go on at the top of this one."""
    gaps = [_Gap(left, right, _EVIDENCE) for left, right in above.gaps if right - left > 1.0]
    if len(gaps) < max(2, len(above.gaps)) or _narrowed(gaps, pieces_of(rows[0], _NARROWEST), 1.0) is None:
        return 0, []
    end, kept = _run(rows, 0, gaps)
    several = any(len(_held(row, kept)) > 1 for row in rows[:end])
    return (end, kept) if several and len(kept) == len(gaps) else (0, [])


def _run(rows: Sequence[_Row], start: int, gaps: list[_Gap]) -> tuple[int, list[_Gap]]:
    """Return the row behind the last one, from `start` on, that leaves `gaps` white, and what remains of these."""
    size = _size(rows[start])
    end = start + 1
    while gaps and end < len(rows):
        if rows[end][0].baseline - rows[end - 1][0].baseline > _FAR * max(size, _size(rows[end])):
            break
        left = _narrowed(gaps, pieces_of(rows[end], _NARROWEST), _NARROWEST * size)
        if left is None:
            break
        gaps = left
        end += 1
    return end, gaps


def _widest(rows: Sequence[_Row], gaps: list[_Gap]) -> list[_Gap]:
    """Return the gaps of a run of lines from the line that has most: the first may be the rest of a row."""
    fullest = max(rows, key=lambda row: len(pieces_of(row, _NARROWEST)))
    found: list[_Gap] | None = _gaps(fullest)
    for row in rows:
        if found and row is not fullest:
            found = _narrowed(found, pieces_of(row, _NARROWEST), _NARROWEST * _size(row))
    return found if found and len(found) > len(gaps) else gaps


def _narrowed(gaps: Sequence[_Gap], pieces: Sequence[tuple[float, float]], least: float) -> list[_Gap] | None:
    """Return what a further row leaves of gaps; None where it crosses one that other rows keep."""
    kept: list[_Gap] = []
    ends = [end for _, end in pieces]
    for gap in gaps:
        parts = [(gap.left, gap.right)]
        for start, end in pieces[bisect_right(ends, gap.left) :]:
            if start >= gap.right:
                break
            parts = [p for a, b in parts for p in ((a, min(b, start)), (max(a, end), b)) if p[1] - p[0] >= least]
        parts = [part for part in parts if part[1] - part[0] >= least]
        if parts:
            widest = max(parts, key=lambda part: part[1] - part[0])
            both = pieces[0][0] < widest[0] and pieces[-1][1] > widest[1]
            kept.append(_Gap(*widest, gap.support + both))
        elif gap.support > 1:
            return None
    return kept


def _is_table(rows: Sequence[_Row], gaps: Sequence[_Gap]) -> bool:
    """Tell a table from lines whose gaps stand below each other by chance or are those behind the numbers of items."""
    size = _size(rows[0])
    held = [gap for gap in gaps if gap.support >= _EVIDENCE or (gap.support == 2 and gap.right - gap.left > size)]
    if len(held) < len(gaps) or len(rows) < _EVIDENCE - 1:
        return False
    # Names in a letterhead are set letter by letter, below each other.
    if all(b - a < _EVIDENCE * size for row in rows for a, b in pieces_of(row, _NARROWEST)):
        return False
    if len(gaps) > 1:
        sure = sum(gap.right - gap.left >= _SURE * size or gap.support >= _EVIDENCE for gap in gaps)
        return sure == len(gaps)
    gap = gaps[0]
    left = [[g for g in row if g.middle[0] < gap.left] for row in rows]
    start, end = min(g.left for row in rows for g in row), max(g.right for row in rows for g in row)
    numbers = sum(NUMBER.fullmatch(_said(row)) is not None for row in left if row)
    slim = gap.left - start <= _SLIM * (end - start)
    return gap.support >= _EVIDENCE and gap.right - gap.left >= _WIDE * size and slim and numbers <= 1


def _with_head(rows: Sequence[_Row], at: int, gaps: Sequence[_Gap]) -> int:
    """Return where a table begins whose first row has cells higher than others, as narrow headings broken in two."""
    while at > 0:
        row = rows[at - 1]
        close = rows[at][0].baseline - row[0].baseline <= _NEAR * _size(row)
        if not close or _narrowed(gaps, pieces_of(row, _NARROWEST), _NARROWEST * _size(row)) is None:
            break
        if _held(row, gaps) == {0}:
            break
        at -= 1
    return at


def _table(
    rows: Sequence[_Row], gaps: Sequence[_Gap], rules: Sequence[Rule], margin: float, above: Table | None
) -> Table:
    edges = [*((gap.left, gap.right) for gap in gaps)]
    right = max(margin, *(g.right for row in rows for g in row))
    columns = _columns(rows, gaps)
    rooms = _rooms(columns, [gap.right for gap in gaps], right)
    head = _repeated_head(columns, above.rows[0]) if above and above.rows else 0
    inside = [column[head:] for column in columns]
    starts = [at + head for at in row_starts(rows[head:], inside, ruled_between(rows[head:], rules), head > 0)]
    starts = [0, *starts] if head else starts
    made = tuple(
        tuple(
            Cell(tuple(lines_of([g for row in column[start:end] for g in row])), room)
            for column, room in zip(columns, rooms, strict=True)
        )
        for start, end in pairwise([*starts, len(rows)])
    )
    return Table(rows[0][0].baseline, rows[-1][0].baseline, tuple(edges), made)


def _repeated_head(columns: Sequence[Sequence[_Row]], head: Sequence[Cell]) -> int:
    """Return how many lines at the top repeat the header row of the table on the page before."""
    wanted = ["".join(cell.text.split()) for cell in head]
    if len(wanted) != len(columns):
        return 0
    heights = range(1, min(_HEAD_LINES, len(columns[0]) - 1) + 1)
    return next((h for h in heights if ["".join(map(_said, column[:h])) for column in columns] == wanted), 0)


def _held(row: _Row, gaps: Sequence[_Gap]) -> set[int]:
    """Return the columns that a row has characters in."""
    return {at for at, (cell,) in enumerate(_columns([row], gaps)) if cell}


def _columns(rows: Sequence[_Row], gaps: Sequence[_Gap]) -> list[list[_Row]]:
    """Return the characters of each row in each column."""
    columns: list[list[_Row]] = [[[] for _ in rows] for _ in range(len(gaps) + 1)]
    middles = [(gap.left + gap.right) / 2 for gap in gaps]
    for at, row in enumerate(rows):
        for glyph in row:
            columns[bisect_right(middles, glyph.middle[0])][at].append(glyph)
    return columns


def _rooms(columns: Sequence[Sequence[_Row]], starts: Sequence[float], right: float) -> list[float]:
    """Return how wide a line in each column can be: as its longest one, or up to the next column less its padding."""
    rooms = []
    for column, following in zip(columns, [*starts, right], strict=True):
        inked = [g for row in column for g in row if g.char.strip()]
        if not inked:
            rooms.append(0.0)
            continue
        left, end, size = min(g.left for g in inked), max(g.right for g in inked), median(g.size for g in inked)
        # The last column may end far from the margin.
        near = following < right or end > right - 2 * _ROOMY * size
        rooms.append((max(following - _ROOMY * size, end) if near else end) - left)
    return rooms


def _said(row: _Row) -> str:
    return "".join(glyph.char for glyph in row).strip()


def _size(row: _Row) -> float:
    return median(glyph.size for glyph in row)
