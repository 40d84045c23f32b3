"""What stands in the upper and lower margin of pages and is no text of the document: running titles, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from kg.reading.formats.page import Glyph, Page, line_of, pieces_of, rows_of

_DASHES = r"[\s\-—–―－─·•~～_|]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASHES}(?:第\s*)?(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}}(?=\s*页))\s*页?\s*"
    rf"(?:[/／|，,、（(]?\s*共?\s*(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}}(?=\s*页))\s*页?\s*[)）]?)?{_DASHES}"
    r"|\s*page\s*\d{1,4}\s*(?:(?:of|/)\s*\d{1,4})?\s*",
    re.I,
)
_EDGE = 3
_MARGIN = 0.14
_TABLE_CELLS = 3
_CELL_GAP = 1.0
_CLOSE = 3.0
_SMALLER = 0.9
_WIDER = 1.2


def without_margins(pages: Sequence[Page], drawn: Sequence[Sequence[Glyph]]) -> list[list[Glyph]]:
    """Return the characters of each page without page numbers, and without what several pages repeat at one place.

    `drawn` are the characters of each page that stand outside its tables.
    """
    edges = [list(_edges(page, glyphs)) for page, glyphs in zip(pages, drawn, strict=True)]
    seen = Counter(key for own in edges for key in {key for _, key in own})
    repeated = {key for key, count in seen.items() if count >= max(2, len(pages) * 0.3)}
    kept: list[list[Glyph]] = []
    for own, glyphs in zip(edges, drawn, strict=True):
        out = {id(g) for row, key in own if key in repeated or _PAGE_NUMBER.fullmatch(line_of(row).text) for g in row}
        kept.append([glyph for glyph in glyphs if id(glyph) not in out])
    return kept


def _edges(page: Page, glyphs: Sequence[Glyph]) -> Iterator[tuple[list[Glyph], tuple[str, int]]]:
    """Yield the lines in the upper and lower margin, with what they say (figures aside) and how high they stand."""
    rows = rows_of(glyphs)
    apart = _apart(rows) - _table_head(rows[: _EDGE + 1])
    for at in sorted({*range(len(rows))[:_EDGE], *range(len(rows))[-_EDGE:]}):
        baseline = rows[at][0].baseline
        text = line_of(rows[at]).text
        if not _MARGIN <= baseline / page.height <= 1 - _MARGIN and (at in apart or _PAGE_NUMBER.fullmatch(text)):
            yield rows[at], (re.sub(r"\d+", "0", text), round(baseline / 4))


def _apart(rows: Sequence[Sequence[Glyph]]) -> set[int]:
    """Return the outermost lines of a page that stand apart from the others, or are smaller than most."""
    if len(rows) <= _EDGE:
        return set(range(len(rows)))
    size = median(row[0].size for row in rows)
    apart = {at for at, row in enumerate(rows) if row[0].size < _SMALLER * size}
    steps = [below[0].baseline - above[0].baseline for above, below in pairwise(rows)]
    wide = _WIDER * median(steps)
    for at in range(min(_EDGE, len(steps))):
        if steps[at] > wide:
            apart |= set(range(at + 1))
        if steps[-1 - at] > wide:
            apart |= set(range(len(rows) - 1 - at, len(rows)))
    return apart


def _table_head(rows: Sequence[Sequence[Glyph]]) -> set[int]:
    """Return the lines at the top of a page that head a table without ruled lines: pages repeat these as well."""
    head: set[int] = set()
    for at, (row, following) in enumerate(pairwise(rows)):
        cells = min(len(pieces_of(row, _CELL_GAP)), len(pieces_of(following, _CELL_GAP)))
        if following[0].baseline - row[0].baseline <= _CLOSE * row[0].size and (cells >= _TABLE_CELLS or at in head):
            head |= {at, at + 1}
    return head
