"""Numbers that open the units of a document: 一、 （一） 1. ① 1.1 第一条, at a line's start or glued to a sentence.

GB/T 9704-2012 fixes the levels 一、 → （一） → 1. → （1）; what is in use is data (`data/lexicon/numbering.tsv`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.plan import Span
from kg.reading.lexicon import Row, table

_HAN = "一二三四五六七八九十百〇零"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
_BRACKETED_HAN = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"
_NUMERALS = {
    "han": f"[{_HAN}]{{1,6}}",
    "arabic": "[0-9０-９]{1,3}",
    "alone": "[0-9]{1,2}(?=[ \u3000]{1,4}[\u4e00-\u9fff“”、（）()]{2,24}[ \t\u3000]*(?:\n|$))",
    "named": f"(?:反馈问题|问题|整改任务|任务|事项|案例)(?:[{_HAN}]{{1,4}}|[0-9]{{1,3}})",
    "circled": f"[{_CIRCLED}]",
    "bracketed-arabic": f"[{_BRACKETED}]",
    "bracketed-han": f"[{_BRACKETED_HAN}]",
    "dotted-2": r"[0-9]{1,2}[.．][0-9]{1,2}",
    "dotted-3": r"[0-9]{1,2}(?:[.．][0-9]{1,2}){2}",
    "dotted-4": r"[0-9]{1,2}(?:[.．][0-9]{1,2}){3}",
}
_LINE_ONLY = frozenset({"alone", "named", "dotted-2", "dotted-3", "dotted-4"})
_GLUE = "。）)〕]；;：:”！？"
# （1） and ① inside a sentence list what one statement governs: they open units only behind a full stop.
_GLUE_INNER = "。）)〕]"
_INNER = 50
# An excerpt may jump from （二） to （五）, or begin at 四、; other numbers that jump inside a line mostly are none.
_JUMPING = frozenset({20, 30})
_JUMP = 10
_LONG_TITLE = 80
_WORD = re.compile("^[反馈问题整改任务事项案例]+")
# Behind the dot of 1. stand words, a date or a number that is a name (3.12345热线), but no decimals.
_NO_DECIMAL = r"(?:(?![0-9])|(?=\d{4}\s?[年—–~至-]|\d{1,2}\s?月|\d{3,6}[“\u4e00-\u9fff]))"


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that opens a unit: `span` with its marks, `number` bare, `level` and `rank` from the table."""

    span: Span
    number: str
    level: int
    rank: int


def find_marks(text: str, start: int = 0) -> list[Mark]:
    """Return the numbers that open units: at the start of a line, or glued to the sentence before and in sequence."""
    marks: list[Mark] = []
    last: dict[int, int] = {}
    fresh: set[int] = set()
    for match in _candidates().finditer(text, start):
        kind = _kinds()[match.lastgroup or ""]
        number = match[match.lastgroup or 0]
        at_line_start = _opens_line(text, match.start())
        value = numeral(number)
        before = last.get(kind.rank, 0)
        follows = value == before + 1 or (value == 1 and kind.rank in fresh)
        follows = follows or (kind.rank in _JUMPING and before < value <= before + _JUMP)
        glued = follows and not kind.line_only and _may_be_glued(text, match.start(), kind.rank, marks)
        if not at_line_start and not glued:
            continue
        marks.append(Mark(Span(match.start(), match.end()), number, kind.level, kind.rank))
        fresh = {rank for rank in fresh if rank <= kind.rank} | {rank for rank in last if rank > kind.rank}
        fresh.discard(kind.rank)
        last[kind.rank] = value
    return marks


def opens_unit(line: str) -> bool:
    """Tell whether a line begins with a number that may open a unit."""
    return _candidates().match(line.lstrip()) is not None


def numeral(number: str) -> int:
    """Return the value of a Han, Arabic or circled number (十二, １２, ⑫)."""
    number = _WORD.sub("", number)
    if number.isdecimal():
        return int(number)
    if not number[-1:].isalpha():
        return int(re.split("[.．]", number)[-1]) if number[0].isdecimal() else _in_series(number)
    hundreds, _, rest = number.rpartition("百")
    tens, ten, units = rest.rpartition("十")
    value = (_digit(hundreds) or 1) * 100 if "百" in number else 0
    return value + ((_digit(tens) or 1) * 10 if ten else 0) + _digit(units)


def _digit(numerals: str) -> int:
    return "零一二三四五六七八九".find(numerals[-1]) if numerals and numerals[-1] in "一二三四五六七八九" else 0


def _in_series(number: str) -> int:
    series = next(chars for chars in (_CIRCLED, _BRACKETED, _BRACKETED_HAN) if number in chars)
    return series.index(number) + 1


@dataclass(frozen=True, slots=True)
class _Kind:
    """One way of numbering; `line_only` where it opens a unit only at the start of a line."""

    level: int
    rank: int
    line_only: bool


@cache
def _kinds() -> Mapping[str, _Kind]:
    return {
        f"n{row['rank']}": _Kind(
            int(row["level"]), int(row["rank"]), row["numerals"] in _LINE_ONLY or row["after"] == "是"
        )
        for row in table("numbering")
    }


@cache
def _candidates() -> re.Pattern[str]:
    return re.compile("|".join(_mark_pattern(row) for row in table("numbering")))


def _mark_pattern(cells: Row) -> str:
    before = "".join(cells["before"].split())
    after = "".join(cells["after"].split())
    numerals = f"(?P<n{cells['rank']}>{_NUMERALS[cells['numerals']]})"
    opening = f"[{re.escape(before)}]" if before else f"(?<![{_HAN}0-9０-９第.．])"
    closing = f"[{re.escape(after)}]" if after else ""
    guard = (
        r"(?:(?![0-9])|(?=\d{4}\s?[年—–~至-]|\d{1,2}\s?月|\d{3,6}[“\u4e00-\u9fff]))"
        if cells["numerals"] == "arabic" and not before
        else ""
    )
    guard = "(?![0-9.．%％年月日万亿个家])" if cells["numerals"] in _LINE_ONLY else guard
    return f"{opening}{numerals}{closing}{guard}"


def _opens_line(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in " \t\u3000*#★☆●○▲◆◇■•·※":
        at -= 1
    return at == 0 or text[at - 1] in "\n\r\f\v\u2028\u2029"


def _may_be_glued(text: str, at: int, rank: int, marks: list[Mark]) -> bool:
    """Tell whether a number may open a unit inside a line: behind a stop, or behind a bare title of the level above."""
    before = text[max(0, at - 8) : at].rstrip(" \u3000")[-1:]
    if before and before in (_GLUE if rank < _INNER else _GLUE_INNER):
        return True
    if not marks or marks[-1].rank >= rank or at - marks[-1].span.end > _LONG_TITLE:
        return False
    title = text[marks[-1].span.end : at]
    return bool(title) and not any(char in "。；;\n（(" for char in title)
