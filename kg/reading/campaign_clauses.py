"""Campaigns in the words of a clause: behind a verb, in quotation marks, or several that share a head."""

from __future__ import annotations

import re

from kg.plan import Span
from kg.reading.campaign_names import (
    COUNTED,
    JOINERS,
    NAME_LIMIT,
    QUOTED,
    SHORTEST_STEM,
    heads,
    is_campaign,
    is_plain,
    last_verb,
    seasons,
    verbs,
)
from kg.reading.lexicon import ends, starts, words

_SIDE_BY_SIDE = re.compile(r"((?:(?:“[^”\n]{1,20}”|\"[^\"\n]{1,20}\")[、和及]?){2,})等?(?:系列|重点|各类)?$")
_OPENED = re.compile(r"(?:“[^”\n]{2,16}”|\"[^\"\n]{2,16}\")[^“”\"，,。；;、的（()）]{0,8}$")
_NUMBER = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[\u2460-\u249b]|[一二三四五六七八九十]是)?\s*"
)
_LASTING = re.compile("为期[^的，,。；;]{1,6}的|新一轮的?")
_LIST_LIMIT = 80
_SHORTEST_RUN = 6


def in_clause(text: str, clause: Span) -> list[Span]:
    """Return the names of campaigns in a clause of `text`."""
    quoted = [Span(*m.span()) for m in QUOTED.finditer(text, clause.start, clause.end)]
    found: list[Span] = []
    for head in heads().finditer(text, clause.start, clause.end):
        listed = _side_by_side(text, clause, head, quoted)
        span = None if listed else _of_head(text, clause, head, quoted)
        found += listed or ([span] if span else [])
    return found


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
    named = any(quote.end == head.start() and not is_plain(quote.of(text)[1:-1]) for quote in quoted)
    other = starts(text, words("campaigns")["no_heads"], head.end())
    if other or not (named or _ends_here(text, head.end(), clause.end)):
        return None
    if head[0] in words("campaigns")["names"]:
        return Span(*head.span())
    return _of_plain(text, clause, head, quoted)


def _of_plain(text: str, clause: Span, head: re.Match[str], quoted: list[Span]) -> Span | None:
    """Return the name that ends in a head outside quotation marks; a second name of one that has a name is none."""
    before = text[clause.start : head.start()].removesuffix("系列").removesuffix("主题")
    if head[0] in words("campaigns")["common_heads"] and ends(before, seasons()):
        return None
    verb = last_verb(text, clause.start, head.start(), quoted)
    fought = verb is not None and verb[0] in words("campaigns")["opposing"]
    run = fought and head[0] not in words("campaigns")["common_heads"]
    start = _run_from(text, clause.start, head.start()) if run else None
    start = start if fought else _start(text, clause, head, verb, quoted)
    if start is None:
        return _of_duty(text, clause, head)
    alias = text.endswith(words("campaigns")["aliases"], clause.start, start)
    shortest = _SHORTEST_RUN if verb and verb[0] in words("campaigns")["running"] and verb.end() == start else 0
    if alias or not is_campaign(text[start : head.end()], head[0], shortest):
        return None
    held = text[start] in '“"' and head[0] in seasons() and text.startswith("活动", head.end())
    return Span(start, head.end() + 2 * held)


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
    if head.end() != quote.end - 1:
        return None
    if COUNTED.search(text[quote.start + 1 : head.start()] + "大"):
        start = _run_from(text, clause.start, quote.start)
        own = start is not None and SHORTEST_STEM <= quote.start - start <= NAME_LIMIT
        return Span(start, quote.end) if start is not None and own and _ends_here(text, quote.end, clause.end) else None
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
        named = verb is not None and quote.start - len(verb) - opening >= SHORTEST_STEM
        start = opening if named and head[0] not in words("campaigns")["common_heads"] else None
    return Span(start, quote.end) if start is not None and quote.start - start <= NAME_LIMIT else None


def _run_from(text: str, start: int, end: int) -> int | None:
    """Return where the last verb before a quotation that runs a campaign ends; None where there is none.

    One that offenders are fought with (打击…“昆仑行动”) belongs to the name, if another verb runs it.
    """
    found = (m for m in verbs().finditer(text, start, end) if len(m[0]) > 1 or m.start() == start)
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
    return text.endswith(seasons(), 0, at) and text.startswith(("活动", "系列活动", "主题活动"), at)


def _name_start(text: str, start: int, end: int, quoted: list[Span]) -> int:
    """Return where a name that may begin at `start` does: after a conjunction that follows a quotation."""
    lasting = _LASTING.match(text, start, end)
    start = lasting.end() if lasting else start
    for quote in quoted:
        joiner = starts(text, JOINERS, quote.end)
        if start <= quote.start and joiner and quote.end < end:
            start = quote.end + len(joiner)
    for head in heads().finditer(text, start, end):
        joiner = starts(text, JOINERS, head.end())
        if joiner and head.end() + len(joiner) < end:
            start = head.end() + len(joiner)
    return start
