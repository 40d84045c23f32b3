"""Campaigns in the title of a plan: what it is for, without place, issuer and year."""

from __future__ import annotations

import re

from kg.plan import Span
from kg.reading.campaign_names import (
    COUNTED,
    JOINERS,
    QUOTED,
    SHORTEST_STEM,
    heads,
    is_campaign,
    is_common,
    is_plain,
    last_verb,
)
from kg.reading.lexicon import ends, starts, words
from kg.reading.names import recognise
from kg.reading.places import leading_place

_ISSUER_LIMIT = 16
_TITLE_MARKS = re.compile(r"关于|印发|转发|《|\d{4}\s?年度?|\n")
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2,3}(?<![城小都乡集超重])(?:市(?![场政容民值])|县(?!域)|镇(?!街)|乡(?![村镇])|街道|旗)"
)


def in_title(text: str, title: Span) -> list[Span]:
    """Return the drives that a plan is for: 打赢|蓝天保卫战|实施方案, 治理“餐桌污染”, 自建房整治“百日行动”."""
    found = [
        span
        for quote in QUOTED.finditer(text, title.start, title.end)
        if (span := _quoted_in_title(text, title, Span(*quote.span())))
    ]
    for head in heads().finditer(text, title.start, title.end):
        start = _title_start(text, title.start, head.start())
        follows = head.end() >= title.end or text[head.end()].isdigit()
        follows = follows or starts(text, words("campaigns")["title_followers"], head.end()) is not None
        quoted = any(span.start < head.start() < span.end for span in found)
        if follows and not quoted and is_campaign(text[start : head.end()], head[0], SHORTEST_STEM):
            found.append(Span(start, head.end()))
    return found


def _quoted_in_title(text: str, title: Span, quote: Span) -> Span | None:
    """Return the drive that ends in a quotation: by itself, with the verb whose object it is, or with what it is about.

    A name that tells a time and no more (“百日行动”) says nothing without what stands before it.
    """
    named = quote.of(text)[1:-1]
    verb = ends(text[title.start : quote.start], words("campaigns")["title_verbs"])
    head = ends(named, words("campaigns")["heads"])
    if head is None:
        followers = (*words("campaigns")["title_followers"], *words("campaigns")["title_verbs"], *JOINERS)
        ends_so = quote.end >= title.end or starts(text, followers, quote.end) is not None
        return Span(quote.start - len(verb), quote.end) if verb and ends_so and not is_plain(named) else None
    if starts(text, words("campaigns")["heads"], quote.end) or COUNTED.search(named.removesuffix(head) + "大"):
        return None
    if verb and not is_common(named.removesuffix(head)):
        return quote
    return Span(_title_start(text, title.start, quote.start), quote.end)


def _title_start(text: str, start: int, end: int) -> int:
    """Return where a name in a title begins: behind 关于印发, year, place, issuer and the verb before it."""
    start = max((match.end() for match in _TITLE_MARKS.finditer(text, start, end)), default=start)
    place = leading_place(text[start:end])
    start += place[0] if place else len(_unlisted_place(text, start, end))
    stops = range(min(end, start + _ISSUER_LIMIT), start + 1, -1)
    start = next((stop for stop in stops if recognise(text[start:stop])), start)
    verb = last_verb(text, start, end, [])
    if verb and verb[0] not in words("campaigns")["opposing"]:
        start = verb.end()
    return start - len(ends(text[:start], words("campaigns")["title_openers"]) or "")


def _unlisted_place(text: str, start: int, end: int) -> str:
    """Return the name of a place that the registry does not hold, by its shape: 石桥镇, 某某市."""
    match = _PLACE.match(text, start, end)
    return match[0] if match else ""
