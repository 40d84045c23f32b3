"""Numeric targets: what is measured, how it compares, the figure and its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TypeGuard

from kg.plan import Span, Target
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.dates import leading_date
from kg.reading.figures import Figure, Measured, figure_groups, unit_kind
from kg.reading.lexicon import Row, ends, longest_first, starts, table, words
from kg.reading.names import recognise
from kg.reading.quotas import (
    CLAUSE_MARKS,
    count_behind,
    ends_clause,
    find_quota,
    is_composed,
    is_condition,
    object_behind,
)
from kg.reading.spans import Taken
from kg.reading.whereabouts import Whereabouts

_SENTENCE_MARKS = frozenset("。；;！？!?\n")
_INDICATOR_LIMIT = 80
_WORD_LIMIT = 12
_BASIS = re.compile(
    r"[，,]?(?:(?:与|比|较)(?:\d{4}年|上年度?|去年|上一年度?|往年|同期|基准年)(?:同期|全年|底|末|年底)?(?:相比)?|同比|环比)$"
    r"|(?:到|至)?\d{4}年底?$"
    r"|(?:由|从)[^由从]{0,8}?\d[\d.]*\s?\S{1,5}$"
)
_TURN = r"每(?:半?年度?|个?季度?|个?月|周|天|日|旬|个?学期|学年)(?!均|[^，,]{0,2}人)"
_EACH = re.compile(rf"{_TURN}|(?:今后|未来)?(?:\d{{1,2}}|[一二三四五十])年内")
_EACH_LAST = re.compile(f"{_TURN}$")
_ALL = Decimal(100)
_LIST = re.compile(r"[、和及与]")
_DONE = ("完成", "实现", "新增")
_OPEN = ("为", "是", "约", "约为", "完成", "实现", "新增")
_ROUND = ("左右", "上下")


@dataclass(frozen=True, slots=True)
class _Previous:
    """The target before a figure in its stretch, and whether it was a quota."""

    target: Target
    made: bool


def find_targets(text: str, within: Iterable[Span], where: Whereabouts, stated: Taken) -> tuple[Target, ...]:
    """Return the figures to be reached that stand in the stretches `within`, in reading order.

    Figures inside statements (`stated`) are none; those of an item without a task keep the item alone.
    """
    found: list[Target] = []
    for stretch in within:
        floor = stretch.start
        previous: _Previous | None = None
        waiting = list(reversed(figure_groups(text, stretch, stated)))
        while waiting:
            group = waiting.pop()
            targets, made = _of_group(text, group, floor, previous, where)
            if targets:
                found += targets
                previous, floor = _Previous(targets[-1], made), targets[-1].span.end
            if len(targets) < len(group) > 1:
                waiting.append(group[1:])
    return tuple(sorted(found, key=lambda target: target.span))


def has_figure(text: str, within: Span) -> bool:
    """Tell whether a stretch holds a figure that something is to reach."""
    return any(_measured(text, group[0], within.start, None) for group in figure_groups(text, within, Taken(())))


@cache
def _wordings(place: str) -> tuple[str, ...]:
    return tuple(_comparators(place))


@cache
def _comparators(place: str) -> Mapping[str, Row]:
    rows = {row["wording"]: row for row in table("comparators") if row["place"] == place}
    return {word: rows[word] for word in longest_first(rows)}


def _of_group(
    text: str, group: list[Figure], floor: int, previous: _Previous | None, where: Whereabouts
) -> tuple[list[Target], bool]:
    """Return the targets of figures that stand together, and whether they are quotas."""
    first, last = group[0], group[-1]
    measured = _measured(text, first, floor, previous)
    if measured is None:
        return [], False
    after = _behind(text, last)
    sized = after not in (None, *_ROUND) and (unit_kind(last.unit) == "measure" or after == "以下")
    if _is_threshold(text, last.span.end + len(after or ""), measured, after, sized=sized):
        return [], False
    parts = _parts(text, measured.indicator, len(group)) if len(group) > 1 else None
    if len(group) > 1 and parts is None:
        group = group[:1]
    return [
        _target(text, figure, measured, where, after=after, part=parts[at] if parts else None)
        for at, figure in enumerate(group)
    ], measured.made


def _behind(text: str, figure: Figure) -> str | None:
    return starts(text, _wordings("after"), figure.span.end)


def _measured(text: str, figure: Figure, floor: int, previous: _Previous | None) -> Measured | None:
    """Return what a figure measures, None where nothing is compared with it (a subsidy, a count, a date)."""
    at = figure.span.start
    while at > floor and text[at - 1] in " *":
        at -= 1
    word, end = _comparing(text, at, floor)
    end = _before_adverbs(text, end, floor)
    start = _clause_start(text, end, floor)
    if _is_other(text, start, figure) or (figure.unit == "" and word in (None, *_OPEN)):
        return None
    after = _behind(text, figure)
    least = text.rfind("至少", start, at) + 2
    counted = unit_kind(figure.unit) == "count" and not ends_clause(text, figure.span.end + len(after or ""))
    made = object_behind(text, figure.span.end + len(after or "")) if counted else None
    if word is None and least > start + 1 and at - least in range(2, _WORD_LIMIT):
        own = made if made and _is_verb(text[least:at]) else Measured(Span(least, at), None, kept=False)
        return replace(own, word="至少")
    indicator, kept = _indicator(text, start, end)
    quote = indicator.of(text)
    if made and word and _is_verb(quote):
        return replace(made, word=word)
    if word and len(quote) < 2:
        borrowed = _borrowed(text, start, floor, previous)
        if borrowed is None:
            return None
        indicator = borrowed
        quote = borrowed.of(text)
    if len(quote) >= 2 and _is_measure(quote, word, after, figure):
        return Measured(indicator, word, kept)
    return None if word else _quota(text, Span(start, at), figure, previous)


def _is_verb(quote: str) -> bool:
    """Tell whether what stands before a comparing word only says what is done to so many (组建|不少于8人的队伍)."""
    return quote == "" or quote in words("targets")["producing"] or quote in words("targets")["reaching"]


def _comparing(text: str, at: int, floor: int) -> tuple[str | None, int]:
    """Return the comparing word before `at`, and where what is measured ends: 提高|机顶盒占比|至75% is 提高至."""
    word = ends(text[max(floor, at - _WORD_LIMIT) : at], _wordings("before"))
    if word or at - 1 <= floor or text[at - 1] not in "至到":
        return word, at - len(word or "")
    start = _clause_start(text, at - 1, floor)
    raised = [verb + text[at - 1] for verb in _raising() if text.find(verb, start, at - 1) >= 0]
    found = next((each for each in raised if each in _comparators("before")), None)
    return found, at - 1 if found else at


@cache
def _raising() -> tuple[str, ...]:
    """Return the verbs that a figure is raised or lowered with (提高到, 压减至)."""
    return longest_first({word[:-1] for word in _comparators("before") if word[-1] in "到至" and len(word) > 2})


def _near(previous: _Previous | None, at: int) -> TypeGuard[_Previous]:
    """Tell whether the target before a figure stands close enough for the figure to go on with it."""
    return previous is not None and at - previous.target.span.end <= 2 * _INDICATOR_LIMIT


def _quota(text: str, clause: Span, figure: Figure, previous: _Previous | None) -> Measured | None:
    """Return the quota that a figure is, its indicator without the verbs and the actor in front."""
    near = _near(previous, figure.span.start) and previous.made
    gap = text[previous.target.span.end : figure.span.start] if previous and near else CLAUSE_MARKS
    goes_on = not any(mark in gap for mark in CLAUSE_MARKS)
    found = find_quota(text, clause, figure, _behind(text, figure) or "", goes_on=goes_on)
    if found and found.indicator == clause:
        return Measured(_indicator(text, clause.start, clause.end)[0], None, kept=False, made=found.made)
    return found


def _before_adverbs(text: str, end: int, floor: int) -> int:
    while True:
        word = ends(text[max(floor, end - 6) : end], words("targets")["adverbs"])
        if not word or end - len(word) <= floor:
            return end
        end -= len(word)


def _is_measure(quote: str, word: str | None, after: str | None, figure: Figure) -> bool:
    """A comparing word makes anything an indicator; 为 or nothing but what by its name is measured (覆盖率100%)."""
    if word is None and figure.unit == "%" and figure.value == _ALL:
        return True
    if word in (None, "为", "是"):
        lasts = figure.unit == "年" and word is not None
        return ends(quote, words("targets")["measures"]) is not None and (
            not lasts and (figure.unit != "元" or after is not None)
        )
    lists = words("targets")
    return starts(quote, lists["each_first"]) is not None or not starts(quote, lists["never_first"])


def _is_other(text: str, start: int, figure: Figure) -> bool:
    """Tell whether the clause is about money given or taken, points, conditions, members, or the plan's own tasks."""
    end = figure.span.end
    clause = text[start : end + 12]
    stop = next((at for at, char in enumerate(clause[end - start :]) if char in CLAUSE_MARKS), 12)
    clause = clause[: end - start + stop]
    if any(word in clause for word in words("targets")["other_figures"]):
        return True
    if is_condition(text, end) or is_composed(text, end):
        return True
    return count_behind(text, figure) is not None


