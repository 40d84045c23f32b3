"""Headings: where a section's title ends, what stands behind it, and where the loose text under it begins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping

from kg.plan import Section, Span
from kg.reading.scan import Scan
from kg.reading.units import Unit, line_end, span_of, trim_end


def mark_stated(text: str, units: list[Unit], scan: Scan) -> None:
    """Note the statements of headings that hold for the units inside, where one of these states nobody itself."""
    starts = scan.starts
    for unit in units:
        if not unit.children:
            continue
        end = line_end(text, unit.mark.span.end, unit.own_end)
        at = bisect_left(starts, unit.mark.span.end)
        outer = scan.statements[at].outer if at < len(starts) and starts[at] < end else None
        if (
            outer
            and "。" not in text[unit.mark.span.end : outer.start]
            and not text[outer.end : end].strip(" \u3000。")
        ):
            unit.titled = outer.start
            unit.stated = not _all_stated(unit, starts)


def _all_stated(unit: Unit, starts: list[int]) -> bool:
    if unit.children:
        return all(_all_stated(child, starts) for child in unit.children)
    return bisect_left(starts, unit.end) > bisect_left(starts, unit.mark.span.end)


def heading_end(text: str, unit: Unit) -> int:
    """Return where a section's title ends: at its line's end, or at the first full stop when text runs on."""
    end = line_end(text, unit.mark.span.end, unit.own_end)
    if unit.titled is not None:
        return trim_end(text, unit.mark.span.end, unit.titled)
    stop = text.find("。", unit.mark.span.end, end)
    return trim_end(text, unit.mark.span.end, end if stop < 0 else stop)


def section_of(text: str, unit: Unit) -> Section:
    """Return the section that a unit is."""
    heading = Span(unit.mark.span.start, heading_end(text, unit))
    title = text[unit.mark.span.end : heading.end].strip()
    parent = unit.parent.id if unit.parent else None
    return Section(unit.id, unit.mark.number, title, unit.mark.level, parent, span_of(text, unit), heading)


def loose_start(
    text: str, unit: Unit, acts: Callable[[Span], bool], starts: list[int], lines: Mapping[int, int]
) -> int:
    """Return where the loose text of a section begins: after its title, or with it where its line states a duty.

    With the title too where the line below is one of `lines`, a statement and nothing else: it speaks of the title.
    `starts` are the sorted offsets of the statements.
    """
    if unit.stated:
        return line_end(text, unit.mark.span.end, unit.own_end)
    title = heading_end(text, unit)
    rest = Span(title, line_end(text, title, unit.own_end))
    stated = bisect_left(starts, title) > bisect_left(starts, unit.mark.span.end)
    stated = stated or _follows(text, rest.end, unit.own_end, starts, lines)
    return unit.mark.span.end if stated or (rest.of(text).strip("。 \t\r\u3000") and acts(rest)) else title


def _follows(text: str, start: int, end: int, starts: list[int], lines: Mapping[int, int]) -> bool:
    """Tell whether a statement on a line of its own is the first thing between `start` and `end`."""
    at = bisect_left(starts, start)
    if at == len(starts) or starts[at] >= end:
        return False
    opening = start + len(text[start : starts[at]]) - len(text[start : starts[at]].lstrip())
    return opening in lines
