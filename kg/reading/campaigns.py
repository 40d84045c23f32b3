"""Campaigns: the 行动, 专项行动, 宣传周 and creation drives that a plan runs or belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kg.plan import Campaign, Section, Span, Task
from kg.reading.lexicon import ends, longest_first, starts, words
from kg.reading.names import recognise
from kg.reading.outline import Outline
from kg.reading.places import leading_place
from kg.reading.spans import Taken, trimmed
from kg.reading.whereabouts import Whereabouts

_CLAUSE = re.compile(r"[^，,。；;：:！？!?\n《》]{1,1000}")
_QUOTED = re.compile(r"“[^”\n]{1,20}”|\"[^\"\n]{1,20}\"")
_SIDE_BY_SIDE = re.compile(r"((?:(?:“[^”\n]{1,20}”|\"[^\"\n]{1,20}\")[、和及]?){2,})等?(?:系列|重点|各类)?$")
_OPENED = re.compile(r"(?:“[^”\n]{2,16}”|\"[^\"\n]{2,16}\")[^“”\"，,。；;、的（()）]{0,8}$")
# A count of campaigns names none: “五大行动”, 六大人才行动计划.
_COUNTED = re.compile(r"[一二三四五六七八九十两\d]{1,3}(?:大|项|个|类)[^“”]{0,8}$")
_NUMBER = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[\u2460-\u249b]|[一二三四五六七八九十]是)?\s*"
)
_SHORTEST_STEM = 4
_NAME_LIMIT = 40
_LIST_LIMIT = 80
_ISSUER_LIMIT = 16
_TITLE_MARKS = re.compile(r"关于|印发|转发|《|\d{4}\s?年度?|\n")
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2,3}(?<![城小都乡集超重])(?:市(?![场政容民值])|县(?!域)|镇(?!街)|乡(?![村镇])|街道|旗)"
)
_CREATION = ("creating", "ranks", "ranked")
_JOINERS = ("和", "与", "及", "、")


@dataclass(frozen=True, slots=True)
class _Mention:
    name: str
    span: Span
    section: Section | None = None


def find_campaigns(text: str, title: Span, outline: Outline, where: Whereabouts) -> tuple[Campaign, ...]:
    """Return the campaigns at their first mention, with the tasks that name them or stand in a section that is one."""
    sections = outline.sections
    mentions = [mention for section in sections if (mention := _of_heading(text, section))]
    for entry in outline.entries:
        mentions += _of_opening(text, entry.content)
    mentions += _of_title(text, title)
    headings = Taken([*([title] if title.end > title.start else []), *(section.heading for section in sections)])
    for clause in _CLAUSE.finditer(text):
        if headings.free(Span(*clause.span())):
            mentions += _of_clause(text, Span(*clause.span()))
    mentions += [_Mention(match[0], Span(*match.span())) for match in _creations().finditer(text)]
    by_name: dict[str, list[_Mention]] = {}
    for mention in sorted((_bare(text, m) for m in mentions), key=lambda m: m.span):
        by_name.setdefault(_key(mention.name), []).append(mention)
    return tuple(_campaign(group, where) for group in by_name.values())


def _bare(text: str, mention: _Mention) -> _Mention:
    """Return a mention without blanks around the name."""
    span = trimmed(text, mention.span.start, mention.span.end)
    return mention if span == mention.span else replace(mention, name=span.of(text), span=span)


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


@cache
def _creations() -> re.Pattern[str]:
    """创建国家卫生城市, 争创全国文明县城: a rank that a place strives for."""
    lists = words("campaigns")
    verbs, ranks, kinds = ("|".join(map(re.escape, longest_first(lists[key]))) for key in _CREATION)
    return re.compile(
        rf"(?:{verbs})(?:{ranks})[\u4e00-\u9fff]{{2,10}}?(?:{kinds})(?![\u4e00-\u9fff]{{0,2}}(?:标准|要求|条件))"
    )


def _of_title(text: str, title: Span) -> list[_Mention]:
    """Return the drives that a plan is for: 打赢|蓝天保卫战|实施方案, 治理“餐桌污染”, 自建房整治“百日行动”."""
    found = [
        _Mention(span.of(text), span)
        for quote in _QUOTED.finditer(text, title.start, title.end)
        if (span := _quoted_in_title(text, title, Span(*quote.span())))
    ]
    for head in _heads().finditer(text, title.start, title.end):
        start = _title_start(text, title.start, head.start())
        follows = head.end() >= title.end or text[head.end()].isdigit()
        follows = follows or starts(text, words("campaigns")["title_followers"], head.end()) is not None
        quoted = any(m.span.start < head.start() < m.span.end for m in found)
        if follows and not quoted and _is_campaign(text[start : head.end()], head[0]):
            found.append(_Mention(text[start : head.end()], Span(start, head.end())))
    return found


def _quoted_in_title(text: str, title: Span, quote: Span) -> Span | None:
    """Return the drive that ends in a quotation: by itself, with the verb whose object it is, or with what it is about.

    A name that tells a time and no more (“百日行动”) says nothing without what stands before it.
    """
    named = quote.of(text)[1:-1]
    verb = ends(text[title.start : quote.start], words("campaigns")["title_verbs"])
    head = ends(named, words("campaigns")["heads"])
    if head is None:
        followers = (*words("campaigns")["title_followers"], *words("campaigns")["title_verbs"], *_JOINERS)
        ends_so = quote.end >= title.end or starts(text, followers, quote.end) is not None
        return Span(quote.start - len(verb), quote.end) if verb and ends_so and not _is_plain(named) else None
    if starts(text, words("campaigns")["heads"], quote.end) or _COUNTED.search(named.removesuffix(head) + "大"):
        return None
    if verb and not _is_common(named.removesuffix(head)):
        return quote
    return Span(_title_start(text, title.start, quote.start), quote.end)


def _is_plain(quoted: str) -> bool:
    """Tell whether words in quotation marks are a term of the day and no name (“互联网+”, “放管服”)."""
    return quoted in words("campaigns")["plain_quotes"]


def _is_common(stem: str) -> bool:
    """Tell whether nothing is left of a name's stem but words that any drive may bear (百日整治)."""
    for word in words("campaigns")["common_stems"]:
        stem = stem.replace(word, "")
    return not stem