def _is_threshold(text: str, end: int, measured: Measured, after: str | None, *, sized: bool) -> bool:
    """Tell whether a figure only says which ones are meant: 35蒸吨以下燃煤锅炉, 厚度低于0.01毫米的地膜.

    `sized` tells that it is a size that something is above or below, and no count.
    """
    rest = text[end : end + 8]
    if measured.made and not sized and (after in _ROUND or measured.indicator.start >= end - len(after or "")):
        return False
    if rest.startswith("的"):
        if ends(measured.indicator.of(text), words("targets")["forming"]):
            return False
        return not rest[1:].startswith(words("targets")["aims"])
    if after and measured.word is None:
        return bool(rest) and rest[0] not in CLAUSE_MARKS + "、）)」”》和及与并且或" and not rest[0].isspace()
    return False


def _borrowed(text: str, start: int, floor: int, previous: _Previous | None) -> Span | None:
    """Return the indicator of a clause that names none: that of the figure, or of the clause, before."""
    if _near(previous, start) and not _SENTENCE_MARKS & set(text[previous.target.span.end : start]):
        target = previous.target
        at = text.find(target.indicator, target.span.start, target.span.end)
        return Span(at, at + len(target.indicator)) if at >= 0 else None
    if start - 1 <= floor or text[start - 1] not in "，,":
        return None
    before = _clause_start(text, start - 1, floor)
    indicator, _ = _indicator(text, before, start - 1)
    quote = indicator.of(text)
    found = [quote.find(m) + len(m) for m in words("targets")["measures"] if quote.find(m) > 0]
    if found:
        return Span(indicator.start, indicator.start + max(found))
    made = [quote.rfind(verb) for verb in words("targets")["producing"] if verb in quote]
    return Span(indicator.start + max(made), indicator.end) if made else None


