"""From drawn pages to text: lines joined into paragraphs, tables into rows; page headers, footers and numbers left out.

What tells a paragraph: its first line is indented, or the line before it had room for what this one begins with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from kg.reading.formats.alignment import blocks_of
from kg.reading.formats.columns import Flow, flows_of
from kg.reading.formats.extract import Extract
from kg.reading.formats.footnotes import without_notes
from kg.reading.formats.margins import without_margins
from kg.reading.formats.numerals import printed
from kg.reading.formats.page import Glyph, Line, Page, is_wide
from kg.reading.formats.ruling import tables_of
from kg.reading.formats.tabular import Table, continued

_NUMBER = re.compile(
    r"[\s\-—–―－·•~～_|]*(?:第\s*)?\d{1,4}\s*页?\s*(?:[/／|，,、]?\s*共?\s*\d{1,4}\s*页?)?[\s\-—–―－·•~～_|]*"
)
_NUMBER = re.compile(
    r"(?P<part>[一二三四五六七八九十]{1,3})、|[（(](?P<section>[一二三四五六七八九十]{1,3})[）)]"
    r"|(?P<item>\d{1,3})[.．、](?!\d)|[（(](?P<point>\d{1,2})[）)]|第(?P<article>[一二三四五六七八九十百]{1,5})[条章]"
)
_HAN = {printed(number, "chineseCounting"): number for number in range(1, 400)}
_INDENT = 0.8
_APART = 2.3
_OTHER_SIZE = 1.15
_FULL = 0.45
_LONG = 0.7
_INDENTED = 0.1
_ALIKE = 50.0

_Block = Line | Table


@dataclass(frozen=True, slots=True)
class _Measure:
    """The type area of a document: where lines begin and end, how far apart they stand, if paragraphs are indented."""

    left: float
    right: float
    pitch: float
    indented: bool


def extract_of(pages: Sequence[Page]) -> Extract:
    """Return the text of drawn pages, and which of them only hold a picture."""
    pictures = tuple(n for n, page in enumerate(pages, start=1) if page.pictured and not page.glyphs)
    return Extract(text_of_pages(pages), pictures)


def text_of_pages(pages: Sequence[Page]) -> str:
    """Return the text of drawn pages, a paragraph or a row of a table per line."""
    ruled = [tables_of(page) for page in pages]
    kept, notes = without_notes(pages, without_margins(pages, [glyphs for _, glyphs in ruled]))
    blocks: list[_Block] = []
    starts: list[float] = []
    for page, (tables, _), glyphs in zip(pages, ruled, kept, strict=True):
        above = blocks[-1] if blocks and isinstance(blocks[-1], Table) else None
        own = list(_blocks(page, tables, glyphs, above, starts))
        if own and above and isinstance(own[0], Table):
            whole = continued(above, own[0])
            if whole:
                blocks[-1:], own[:1] = [whole], []
        blocks += own
    zones: dict[tuple[int, int], list[Line]] = {}
    for block in blocks:
        if isinstance(block, Line):
            zones.setdefault(block.zone, []).append(block)
    measures = {(width, columns): _measure(own, width * _ALIKE / columns) for (width, columns), own in zones.items()}
    return "\n".join([*_paragraphs(blocks, measures), *notes])


def _blocks(
    page: Page, tables: Sequence[Table], glyphs: Sequence[Glyph], above: Table | None, starts: list[float]
) -> Iterator[_Block]:
    """Yield lines and tables of a page in the order they are read.

    `above` ends the page before; `starts` is where columns of text began there, and is changed to where they do here.
    """
    before, starts[:] = tuple(starts), ()
    left = list(glyphs)
    for table in (*tables, None):
        higher = [glyph for glyph in left if table is None or glyph.baseline <= table.top]
        left = [glyph for glyph in left if table is not None and glyph.baseline > table.top]
        for flow in flows_of(higher, before):
            if flow.shift:
                starts.append(min(glyph.left for glyph in flow.glyphs))
            yield from _read(page, flow, above)
            above = None
        if table is not None:
            yield table


def _read(page: Page, flow: Flow, above: Table | None) -> Iterator[_Block]:
    margin = page.width - min((glyph.left for glyph in flow.glyphs), default=0.0)
    for block in blocks_of(flow.glyphs, page.rules, margin=margin, above=above):
        if isinstance(block, Line):
            zone = (round(page.width / _ALIKE), flow.columns)
            yield replace(block, left=block.left - flow.shift, right=block.right - flow.shift, zone=zone)
        else:
            yield block


def _measure(lines: Sequence[Line], width: float) -> _Measure:
    size = median(line.size for line in lines)
    lefts = Counter(round(line.left / 2) for line in lines)
    enough = max(2, len(lines) * 0.05)
    common = [place * 2 for place, count in lefts.items() if count >= enough]
    left = min(common, default=min(line.left for line in lines))
    steps = [b.baseline - a.baseline for a, b in pairwise(lines) if b.baseline > a.baseline]
    first = sum(1.5 * size < line.left - left < 3 * size for line in lines)
    pitch = median(steps) if steps else size * 2
    return _Measure(left, _right(lines, left, size, width), pitch, first >= _INDENTED * len(lines))


def _right(lines: Sequence[Line], left: float, size: float, width: float) -> float:
    """Return where full lines end: most lines of running text do; infinity where no line is as long as that.

    A stop that hangs over the margin does not move it.
    """
    longest = max(line.right for line in lines) - left
    if longest < _FULL * width:
        return float("inf")
    long = [line.right for line in lines if line.right - left > _LONG * longest]
    counts = Counter(round(right / (size * 0.5)) for right in long)
    place, _ = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
    return max(right for right in long if round(right / (size * 0.5)) == place)


def _paragraphs(blocks: Sequence[_Block], measures: dict[tuple[int, int], _Measure]) -> list[str]:
    paragraphs: list[list[str]] = []
    before: Line | None = None
    counted = _Counted()
    for block in blocks:
        if isinstance(block, Table):
            paragraphs += [[line] for line in block.lines]
            before = None
            continue
        if before is not None and not counted.begins(before, block) and _runs_on(before, block, measures):
            paragraphs[-1] += [_joint(before.text, block.text), block.text]
        else:
            counted.take(block)
            paragraphs.append([block.text])
        before = block
    return ["".join(pieces) for pieces in paragraphs]


class _Counted:
    """The numbers of the paragraphs so far, to tell a number that begins one from a figure inside it."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def begins(self, before: Line, line: Line) -> bool:
        """Tell whether a line begins a numbered paragraph: behind a stop, or with the number that is next."""
        kind, number = _number(line.text)
        return number > 0 and (number == self._last.get(kind, 0) + 1 or before.text.endswith(("。", "；", "：")))

    def take(self, line: Line) -> None:
        """Note the number of a line that begins a paragraph."""
        kind, number = _number(line.text)
        if number:
            self._last[kind] = number


