"""What a figure measures: the indicator before it, or behind it, and the word that compares them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import TypeGuard

from kg.plan import Span, Target
from kg.reading.dates import leading_date
from kg.reading.figures import Figure, Measured, unit_kind
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
_SHARES = ("%", "％", "个百分点")
_SHORTEST = 3
# Between a comparing word and its figure: of what that is a share (不低于|总数的|30%).
_SHARE_OF = re.compile(r"(?<=[于少过到在])[^，,。；;：:\s\d于少过到在]{1,10}的$")
_OPEN = ("为", "是", "约", "约为", "完成", "实现", "新增")


@cache
def wordings(place: str) -> tuple[str, ...]:
    """Return the comparing words of a `place` (before, after, indicator), longest first."""
    return tuple(comparators(place))


@cache
def comparators(place: str) -> Mapping[str, Row]:
    """Return the comparing words of a `place` with what they say."""
    rows = {row["wording"]: row for row in table("comparators") if row["place"] == place}
    return {word: rows[word] for word in longest_first(rows)}


@dataclass(frozen=True, slots=True)
class Previous:
    """The target before a figure in its stretch, and whether it was a quota."""

    target: Target
    made: bool


def behind(text: str, figure: Figure) -> str | None:
    """Return the comparing word right behind a figure."""
    word = starts(text, wordings("after"), figure.span.end)
    return None if word and word.startswith("内") and text.startswith("率", figure.span.end + len(word)) else word


def measured_by(text: str, figure: Figure, floor: int, previous: Previous | None) -> Measured | None:
    """Return what a figure measures, None where nothing is compared with it (a subsidy, a count, a date)."""
    at = figure.span.start
    while at > floor and text[at - 1] in " *":
        at -= 1
    word, end = _comparing(text, at, floor)
    end = _before_adverbs(text, end, floor)
    start = _clause_start(text, end, floor)
    if word is None and figure.unit in _SHARES and ends_clause(text, figure.span.end + len(behind(text, figure) or "")):
        word, start = _changing(text, start, end)
    if _is_other(text, start, figure) or (figure.unit == "" and word in (None, *_OPEN)):
        return None
    after = behind(text, figure)
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
    share = _SHARE_OF.search(text, max(floor, at - 2 * _WORD_LIMIT), at) if text[at - 1 : at] == "的" else None
    compared = ends(text, wordings("before"), share.start()) if share else None
    if share and compared and text[share.start() - len(compared) - 1] != "按":
        return compared, share.start() - len(compared)
    word = ends(text[max(floor, at - _WORD_LIMIT) : at], wordings("before"))
    if word or at - 1 <= floor or text[at - 1] not in "至到":
        return word, at - len(word or "")
    start = _clause_start(text, at - 1, floor)
    raised = [verb + text[at - 1] for verb in _raising() if text.find(verb, start, at - 1) >= 0]
    found = next((each for each in raised if each in comparators("before")), None)
    return found, at - 1 if found else at


def _changing(text: str, start: int, end: int) -> tuple[str | None, int]:
    """Return the verb that a clause begins with and that raises or lowers its object by a share: 降低|用电成本5%."""
    verb = starts(text[start:end], _raising())
    row = comparators("before").get(verb) if verb else None
    plain = verb is not None and row is not None and row["change"] and end - start - len(verb) >= _SHORTEST
    return (verb, start + len(verb)) if verb and plain else (None, start)


@cache
def _raising() -> tuple[str, ...]:
    """Return the verbs that a figure is raised or lowered with (提高到, 压减至)."""
    return longest_first({word[:-1] for word in comparators("before") if word[-1] in "到至" and len(word) > 2})


def _near(previous: Previous | None, at: int) -> TypeGuard[Previous]:
    """Tell whether the target before a figure stands close enough for the figure to go on with it."""
    return previous is not None and at - previous.target.span.end <= 2 * _INDICATOR_LIMIT


def _quota(text: str, clause: Span, figure: Figure, previous: Previous | None) -> Measured | None:
    """Return the quota that a figure is, its indicator without the verbs and the actor in front."""
    near = _near(previous, figure.span.start) and previous.made
    gap = text[previous.target.span.end : figure.span.start] if previous and near else CLAUSE_MARKS
    goes_on = not any(mark in gap for mark in CLAUSE_MARKS)
    found = find_quota(text, clause, figure, behind(text, figure) or "", goes_on=goes_on)
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
    for phrase in words("targets")["not_other_figures"]:
        clause = clause.replace(phrase, "")
    if any(word in clause for word in words("targets")["other_figures"]):
        return True
    if is_condition(text, end) or is_composed(text, end):
        return True
    return count_behind(text, figure) is not None


def _borrowed(text: str, start: int, floor: int, previous: Previous | None) -> Span | None:
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
            kept = kept or verb in comparators("indicator")
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