def _target(
    text: str, figure: Figure, measured: Measured, where: Whereabouts, *, after: str | None, part: Span | None
) -> Target:
    after = starts(text, _wordings("after"), figure.span.end) or after
    row = _comparators("before")[measured.word] if measured.word else None
    exact = measured.kept or (measured.word in _DONE and not after and unit_kind(figure.unit) == "count")
    comparator = _compared(row, _comparators("after")[after] if after else None, exact)
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


def _clause_start(text: str, end: int, floor: int) -> int:
    start = end
    while start > floor and end - start < _INDICATOR_LIMIT and text[start - 1] not in CLAUSE_MARKS:
        start -= 1
    return start


def _indicator(text: str, start: int, end: int) -> tuple[Span, bool]:
    """Return what is measured, without the verbs and the actor in front, and whether one of them was 保持."""
    kept = False
    for pattern in (_BASIS, _EACH_LAST):
        basis = pattern.search(text[start:end])
        end = start + basis.start() if basis else end
    while True:
        verb = starts(text[start:end], words("targets")["verbs"])
        if verb and len(verb) < end - start:
            kept = kept or verb in _comparators("indicator")
            start += len(verb)
            continue
        each = _EACH.match(text, start, end)
        skipped = len(each[0]) if each else leading_date(text, start, end)
        skipped = skipped or _leading_actor(text[start:end]) or _leading_mark(text, start, end)
        if not skipped:
            torn = text[start : start + 1] == "“" and "”" not in text[start:end]
            return Span(start + torn, end), kept
        start += skipped


def _leading_mark(text: str, start: int, end: int) -> int:
    return int(start < end and (text[start].isspace() or text[start] in "）)、"))


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
    return indicator[:at] if at > 1 and not indicator.startswith(words("targets")["producing"]) else None
