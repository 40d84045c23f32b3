"""Numeric targets: what is measured, how it compares, the figure and its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.plan import Span, Target
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.dates import leading_date
from kg.reading.lexicon import Row, ends, longest_first, starts, table, words
from kg.reading.names import recognise
from kg.reading.numbering import numeral
from kg.reading.spans import Taken
from kg.reading.whereabouts import Whereabouts

_CLAUSE_MARKS = "，,。；;：:！？!?\n\t|"
_SENTENCE_MARKS = "。；;！？!?\n"
_INDICATOR_LIMIT = 80
_WORD_LIMIT = 12
_YEAR_DIGITS = 4
_SHORTEST = 3  # characters of a clause that says what so many are of: 煤改气1.2万户
_BASIS = re.compile(
    r"[，,]?(?:(?:与|比|较)(?:\d{4}年|上年度?|去年|上一年度?|往年|同期|基准年)(?:同期|全年|底|末|年底)?(?:相比)?|同比|环比)$"
    r"|(?:到|至)?\d{4}年底?$"
    r"|(?:由|从)[^由从]{0,8}?\d[\d.]*\s?\S{1,5}$"
)
_ALL = Decimal(100)
_LIST = re.compile(r"[、和及与]")


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number with its unit, and the span of both."""

    span: Span
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a clause says before its figure: the indicator, the comparing word, whether 保持 stands before."""

    indicator: Span
    word: str | None
    kept: bool


def find_targets(text: str, within: Iterable[Span], where: Whereabouts, stated: Taken) -> tuple[Target, ...]:
    """Return the figures to be reached that stand in the stretches `within`, in reading order.

    Figures inside statements (`stated`) are none; those of an item without a task keep the item alone.
    """
    found: list[Target] = []
    for stretch in within:
        floor = stretch.start
        previous: Target | None = None
        for group in _groups(text, stretch, stated):
            targets = _of_group(text, group, floor, previous, where)
            if targets:
                found += targets
                previous, floor = targets[-1], targets[-1].span.end
    return tuple(sorted(found, key=lambda target: target.span))


def has_figure(text: str, within: Span) -> bool:
    """Tell whether a stretch holds a figure that something is to reach."""
    return any(_measured(text, group[0], within.start, None) for group in _groups(text, within, Taken(())))


@cache
def _comparators(place: str) -> Mapping[str, Row]:
    rows = {row["wording"]: row for row in table("comparators") if row["place"] == place}
    return {word: rows[word] for word in longest_first(rows)}


@cache
def _figure() -> re.Pattern[str]:
    units = "|".join(re.escape(row) for row in longest_first(r["unit"] for r in table("units")))
    number = r"(?P<value>\d{1,3}(?:,\d{3}){1,4}|\d{1,12}(?:\.\d{1,6})?)"
    return re.compile(
        rf"(?<![\d.,A-Za-z]){number}\s?(?P<unit>(?:[十百千]?[万亿]?)(?:{units}))|百分之(?P<han>[一二三四五六七八九十零〇百]{{1,5}})"
    )


def _groups(text: str, stretch: Span, stated: Taken) -> list[list[_Figure]]:
    """Return the figures of a stretch; those that a list joins (65%、55%和45%) stand together."""
    groups: list[list[_Figure]] = []
    for match in _figure().finditer(text, stretch.start, stretch.end):
        span = Span(*match.span())
        if not stated.free(span) or (match["unit"] == "年" and len(match["value"]) == _YEAR_DIGITS):
            continue
        figure = _Figure(span, _value(match), match["unit"] or "%")
        gap = text[groups[-1][-1].span.end : span.start] if groups else None
        if gap is not None and (
            gap in ("、", "和", "及", "与") or gap in [a + j for a in ("以上", "以下", "左右") for j in "、和及与"]
        ):
            groups[-1].append(figure)
        else:
            groups.append([figure])
    return groups


def _value(match: re.Match[str]) -> Decimal:
    if match["value"]:
        return Decimal(match["value"].replace(",", ""))
    return Decimal(numeral(match["han"]))


def _of_group(text: str, group: list[_Figure], floor: int, previous: Target | None, where: Whereabouts) -> list[Target]:
    first, last = group[0], group[-1]
    measured = _measured(text, first, floor, previous)
    if measured is None:
        return []
    after = starts(text, _comparators("after"), last.span.end)
    if _is_threshold(text, last.span.end + len(after or ""), measured, after):
        return []
    parts = _parts(text, measured.indicator, len(group)) if len(group) > 1 else None
    if len(group) > 1 and parts is None:
        group = group[:1]
    return [
        _target(text, figure, measured, where, after=after, part=parts[at] if parts else None)
        for at, figure in enumerate(group)
    ]


def _measured(text: str, figure: _Figure, floor: int, previous: Target | None) -> _Measured | None:
    """Return what a figure measures, None where nothing is compared with it (a subsidy, a count, a date)."""
    at = figure.span.start
    while at > floor and text[at - 1] == " ":
        at -= 1
    word = ends(text[max(floor, at - _WORD_LIMIT) : at], _comparators("before"))
    end = at - len(word or "")
    end = _before_adverbs(text, end, floor)
    start = _clause_start(text, end, floor)
    indicator, kept = _indicator(text, start, end)
    quote = indicator.of(text)
    if word and len(quote) < 2:
        borrowed = _borrowed(text, start, floor, previous)
        if borrowed is None:
            return None
        indicator = borrowed
        quote = borrowed.of(text)
    after = starts(text, _comparators("after"), figure.span.end)
    if _is_other(text, start, figure):
        return None
    if len(quote) >= 2 and _is_measure(quote, word, after, figure):
        return _Measured(indicator, word, kept)
    return None if word else _made(text, Span(start, at), figure)


def _made(text: str, clause: Span, figure: _Figure) -> _Measured | None:
    """Return what is to be made, held or trained so many times: 新建充电桩1000个, 打造3条示范街."""
    if _kind(figure.unit) not in ("count", "measure") or _is_past(text, clause):
        return None
    verbs = list(_producing().finditer(text, clause.start, clause.end))
    before = [verb for verb in verbs if verb.end() < clause.end]
    end = figure.span.end + len(starts(text, _comparators("after"), figure.span.end) or "")
    ends_clause = text[end : end + 1] in _CLAUSE_MARKS + "、（("
    if ends_clause and (before or clause.end - clause.start >= _SHORTEST):
        start = before[-1].start() if before else clause.start
        return _Measured(_indicator(text, start, clause.end)[0] if not before else Span(start, clause.end), None, False)
    if before and before[-1].end() + 1 < clause.end:
        return _Measured(Span(before[-1].start(), clause.end), None, kept=False)
    return _made_behind(text, figure) if verbs else None


def _made_behind(text: str, figure: _Figure) -> _Measured | None:
    """Return what stands behind its figure: 打造3条|示范街."""
    start = figure.span.end + len(starts(text, _comparators("after"), figure.span.end) or "")
    end = start
    while end < len(text) and end - start < _INDICATOR_LIMIT // 4 and text[end] not in _CLAUSE_MARKS + "、（(和及与":
        end += 1
    return _Measured(Span(start, end), None, kept=False) if end - start >= 2 and text[start] != "的" else None


def _is_past(text: str, clause: Span) -> bool:
    return any(word in clause.of(text) for word in words("targets")["past"])


@cache
def _producing() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, longest_first(words("targets")["producing"]))))


def _kind(unit: str) -> str:
    """Return what a unit counts or measures; 万批次 is of the kind of 批次."""
    return _kinds().get(unit) or _kinds()[unit.lstrip("十百千万亿")]


@cache
def _kinds() -> Mapping[str, str]:
    return {row["unit"]: row["kind"] for row in table("units")}


def _before_adverbs(text: str, end: int, floor: int) -> int:
    while True:
        word = ends(text[max(floor, end - 6) : end], words("targets")["adverbs"])
        if not word or end - len(word) <= floor:
            return end
        end -= len(word)


def _is_measure(quote: str, word: str | None, after: str | None, figure: _Figure) -> bool:
    """A comparing word makes anything an indicator; 为 or nothing but what by its name is measured (覆盖率100%)."""
    if word is None and figure.unit == "%" and figure.value == _ALL:
        return True
    if word in (None, "为", "是"):
        return ends(quote, words("targets")["measures"]) is not None and (figure.unit != "元" or after is not None)
    return not starts(quote, words("targets")["never_first"])


def _is_other(text: str, start: int, figure: _Figure) -> bool:
    """Tell whether the clause is about money given or taken, points, or a count of the plan's own tasks."""
    end = figure.span.end
    clause = text[start : end + 12]
    stop = next((at for at, char in enumerate(clause[end - start :]) if char in _CLAUSE_MARKS), 12)
    clause = clause[: end - start + stop]
    if any(word in clause for word in words("targets")["other_figures"]):
        return True
    return starts(text, words("targets")["own_counts"], end) is not None


