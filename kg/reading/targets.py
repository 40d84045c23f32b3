"""Numeric targets: what is measured, how it compares, the figure and its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.plan import Span, Target
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.figures import Figure, Measured, figure_groups, unit_kind
from kg.reading.lexicon import Row, ends, starts, words
from kg.reading.measures import Previous, behind, comparators, measured_by, wordings
from kg.reading.quotas import CLAUSE_MARKS
from kg.reading.spans import Taken
from kg.reading.whereabouts import Whereabouts

_LIST = re.compile(r"[、和及与]")
_DONE = ("完成", "实现", "新增")
_ROUND = ("左右", "上下")


def find_targets(text: str, within: Iterable[Span], where: Whereabouts, stated: Taken) -> tuple[Target, ...]:
    """Return the figures to be reached that stand in the stretches `within`, in reading order.

    Figures inside statements (`stated`) are none; those of an item without a task keep the item alone.
    """
    found: list[Target] = []
    for stretch in within:
        floor = stretch.start
        previous: Previous | None = None
        waiting = list(reversed(figure_groups(text, stretch, stated)))
        while waiting:
            group = waiting.pop()
            targets, made = _of_group(text, group, floor, previous, where)
            if targets:
                found += targets
                previous, floor = Previous(targets[-1], made), targets[-1].span.end
            if len(targets) < len(group) > 1:
                waiting.append(group[1:])
    return tuple(sorted(found, key=lambda target: target.span))


def has_figure(text: str, within: Span) -> bool:
    """Tell whether a stretch holds a figure that something is to reach."""
    return any(measured_by(text, group[0], within.start, None) for group in figure_groups(text, within, Taken(())))


def _of_group(
    text: str, group: list[Figure], floor: int, previous: Previous | None, where: Whereabouts
) -> tuple[list[Target], bool]:
    """Return the targets of figures that stand together, and whether they are quotas."""
    first, last = group[0], group[-1]
    measured = measured_by(text, first, floor, previous)
    if measured is None:
        return [], False
    after = behind(text, last)
    sized = after not in (None, *_ROUND) and (unit_kind(last.unit) == "measure" or after == "以下")
    if _is_threshold(text, last.span.end + len(after or ""), measured, after, last.unit, sized=sized):
        return [], False
    parts = _parts(text, measured.indicator, len(group)) if len(group) > 1 else None
    if len(group) > 1 and parts is None:
        group = group[:1]
    return [
        _target(text, figure, measured, where, after=after, part=parts[at] if parts else None)
        for at, figure in enumerate(group)
    ], measured.made


def _is_threshold(text: str, end: int, measured: Measured, after: str | None, unit: str, *, sized: bool) -> bool:
    """Tell whether a figure only says which ones are meant: 35蒸吨以下燃煤锅炉, 厚度低于0.01毫米的地膜.

    `sized` tells that it is a size that something is above or below, and no count.
    """
    rest = text[end : end + 8]
    if after and _is_size(rest, unit):
        return True
    if measured.made and not sized and (after in _ROUND or measured.indicator.start >= end - len(after or "")):
        return False
    if rest.startswith("的"):
        if ends(measured.indicator.of(text), words("targets")["forming"]):
            return False
        return not rest[1:].startswith(words("targets")["aims"])
    if after and measured.word is None and not rest.startswith(words("targets")["closers"]):
        goes_on = bool(rest) and rest[0] not in CLAUSE_MARKS + "、（()）」”》和及与并且或" and not rest[0].isspace()
        return goes_on or rest.startswith(("（含", "(含"))
    return False


def _is_size(rest: str, unit: str) -> bool:
    """Tell whether so many households or people are the size of what stands behind them (30户以上|自然村)."""
    sized = {"户": "sized_by_households", "人": "sized_by_people"}.get(unit)
    return sized is not None and rest.startswith(words("targets")[sized])


def _target(
    text: str, figure: Figure, measured: Measured, where: Whereabouts, *, after: str | None, part: Span | None
) -> Target:
    after = starts(text, wordings("after"), figure.span.end) or after
    row = comparators("before")[measured.word] if measured.word else None
    exact = measured.kept or (measured.word in _DONE and not after and unit_kind(figure.unit) == "count")
    comparator = _compared(row, comparators("after")[after] if after else None, exact)
    whole = measured.indicator.of(text)
    indicator, scope = whole, _scope(whole)
    if part:
        own = part.of(text)
        indicator, scope = (own, None) if ends(own, words("targets")["measures"]) else (whole, own)
    tail = len(after) if after and text.startswith(after, figure.span.end) else 0
    start = min(measured.indicator.start, figure.span.start)
    span = Span(start, figure.span.end + tail)
    task = where.task(figure.span.start)
    return Target(
        task.id if task else None,
        where.item(figure.span.start),
        indicator,
        comparator,
        (row["change"] or None) if row else None,
        figure.value,
        figure.unit,
        span,
        scope,
    )


def _compared(before: Row | None, after: Row | None, kept: bool) -> str:
    """保持 before the indicator makes a figure exact; 以上 and 以内 behind it decide where the word before is open."""
    if kept:
        return "="
    if after and (before is None or before["comparator"] in ("=", ">=") or after["comparator"] == "~"):
        return after["comparator"]
    return before["comparator"] if before else "="


def _parts(text: str, indicator: Span, count: int) -> list[Span] | None:
    """Return the parts of a list of indicators, None unless there are `count` of them (A、B和C分别达到…)."""
    depth, start = 0, indicator.start
    parts: list[Span] = []
    for at in range(indicator.start, indicator.end):
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        if depth == 0 and _LIST.match(text[at]):
            parts.append(Span(start, at))
            start = at + 1
    parts.append(Span(start, indicator.end))
    return parts if len(parts) == count and all(part.end > part.start for part in parts) else None


def _scope(indicator: str) -> str | None:
    """Return for whom or what a quoted indicator is measured: 学校食堂 of 学校食堂“明厨亮灶”覆盖率."""
    at = indicator.find("“")
    return indicator[:at] if at > 1 and not indicator.startswith(words("targets")["producing"]) else None
