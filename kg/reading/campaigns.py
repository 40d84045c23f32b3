"""Campaigns: the 行动, 专项行动, 宣传周 and creation drives that a plan runs or belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.plan import Campaign, Section, Span, Task
from kg.reading.lexicon import ends, longest_first, starts, words
from kg.reading.names import recognise
from kg.reading.places import leading_place
from kg.reading.spans import Taken
from kg.reading.whereabouts import Whereabouts

_CLAUSE = re.compile(r"[^，,。；;：:！？!?\n《》]{1,1000}")
_QUOTED = re.compile(r"“[^”\n]{1,20}”")
_NUMBER = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[\u2460-\u249b]|[一二三四五六七八九十]是)?\s*"
)
_SHORTEST_STEM = 4
_NAME_LIMIT = 40
_ISSUER_LIMIT = 16
_TITLE_MARKS = re.compile(r"关于|印发|转发|《|\d{4}\s?年度?|\n")
_JOINERS = ("和", "与", "及", "、")


@dataclass(frozen=True, slots=True)
class _Mention:
    name: str
    span: Span
    section: Section | None = None


def find_campaigns(text: str, title: Span, sections: tuple[Section, ...], where: Whereabouts) -> tuple[Campaign, ...]:
    """Return the campaigns at their first mention, with the tasks that name them or stand in a section that is one."""
    mentions = [mention for section in sections if (mention := _of_heading(text, section))]
    mentions += _of_title(text, title)
    headings = Taken([*([title] if title.end > title.start else []), *(section.heading for section in sections)])
    for clause in _CLAUSE.finditer(text):
        if headings.free(Span(*clause.span())):
            mentions += _of_clause(text, Span(*clause.span()))
    by_name: dict[str, list[_Mention]] = {}
    for mention in sorted(mentions, key=lambda m: m.span):
        by_name.setdefault(_key(mention.name), []).append(mention)
    return tuple(_campaign(group, where) for group in by_name.values())


def _key(name: str) -> str:
    return re.sub(r"[“”‘’\"'\s]", "", name)


def _campaign(mentions: list[_Mention], where: Whereabouts) -> Campaign:
    under: dict[str, Task] = {}
    for mention in mentions:
        task = where.task(mention.span.start)
        found = where.tasks_within(mention.section.span) if mention.section else [task] if task else []
        under.update((task.id, task) for task in found)
    ordered = sorted(under.values(), key=lambda task: (task.span, task.ordinal))
    own = tuple(mention.section.id for mention in mentions if mention.section)
    return Campaign(mentions[0].name, mentions[0].span, tuple(task.id for task in ordered), own)


def _of_title(text: str, title: Span) -> list[_Mention]:
    """Return the drives that a plan is for: 打赢|蓝天保卫战|实施方案, 治理“餐桌污染”, 建设“食品放心工程”."""
    found: list[_Mention] = []
    for quote in _QUOTED.finditer(text, title.start, title.end):
        verb = next((w for w in words("campaigns")["title_verbs"] if text.endswith(w, title.start, quote.start())), "")
        named = quote[0][1:-1].endswith(words("campaigns")["heads"])
        start = quote.start() - (0 if named else len(verb))
        if verb:
            found.append(_Mention(text[start : quote.end()], Span(start, quote.end())))
    for head in _heads().finditer(text, title.start, title.end):
        start = _title_start(text, title.start, head.start())
        follows = head.end() >= title.end or starts(text, words("campaigns")["title_followers"], head.end())
        quoted = any(m.span.start < head.start() < m.span.end for m in found)
        if follows and not quoted and _is_campaign(text[start : head.end()], head[0]):
            found.append(_Mention(text[start : head.end()], Span(start, head.end())))
    return found


def _title_start(text: str, start: int, end: int) -> int:
    """Return where a name in a title begins: behind 关于印发, year, place, issuer and the verb before it."""
    start = max((match.end() for match in _TITLE_MARKS.finditer(text, start, end)), default=start)
    place = leading_place(text[start:end])
    start += place[0] if place else 0
    stops = range(min(end, start + _ISSUER_LIMIT), start + 1, -1)
    start = next((stop for stop in stops if recognise(text[start:stop])), start)
    verb = _last_verb(text, start, end, [])
    if verb and verb[0] not in words("campaigns")["opposing"]:
        start = verb.end()
    return start - len(ends(text[:start], words("campaigns")["title_openers"]) or "")


def _of_heading(text: str, section: Section) -> _Mention | None:
    """Return the campaign that a section is: its title ends in a head (深化校园食品安全守护行动)."""
    start = section.heading.end - len(section.title)
    title = Span(start, section.heading.end)
    mention = next((m for m in _of_clause(text, title) if m.span.end == title.end), None)
    return _Mention(mention.name, mention.span, section) if mention else None


@cache
def _seasons() -> tuple[str, ...]:
    """Return the heads that name a time and may have 活动 behind them (宣传月活动 is the 宣传月)."""
    return tuple(word for word in words("campaigns")["heads"] if word.endswith(("周", "月", "日")))


@cache
def _heads() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("campaigns")["heads"])))


@cache
def _verbs() -> re.Pattern[str]:
    lists = words("campaigns")
    return re.compile("|".join(map(re.escape, longest_first([*lists["verbs"], *lists["opposing"]]))))


def _of_clause(text: str, clause: Span) -> list[_Mention]:
    quoted = [Span(*m.span()) for m in _QUOTED.finditer(text, clause.start, clause.end)]
    found = (_of_head(text, clause, head, quoted) for head in _heads().finditer(text, clause.start, clause.end))
    return [_Mention(span.of(text), span) for span in found if span]


def _of_head(text: str, clause: Span, head: re.Match[str], quoted: list[Span]) -> Span | None:
    inside = next((quote for quote in quoted if quote.start < head.start() < quote.end), None)
    if inside:
        return _wholly_quoted(text, clause, head, inside)
    if not _ends_here(text, head.end(), clause.end):
        return None
    if head[0] in words("campaigns")["names"]:
        return Span(*head.span())
    before = text[clause.start : head.start()].removesuffix("系列").removesuffix("主题")
    if head[0] in words("campaigns")["common_heads"] and ends(before, _seasons()):
        return None
    verb = _last_verb(text, clause.start, head.start(), quoted)
    if verb[0] in words("campaigns")["opposing"] if verb else not _opens_a_name(text, clause):
        return _of_duty(text, clause, head)
    span = Span(_name_start(text, verb.end() if verb else clause.start, head.start(), quoted), head.end())
    return span if _is_campaign(span.of(text), head[0]) else None


def _of_duty(text: str, clause: Span, head: re.Match[str]) -> Span | None:
    """Return a name in quotation marks that somebody is responsible for: 县妇联负责|“美丽庭院”创建."""
    at = text.rfind("负责“", clause.start, head.start())
    return Span(at + 2, head.end()) if at >= 0 else None


def _wholly_quoted(text: str, clause: Span, head: re.Match[str], quote: Span) -> Span | None:
    """Return a name that ends in a quotation: 倡导|“光盘行动”, 实施|自建房整治“百日行动”, or a clause."""
    if head.end() != quote.end - 1 or not _ends_here(text, quote.end, clause.end):
        return None
    opening = clause.start + _length_of_number(text, clause)
    if opening == quote.start:
        return quote
    start = _run_from(text, opening, quote.start)
    if start is None:
        verb = ends(text, words("campaigns")["opposing"], quote.start)
        named = verb is not None and quote.start - len(verb) - opening >= _SHORTEST_STEM
        start = opening if named and head[0] not in words("campaigns")["common_heads"] else None
    return Span(start, quote.end) if start is not None and quote.start - start <= _NAME_LIMIT else None


def _run_from(text: str, start: int, end: int) -> int | None:
    """Return where the last verb before a quotation that runs a campaign ends; None where there is none.

    One that offenders are fought with (打击…“昆仑行动”) belongs to the name, if another verb runs it.
    """
    found = (m for m in _verbs().finditer(text, start, end) if len(m[0]) > 1 or m.start() == start)
    running = [m.end() for m in found if m[0] not in words("campaigns")["opposing"]]
    return running[-1] if running else None


def _length_of_number(text: str, clause: Span) -> int:
    match = _NUMBER.match(text, clause.start, clause.end)
    return match.end() - clause.start if match else 0


def _opens_a_name(text: str, clause: Span) -> bool:
    """Without a verb a clause may begin with a campaign's name, if that begins in quotation marks."""
    return text.startswith("“", clause.start)


