"""Paragraphs outside all numbers: which are items, and which lines a statement on a line of its own speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from kg.plan import Span

_LINE = re.compile(r"[^\s。][^\n\r]*")
_LONGEST_HEADING = 20
_STOPS = frozenset("，。；：、,;:！？（）()")


def find_paragraphs(
    text: str,
    regions: list[tuple[str | None, Span]],
    is_item: Callable[[str | None, Span], bool],
    statements: Mapping[int, int],
) -> Iterator[tuple[str | None, str, Span]]:
    """Yield section, number (段2; 段2-2 where it came before) and place of the paragraphs of `regions` that are items.

    `statements` are the lines that say who is responsible, by where they start: each takes the lines before it in.
    """
    seen: dict[tuple[str | None, int], int] = {}
    for section, region in regions:
        for ordinal, span in _joined(text, region, statements):
            if is_item(section, span):
                times = seen[section, ordinal] = seen.get((section, ordinal), 0) + 1
                yield section, f"段{ordinal}" if times == 1 else f"段{ordinal}-{times}", span


def _joined(text: str, region: Span, statements: Mapping[int, int]) -> list[tuple[int, Span]]:
    """Return the paragraphs of a region with their ordinals; a statement and the lines it speaks of are one."""
    found: list[tuple[int, Span]] = []
    closed = region.start
    for ordinal, line in enumerate(_lines(text, region), start=1):
        if line.start < closed:
            continue
        end = statements.get(line.start)
        if end is None:
            found.append((ordinal, line))
            continue
        first = _first_line(text, found)
        start = found[first][1].start if first < len(found) else line.start
        number = found[first][0] if first < len(found) else ordinal
        closed = max(end, line.end)
        found[first:] = [(number, Span(start, min(closed, region.end)))]
        found.append((ordinal, Span(closed, closed)))
    return [(ordinal, span) for ordinal, span in found if span.end > span.start]


def _first_line(text: str, found: list[tuple[int, Span]]) -> int:
    """Return from which of the lines before it a statement speaks: back to a heading, or the statement before."""
    first = len(found)
    while first > 0:
        line = found[first - 1][1]
        if line.end <= line.start or text[line.end - 1] in "：:":
            break
        if first < len(found) and _is_heading(line.of(text)):
            break
        first -= 1
    return first


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and not _STOPS & set(line)


def _lines(text: str, within: Span) -> list[Span]:
    return [
        Span(match.start(), match.start() + len(match[0].rstrip()))
        for match in _LINE.finditer(text, within.start, within.end)
    ]
