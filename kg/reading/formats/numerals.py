"""Numbers as Word and HTML print them before a paragraph: 一, 甲, ①, IV, b (ECMA-376 part 1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_UNITS = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def printed(number: int, style: str) -> str:
    """Return `number` in a numbering style (`w:numFmt`, or HTML's type of list); an unknown style is decimal."""
    return _STYLES.get(style, str)(number)


def _counting(number: int, digits: str = "零一二三四五六七八九", units: str = "十百千", *, short: bool = True) -> str:
    """Write a number as it is counted in Chinese (二十一, 一百零五); below 20 without the first 一 where `short`."""
    if not 0 < number < 10_000:
        return str(number)
    written = ""
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            written += digits[digit] + (units[power - 1] if power else "")
        elif written and not written.endswith(digits[0]):
            written += digits[0]
    written = written.rstrip(digits[0])
    return written[1:] if short and 10 <= number < 20 else written


def _digit_by_digit(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _in_turn(letters: str) -> Callable[[int], str]:
    def write(number: int) -> str:
        return letters[(number - 1) % len(letters)] if number > 0 else str(number)

    return write


def _from(first: str, last: int, start: int = 1) -> Callable[[int], str]:
    """Return a writer of single characters that stand one behind the other in Unicode, decimal beyond `last`."""

    def write(number: int) -> str:
        return chr(ord(first) + number - start) if start <= number <= last else str(number)

    return write


def _circled(number: int) -> str:
    for first, low, high in (("①", 1, 20), ("㉑", 21, 35), ("㊱", 36, 50)):
        if low <= number <= high:
            return chr(ord(first) + number - low)
    return str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for value, letters in (*_ROMAN, *_ROMAN_UNITS):
        written += letters * (number // value)
        number %= value
    return written


def _letters(number: int) -> str:
    """Write a, b … z, aa, bb … as Word does."""
    if not 0 < number <= 780:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


def _legal(digits: str) -> Callable[[int], str]:
    return lambda number: _counting(number, digits, "拾佰仟", short=False)


def _zodiac_pair(number: int) -> str:
    """Write the pairs of stem and branch: 甲子, 乙丑 …, sixty of them."""
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12] if number > 0 else str(number)


_STYLES: dict[str, Callable[[int], str]] = {
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "chineseLegalSimplified": _legal(_LEGAL),
    "ideographLegalTraditional": _legal(_LEGAL_TRADITIONAL),
    "ideographDigital": _digit_by_digit,
    "japaneseDigitalTenThousand": _digit_by_digit,
    "taiwaneseDigital": _digit_by_digit,
    "ideographTraditional": _in_turn(_STEMS),
    "ideographZodiac": _in_turn(_BRANCHES),
    "ideographZodiacTraditional": _zodiac_pair,
    "numberInDash": "- {} -".format,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "i": _roman,
    "I": lambda number: _roman(number).upper(),
    "a": _letters,
    "A": lambda number: _letters(number).upper(),
}
