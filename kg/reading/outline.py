"""The outline of a document: its numbered headings and entries, and the text that each holds.

GB/T 9704-2012 fixes the levels 一、 → （一） → 1. → （1）; what is in use is data (`data/lexicon/numbering.tsv`).
A numbered unit that has others inside it is a section; the innermost one that holds text is an item; where
nothing is numbered, or a responsibility stands outside every item, the paragraph is the item.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from kg.plan import Item, Section, Span
from kg.reading.lexicon import Row, table

_HAN = "一二三四五六七八九十百〇零"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMERALS = {"han": f"[{_HAN}]{{1,6}}", "arabic": "[0-9０-９]{1,3}", "circled": f"[{_CIRCLED}]"}
_GLUE = "。）)〕]；;：:”！？"
_LONG_TITLE = 80


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that opens a unit: `span` of the number with its marks, `number` bare, `level` from the table."""

    span: Span
    number: str
    level: int


@dataclass
class Unit:
    """A numbered unit: its mark, the end of its own text (before any unit inside it) and of all of it."""

    mark: Mark
    parent: Unit | None
    own_end: int = 0
    end: int = 0
    children: list[Unit] = field(default_factory=list)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with where its words begin, after the number."""

    item: Item
    content: Span


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and items of a document, in reading order."""

    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]


def read_outline(text: str, body_start: int, statement_starts: list[int], acts: Callable[[Span], bool]) -> Outline:
    """Return the outline of `text` from `body_start` on.

    `statement_starts` are the sorted offsets of responsibility statements; `acts` tells whether a paragraph
    outside every numbered item states a responsibility and so is an item of its own.
    """
    units = _tree(find_marks(text, body_start), len(text))
    _name(units)
    reader = _Classifier(text, units, statement_starts)
    items = [u for u in units if reader.is_item(u)]
    sections = [u for u in units if not reader.is_item(u)]
    entries = [
        Entry(Item(u.id, u.mark.number, 0, u.parent.id if u.parent else None, _span(text, u)), reader.content(u))
        for u in items
    ]
    entries += _paragraphs(text, body_start, sections, units, acts)
    entries.sort(key=lambda entry: entry.item.span)
    placed = [_placed(entry, position) for position, entry in enumerate(entries, start=1)]
    return Outline(tuple(_section(text, u) for u in sections), tuple(placed))


def find_marks(text: str, start: int = 0) -> list[Mark]:
    """Return the numbers that open units: at the start of a line, or glued to the sentence before and in sequence."""
    marks: list[Mark] = []
    last: dict[int, int] = {}
    for match in _candidates().finditer(text, start):
        level, name = next((lv, g) for lv, g in _groups() if match[g] is not None)
        value = numeral(match[name])
        at_line_start = _opens_line(text, match.start())
        follows = value == last.get(level, 0) + 1
        if not at_line_start and not (follows and _may_be_glued(text, match.start(), level, marks)):
            continue
        marks.append(Mark(Span(match.start(), match.end()), match[name], level))
        last = {lv: v for lv, v in last.items() if lv < level or (lv > level and lv <= 2)} | {level: value}
    return marks


def numeral(number: str) -> int:
    """Return the value of a Han, Arabic or circled number (十二, １２, ⑫)."""
    if number.isdecimal():
        return int(number)
    if number in _CIRCLED:
        return _CIRCLED.index(number) + 1
    hundreds, _, rest = number.rpartition("百")
    tens, ten, units = rest.rpartition("十")
    value = (_digit(hundreds) or 1) * 100 if "百" in number else 0
    return value + ((_digit(tens) or 1) * 10 if ten else 0) + _digit(units)


def _digit(numerals: str) -> int:
    return "零一二三四五六七八九".find(numerals[-1]) if numerals and numerals[-1] in "一二三四五六七八九" else 0


@cache
def _groups() -> tuple[tuple[int, str], ...]:
    return tuple((int(row["level"]), f"n{row['level']}") for row in table("numbering"))


@cache
def _candidates() -> re.Pattern[str]:
    return re.compile("|".join(_mark_pattern(row) for row in table("numbering")))


def _mark_pattern(cells: Row) -> str:
    before = "".join(cells["before"].split())
    after = "".join(cells["after"].split())
    numerals = f"(?P<n{cells['level']}>{_NUMERALS[cells['numerals']]})"
    opening = f"[{re.escape(before)}]" if before else f"(?<![{_HAN}0-9０-９第])"
    closing = f"[{re.escape(after)}]" if after else ""
    guard = "(?![0-9０-９])" if cells["numerals"] == "arabic" and not before else ""
    return f"{opening}{numerals}{closing}{guard}"


