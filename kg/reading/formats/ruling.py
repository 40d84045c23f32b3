"""Tables on a page, from their ruled lines: which cells the lines make, and what stands in each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from kg.reading.formats.page import Glyph, Page, Rule, is_closing, lines_of
from kg.reading.formats.tabular import Cell, Table

_TOUCH = 2.5
_SHORT = 4.0
_BEYOND = 10.0
_CAP = 1.2
# A page with more is a drawing or a map, and comparing each line with each other would take too long.
MAX_RULES = 1500
MAX_CELLS = 20_000


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
        tables.append(frame.table(inside))
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
        upright, level = [r for r in rules if r.upright], [r for r in rules if not r.upright]
        columns = _places((r.left + r.right) / 2 for r in upright)
        rows = _places((r.top + r.bottom) / 2 for r in level)
        if not columns or not rows:
            return None
        columns = _open(columns, [(r.left, r.right) for r in level])
        rows = _open(rows, [(r.top, r.bottom) for r in upright])
        if len(columns) < 2 or len(rows) < 2:
            return None
        cells = (len(columns) - 1) * (len(rows) - 1)
        # One column of cells is a frame around paragraphs.
        return cls(columns, rows, rules) if len(columns) > 2 and cells <= MAX_CELLS else None

    def holds(self, glyph: Glyph) -> bool:
        x, y = glyph.middle
        return self.columns[0] <= x <= self.columns[-1] and self.rows[0] <= y <= self.rows[-1]

    def table(self, glyphs: list[Glyph]) -> Table:
        """Return the cells with what stands in each; one that spans others is the same in all it covers."""
        region = self._regions()
        held: dict[int, list[Glyph]] = {}
        width = len(self.columns) - 1
        padding = _CAP * max((glyph.size for glyph in glyphs), default=1.0)
        for glyph in glyphs:
            x, y = glyph.middle
            column = min(bisect_right(self.columns, x) - 1, width - 1)
            row = min(bisect_right(self.rows, y) - 1, len(self.rows) - 2)
            held.setdefault(region[row * width + column], []).append(glyph)
        spans = self._spans(region)
        for key, inside in held.items():
            left, right = spans[key]
            for glyph in inside:
                if not glyph.char.isspace():
                    beside = padding if is_closing(glyph.char) else right - glyph.right
                    padding = min(padding, glyph.left - left, beside)
        cells = {
            key: Cell(tuple(lines_of(held.get(key, []))), right - left - 2 * max(padding, 0.0))
            for key, (left, right) in spans.items()
        }
        rows = tuple(
            tuple(cells[region[row * width + column]] for column in range(width)) for row in range(len(self.rows) - 1)
        )
        return Table(self.rows[0], self.rows[-1], tuple((x, x) for x in self.columns[1:-1]), rows)

    def _spans(self, region: Sequence[int]) -> dict[int, tuple[float, float]]:
        """Return from where to where each cell reaches."""
        spans: dict[int, tuple[float, float]] = {}
        for at, key in enumerate(region):
            column = at % (len(self.columns) - 1)
            left, right = spans.get(key, (self.columns[column], self.columns[column + 1]))
            spans[key] = min(left, self.columns[column]), max(right, self.columns[column + 1])
        return spans

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


def _open(places: list[float], across: list[tuple[float, float]]) -> list[float]:
    """Add the ends that two lines or more across reach beyond the outermost border: the table is open there.

    A page break leaves out the border of the row that it cuts, and some offices rule no outer sides.
    """
    starts, ends = sorted(start for start, _ in across), sorted(end for _, end in across)
    if len(across) < 2:
        return places
    first, last = starts[1], ends[-2]
    before = [first] if first < places[0] - _BEYOND else []
    after = [last] if last > places[-1] + _BEYOND else []
    return [*before, *places, *after]
