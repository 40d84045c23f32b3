"""Where the rows of a table without upright lines begin: at level lines, numbers, white space, or full lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from kg.reading.formats.page import Glyph, Rule
from kg.reading.formats.tabular import NUMBER

_WIDER = 1.15
_RULED = 0.6

_Row = list[Glyph]


def row_starts(
    rows: Sequence[_Row], columns: Sequence[Sequence[_Row]], ruled: Sequence[int], headless: bool
) -> list[int]:
    """Return which lines begin a row of the table; less is needed to tell where its head is known and left out."""
    if len(ruled) >= (1 if headless else 2):
        return [0, *ruled]
    numbers = [at for at, cell in enumerate(columns[0]) if cell and NUMBER.fullmatch(_said(cell))]
    if len(numbers) > (0 if headless else 1) and len(numbers) * 2 >= sum(1 for cell in columns[0] if cell):
        return _by_numbers(rows, numbers)
    spaced = _by_space(rows)
    if spaced and all(any(columns[0][at] for at in range(a, b)) for a, b in pairwise([*spaced, len(rows)])):
        return spaced
    full = [sum(1 for column in columns if column[at]) for at in range(len(rows))]
    return [
        at
        for at, count in enumerate(full)
        if at == 0 or count >= max(2, len(columns) - 1) or (columns[0][at] and count > 1)
    ]


def _by_numbers(rows: Sequence[_Row], numbers: Sequence[int]) -> list[int]:
    """Return the starts of rows that each hold one number: where the lines between two numbers stand farthest apart."""
    starts = [0, _break(rows, 0, numbers[0])] if numbers[0] > 0 else [0]
    starts += [_break(rows, upper, lower) for upper, lower in pairwise(numbers)]
    return sorted(set(starts))


def _break(rows: Sequence[_Row], upper: int, lower: int) -> int:
    """Return the line behind the widest step between two lines; the lower one where all steps are alike."""
    steps = {at: rows[at][0].baseline - rows[at - 1][0].baseline for at in range(upper + 1, lower + 1)}
    widest = max(steps.values())
    if widest <= 0 or (widest < _WIDER * median(steps.values()) and len(steps) > 1):
        return lower
    return max(at for at, step in steps.items() if step > widest * 0.95)


def _by_space(rows: Sequence[_Row]) -> list[int] | None:
    """Return the lines above which there is more white than between the lines of one cell; None where all is even."""
    steps = [b[0].baseline - a[0].baseline for a, b in pairwise(rows)]
    least = min((step for step in steps if step > _size(rows[0]) * 0.5), default=0.0)
    wide = [at for at, step in enumerate(steps, start=1) if step > _WIDER * least]
    return [0, *wide] if wide and len(wide) < len(steps) else None


def ruled_between(rows: Sequence[_Row], rules: Sequence[Rule]) -> list[int]:
    """Return the rows above which a level line is drawn over most of the table."""
    left, right = min(g.left for row in rows for g in row), max(g.right for row in rows for g in row)
    level: dict[int, float] = {}
    for rule in rules:
        if not rule.upright:
            covered = min(rule.right, right) - max(rule.left, left)
            level[round(rule.top)] = level.get(round(rule.top), 0.0) + max(covered, 0.0)
    places = [place for place, covered in level.items() if covered >= _RULED * (right - left)]
    return [
        at
        for at, (above, row) in enumerate(pairwise(rows), start=1)
        if any(above[0].baseline - 1 <= place <= row[0].baseline for place in places)
    ]


def _said(row: _Row) -> str:
    return "".join(glyph.char for glyph in row).strip()


def _size(row: _Row) -> float:
    return median(glyph.size for glyph in row)