def _opens_line(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in " \t\u3000*#":
        at -= 1
    return at == 0 or text[at - 1] in "\n\r\f\v\u2028\u2029"


def _may_be_glued(text: str, at: int, level: int, marks: list[Mark]) -> bool:
    """Tell whether a number may open a unit inside a line: behind a stop, or behind a bare title of the level above."""
    before = text[max(0, at - 8) : at].rstrip(" \u3000")[-1:]
    if before and before in _GLUE:
        return True
    if not marks or marks[-1].level >= level or at - marks[-1].span.end > _LONG_TITLE:
        return False
    title = text[marks[-1].span.end : at]
    return bool(title) and not any(char in "。；;\n（(" for char in title)


def _tree(marks: list[Mark], end: int) -> list[Unit]:
    units: list[Unit] = []
    opened: list[Unit] = []
    for mark in marks:
        if units:
            units[-1].own_end = mark.span.start
        while opened and opened[-1].mark.level >= mark.level:
            opened.pop().end = mark.span.start
        unit = Unit(mark, opened[-1] if opened else None)
        if unit.parent:
            unit.parent.children.append(unit)
        opened.append(unit)
        units.append(unit)
    for unit in opened:
        unit.end = end
    if units:
        units[-1].own_end = end
    return units


def _name(units: list[Unit]) -> None:
    seen: dict[str, int] = {}
    for unit in units:
        path = f"{unit.parent.id}.{unit.mark.number}" if unit.parent else unit.mark.number
        seen[path] = seen.get(path, 0) + 1
        unit.id = path if seen[path] == 1 else f"{path}-{seen[path]}"


class _Classifier:
    """Tells items from sections by what a unit and its likes hold."""

    def __init__(self, text: str, units: list[Unit], statement_starts: list[int]) -> None:
        self._text = text
        self._statements = statement_starts
        self._levels_inside = {unit.mark.level for unit in units if unit.children}
        self._entry_levels = {unit.mark.level for unit in units if self._runs_on(unit)}

    def is_item(self, unit: Unit) -> bool:
        if unit.children:
            return False
        if self._runs_on(unit):
            return True
        level = unit.mark.level
        if level not in self._levels_inside and self._holds_paragraphs(unit):
            return True
        return level in self._entry_levels and level not in self._levels_inside and level >= 3

    def _runs_on(self, unit: Unit) -> bool:
        """Tell whether the line of a unit is more than a title: a sentence, or a statement of responsibility."""
        if unit.children:
            return False
        end = _line_end(self._text, unit.mark.span.end, unit.own_end)
        line = self._text[unit.mark.span.end : end]
        stated = bisect_left(self._statements, end) > bisect_left(self._statements, unit.mark.span.end)
        return stated or len(line) > _LONG_TITLE or any(char in "。；;" for char in line)

    def content(self, unit: Unit) -> Span:
        """Return where the sentences of an item stand: after its number, and after a title on a line of its own."""
        start = unit.mark.span.end
        end = _trim_end(self._text, start, unit.end)
        if not self._runs_on(unit) and self._holds_paragraphs(unit):
            start = _line_end(self._text, start, end)
        while start < end and self._text[start].isspace():
            start += 1
        return Span(start, end)

    def _holds_paragraphs(self, unit: Unit) -> bool:
        end = _line_end(self._text, unit.mark.span.end, unit.own_end)
        return bool(self._text[end : unit.own_end].strip())


def _line_end(text: str, start: int, limit: int) -> int:
    at = text.find("\n", start, limit)
    return limit if at < 0 else at


def _span(text: str, unit: Unit) -> Span:
    return Span(unit.mark.span.start, _trim_end(text, unit.mark.span.end, unit.end))


def _trim_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _heading_end(text: str, unit: Unit) -> int:
    """Return where a section's title ends: at its line's end, or at the first full stop when text runs on."""
    end = _line_end(text, unit.mark.span.end, unit.own_end)
    stop = text.find("。", unit.mark.span.end, end)
    return _trim_end(text, unit.mark.span.end, end if stop < 0 else stop)


def _section(text: str, unit: Unit) -> Section:
    heading = Span(unit.mark.span.start, _heading_end(text, unit))
    title = text[unit.mark.span.end : heading.end].strip()
    parent = unit.parent.id if unit.parent else None
    return Section(unit.id, unit.mark.number, title, unit.mark.level, parent, _span(text, unit), heading)


def _paragraphs(
    text: str, body_start: int, sections: list[Unit], units: list[Unit], acts: Callable[[Span], bool]
) -> list[Entry]:
    """Return as items the paragraphs outside numbered items that state a responsibility; all, if none is numbered."""
    regions: list[tuple[Unit | None, int, int]] = []
    if not units:
        regions.append((None, body_start, len(text)))
    else:
        regions.append((None, body_start, units[0].mark.span.start))
        regions += [(unit, _loose_start(text, unit, acts), unit.own_end) for unit in sections]
    entries: list[Entry] = []
    for owner, start, end in regions:
        for ordinal, span in enumerate(_lines(text, start, end), start=1):
            if not units or acts(span):
                section = owner.id if owner else None
                id_ = f"{section}.段{ordinal}" if section else f"段{ordinal}"
                entries.append(Entry(Item(id_, f"段{ordinal}", 0, section, span), span))
    return entries


def _loose_start(text: str, unit: Unit, acts: Callable[[Span], bool]) -> int:
    """Return where the loose text of a section begins: after its title, or with it where its line states a duty."""
    title = _heading_end(text, unit)
    rest = Span(title, _line_end(text, title, unit.own_end))
    return unit.mark.span.end if rest.of(text).strip("。 \t\r\u3000") and acts(rest) else title


def _lines(text: str, start: int, end: int) -> list[Span]:
    spans = [Span(m.start(), m.end()) for m in re.compile(r"[^\s。][^\n\r]*").finditer(text, start, end)]
    return [Span(span.start, _trim_end(text, span.start, span.end)) for span in spans]


def _placed(entry: Entry, position: int) -> Entry:
    item = entry.item
    return Entry(Item(item.id, item.number, position, item.section, item.span), entry.content)
