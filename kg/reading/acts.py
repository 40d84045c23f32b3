"""What a dated clause tells to do: who does it, what, to whom it is reported, and who gets a copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg.plan import Span
from kg.reading.actors import subjects
from kg.reading.lexicon import ends, longest_first, starts, words
from kg.reading.names import Sort, recognise

_CLAUSE = re.compile(r"(?:[（(][^（()）\n]{0,80}[）)]|[^，,：:])+")
# 应收尽收: 应 says of what all is to be done, not that it must be.
_ALL_OF_IT = re.compile("应(.)尽\\1")
_COMMAS = "，,：:"
_LONGEST_NAME = 24
_MOST_CLAUSES = 8
_BLANKS = " \t\u3000\n，,、（("


@dataclass(frozen=True, slots=True)
class Act:
    """What a dated clause tells to do: to whom it is reported and copied, its words, and the whole passage."""

    recipients: tuple[Span, ...]
    copies: tuple[Span, ...]
    action: Span
    span: Span
    actor: Span | None = None


def read_act(text: str, sentence: Span, dated: Span, stretch: Span, limit: int) -> Act:
    """Return what is due by the dates of `dated` in a sentence of `stretch`; from `limit` on another date speaks."""
    clause = _clause_of(text, sentence, dated)
    start = _opening(text, clause, dated.start)
    copied = _copying().search(text, dated.end, max(limit, dated.end))
    told = Span(dated.end, max(dated.end, min(clause.end, copied.start() if copied else clause.end)))
    actor = _subject(text, _action(text, told))
    told = Span(actor.end, told.end) if actor else told
    recipients, action = _report(text, told) or ((), _action(text, told))
    copies = _names_from(text, copied.end(), sentence.end)[0] if copied else ()
    span = Span(start, max([clause.end, *(copy.end for copy in copies)]))
    if not any(char.isalnum() for char in action.of(text)) or action.of(text) in words("clauses")["done"]:
        before = _before_date(text, stretch, sentence, start)
        says = any(char.isalnum() for char in action.of(text))
        if not says or not _only_refers(before.of(text)):
            action = before if before.end > before.start or action.end <= action.start else action
        span = Span(min(action.start, start), span.end)
    return Act(recipients, copies, _closed(text, action), span, actor)


def subject_of(text: str, sentence: Span, act: Act, dated: Span) -> Span | None:
    """Return who does what a date bounds: the subject of its own clause, who stands behind it, or a subject before."""
    own = True
    for start in _clause_starts(text, sentence, dated.start):
        found = subjects(text, Span(start, sentence.end if own else dated.start)) or _opening_name(text, start, dated)
        if found:
            return found[0]
        if own and act.actor:
            return act.actor
        own = False
    return act.actor


def is_report(action: str) -> bool:
    """Tell whether an action is a report, to whomever: 报送进展, 汇总后上报, 将总结报送."""
    return _reporting().match(action) is not None


def _clause_starts(text: str, sentence: Span, date: int) -> Iterator[int]:
    """Yield where the clauses up to a date begin, its own first."""
    end = date
    for _ in range(_MOST_CLAUSES):
        start = max(sentence.start, *(text.rfind(mark, sentence.start, end) + 1 for mark in _COMMAS))
        yield start
        if start <= sentence.start:
            return
        end = start - 1


def _opening_name(text: str, start: int, dated: Span) -> list[Span]:
    """Return the name that a clause begins with, where it acts in it: 县安委办|汇总后于12月15日前上报."""
    while start < dated.start and text[start].isspace():
        start += 1
    start += len(starts(text, words("actors")["openers"], start) or "")
    for end in range(min(dated.start, start + _LONGEST_NAME), start + 1, -1):
        acting = starts(text, (*words("clauses")["acting"], *words("duties")["acting"]), end)
        if acting and text[end + len(acting) : end + len(acting) + 1] != "的" and _is_certain(text[start:end]):
            return [Span(start, end)]
    return []


def _is_certain(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and (name.sort in (Sort.KNOWN, Sort.COLLECTIVE) or (name.strong and bool(name.prefix)))


def _before_date(text: str, stretch: Span, sentence: Span, date: int) -> Span:
    """Return what a date with nothing behind it bounds: the words before it in its sentence, or in its item."""
    for floor in (sentence.start, stretch.start):
        start, end = floor, date
        while start < end and text[start] in _BLANKS:
            start += 1
        end = _without_hedges(text, start, end)
        if end > start:
            return Span(start, end)
    return Span(date, date)


def _without_hedges(text: str, start: int, end: int) -> int:
    """Step back over blanks and what only urges (…，确保|年底前完成; 原则上|6月底前完成)."""
    while end > start:
        hedge = ends(text[start:end], words("duties")["hedges"])
        if not hedge and text[end - 1] not in _BLANKS:
            break
        end -= len(hedge or "1")
    return end


def _only_refers(before: str) -> bool:
    """Tell whether words before a date say nothing of what is done: 该项工作, 对已经建成的, 现分解如下，…."""
    return before.endswith("的") or "如下" in before or before in words("duties")["references"]


def _closed(text: str, action: Span) -> Span:
    """Return an action without a bracket at its end that is not closed in it, or tells whom to ask (联系人：…)."""
    quote = action.of(text)
    opened = max(quote.rfind("（"), quote.rfind("("))
    torn = max(quote.rfind("）"), quote.rfind(")")) < opened
    aside = opened > 0 and (torn or starts(quote, words("duties")["asides"], opened + 1) is not None)
    return Span(action.start, action.start + opened) if aside else action


def _subject(text: str, action: Span) -> Span | None:
    """Return the name that opens an action, where it is one for certain: 6月底前|区公安局|完成改造."""
    start = action.start + len(starts(text, words("actors")["openers"], action.start) or "")
    for end in range(min(action.end, start + _LONGEST_NAME), start + 1, -1):
        if end < action.end and text[end] != "级" and _is_certain(text[start:end]):
            return Span(start, end)
    return None


def _clause_of(text: str, sentence: Span, dated: Span) -> Span:
    """Return the clause with a date; where it ends right behind the date (6月底前，…), the next one belongs to it."""
    found = sentence
    for clause in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if clause.start() <= dated.end - 1 < clause.end():
            found = Span(*clause.span())
            if not found.of(text)[dated.end - found.start :].strip() and found.end + 1 < sentence.end:
                after = _CLAUSE.search(text, found.end + 1, sentence.end)
                found = Span(found.start, after.end()) if after else found
            break
    return found


def _opening(text: str, clause: Span, date: int) -> int:
    start = date
    for word in ("于", "在", "分别"):
        if text.endswith(word, clause.start, start):
            start -= len(word)
    return start


def _action(text: str, within: Span) -> Span:
    start, end = within.start, within.end
    while start < end and (text[start].isspace() or text[start] in "，,、）)*"):
        start += 1
    modal = None if _ALL_OF_IT.match(text, start) else starts(text, words("duties")["modals"], start)
    start += len(modal or "")
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,、"):
        end -= 1
    return Span(start, max(start, end))


def _report(text: str, within: Span) -> tuple[tuple[Span, ...], Span] | None:
    """Return the report of 向A、B报送C or 将C报送A, None where nothing is reported to anybody."""
    for to in words("duties")["to"]:
        at = text.find(to, within.start, within.end)
        if at < 0:
            continue
        recipients, end = _names_from(text, at + len(to), within.end)
        action = Span(end, within.end)
        if recipients and any(word in action.of(text) for word in words("duties")["reporting"]):
            return recipients, action
    for match in _sending().finditer(text, within.start, within.end):
        recipients, _ = _names_from(text, match.end(), within.end)
        if recipients:
            return recipients, _action(text, within)
    return None


@cache
def _sending() -> re.Pattern[str]:
    """报送区食安办, 报区政府, 上报至市安委办: what is sent, and the name right behind it."""
    sending = "|".join(map(re.escape, longest_first(words("duties")["sending"])))
    return re.compile(rf"(?:{sending})(?:至|到|给)?")


@cache
def _copying() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, longest_first(words("duties")["copying"]))))


@cache
def _reporting() -> re.Pattern[str]:
    manners = "|".join(map(re.escape, longest_first(words("duties")["manners"])))
    reports = "|".join(map(re.escape, longest_first(words("duties")["reports"])))
    return re.compile(rf"(?:{manners})*(?:[将把向][^，,。；;\n]{{1,40}}?)?(?:{manners})*(?:{reports})")


def _names_from(text: str, start: int, limit: int) -> tuple[tuple[Span, ...], int]:
    """Return the names listed from `start` on, and where they end: the longest known name each time."""
    names: list[Span] = []
    while True:
        torn = words("duties")["torn"]
        ends_at = (e for e in _candidate_ends(text, start, limit) if not starts(text, torn, e - 1))
        end = next((e for e in ends_at if _is_recipient(text[start:e])), None)
        if end is None:
            return tuple(names), names[-1].end if names else start
        names.append(Span(start, _without_aside(text, start, end)))
        joiner = starts(text, ("、", "和", "及", "与", "并"), end)
        if not joiner or joiner == "并":
            return tuple(names), end
        start = end + len(joiner)


def _without_aside(text: str, start: int, end: int) -> int:
    """Return where a name ends before a bracket that tells where its office sits (市整规办（设在市商务局）)."""
    return next((at for at in range(start + 2, end) if text[at] in "（(" and text.startswith("设在", at + 1)), end)


def _candidate_ends(text: str, start: int, limit: int) -> Iterator[int]:
    stop = text.find("、", start, min(limit, start + _LONGEST_NAME))
    yield from range(min(limit, start + _LONGEST_NAME) if stop < 0 else stop, start + 1, -1)


def _is_recipient(quote: str) -> bool:
    """Tell whether reports go to what is named: a body, or a unit or a meeting inside one (省教育厅体卫艺处)."""
    name = recognise(quote)
    if name is not None and name.strong:
        return True
    inside = quote.endswith("会议") or (name is not None and bool(name.prefix))
    return inside and any(_is_known(quote[:end]) for end in range(len(quote) - 2, 2, -1))


def _is_known(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and name.sort is Sort.KNOWN
