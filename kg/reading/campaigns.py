"""Campaigns: the 行动, 专项行动, 宣传周 and creation drives that a plan runs or belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kg.plan import Campaign, Section, Span, Task
from kg.reading.campaign_clauses import in_clause
from kg.reading.campaign_names import NAME_LIMIT, QUOTED, SHORTEST_STEM, is_campaign, is_common, last_verb
from kg.reading.campaign_titles import in_title
from kg.reading.lexicon import ends, longest_first, words
from kg.reading.outline import Outline
from kg.reading.spans import Taken, trimmed
from kg.reading.whereabouts import Whereabouts

_CLAUSE = re.compile(r"[^，,。；;：:！？!?\n《》]{1,1000}")
_CREATION = ("creating", "ranks", "ranked")


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
    mentions += [_Mention(span.of(text), span) for span in in_title(text, title)]
    headings = Taken([*([title] if title.end > title.start else []), *(section.heading for section in sections)])
    for clause in _CLAUSE.finditer(text):
        if headings.free(Span(*clause.span())):
            mentions += [_Mention(span.of(text), span) for span in in_clause(text, Span(*clause.span()))]
    mentions += [_Mention(match[0], Span(*match.span())) for match in _creations().finditer(text)]
    groups = _groups(sorted((_bare(text, m) for m in mentions), key=lambda m: m.span))
    return tuple(_campaign(group, where) for group in groups)


def _groups(mentions: list[_Mention]) -> list[list[_Mention]]:
    """Return the mentions of each campaign together; words before a name in quotation marks make no other of it."""
    by_name: dict[str, list[_Mention]] = {}
    quoted: dict[str, str] = {}
    for mention in mentions:
        key = _key(mention.name)
        tail = _quoted_tail(mention.name)
        first = quoted.setdefault(tail, key) if tail else key
        same = first.endswith(key) or key.endswith(first)
        by_name.setdefault(first if same else key, []).append(mention)
    return list(by_name.values())


def _quoted_tail(name: str) -> str:
    """Return a name from its quotation marks on, nothing where any drive may be called so (“百日行动”)."""
    quote = QUOTED.search(name)
    named = quote[0][1:-1] if quote else ""
    head = ends(named, words("campaigns")["heads"]) or ""
    return _key(name[quote.start() :]) if quote and not is_common(named.removesuffix(head)) else ""


def _bare(text: str, mention: _Mention) -> _Mention:
    """Return a mention without blanks around the name."""
    span = trimmed(text, mention.span.start, mention.span.end)
    return mention if span == mention.span else replace(mention, name=span.of(text), span=span)


def _key(name: str) -> str:
    """Return what two mentions of a campaign share: neither quotation marks, nor 打赢, nor 计划 at its end."""
    plain = re.sub(r"[“”‘’\"'\s]", "", name)
    return re.sub("^打[赢好](?=.{2,}战)|(?<=行动)计划$", "", plain)


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


def _of_heading(text: str, section: Section) -> _Mention | None:
    """Return the campaign that a section is: its title ends in a head (深化校园食品安全守护行动)."""
    start = section.heading.end - len(section.title)
    span = _named_by(text, Span(start, section.heading.end))
    return _Mention(span.of(text), span, section) if span else None


def _of_opening(text: str, content: Span) -> list[_Mention]:
    """Return the campaign that the first words of an item are, up to its first stop: 产业提升人才行动计划。围绕…."""
    stop = text.find("。", content.start, min(content.end, content.start + NAME_LIMIT))
    span = _named_by(text, Span(content.start, stop)) if stop > 0 else None
    return [_Mention(span.of(text), span)] if span else []


def _named_by(text: str, title: Span) -> Span | None:
    """Return the campaign that a title names: behind its verb, or all of it where it has none."""
    found = next((span for span in in_clause(text, title) if span.end == title.end), None)
    head = ends(title.of(text), words("campaigns")["heads"])
    if found and (
        "“" in found.of(text)
        or found.end - found.start - len(head or "") >= (2 if head and head[-1] == "战" else SHORTEST_STEM)
    ):
        return found
    plain = head is not None and head not in words("campaigns")["common_heads"]
    verb = last_verb(text, title.start, title.end, [])
    own = verb is None or (verb.start() == title.start and title.end - len(head or "") - verb.end() < SHORTEST_STEM)
    if not plain or not own or re.search("[，,、：:]", title.of(text)):
        return None
    stem = len(title.of(text)) - len(head or "")
    return title if stem >= SHORTEST_STEM and is_campaign(title.of(text), head or "") else None