def _is_threshold(text: str, end: int, measured: _Measured, after: str | None) -> bool:
    """Tell whether a figure only says which ones are meant: 35蒸吨以下燃煤锅炉, 厚度低于0.01毫米的地膜."""
    rest = text[end : end + 8]
    if rest.startswith("的"):
        return not rest[1:].startswith(words("targets")["aims"])
    made = after == "以上" and measured.indicator.start >= end
    if after and measured.word is None and not made:
        return bool(rest) and rest[0] not in _CLAUSE_MARKS + "、）)」”》和及与并且或" and not rest[0].isspace()
    return False


def _borrowed(text: str, start: int, floor: int, previous: Target | None) -> Span | None:
    """Return the indicator of a clause that names none: that of the figure, or of the clause, before."""
    if previous and not any(char in _SENTENCE_MARKS for char in text[previous.span.end : start]):
        at = text.find(previous.indicator, previous.span.start, previous.span.end)
        return Span(at, at + len(previous.indicator)) if at >= 0 else None
    if start - 1 <= floor or text[start - 1] not in "，,":
        return None
    before = _clause_start(text, start - 1, floor)
    indicator, _ = _indicator(text, before, start - 1)
    quote = indicator.of(text)
    found = [quote.find(m) + len(m) for m in words("targets")["measures"] if quote.find(m) > 0]
    return Span(indicator.start, indicator.start + max(found)) if found else None


def _target(
    text: str, figure: _Figure, measured: _Measured, where: Whereabouts, *, after: str | None, part: Span | None
) -> Target:
    after = starts(text, _comparators("after"), figure.span.end) or after
    row = _comparators("before")[measured.word] if measured.word else None
    comparator = _compared(row, _comparators("after")[after] if after else None, measured.kept)
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
    while start > floor and end - start < _INDICATOR_LIMIT and text[start - 1] not in _CLAUSE_MARKS:
        start -= 1
    return start


def _indicator(text: str, start: int, end: int) -> tuple[Span, bool]:
    """Return what is measured, without the verbs and the actor in front, and whether one of them was 保持."""
    kept = False
    basis = _BASIS.search(text[start:end])
    if basis:
        end = start + basis.start()
    while True:
        verb = starts(text[start:end], words("targets")["verbs"])
        if verb and len(verb) < end - start:
            kept = kept or verb in _comparators("indicator")
            start += len(verb)
            continue
        skipped = leading_date(text, start, end) or _leading_actor(text[start:end]) or _leading_mark(text, start, end)
        if not skipped:
            return Span(start, end), kept
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
