"""Who a sentence tells to act, where no statement says so: 各相关部门要…, 区食安办应…."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from kg.plan import Span
from kg.reading.dates import find_dates
from kg.reading.lexicon import starts, words
from kg.reading.names import Sort, recognise, split_names

_SENTENCE = re.compile(r"[^。；;！？!?\n]{1,5000}")
_LIST_PART = re.compile(r"(?:[（(][^（()）]*[）)]|[^、（()）])+|[（()）]")
_SUBJECT_LIMIT = 60
_COMMA = re.compile("[，,]")
_MOST_CLAUSES = 12


def find_actors(text: str, within: Span) -> tuple[Span, ...]:
    """Return the names that open a sentence inside `within` and are told what to do (要, 应, 将 …)."""
    actors: list[Span] = []
    for sentence in _SENTENCE.finditer(text, within.start, within.end):
        found = subjects(text, Span(*sentence.span()))
        commas = [] if found else islice(_COMMA.finditer(text, sentence.start(), sentence.end()), _MOST_CLAUSES)
        for comma in commas:
            found = found or subjects(text, Span(comma.end(), sentence.end()))
        actors += found
    return tuple(actors)


def subjects(text: str, sentence: Span) -> list[Span]:
    """Return the names that are the subject of a sentence with a modal word; empty where it has none."""
    start = sentence.start
    while start < sentence.end and text[start].isspace():
        start += 1
    start += len(starts(text, words("actors")["openers"], start) or "")
    limit = min(sentence.end, start + _SUBJECT_LIMIT)
    comma = re.compile("[，,：:]").search(text, start, limit)
    limit = comma.start() if comma else limit
    for modal in _modals().finditer(text, start, limit):
        names = _listed(text, start, _before_adverbs(text, start, modal.start()))
        if names:
            return names
    return _dated(text, start, limit)


def _dated(text: str, start: int, limit: int) -> list[Span]:
    """Return the names that a limit in time follows, with or without a modal word (各镇街于3月15日前|报送方案)."""
    first = next((d for d in find_dates(text, Span(start, limit)) if d.bounded), None)
    if first is None or first.span.start == start:
        return []
    return _listed(text, start, _before_adverbs(text, start, first.span.end))


@cache
def _modals() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words("actors")["modals"]))


def _before_adverbs(text: str, start: int, end: int) -> int:
    """Step back over dates and adverbs between the subject and its modal (于11月1日前|要)."""
    changed = True
    while changed and end > start:
        changed = False
        for adverb in words("actors")["adverbs"]:
            if text.endswith(adverb, start, end):
                end -= len(adverb)
                changed = True
        dates = [d for d in find_dates(text, Span(start, end)) if d.span.end == end]
        if dates:
            end = dates[0].span.start
            joined = end > start and text[end - 1] in "、和及与" and _ends_in_date(text, start, end - 1)
            end -= joined or (end > start and text[end - 1] in "于在")
            changed = True
    return end


def _ends_in_date(text: str, start: int, end: int) -> bool:
    return any(d.span.end == end for d in find_dates(text, Span(start, end)))


def _listed(text: str, start: int, end: int) -> list[Span]:
    """Return the names that `text[start:end]` lists, empty unless it is nothing but sure names."""
    names: list[Span] = []
    for part in _LIST_PART.finditer(text, start, end):
        found = split_names(part[0], part.start())
        if not found or not all(_is_sure(span.of(text)) for span in found):
            return []
        names += found
    return names


def _is_sure(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and (name.sort is not Sort.SHAPED or (name.strong and bool(name.prefix)))
