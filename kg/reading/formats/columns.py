"""Text set in columns side by side, as gazettes print it: read down one column, then down the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kg.reading.formats.page import Glyph, pieces_of, rows_of

_GAP = 0.9
_GUTTER = 0.8
_FEWEST = 5
_MOST_ROWS = 400
_TRIED = 3
_DEPTH = 3
_ALIKE = 0.75
_FULL = 0.5
_WHOLE = 0.8
_APART = 1.6

_Row = list[Glyph]


@dataclass(frozen=True, slots=True)
class Flow:
    """Characters that are read from top to bottom: into how many columns the page is divided there, and the shift
    that brings this one to the place of the first."""

    glyphs: list[Glyph]
    columns: int = 1
    shift: float = 0.0


def flows_of(glyphs: Sequence[Glyph], before: Sequence[float] = ()) -> list[Flow]:
    """Return the characters of a page in the order they are read; `before` is where columns began on the last page."""
    parts = _parts(rows_of(glyphs), before, _DEPTH)
    if len(parts) == 1 and before and all(glyph.right < before[0] for glyph in glyphs):
        return [Flow(list(glyphs), len(before) + 1)]  # the last page may fill its first column only
    return [flow for part in parts for flow in _flows(part)]


def _flows(columns: list[list[Glyph]]) -> list[Flow]:
    if not columns or not columns[0]:
        return []
    first = min(glyph.left for glyph in columns[0])
    return [Flow(column, len(columns), min(glyph.left for glyph in column) - first) for column in columns]


def _parts(rows: Sequence[_Row], before: Sequence[float], depth: int) -> list[list[list[Glyph]]]:
    """Return the parts of a page from top to bottom, each as its columns."""
    parts: list[list[list[Glyph]]] = []
    while depth and (2 if before else _FEWEST) <= len(rows) <= _MOST_ROWS:
        size = median(glyph.size for row in rows for glyph in row)
        found = (_divided(rows, start, size, depth, sure=start in before) for start in (*before, *_starts(rows)))
        divided = next((each for each in found if each), None)
        if divided is None:
            break
        above, columns, rows = divided
        parts += [[_joined(above)], columns] if above else [columns]
    return [*parts, [_joined(rows)]] if rows else parts


def _columns(rows: Sequence[_Row], depth: int) -> list[list[Glyph]]:
    """Return the columns inside one side of a gutter."""
    parts = _parts(rows_of(_joined(rows)), (), depth - 1)
    return parts[0] if len(parts) == 1 else [_joined(rows)]


def _starts(rows: Sequence[_Row]) -> Iterator[float]:
    """Yield places where many pieces of lines begin, other than the left margin."""
    pieces = [piece for row in rows for piece in pieces_of(row, _GAP)]
    left, right = min(a for a, _ in pieces), max(b for _, b in pieces)
    counts = Counter(round(a / 3) for a, _ in pieces if left + 0.2 * (right - left) < a < left + 0.8 * (right - left))
    for place, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:_TRIED]:
        if count + counts[place + 1] + counts[place - 1] >= _FEWEST:
            yield min(a for a, _ in pieces if abs(a - place * 3) <= 4.5)


def _divided(
    rows: Sequence[_Row], start: float, size: float, depth: int, *, sure: bool
) -> tuple[Sequence[_Row], list[list[Glyph]], Sequence[_Row]] | None:
    """Return the lines above columns, these, and the lines below; None where there are none with a gutter at `start`.

    It is `sure` where the page before has them: a few lines are enough then.
    """
    gutter = start - _GUTTER * size
    crossing = [any(g.left < start - 0.1 * size and g.right > gutter for g in row if g.char.strip()) for row in rows]
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and not crossing[end]:
            end += 1
        first, last = _trimmed(rows[at:end], start)
        if last - first >= (2 if sure else _FEWEST):
            left, right = _sides(rows[at + first : at + last], start)
            columns = _side_by_side(left, right, depth, sure=sure) if left and right else None
            if columns:
                return rows[: at + first], columns, rows[at + last :]
        at = end + 1
    return None


def _side_by_side(left: Sequence[_Row], right: Sequence[_Row], depth: int, *, sure: bool) -> list[list[Glyph]] | None:
    """Return the columns on both sides of a gutter; None where these are no text, or not equally wide."""
    inside = [_columns(left, depth), _columns(right, depth)]
    if not sure:
        if not all(_is_text(rows, len(own)) for rows, own in zip((left, right), inside, strict=True)):
            return None
        widths = [_width(own[0]) for own in inside]
        if min(widths) < _ALIKE * max(widths):
            return None
    return inside[0] + inside[1]


def _joined(rows: Sequence[_Row]) -> list[Glyph]:
    return [glyph for row in rows for glyph in row]


def _sides(rows: Sequence[_Row], start: float) -> tuple[list[_Row], list[_Row]]:
    left = [[g for g in row if g.middle[0] < start] for row in rows]
    right = [[g for g in row if g.middle[0] >= start] for row in rows]
    return [row for row in left if row], [row for row in right if row]


def _trimmed(rows: Sequence[_Row], start: float) -> tuple[int, int]:
    """Leave out lines on one side alone: a date to the right above the columns, a short paragraph below them."""
    first, last = 0, len(rows)
    while first < last and rows[first][0].left >= start - 1:
        first += 1
    left = [(at, row[0].baseline) for at, row in enumerate(rows) if row[0].left < start - 1]
    steps = [b - a for (_, a), (_, b) in pairwise(left)]
    pitch = median(steps) if steps else 0.0
    right = [at for at, row in enumerate(rows) if row[-1].left >= start - 1]
    behind = right[-1] if right else last
    for (_, before), (at, baseline) in pairwise(left):
        if at > behind and baseline - before > _APART * pitch:
            return first, at
    return first, last


def _is_text(rows: Sequence[_Row], columns: int) -> bool:
    """Tell running text: most of its lines are full, and few have a gap inside, as the cells of a table have."""
    pieces = [found for row in rows if (found := pieces_of(row, _GAP))]
    if len(pieces) < _FEWEST:
        return False
    right = max(row[-1][1] for row in pieces)
    full = sum(row[-1][1] > right - 1.5 * rows[0][0].size for row in pieces)
    whole = sum(len(row) == 1 for row in pieces)
    return full >= _FULL * len(pieces) and (columns > 1 or whole >= _WHOLE * len(pieces))


def _width(glyphs: Sequence[Glyph]) -> float:
    inked = [glyph for glyph in glyphs if glyph.char.strip()]
    return max(g.right for g in inked) - min(g.left for g in inked)
