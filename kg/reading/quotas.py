"""Quotas: so many of something that are to be made, held or trained, or the share of all that something is to reach."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from kg.plan import Span
from kg.reading.figures import Figure, Measured, unit_kind
from kg.reading.lexicon import ends, longest_first, starts, words

CLAUSE_MARKS = "，,。；;：:！？!?\n\t|"
_JOINERS = ("以及", "和", "及", "与", "、")
# Characters of a clause that says what so many are of: 煤改气1.2万户.
_SHORTEST = 3
_ALL = Decimal(100)
_OBJECT_LIMIT = 40
_OPENING = 16
# Characters that may stand between a verb and the figure of what stands behind it: 遴选|首批|20个….
_BETWEEN = 3
_EVENT = re.compile("[后起前于在]$|之日|[后起]的?$|收到|接到")
_NEXT_SHARE = re.compile(r"[和及与、]\d")
_SHARED = re.compile(r"的(?P<of>(?:[^，,。；;：:！？!?\n\t|（(]|[（(][^（()）\n]{1,12}[）)](?=[\u4e00-\u9fff])){2,40})")


def find_quota(text: str, clause: Span, figure: Figure, after: str, *, goes_on: bool) -> Measured | None:
    """Return what is to be made, held or trained so many times: 新建充电桩1000个, 打造3条示范街.

    `clause` ends before the figure, `after` is what compares behind it (以上, 左右 or nothing); `goes_on` tells that
    the figure before it in the clause was such a quota (选拔100名正职|、|200名副职).
    """
    if any(word in clause.of(text) for word in words("targets")["past"]):
        return None
    if figure.unit == "%":
        return _of_all(text, clause, figure) or _share(text, clause, figure, after, goes_on)
    if unit_kind(figure.unit) == "money":
        return object_behind(text, figure.span.end) if ends(clause.of(text), words("targets")["issuing"]) else None
    if unit_kind(figure.unit) == "time":
        return _timed(text, clause, after)
    counts = unit_kind(figure.unit) in ("count", "measure")
    return _counted(text, clause, figure.span.end + len(after), goes_on) if counts else None


def _timed(text: str, clause: Span, after: str) -> Measured | None:
    """Return what is to be done within so long: 一般登记|5个工作日内办结; an event before it makes it a deadline."""
    plain = after.startswith("内") and clause.end - clause.start >= _SHORTEST
    return None if not plain or _EVENT.search(clause.of(text)) else Measured(clause, None, kept=False)


def _counted(text: str, clause: Span, end: int, goes_on: bool) -> Measured | None:
    verbs = list(_producing().finditer(text, clause.start, clause.end))
    near = bool(verbs) and clause.end - verbs[-1].end() <= _BETWEEN
    if ends(clause.of(text), _JOINERS):
        return object_behind(text, end) if goes_on or (verbs and verbs[-1].end() == clause.end) else None
    if ends_clause(text, end):
        return _before(text, clause, verbs)
    opening = clause.of(text)[:_OPENING]
    opened = clause.of(text)
    opened = opened.removesuffix(ends(opened, words("targets")["remaining"]) or "")
    reached = ends(opened, words("targets")["reaching"])
    listed = clause.of(text).endswith("等") and (verbs or any(word in opening for word in words("targets")["reaching"]))
    behind = object_behind(text, end) if near or reached or listed else None
    if behind or not verbs:
        return behind
    return Measured(Span(verbs[-1].start(), clause.end), None, kept=False, made=True)


def ends_clause(text: str, end: int) -> bool:
    """Tell whether a figure that ends at `end` ends its clause too, or a bracket or list goes on."""
    return text[end : end + 1] in CLAUSE_MARKS + "、（(）)"


def _before(text: str, clause: Span, verbs: list[re.Match[str]]) -> Measured | None:
    """Return what stands before a figure that ends its clause, from the last verb on: 新建|充电桩1000个."""
    before = [verb for verb in verbs if verb.end() < clause.end]
    if before:
        return Measured(Span(before[-1].start(), clause.end), None, kept=False, made=True)
    if clause.end - clause.start < _SHORTEST or (not verbs and clause.of(text).endswith("级")):
        return None
    return Measured(clause, None, kept=False, made=bool(verbs))


def object_behind(text: str, start: int) -> Measured | None:
    """Return what stands behind its figure: 打造3条|示范街, 培养1万名具有…学位的|企业人才."""
    end = start
    while end < len(text) and end - start < _OBJECT_LIMIT and text[end] not in CLAUSE_MARKS + "（(":
        end += 1
    last = text.rfind("的", start, end - 1)
    start = last + 1 if last >= start else start
    stop = next((at for at in range(start + 2, end) if text[at] in "、和及与"), end)
    plain = stop - start >= 2 and text[start] not in "、和及与"
    return Measured(Span(start, stop), None, kept=False, made=True) if plain else None


def _of_all(text: str, clause: Span, figure: Figure) -> Measured | None:
    """Return what all of is to be reached, where its clause begins so: 100%保障|重点项目用能."""
    end = figure.span.end
    verb = starts(text, words("targets")["reaching"], end) if figure.value == _ALL and not clause.of(text) else None
    return object_behind(text, end + len(verb)) if verb else None


def _share(text: str, clause: Span, figure: Figure, after: str, goes_on: bool) -> Measured | None:
    """Return the share of all that is to do something: 80%以上的站所|要配备…, 拿出|30%左右的场地; 拆除|80%以上."""
    end = figure.span.end + len(after)
    verb = ends(clause.of(text), (*words("targets")["producing"], *words("targets")["sharing"]))
    match = _SHARED.match(text, end)
    if match is None:
        made = verb and text[end : end + 1] in CLAUSE_MARKS + "（("
        return Measured(Span(clause.end - len(verb or ""), clause.end), None, kept=False, made=True) if made else None
    told = any(word in clause.of(text) for word in words("targets")["share_openers"])
    if not (verb or told or goes_on or _aim().search(match["of"], 1)):
        return None
    other = _NEXT_SHARE.search(match["of"])
    stop = match.start("of") + other.start() if other else match.end("of")
    return Measured(Span(match.start("of"), stop), None, kept=False, made=True)


@cache
def _producing() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, longest_first(words("targets")["producing"]))))


@cache
def _aim() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, longest_first(words("targets")["share_aims"]))))


def is_composed(text: str, end: int) -> bool:
    """Tell whether a figure counts the members of a body: 由…等12个部门组成, 各派1名代表组成."""
    limit = min(len(text), end + _OBJECT_LIMIT)
    stop = next((at for at in range(end, limit) if text[at] in CLAUSE_MARKS), limit)
    return any(word in text[end:stop] for word in words("targets")["composing"])


def is_condition(text: str, end: int) -> bool:
    """Tell whether a figure says on which condition something else is done: 达到25%…的，可申请…."""
    depth, at = 0, end
    while at < len(text) and at - end < 2 * _OBJECT_LIMIT:
        char = text[at]
        depth += (char in "（(") - (char in "）)" and depth > 0)
        if depth == 0 and char in CLAUSE_MARKS:
            return char in "，," and at > end and text[at - 1] == "的"
        at += 1
    return False


def count_behind(text: str, figure: Figure) -> str | None:
    """Return the word of the plan's own tasks or members that a figure counts (146项|任务, 12个|部门)."""
    return starts(text, words("targets")["own_counts"], figure.span.end)
