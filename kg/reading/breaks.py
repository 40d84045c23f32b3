"""Accidents of layout that break a sentence: page marks in a word, brackets and full lines broken, unseen marks.

They are taken out for reading, and what was read is put back where it stands: offsets stay those of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

from kg.plan import Plan, Span
from kg.reading.numbering import opens_unit
from kg.reading.predicates import label_pattern

_BLANK = r"[ \t\u3000]{0,40}"
_OF = r"第\s?\d{1,4}\s?页\s?[，,/]?\s?(?:共|总)\s?\d{1,4}\s?页"
_DASH = "[-－—–·]{1,2}"
_ALONE = rf"(?:{_DASH}[ \u3000]?\d{{1,4}}[ \u3000]?{_DASH}|第\s?\d{{1,4}}\s?页)"
_PAGE = re.compile(
    rf"(?:{_BLANK}\n){{0,3}}{_BLANK}(?P<of>{_OF}){_BLANK}(?:\n{_BLANK}){{0,3}}"
    rf"|(?:{_BLANK}\n){{0,3}}(?<=\n){_BLANK}(?P<alone>{_ALONE}{_BLANK}\n){_BLANK}(?:\n{_BLANK}){{0,2}}"
)
# 示⏎3、范: what numbers the pages of a copy stands like a list's number in the middle of a word.
_COUNTED = re.compile(r"(?<=[\u4e00-\u9fff、])[ \t]*\n[ \t\u3000]*\d{1,3}、(?=[\u4e00-\u9fff])")
_LINE = re.compile(r"[^\n]+")
_MARKS = re.compile("[（(〔《【）)〕》】\n]")
_OPENED, _CLOSED = frozenset("（(〔《【"), frozenset("）)〕》】")
# What is not printed: joiners and spaces without width, and the marks of Markdown for bold words and headings.
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]+|\*\*|^#{1,6}[ \t]+", re.MULTILINE)
_INDENT = 40
_STOPS = "。；;：:！!？?"
_BRACKET_LIMIT = 400
_MOST_LINES = 12
_BODY = 20
_LEAST_LINES = 4
_SHARE = 0.2
_CUT = 0.6
_NARROWEST = 40
_SLACK = 4


@dataclass(frozen=True, slots=True)
class Joined:
    """A text without its accidental breaks, and where each stretch of it stood."""

    text: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def back(self, plan: Plan, text: str) -> Plan:
        """Return a plan of the joined text as one of `text`, the text as it was."""
        moved: Plan = self._moved(plan)
        return replace(moved, text=text)

    def _at(self, offset: int) -> int:
        return offset + self.shifts[bisect_right(self.starts, offset) - 1]

    def _moved(self, value: Any) -> Any:
        if isinstance(value, Span):
            end = self._at(value.end - 1) + 1 if value.end > value.start else self._at(value.start)
            return Span(self._at(value.start), end)
        if isinstance(value, tuple):
            return tuple(map(self._moved, value))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: self._moved(getattr(value, f.name)) for f in fields(value)})
        return value


def joined(text: str) -> Joined | None:
    """Return `text` without the breaks that no writer made, None where it has none."""
    unseen = [Span(*match.span()) for match in _UNSEEN.finditer(text)]
    holes = _without_overlaps([*_page_marks(text), *_in_brackets(text), *_wrapped(text), *unseen])
    if not holes:
        return None
    starts = [0, *(hole.end for hole in holes)]
    ends = [*(hole.start for hole in holes), len(text)]
    kept = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    offsets = list(accumulate((len(piece) for piece in kept[:-1]), initial=0))
    shifts = tuple(start - at for start, at in zip(starts, offsets, strict=True))
    return Joined("".join(kept), tuple(offsets), shifts)


def _without_overlaps(holes: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for hole in sorted(holes):
        if kept and hole.start <= kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(hole.end, kept[-1].end))
        elif hole.end > hole.start:
            kept.append(hole)
    return kept


def _page_marks(text: str) -> list[Span]:
    """Return the page marks that stand inside a sentence."""
    found: list[Span] = []
    for match in _PAGE.finditer(text):
        inside = _is_inside(text, match.start(), match.end())
        found.append(Span(*match.span(0 if inside else match.lastgroup or 0)))
    return found + [Span(*match.span()) for match in _COUNTED.finditer(text) if _is_running(text, match.start())]


def _is_inside(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence goes on over a page mark: it has begun on its line, and no unit follows."""
    line = text[max(0, start - _BRACKET_LIMIT, text.rfind("\n", max(0, start - _BRACKET_LIMIT), start) + 1) : start]
    after = text[end : end + 12]
    if not line or line[-1] in _STOPS or not after.strip() or opens_unit(after):
        return False
    return "\n" not in text[start:end] or (len(line) > _BODY // 2 and any(mark in line for mark in "，。；、"))


def _is_running(text: str, end: int) -> bool:
    """Tell whether the line that ends here stops in the middle of a sentence that is no heading."""
    floor = max(0, end - _BRACKET_LIMIT)
    line = text[max(floor, text.rfind("\n", floor, end) + 1) : end]
    stop = max(line.rfind(mark) for mark in "。；")
    return stop >= 0 and len(line) > _BODY and not opens_unit(line[stop + 1 :])


def _in_brackets(text: str) -> list[Span]:
    """Return the line ends inside a bracket that closes a few lines further on."""
    found: list[Span] = []
    opened: list[int] = []
    pending: list[Span] = []
    for match in _MARKS.finditer(text):
        if match[0] in _OPENED:
            opened.append(match.start())
        elif match[0] in _CLOSED:
            if opened:
                opened.pop()
            if not opened:
                found += pending
                pending = []
        elif opened:
            end = _line_end(text, match.start())
            far = end.start - opened[0] > _BRACKET_LIMIT or len(pending) >= _MOST_LINES
            if far or text[end.end : end.end + 1] in ("\n", "") or opens_unit(text[end.end : end.end + 12]):
                opened, pending = [], []
            else:
                pending.append(end)
    return found


def _line_end(text: str, at: int) -> Span:
    """Return a line end with the blanks around it."""
    start, end = at, at + 1
    while start > 0 and at - start < _INDENT and text[start - 1] in " \t\u3000\r":
        start -= 1
    while end < len(text) and end - at < _INDENT and text[end] in " \t\u3000":
        end += 1
    return Span(start, end)


def _wrapped(text: str) -> list[Span]:
    """Return the line ends of lines that are full, in a text whose lines were cut to one width."""
    lines = [Span(match.start(), match.start() + len(match[0].rstrip())) for match in _LINE.finditer(text)]
    widths = [_shown(line.of(text)) for line in lines]
    width = _width(widths)
    if width is None:
        return []
    full = [pair for pair, own in zip(pairwise(lines), widths, strict=False) if own >= width - _SLACK]
    cut = [(line, following) for line, following in full if _goes_on(text, line, following)]
    if len(cut) < _CUT * len(full):
        return []
    return [Span(line.end, following.start + _indent(following.of(text))) for line, following in cut]


def _shown(line: str) -> int:
    """Return how wide a line is in print, a Latin letter or figure being half a Chinese character: in those halves."""
    return len(line) + (len(line.encode("utf-8", "replace")) - len(line)) // 2


def _width(lengths: list[int]) -> int | None:
    """Return the width that lines were cut to: that of many, and of which hardly any is longer."""
    counts = Counter(lengths)
    total = sum(counts.values())
    longer = 0
    for width in sorted((length for length in counts if length >= _NARROWEST), reverse=True):
        if longer * 20 > total:
            return None
        if sum(counts[length] for length in range(width - _SLACK, width + 1)) >= max(_LEAST_LINES, _SHARE * total):
            return width
        longer += counts[width]
    return None


def _goes_on(text: str, line: Span, following: Span) -> bool:
    if text[line.end - 1] in _STOPS or text[line.end : following.start].count("\n") != 1:
        return False
    after = following.of(text)
    if after.startswith(("\u3000\u3000", "    ", "\t")) or "\t" in line.of(text) or "|" in line.of(text):
        return False
    bare = after.lstrip()
    return bool(bare) and not opens_unit(bare[:12]) and label_pattern().match(bare) is None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