def _number(text: str) -> tuple[str, int]:
    """Return the kind and value of the number that a line begins with; 0 where it begins with none."""
    found = _NUMBER.match(text)
    if found is None:
        return "", 0
    kind, written = next((kind, written) for kind, written in found.groupdict().items() if written)
    return kind, int(written) if written.isdecimal() else _HAN.get(written, 0)


def _runs_on(before: Line, line: Line, measures: dict[tuple[int, int], _Measure]) -> bool:
    """Tell whether a line goes on with the paragraph of the line before."""
    above, measure = measures[before.zone], measures[line.zone]
    other = max(before.size, line.size) > _OTHER_SIZE * min(before.size, line.size)
    if (other and before.sized and line.sized) or before.zone[0] != line.zone[0]:
        return False
    if line.baseline - before.baseline > _APART * measure.pitch:
        return False
    # Without indents, a full line that ends with a colon is more often a line of address than part of a paragraph.
    if not measure.indented and before.text.endswith(("：", ":")):
        return False
    indented = line.left > measure.left + _INDENT * line.size and line.left > before.left - _INDENT * line.size * 0.5
    full = before.right + line.needs > above.right + line.size * 0.25
    return full and not indented


def _joint(text: str, following: str) -> str:
    before, after = text[-1:], following[:1]
    return " " if not is_wide(before) and not is_wide(after) and before.isalpha() and after.isalpha() else ""
