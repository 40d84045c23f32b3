"""Figures: numbers with their units, in digits or in words, and those that a list joins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.plan import Span
from kg.reading.lexicon import longest_first, table
from kg.reading.spans import Taken

_YEAR_DIGITS = 4
_DIGITS = "零一二三四五六七八九"
_HAN = "一二两三四五六七八九十百千万零〇"
_POWERS = {"十": 10, "百": 100, "千": 1_000}
_JOINING = frozenset(mark + word for mark in ("", "以上", "以下", "左右") for word in "、和及与")
# 3-5家, 1到2个: neither of them is the figure; 由60%到80% rises to the second.
_RANGED = re.compile(r"\d[%％]?\s?(?:[-—–~～至到]|——)\s?$")
_RANGES_ON = re.compile(r"\s?(?:[-—–~～]|——|至)\s?\d")
# 六个“百分之百” names so many rules.
_SLOGAN = re.compile(r"[一二三四五六七八九十两\d]{1,2}个[“\"]?$")
_PEOPLE = r"[\u4e00-\u9fff]{0,4}(?:人口|群众|农户|居民|职工|学生|劳动力)"
# 80万头（只）: either unit.
_OTHER_UNIT = re.compile(r"[（(][^（()）]+[）)]$")
_FROM = re.compile(r"(?:由|从)[^由从，,。；;]{0,12}$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit (empty for a bare decimal), and the span of both."""

    span: Span
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What a clause says of its figure: the indicator, the comparing word, whether 保持 stands before.

    `made` tells that so many are to be made, held or trained.
    """

    indicator: Span
    word: str | None
    kept: bool
    made: bool = False


def figure_groups(text: str, stretch: Span, stated: Taken) -> list[list[Figure]]:
    """Return the figures of a stretch outside `stated`; those that a list joins (65%、55%和45%) stand together."""
    groups: list[list[Figure]] = []
    for match in _pattern().finditer(text, stretch.start, stretch.end):
        figure = _read(match)
        if figure is None or not stated.free(figure.span) or _is_ranged(text, figure.span):
            continue
        gap = text[groups[-1][-1].span.end : figure.span.start] if groups else None
        if gap in _JOINING:
            groups[-1].append(figure)
        else:
            groups.append([figure])
    return groups


def unit_kind(unit: str) -> str:
    """Return what a unit counts or measures; 万批次 is of the kind of 批次, and no unit is bare."""
    if unit == "万":
        return "count"
    own = _OTHER_UNIT.sub("", unit)
    return (_kinds().get(own) or _kinds()[own.lstrip("十百千万亿")]) if own else "bare"


@cache
def _kinds() -> Mapping[str, str]:
    return {row["unit"]: row["kind"] for row in table("units")}


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(re.escape(row) for row in longest_first(r["unit"] for r in table("units")))
    number = r"(?P<value>\d{1,3}(?:,\d{3}){1,4}|\d{1,12}(?:\.\d{1,6})?)"
    return re.compile(
        rf"(?<![\d.A-Za-z])(?<!\d,){number}\s?(?P<unit>(?:[十百千]?[万亿]?)(?:{units})(?:[（(](?:{units})[）)])?|万(?={_PEOPLE}))"
        rf"|百分之(?P<han>[{_HAN}]{{1,6}}(?:点[{_HAN}]{{1,4}})?)"
        rf"|(?<![第几数多{_HAN}])(?P<words>[一二两三四五六七八九十][{_HAN}]{{0,7}})(?P<han_unit>{units})"
        r"|(?<![\d.A-Za-z])(?<!\d,)(?P<bare>\d{1,3}\.\d{1,4})(?=(?:以[内下上]|左右)?[，,。；;、和及与\s（()）]|$)"
    )


def _read(match: re.Match[str]) -> Figure | None:
    span = Span(*match.span())
    if match["value"]:
        if match["unit"] == "年" and len(match["value"]) == _YEAR_DIGITS:
            return None
        return Figure(span, Decimal(match["value"].replace(",", "")), match["unit"])
    if match["bare"]:
        return Figure(span, Decimal(match["bare"]), "")
    if match["han"]:
        if _SLOGAN.search(match.string[max(0, match.start() - 4) : match.start()]):
            return None
        return Figure(span, _value(match["han"]), "%")
    return _in_words(span, match["words"], match["han_unit"])


def _in_words(span: Span, number: str, unit: str) -> Figure | None:
    """Return a figure written out (一万五千个, 三万亩); small ones mostly are words (一个, 十年)."""
    if unit != "个百分点" and (len(number) == 1 or unit_kind(unit) == "time" or not set("十百千万") & set(number)):
        return None
    if number.endswith("万") and number.count("万") == 1:
        return Figure(span, _value(number[:-1]), f"万{unit}")
    return Figure(span, _value(number), unit)


def _value(number: str) -> Decimal:
    """Return the value of a number in words: 四点五, 一万五千, 二百."""
    whole, point, part = number.partition("点")
    high, _, low = whole.rpartition("万")
    value = (_below_ten_thousand(high) or 1) * 10_000 if "万" in whole else 0
    value += _below_ten_thousand(low)
    digits = "".join(str(_digit(char)) for char in part)
    return Decimal(f"{value}.{digits}" if point and digits else value)


def _below_ten_thousand(number: str) -> int:
    total, digit = 0, 0
    for char in number:
        if char in _POWERS:
            total += (digit or 1) * _POWERS[char]
            digit = 0
        else:
            digit = _digit(char)
    return total + digit


def _digit(char: str) -> int:
    return 2 if char == "两" else max(0, _DIGITS.find(char))


def _is_ranged(text: str, span: Span) -> bool:
    if _RANGES_ON.match(text, span.end):
        return True
    before = text[max(0, span.start - 24) : span.start]
    ranged = _RANGED.search(before)
    return ranged is not None and not (
        before.rstrip().endswith(("至", "到")) and _FROM.search(before[: ranged.start() + 1])
    )
