"""The outline of a document: its numbered headings and entries, and the text that each holds.

A numbered unit that has others inside it is a section; the innermost one that holds text is an item, a row of a table
too; where nothing is numbered, or a responsibility stands outside every item, the paragraph is the item.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kg.plan import Item, Section, Span
from kg.reading.closing import find_closings
from kg.reading.numbering import Mark, find_marks, numeral
from kg.reading.spans import Taken
from kg.reading.tables import Table

_ATTACHED = re.compile(
    r"^[ \t\u3000]{0,40}附[ \u3000]{0,4}[件表][ \u3000]{0,4}[0-9一二三四五六七八九十]{0,3}[ \u3000]{0,4}"
    r"(?P<list>[:：].*)?$",
    re.M,
)
_LISTED = re.compile(r"\s*(?:[0-9]{1,2}\s?[.．、]|《).*")
_ENTRIES = 40
_LONG_TITLE = 80


@dataclass
class Unit:
    """A numbered unit: its mark, the end of its own text (before any unit inside it) and of all of it."""

    mark: Mark
    parent: Unit | None
    own_end: int = 0
    end: int = 0
    children: list[Unit] = field(default_factory=list)
    id: str = ""
    tabled: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with where its words stand, after the number; `row` where it is the row of a table."""

    item: Item
    content: Span
    row: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and items of a document, in reading order."""

    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]


def read_outline(
    text: str,
    body_start: int,
    statement_starts: list[int],
    acts: Callable[[Span], bool],
    tables: tuple[Table, ...] = (),
) -> Outline:
    """Return the outline of `text` from `body_start` on.

    `statement_starts` are the sorted offsets of responsibility statements; `acts` tells whether a paragraph
    outside every numbered item states a responsibility, a figure or a deadline, and so is an item of its own.
    """
    attached, lists = _attachments(text, body_start)
    tabled = Taken(table.span for table in tables)
    fenced = Taken([*(table.span for table in tables), *lists])
    marks = [mark for mark in find_marks(text, body_start) if fenced.free(mark.span)]
    closings = [s for s in find_closings(text, body_start) if tabled.free(s) and _ends_numbers(s, marks, attached)]
    units = _tree(marks, [*attached, *(span.start for span in closings)], len(text))
    _name(units)
    _part_from_tables(text, units, statement_starts, [table.span.start for table in tables])
    reader = _Classifier(text, units, statement_starts)
    items = [u for u in units if reader.is_item(u)]
    sections = [u for u in units if not reader.is_item(u)]
    entries = [
        Entry(Item(u.id, u.mark.number, 0, u.parent.id if u.parent else None, _span(text, u)), reader.content(u))
        for u in items
    ]
    rows = _rows(tables, sections)
    outside = Taken([*(table.span for table in tables), *lists, *closings])
    regions = _regions(text, body_start, sections, units, lambda u: _loose_start(text, u, acts, statement_starts))
    numbered = bool(units or rows)
    entries += [*rows, *_paragraphs(text, regions, lambda p: outside.free(p) and (acts(p) or not numbered))]
    entries.sort(key=lambda entry: entry.item.span)
    placed = [_placed(entry, position) for position, entry in enumerate(entries, start=1)]
    return Outline(tuple(_section(text, u) for u in sections), tuple(placed))


def _attachments(text: str, start: int) -> tuple[list[int], list[Span]]:
    """Return where annexes begin, and the stretches that only list them (附件：1.…⏎2.…)."""
    begins: list[int] = []
    lists: list[Span] = []
    for match in _ATTACHED.finditer(text, start):
        begins.append(match.start())
        if match["list"]:
            end = match.end()
            while line := _LISTED.match(text, end + 1):
                end = line.end()
            lists.append(Span(match.start(), end))
    return begins, lists


def _ends_numbers(closing: Span, marks: list[Mark], annexes: list[int]) -> bool:
    """Tell whether the numbers before a signature do not go on behind it: they end there, or begin anew."""
    at = bisect_left(marks, closing.end, key=lambda mark: mark.span.start)
    if at == len(marks) or numeral(marks[at].number) == 1:
        return True
    return any(closing.end <= annex <= marks[at].span.start for annex in annexes)


def _tree(marks: list[Mark], annexes: list[int], end: int) -> list[Unit]:
    """Return the units nested by rank; an annex ends all that is open."""
    units: list[Unit] = []
    opened: list[Unit] = []
    waiting = sorted(annexes, reverse=True)
    for mark in marks:
        stop = mark.span.start
        while waiting and waiting[-1] < mark.span.start:
            at = waiting.pop()
            stop = min(stop, at) if opened else stop
            while opened:
                opened.pop().end = at
        if units and not units[-1].own_end:
            units[-1].own_end = stop
        while opened and opened[-1].mark.rank >= mark.rank:
            opened.pop().end = mark.span.start
        unit = Unit(mark, opened[-1] if opened else None)
        if unit.parent:
            unit.parent.children.append(unit)
        opened.append(unit)
        units.append(unit)
    stop = min((at for at in waiting if units and at > units[-1].mark.span.start), default=end)
    for unit in opened:
        unit.end = stop
    if units and not units[-1].own_end:
        units[-1].own_end = stop
    return units


def _part_from_tables(text: str, units: list[Unit], statement_starts: list[int], tables: list[int]) -> None:
    """End an entry where a table begins; a heading with a table under it holds its rows, and is a section."""
    reader = _Classifier(text, units, statement_starts)
    for unit in units:
        begins = next((at for at in tables if unit.mark.span.start < at < unit.own_end), None)
        if begins is None:
            continue
        if reader.runs_on(unit):
            unit.own_end = unit.end = begins
        else:
            unit.tabled = True


def _rows(tables: tuple[Table, ...], sections: list[Unit]) -> list[Entry]:
    """Return the rows of tables as items, in the innermost section that holds them."""
    entries: list[Entry] = []
    for ordinal, each in enumerate(tables, start=1):
        holding = [unit for unit in sections if unit.mark.span.start < each.span.start < unit.end]
        section = holding[-1].id if holding else None
        seen: dict[str, int] = {}
        for position, row in enumerate(each.rows, start=1):
            number = "".join(row.number.split()).rstrip(".．、") or str(position)
            seen[number] = seen.get(number, 0) + 1
            path = f"表{ordinal}.{number}" if seen[number] == 1 else f"表{ordinal}.{number}-{seen[number]}"
            id_ = f"{section}.{path}" if section else path
            entries.append(Entry(Item(id_, number, 0, section, row.span), row.span, row=True))
    return entries


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
        self._levels_inside = {unit.mark.rank for unit in units if unit.children}
        self._entry_levels = {unit.mark.rank for unit in units if self.runs_on(unit)}

    def is_item(self, unit: Unit) -> bool:
        if unit.children or unit.tabled:
            return False
        if self.runs_on(unit):
            return True
        level = unit.mark.rank
        if level not in self._levels_inside and self._holds_paragraphs(unit):
            return True
        return level in self._entry_levels and level not in self._levels_inside and level >= _ENTRIES

    def runs_on(self, unit: Unit) -> bool:
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
        if not self.runs_on(unit) and self._holds_paragraphs(unit):
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


def _regions(
    text: str, body_start: int, sections: list[Unit], units: list[Unit], loose_start: Callable[[Unit], int]
) -> list[tuple[Unit | None, int, int]]:
    """Return the stretches that no item holds, with the section around each: preamble, text under headings."""
    if not units:
        return [(None, body_start, len(text))]
    regions: list[tuple[Unit | None, int, int]] = [(None, body_start, units[0].mark.span.start)]
    regions += [(unit, loose_start(unit), unit.own_end) for unit in sections]
    return regions + [(None, start, end) for start, end in _annexes(units, len(text))]


def _paragraphs(
    text: str,
    regions: list[tuple[Unit | None, int, int]],
    is_item: Callable[[Span], bool],
) -> list[Entry]:
    """Return as items the paragraphs of `regions` that are some."""
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for owner, start, end in regions:
        for ordinal, span in enumerate(_lines(text, start, end), start=1):
            if is_item(span):
                section = owner.id if owner else None
                path = f"{section}.段{ordinal}" if section else f"段{ordinal}"
                seen[path] = seen.get(path, 0) + 1
                id_ = path if seen[path] == 1 else f"{path}-{seen[path]}"
                entries.append(Entry(Item(id_, f"段{ordinal}", 0, section, span), span))
    return entries


def _annexes(units: list[Unit], end: int) -> list[tuple[int, int]]:
    """Return the stretches that no unit holds, behind an annex's heading or a table."""
    roots = [unit for unit in units if unit.parent is None]
    ends_at = [root.mark.span.start for root in roots[1:]] + [end]
    return [(root.end, stop) for root, stop in zip(roots, ends_at, strict=True) if stop > root.end]


def _loose_start(text: str, unit: Unit, acts: Callable[[Span], bool], statement_starts: list[int]) -> int:
    """Return where the loose text of a section begins: after its title, or with it where its line states a duty."""
    title = _heading_end(text, unit)
    rest = Span(title, _line_end(text, title, unit.own_end))
    stated = bisect_left(statement_starts, title) > bisect_left(statement_starts, unit.mark.span.end)
    return unit.mark.span.end if stated or (rest.of(text).strip("。 \t\r\u3000") and acts(rest)) else title


def _lines(text: str, start: int, end: int) -> list[Span]:
    spans = [Span(m.start(), m.end()) for m in re.compile(r"[^\s。][^\n\r]*").finditer(text, start, end)]
    return [Span(span.start, _trim_end(text, span.start, span.end)) for span in spans]


def _placed(entry: Entry, position: int) -> Entry:
    item = entry.item
    return replace(entry, item=replace(item, position=position))