def _title_start(text: str, start: int, end: int) -> int:
    """Return where a name in a title begins: behind 关于印发, year, place, issuer and the verb before it."""
    start = max((match.end() for match in _TITLE_MARKS.finditer(text, start, end)), default=start)
    place = leading_place(text[start:end])
    start += place[0] if place else len(_unlisted_place(text, start, end))
    stops = range(min(end, start + _ISSUER_LIMIT), start + 1, -1)
    start = next((stop for stop in stops if recognise(text[start:stop])), start)
    verb = _last_verb(text, start, end, [])
    if verb and verb[0] not in words("campaigns")["opposing"]:
        start = verb.end()
    return start - len(ends(text[:start], words("campaigns")["title_openers"]) or "")


def _unlisted_place(text: str, start: int, end: int) -> str:
    """Return the name of a place that the registry does not hold, by its shape: 石桥镇, 某某市."""
    match = _PLACE.match(text, start, end)
    return match[0] if match else ""


def _of_heading(text: str, section: Section) -> _Mention | None:
    """Return the campaign that a section is: its title ends in a head (深化校园食品安全守护行动)."""
    start = section.heading.end - len(section.title)
    span = _named_by(text, Span(start, section.heading.end))
    return _Mention(span.of(text), span, section) if span else None


def _of_opening(text: str, content: Span) -> list[_Mention]:
    """Return the campaign that the first words of an item are, up to its first stop: 产业提升人才行动计划。围绕…."""
    stop = text.find("。", content.start, min(content.end, content.start + _NAME_LIMIT))
    span = _named_by(text, Span(content.start, stop)) if stop > 0 else None
    return [_Mention(span.of(text), span)] if span else []


def _named_by(text: str, title: Span) -> Span | None:
    """Return the campaign that a title names: behind its verb, or all of it where it has none."""
    found = next((m.span for m in _of_clause(text, title) if m.span.end == title.end), None)
    head = ends(title.of(text), words("campaigns")["heads"])
    if found and ("“" in found.of(text) or found.end - found.start - len(head or "") >= _SHORTEST_STEM):
        return found
    plain = head is not None and head not in words("campaigns")["common_heads"]
    verb = _last_verb(text, title.start, title.end, [])
    own = verb is None or (verb.start() == title.start and title.end - len(head or "") - verb.end() < _SHORTEST_STEM)
    if not plain or not own or re.search("[，,、：:]", title.of(text)):
        return None
    stem = len(title.of(text)) - len(head or "")
    return title if stem >= _SHORTEST_STEM and _is_campaign(title.of(text), head or "") else None


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
    found: list[Span] = []
    for head in _heads().finditer(text, clause.start, clause.end):
        listed = _side_by_side(text, clause, head, quoted)
        span = None if listed else _of_head(text, clause, head, quoted)
        found += listed or ([span] if span else [])
    return [_Mention(span.of(text), span) for span in found]


