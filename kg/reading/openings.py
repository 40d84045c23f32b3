"""Names that stand before what they are responsible for: with a colon (市水利局：承担…), as sentence or heading."""

from __future__ import annotations

import re

from kg.plan import Span
from kg.reading.lexicon import starts, words
from kg.reading.names import Sort, is_place, recognise
from kg.reading.spans import trimmed
from kg.reading.statements import Statement, names_are_sure, parse_statement

_NAMES = r"[\u4e00-\u9fff（）()、，,“”\d]{2,120}?"
_NUMBER = r"(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)、.．]|[\u2460-\u249b]|[-*•·●■◆▪★])?"
_BLANK = "[ \\t\\u3000]"
_OPENING = re.compile(
    rf"(?:(?<=[\n。；;：:])|^){_BLANK}{{0,20}}{_NUMBER}{_BLANK}{{0,4}}(?P<names>{_NAMES})"
    rf"(?P<mark>[：:。]{_BLANK}?|[ \u3000]{{1,2}}(?=负责|承担))(?P<duty>[^\n]{{4,12}})"
)
_TAIL = re.compile(
    r"(?:的?(?:主要|工作|监管|具体)?(?:职责|责任|任务|分工|职责任务|任务分工|职责分工|工作任务))?[：:。]?$"
)
_HAN = "[一二三四五六七八九十百]{1,4}"
_HEADING_NUMBER = re.compile(rf"[^\u4e00-\u9fff]*(?:{_HAN}[、.．）)是]|第{_HAN}[编章节条][ \u3000]?)?\s*")
_WORDS = re.compile(r"[\u4e00-\u9fff“]{3}")


def find_openings(text: str) -> list[Statement]:
    """Return the statements that names make by standing before what they do: with a colon, or 。 and a word of duty."""
    found: list[Statement] = []
    at = 0
    while match := _OPENING.search(text, at):
        statement = _opening(text, match)
        at = match.end("mark") if statement else match.end("names")
        found += [statement] if statement else []
    return found


def _opening(text: str, match: re.Match[str]) -> Statement | None:
    if not _tells_a_duty(match):
        return None
    span = trimmed(text, *match.span("names"))
    statement = parse_statement(text, span, Span(span.start, match.end("mark")))
    bears = starts(match["duty"], words("clauses")["bearing"]) is not None
    if (
        statement is None
        or statement.explicit
        or not (names_are_sure(text, statement) or (bears and _are_bodies(text, match, statement)))
    ):
        return None
    names = [recognise(share.span.of(text)) for share in statement.shares]
    addressed = all(name is None or name.sort in (Sort.GENERIC, Sort.COLLECTIVE) for name in names)
    if addressed and not bears:
        return None
    return Statement(span, statement.outer, statement.shares, statement.mode, explicit=True, front=True, whole=True)


def _are_bodies(text: str, match: re.Match[str], statement: Statement) -> bool:
    """Tell whether what stands before a word of duty is names: before a colon any, else only such of a strong shape."""
    names = [recognise(share.span.of(text)) for share in statement.shares]
    colon = match["mark"].strip() in "：:"
    return all(name is not None and (colon or name.strong or is_place(name)) for name in names)


def _tells_a_duty(match: re.Match[str]) -> bool:
    """Tell whether what follows the names is something to do: no address of a letter, no person, no figure."""
    lists = words("clauses")
    duty = match["duty"]
    if "：" in match["mark"] or ":" in match["mark"]:
        return _WORDS.match(duty) is not None and not starts(duty, words("masthead")["first_words"])
    return starts(duty, lists["bearing"]) is not None


def named_bearer(text: str, heading: Span, *, likely: bool = False) -> Statement | None:
    """Return the names that a heading is; where others of a document are names for sure, `likely` ones are too."""
    number = _HEADING_NUMBER.match(text, heading.start, heading.end)
    start = number.end() if number else heading.start
    quote = text[start : heading.end].rstrip()
    tail = _TAIL.search(quote)
    span = trimmed(text, start, start + (tail.start() if tail else len(quote)))
    statement = parse_statement(text, span)
    if statement is None or statement.explicit or not (likely or names_are_sure(text, statement)):
        return None
    sorts = {name.sort for share in statement.shares if (name := recognise(share.span.of(text)))}
    return statement if sorts - {Sort.GENERIC} else None
