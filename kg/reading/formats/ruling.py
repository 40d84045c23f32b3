"""Tables on a page, from their ruled lines: which cells the lines make, and what stands in each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.reading.formats.page import Glyph, Line, Page, Rule, lines_of

_TOUCH = 2.5
_SHORT = 4.0
# A page with more is a drawing or a map, and comparing each line with each other would take too long.
MAX_RULES = 1500
MAX_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table: where it stands, and its rows, every cell that a spanned one covers filled."""

    top: float
    rows: tuple[tuple[str, ...], ...]


def tables_of(page: Page) -> tuple[list[Table], list[Glyph]]:
    """Return the tables of a page from top to bottom, and the characters outside them."""
    left_over = list(page.glyphs)
    tables: list[Table] = []
    if not 4 <= len(page.rules) <= MAX_RULES:
        return tables, left_over
    for rules in _connected(page.rules):
        frame = _Frame.of(rules)
        if frame is None:
            continue
        inside = [glyph for glyph in left_over if frame.holds(glyph)]
        if not inside:
            continue
        left_over = [glyph for glyph in left_over if not frame.holds(glyph)]
        tables.append(Table(frame.rows[0], frame.texts(inside)))
    return sorted(tables, key=lambda table: table.top), left_over


def _connected(rules: Sequence[Rule]) -> Iterable[list[Rule]]:
    """Yield the groups of lines that touch one another."""
    waiting = sorted({r for r in rules if max(r.right - r.left, r.bottom - r.top) >= _SHORT}, key=_order)
    while waiting:
        group = [waiting.pop()]
        for rule in group:
            near = [other for other in waiting if _touch(rule, other)]
            if near:
                group += near
                chosen = set(near)
                waiting = [other for other in waiting if other not in chosen]
        yield group


def _order(rule: Rule) -> tuple[float, float, float, float]:
    return rule.top, rule.left, rule.bottom, rule.right


def _touch(one: Rule, other: Rule) -> bool:
    across = one.left - _TOUCH <= other.right and other.left <= one.right + _TOUCH
    return across and one.top - _TOUCH <= other.bottom and other.top <= one.bottom + _TOUCH


class _Frame:
    """The grid of a group of lines, and which borders between its cells are drawn."""

    def __init__(self, columns: list[float], rows: list[float], rules: list[Rule]) -> None:
        self.columns = columns
        self.rows = rows
        self._upright = [r for r in rules if r.upright]
        self._level = [r for r in rules if not r.upright]

    @classmethod
    def of(cls, rules: list[Rule]) -> _Frame | None:
        """Return the grid; None where the lines are no table: fewer than two cells, or far too many."""
        columns = _places((r.left + r.right) / 2 for r in rules if r.upright)
        rows = _places((r.top + r.bottom) / 2 for r in rules if not r.upright)
        if len(columns) < 2 or len(rows) < 2:
            return None
        cells = (len(columns) - 1) * (len(rows) - 1)
        # One column of cells is a frame around paragraphs.
        return cls(columns, rows, rules) if len(columns) > 2 and cells <= MAX_CELLS else None

    def holds(self, glyph: Glyph) -> bool:
        x, y = glyph.middle
        return self.columns[0] <= x <= self.columns[-1] and self.rows[0] <= y <= self.rows[-1]

    def texts(self, glyphs: list[Glyph]) -> tuple[tuple[str, ...], ...]:
        region = self._regions()
        held: dict[int, list[Glyph]] = {}
        width = len(self.columns) - 1
        for glyph in glyphs:
            x, y = glyph.middle
            column = min(bisect_right(self.columns, x) - 1, width - 1)
            row = min(bisect_right(self.rows, y) - 1, len(self.rows) - 2)
            held.setdefault(region[row * width + column], []).append(glyph)
        written = {key: cell_text(lines_of(inside)) for key, inside in held.items()}
        return tuple(
            tuple(written.get(region[row * width + column], "") for column in range(width))
            for row in range(len(self.rows) - 1)
        )

    def _regions(self) -> list[int]:
        """Return for every cell of the grid the first cell of those that it is merged with."""
        width = len(self.columns) - 1
        parent = list(range(width * (len(self.rows) - 1)))

        def root(cell: int) -> int:
            while parent[cell] != cell:
                parent[cell] = parent[parent[cell]]
                cell = parent[cell]
            return cell

        for cell in range(len(parent)):
            row, column = divmod(cell, width)
            x = (self.columns[column] + self.columns[column + 1]) / 2
            y = (self.rows[row] + self.rows[row + 1]) / 2
            if column + 1 < width and not self._drawn(self._upright, self.columns[column + 1], y):
                parent[max(root(cell), root(cell + 1))] = min(root(cell), root(cell + 1))
            if cell + width < len(parent) and not self._drawn(self._level, x, self.rows[row + 1]):
                parent[max(root(cell), root(cell + width))] = min(root(cell), root(cell + width))
        return [root(cell) for cell in range(len(parent))]

    @staticmethod
    def _drawn(rules: list[Rule], x: float, y: float) -> bool:
        return any(r.left - _TOUCH <= x <= r.right + _TOUCH and r.top - _TOUCH <= y <= r.bottom + _TOUCH for r in rules)


def _places(values: Iterable[float]) -> list[float]:
    """Return distinct places in order; those closer than a line is thick are one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _TOUCH * 1.5:
            places.append(value)
    return places


def cell_text(lines: Sequence[Line]) -> str:
    """Return the text of a cell on one line: a line that was full runs on, after any other a single space."""
    if not lines:
        return ""
    edge = max(line.right for line in lines)
    pieces = [lines[0].text]
    for before, line in pairwise(lines):
        full = before.right + line.needs > edge + line.size * 0.25
        pieces += ["" if full else " ", line.text]
    return "".join(pieces)