def _side_by_side(text: str, clause: Span, head: re.Match[str], quoted: list[Span]) -> list[Span]:
    """Return the names in quotation marks that share a head: “铁拳”“昆仑”|等专项行动."""
    before = text[max(clause.start, head.start() - _LIST_LIMIT) : head.start()]
    match = _SIDE_BY_SIDE.search(before.removesuffix("专项").removesuffix("主题"))
    if match is None:
        return []
    names = [quote for quote in quoted if head.start() - len(match[0]) - 2 <= quote.start < head.start()]
    seasons = all(quote.of(text)[1:-1].endswith(("周", "月", "日")) for quote in names)
    if head[0] in words("campaigns")["common_heads"]:
        return names if seasons else []
    closes = names and names[-1].end == head.start() and _ends_here(text, head.end(), clause.end)
    return [*names[:-1], Span(names[-1].start, head.end())] if closes and len(names) > 1 and not seasons else names


def _of_head(text: str, clause: Span, head: re.Match[str], quoted: list[Span]) -> Span | None:
    inside = next((quote for quote in quoted if quote.start < head.start() < quote.end), None)
    if inside:
        return _wholly_quoted(text, clause, head, inside)
    named = any(quote.end == head.start() and not _is_plain(quote.of(text)[1:-1]) for quote in quoted)
    other = starts(text, words("campaigns")["no_heads"], head.end())
    if other or not (named or _ends_here(text, head.end(), clause.end)):
        return None
    if head[0] in words("campaigns")["names"]:
        return Span(*head.span())
    return _of_plain(text, clause, head, quoted)


def _of_plain(text: str, clause: Span, head: re.Match[str], quoted: list[Span]) -> Span | None:
    """Return the name that ends in a head outside quotation marks; a second name of one that has a name is none."""
    before = text[clause.start : head.start()].removesuffix("系列").removesuffix("主题")
    if head[0] in words("campaigns")["common_heads"] and ends(before, _seasons()):
        return None
    verb = _last_verb(text, clause.start, head.start(), quoted)
    fought = verb is not None and verb[0] in words("campaigns")["opposing"]
    run = fought and head[0] not in words("campaigns")["common_heads"]
    start = _run_from(text, clause.start, head.start()) if run else None
    start = start if fought else _start(text, clause, head, verb, quoted)
    if start is None:
        return _of_duty(text, clause, head)
    alias = text.endswith(words("campaigns")["aliases"], clause.start, start)
    return Span(start, head.end()) if not alias and _is_campaign(text[start : head.end()], head[0]) else None


def _start(text: str, clause: Span, head: re.Match[str], verb: re.Match[str] | None, quoted: list[Span]) -> int | None:
    """Return where a name begins: at the quotation that opens it, or behind its verb; None where neither is there."""
    opened = _OPENED.search(text[max(clause.start, head.start() - _LIST_LIMIT) : head.start()])
    if opened and (verb is None or head[0] in words("campaigns")["quoted_heads"]):
        return head.start() - len(opened[0])
    if verb is None and not _opens_a_name(text, clause):
        return None
    return _name_start(text, verb.end() if verb else clause.start, head.start(), quoted)


def _of_duty(text: str, clause: Span, head: re.Match[str]) -> Span | None:
    """Return a name in quotation marks that somebody is responsible for: 县妇联负责|“美丽庭院”创建."""
    at = text.rfind("负责“", clause.start, head.start())
    return Span(at + 2, head.end()) if at >= 0 else None


def _wholly_quoted(text: str, clause: Span, head: re.Match[str], quote: Span) -> Span | None:
    """Return a name that ends in a quotation: 倡导|“光盘行动”, 实施|自建房整治“百日行动”, or a clause."""
    if head.end() != quote.end - 1 or _COUNTED.search(text[quote.start + 1 : head.start()] + "大"):
        return None
    if not _ends_here(text, quote.end, clause.end):
        plain = head[0] not in words("campaigns")["common_heads"] + words("campaigns")["quoted_heads"]
        return quote if plain and head.start() - quote.start > 2 else None
    opening = clause.start + _length_of_number(text, clause)
    if opening == quote.start:
        return quote
    if text[quote.start - 1] in '”"、':
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
    if at >= clause_end or text[at] in '“"' or starts(text, words("campaigns")["followers"], at):
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
    if not _balanced(name) or _COUNTED.search(stem):
        return False
    in_quotes = any(not _is_plain(quote[0][1:-1]) for quote in _QUOTED.finditer(stem))
    bare = _QUOTED.sub("", stem)
    general = any(word in bare for word in words("campaigns")["general"])
    general = general or bare.endswith(words("campaigns")["general_endings"])
    if head in words("campaigns")["quoted_heads"]:
        return in_quotes or (len(stem) >= 4 and stem.endswith(words("campaigns")["works"]))
    if head in words("campaigns")["common_heads"]:
        loose = "的" in stem or ("、" in stem and head in words("campaigns")["gatherings"])
        return in_quotes or (len(stem) >= 4 and not general and not loose)
    return in_quotes or not (general and len(stem) < 6)


def _balanced(name: str) -> bool:
    return all(name.count(opening) == name.count(closing) for opening, closing in ("（）", "()", "“”"))
