"""Numeric targets: what is measured, how it compares, the figure and its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from kg.plan import Span, Target, Task
from kg.reading.dates import find_dates
from kg.reading.lexicon import Row, ends, longest_first, starts, table, words
from kg.reading.names import recognise

_CLAUSE_MARKS = "，,。；;：:！？!?\n"
_INDICATOR_LIMIT = 80


def find_targets(text: str, tasks: tuple[Task, ...]) -> tuple[Target, ...]:
    """Return the figures that the tasks are to reach, in reading order."""
    found: dict[Span, Target] = {}
    for task in {task.span: task for task in reversed(tasks)}.values():
        for target in _of_task(text, task):
            found.setdefault(target.span, target)
    return tuple(sorted(found.values(), key=lambda target: target.span))


@cache
def _comparators(place: str) -> Mapping[str, Row]:
    rows = {row["wording"]: row for row in table("comparators") if row["place"] == place}
    return {word: rows[word] for word in longest_first(rows)}


@cache
def _figure() -> re.Pattern[str]:
    units = "|".join(re.escape(row) for row in longest_first(r["unit"] for r in table("units")))
    return re.compile(rf"(?<![\d.])(?P<value>\d{{1,12}}(?:\.\d{{1,6}})?)\s?(?P<unit>{units})")


def _of_task(text: str, task: Task) -> list[Target]:
    targets: list[Target] = []
    floor = task.span.start
    for figure in _figure().finditer(text, task.span.start, task.span.end):
        target = _target(text, task, figure, floor)
        if target:
            targets.append(target)
            floor = target.span.end
    return targets


def _target(text: str, task: Task, figure: re.Match[str], floor: int) -> Target | None:
    """Return the target of one figure, None where nothing is compared with it (a subsidy, a count, a date)."""
    word = ends(text[max(floor, figure.start() - 12) : figure.start()], _comparators("before"))
    indicator_end = figure.start() - len(word or "")
    start = _clause_start(text, indicator_end, floor)
    indicator, kept = _indicator(text, start, indicator_end)
    quote = indicator.of(text)
    if len(quote) < 2 or (word in (None, "为") and not ends(quote, words("targets")["measures"])):
        return None
    after = starts(text, _comparators("after"), figure.end())
    row = _comparators("before")[word] if word else None
    comparator = _compared(row, _comparators("after")[after] if after else None, kept)
    span = Span(indicator.start, figure.end() + len(after or ""))
    change = (row["change"] or None) if row else None
    return Target(task.id, quote, comparator, change, Decimal(figure["value"]), figure["unit"], span, _scope(quote))


def _compared(before: Row | None, after: Row | None, kept: bool) -> str:
    """保持 before the indicator makes a figure exact; 以上 and 以内 behind it decide where the word before is open."""
    if kept:
        return "="
    if after and (before is None or before["comparator"] in ("=", ">=") or after["comparator"] == "~"):
        return after["comparator"]
    return before["comparator"] if before else "="


def _clause_start(text: str, end: int, floor: int) -> int:
    start = end
    while start > floor and end - start < _INDICATOR_LIMIT and text[start - 1] not in _CLAUSE_MARKS:
        start -= 1
    return start


def _indicator(text: str, start: int, end: int) -> tuple[Span, bool]:
    """Return what is measured, without the verbs and the actor in front, and whether one of them was 保持."""
    kept = False
    while True:
        verb = starts(text[start:end], words("targets")["verbs"])
        if verb and len(verb) < end - start:
            kept = kept or verb in _comparators("indicator")
            start += len(verb)
            continue
        skipped = _leading_date(text, start, end) or _leading_actor(text[start:end])
        if not skipped:
            return Span(start, end), kept
        start += skipped


def _leading_date(text: str, start: int, end: int) -> int:
    dates = find_dates(text, Span(start, end))
    return dates[0].span.end - start if dates and dates[0].span.start == start else 0


def _leading_actor(quote: str) -> int:
    """Return the length of a name that opens `quote` before a verb (农业农村部门|开展…), 0 where none does."""
    for verb in words("targets")["verbs"]:
        at = quote.find(verb, 2)
        if 0 < at <= 16 and recognise(quote[:at]):
            return at
    return 0


def _scope(indicator: str) -> str | None:
    """Return for whom or what a quoted indicator is measured: 学校食堂 of 学校食堂“明厨亮灶”覆盖率."""
    at = indicator.find("“")
    return indicator[:at] if at > 1 else None
