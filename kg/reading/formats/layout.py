"""From drawn pages to text: lines joined into paragraphs, tables into rows; page headers, footers and numbers left out.

What tells a paragraph: its first line is indented, or the line before it had room for what this one begins with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kg.reading.formats.extract import Extract
from kg.reading.formats.numerals import printed
from kg.reading.formats.page import Line, Page, is_wide, lines_of
from kg.reading.formats.ruling import tables_of

_PAGE_NUMBER = re.compile(
    r"[\s\-—–―－·•~～_|]*(?:第\s*)?\d{1,4}\s*页?\s*(?:[/／|，,、]?\s*共?\s*\d{1,4}\s*页?)?[\s\-—–―－·•~～_|]*"
)
_NUMBER = re.compile(
    r"(?P<part>[一二三四五六七八九十]{1,3})、|[（(](?P<section>[一二三四五六七八九十]{1,3})[）)]"
    r"|(?P<item>\d{1,3})[.．、](?!\d)|[（(](?P<point>\d{1,2})[）)]|第(?P<article>[一二三四五六七八九十百]{1,5})[条章]"
)
_HAN = {printed(number, "chineseCounting"): number for number in range(1, 400)}
_EDGE = 3
_MARGIN = 0.14
_INDENT = 0.8
_APART = 2.3
_OTHER_SIZE = 1.15
_FULL = 0.45
_LONG = 0.7
_INDENTED = 0.1


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table, already a line of text."""

    text: str
    baseline: float


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
    blocks = [_blocks(page) for page in pages]
    kept = _without_edges(pages, blocks)
    lines = [block for page in kept for block in page if isinstance(block, Line)]
    if not lines:
        return "\n".join(block.text for page in kept for block in page)
    measure = _measure(lines, median(page.width for page in pages))
    return "\n".join(_paragraphs(kept, measure))


def _blocks(page: Page) -> list[Line | _Row]:
    tables, glyphs = tables_of(page)
    blocks: list[Line | _Row] = list(lines_of(glyphs))
    for table in tables:
        blocks += [_Row("\t".join(row), table.top) for row in table.rows if any(row)]
    return sorted(blocks, key=lambda block: block.baseline)


def _without_edges(pages: Sequence[Page], blocks: list[list[Line | _Row]]) -> list[list[Line | _Row]]:
    """Leave out page numbers, and what stands on the same edge of several pages."""
    repeated = _repeated(pages, blocks)
    kept: list[list[Line | _Row]] = []
    for page, own in zip(pages, blocks, strict=True):
        edge = {id(block): key for block, key in _edges(page, own)}
        kept.append([b for b in own if id(b) not in edge or not (edge[id(b)] in repeated or _is_page_number(b))])
    return kept


def _is_page_number(block: Line | _Row) -> bool:
    return isinstance(block, Line) and _PAGE_NUMBER.fullmatch(block.text) is not None


def _repeated(pages: Sequence[Page], blocks: list[list[Line | _Row]]) -> set[tuple[str, int]]:
    seen = Counter(key for page, own in zip(pages, blocks, strict=True) for key in {k for _, k in _edges(page, own)})
    return {key for key, count in seen.items() if count >= max(2, len(pages) * 0.3)}


def _edges(page: Page, blocks: list[Line | _Row]) -> Iterable[tuple[Line, tuple[str, int]]]:
    """Yield the lines in the upper and lower margin, with what they say (figures aside) and how high they stand."""
    for block in (*blocks[:_EDGE], *blocks[_EDGE:][-_EDGE:]):
        if not isinstance(block, Line):
            continue
        height = block.baseline / page.height
        if height < _MARGIN or height > 1 - _MARGIN:
            yield block, (re.sub(r"\d+", "0", block.text), round(block.baseline / 4))


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


def _paragraphs(pages: Sequence[Sequence[Line | _Row]], measure: _Measure) -> list[str]:
    paragraphs: list[list[str]] = []
    before: Line | None = None
    counted = _Counted()
    for block in (block for page in pages for block in page):
        if isinstance(block, _Row):
            paragraphs.append([block.text])
            before = None
            continue
        if before is not None and not counted.begins(before, block) and _runs_on(before, block, measure):
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


def _runs_on(before: Line, line: Line, measure: _Measure) -> bool:
    """Tell whether a line goes on with the paragraph of the line before."""
    other = max(before.size, line.size) > _OTHER_SIZE * min(before.size, line.size)
    if other and before.sized and line.sized:
        return False
    if line.baseline - before.baseline > _APART * measure.pitch:
        return False
    # Without indents, a full line that ends with a colon is more often a line of address than part of a paragraph.
    if not measure.indented and before.text.endswith(("：", ":")):
        return False
    indented = line.left > measure.left + _INDENT * line.size and line.left > before.left - _INDENT * line.size * 0.5
    full = before.right + line.needs > measure.right + line.size * 0.25
    return full and not indented


def _joint(text: str, following: str) -> str:
    before, after = text[-1:], following[:1]
    return " " if not is_wide(before) and not is_wide(after) and before.isalpha() and after.isalpha() else ""
