"""What stands behind a document's last words: who signed it on which day, to whom it goes, how it was made public."""

from __future__ import annotations

import re
from functools import cache

from kg.plan import Span
from kg.reading.lexicon import words
from kg.reading.names import ending_of, split_names

_LINE = re.compile(r"[^\s][^\n\r]*")
DAY = (
    r"(?:(?:19|20)\d{2}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
    r"|二[〇○零Oo0][〇○零Oo0一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
_DATE = re.compile(rf"[（(]?{DAY}[）)]?")
_SIGNED = re.compile(rf"(?P<who>[^\s。；;，,：:]{{4,40}})[ \t\u3000]+{DAY}(?:印发)?")
_UNSIGNED = frozenset("。；;，,：:？！?!")
_LONGEST = 40
_SIGNERS = 6


def find_closings(text: str, start: int) -> list[Span]:
    """Return the stretches of whole lines behind `start` that sign a document or make it public.

    A signature is one line or more that are names of organisations and nothing else, over a line that is a day, or
    beside it; a day or （此件公开发布） by itself closes where only its like follows. 抄送：… tells who gets a copy.
    """
    lines = [_trimmed(match) for match in _LINE.finditer(text, start)]
    found: list[Span] = []
    for at, line in enumerate(lines):
        if _DATE.fullmatch(line.of(text)):
            first = _first_signer(text, lines, at)
            found += (
                [Span(lines[first].start, line.end)]
                if first < at or _is_last(text, lines[at : at + _SIGNERS + 1])
                else []
            )
        elif (
            _imprint().match(text, line.start)
            or _is_signed(line.of(text))
            or (_is_release(line.of(text)) and _is_last(text, lines[at : at + _SIGNERS + 1]))
        ):
            found.append(line)
    return found


@cache
def _imprint() -> re.Pattern[str]:
    """主送：, 抄　送：, 抄报：: to whom a document goes."""
    spaced = ("[ \\u3000]{0,4}".join(word) for word in words("masthead")["imprints"])
    return re.compile(rf"(?:{'|'.join(spaced)})[ \u3000]?[：:]")


def _trimmed(line: re.Match[str]) -> Span:
    return Span(line.start(), line.start() + len(line[0].rstrip()))


def _first_signer(text: str, lines: list[Span], day: int) -> int:
    """Return which line the names over a day begin at; the day's own where none stand there."""
    first = day
    while first > max(0, day - _SIGNERS) and _is_signer(lines[first - 1].of(text)):
        first -= 1
    return first


def _is_signer(line: str) -> bool:
    if len(line) > _LONGEST or _UNSIGNED & set(line):
        return False
    parts = line.split()
    return all(split_names(part) or ending_of(part) for part in parts) or ending_of("".join(parts)) is not None


def _is_signed(line: str) -> bool:
    match = _SIGNED.fullmatch(line)
    return match is not None and _is_signer(match["who"])


def _is_release(line: str) -> bool:
    return line.startswith(words("masthead")["releases"])


def _is_last(text: str, lines: list[Span]) -> bool:
    """Tell whether nothing but days and words of release stands in `lines`."""
    return len(lines) <= _SIGNERS and all(
        _DATE.fullmatch(line.of(text)) or _is_release(line.of(text)) for line in lines
    )