def _ends_here(text: str, at: int, clause_end: int) -> bool:
    if at >= clause_end or starts(text, words("campaigns")["followers"], at):
        return True
    return text.endswith(_seasons(), 0, at) and text.startswith(("活动", "系列活动", "主题活动"), at)


def _last_verb(text: str, start: int, end: int, quoted: list[Span]) -> re.Match[str] | None:
    """Return the last verb before a head; one right before it belongs to the name (整治行动, 推进行动)."""
    verb = None
    for match in _verbs().finditer(text, start, end):
        if match.end() < end and not any(quote.start < match.start() < quote.end for quote in quoted):
            verb = match
    return verb


def _name_start(text: str, start: int, end: int, quoted: list[Span]) -> int:
    """Return where a name that may begin at `start` does: after a conjunction that follows a quotation."""
    for quote in quoted:
        joiner = starts(text, _JOINERS, quote.end)
        if start <= quote.start and joiner and quote.end < end:
            start = quote.end + len(joiner)
    for head in _heads().finditer(text, start, end):
        joiner = starts(text, _JOINERS, head.end())
        if joiner and head.end() + len(joiner) < end:
            start = head.end() + len(joiner)
    return start


def _is_campaign(name: str, head: str) -> bool:
    if name in words("campaigns")["names"]:
        return True
    stem = name.removesuffix(head)
    if len(name) > _NAME_LIMIT or len(stem) < 2:
        return False
    in_quotes = _QUOTED.search(stem) is not None
    bare = _QUOTED.sub("", stem)
    general = any(word in bare for word in words("campaigns")["general"])
    general = general or bare.endswith(words("campaigns")["general_endings"])
    if head in words("campaigns")["quoted_heads"]:
        return in_quotes or (len(stem) >= 4 and stem.endswith(words("campaigns")["works"]))
    if head in words("campaigns")["common_heads"]:
        return in_quotes or (len(stem) >= 4 and not general)
    return in_quotes or not (general and len(stem) < 6)
