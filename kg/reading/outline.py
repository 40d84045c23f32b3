"""The outline of a document: its numbered headings and entries, and the text that each holds.

A numbered unit that has others inside it is a section; the innermost one that holds text is an item, a row of a table
too; where nothing is numbered, or a responsibility stands outside every item, the paragraph is the item.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace

from kg.plan import Item, Section, Span
from kg.reading.closing import find_closings
from kg.reading.headings import heading_end, loose_start, mark_stated, section_of
from kg.reading.numbering import Mark, find_marks, numeral
from kg.reading.openings import named_bearer
from kg.reading.paragraphs import find_paragraphs
from kg.reading.rows import Table
from kg.reading.scan import Scan
from kg.reading.spans import Taken
from kg.reading.units import Unit, grown, line_end, name_units, span_of, trim_end

_ATTACHED = re.compile(
    r"^[ \t\u3000]{0,40}附[ \u3000]{0,4}[件表][ \u3000]{0,4}[0-9一二三四五六七八九十]{0,3}[ \u3000]{0,4}"
    r"(?P<list>[:：].*)?$",
    re.M,
)
_LISTED = re.compile(r"\s*(?:[0-9]{1,2}\s?[.．、]|《).*")
_ENTRIES = 40
_LONG_TITLE = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with where its words stand, after the number, and after a title on a line of its own.

    `cells` are those of the row of a table.
    """

    item: Item
    content: Span
    cells: tuple[Span, ...] = ()
    title: Span | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and items of a document, in reading order."""

    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]


def read_outline(
    text: str,
    body_start: int,
    scan: Scan,
    acts: Callable[[Span], bool],
    tables: tuple[Table, ...] = (),
) -> Outline:
    """Return the outline of `text` from `body_start` on.

    `scan` holds the responsibility statements; `acts` tells whether a paragraph outside every numbered item states
    a responsibility, a figure or a deadline, and so is an item of its own.
    """
    statement_starts = scan.starts
    attached, lists = _attachments(text, body_start)
    tabled = Taken(table.span for table in tables)
    fenced = Taken([*(table.span for table in tables), *lists])
    marks = [mark for mark in find_marks(text, body_start) if fenced.free(mark.span)]
    closings = [s for s in find_closings(text, body_start) if tabled.free(s) and _ends_numbers(s, marks, attached)]
    units = grown(marks, [*attached, *(span.start for span in closings)], len(text))
    name_units(units)
    mark_stated(text, units, scan)
    _part_from_tables(text, units, statement_starts, [table.span.start for table in tables])
    reader = _Classifier(text, units, statement_starts)
    items = [u for u in units if reader.is_item(u)]
    sections = [u for u in units if not reader.is_item(u)]
    entries = [
        Entry(
            Item(u.id, u.mark.number, 0, u.parent.id if u.parent else None, span_of(text, u)),
            reader.content(u),
            title=reader.title(u),
        )
        for u in items
    ]
    rows = _rows(tables, sections)
    outside = Taken([*(table.span for table in tables), *lists, *closings])
    lines = scan.lines(text)
    regions = _regions(text, body_start, sections, units, lambda u: loose_start(text, u, acts, statement_starts, lines))
    numbered = bool(units or rows)
    loose = [(owner.id if owner else None, Span(start, end)) for owner, start, end in regions]
    entries += rows
    borne = {unit.id for unit in sections if named_bearer(text, Span(unit.mark.span.start, heading_end(text, unit)))}

    def is_item(section: str | None, paragraph: Span) -> bool:
        return outside.free(paragraph) and (section in borne or not numbered or acts(paragraph))

    for section, number, span in find_paragraphs(text, loose, is_item, lines):
        path = f"{section}.{number}" if section else number
        entries.append(Entry(Item(path, number.partition("-")[0], 0, section, span), span))
    entries.sort(key=lambda entry: entry.item.span)
    placed = [_placed(entry, position) for position, entry in enumerate(entries, start=1)]
    return Outline(tuple(section_of(text, u) for u in sections), tuple(placed))


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
            entries.append(Entry(Item(id_, number, 0, section, row.span), row.span, row.cells))
    return entries


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
        end = line_end(self._text, unit.mark.span.end, unit.own_end)
        line = self._text[unit.mark.span.end : end]
        stated = bisect_left(self._statements, end) > bisect_left(self._statements, unit.mark.span.end)
        return stated or len(line) > _LONG_TITLE or any(char in "。；;" for char in line)

    def content(self, unit: Unit) -> Span:
        """Return where the sentences of an item stand: after its number, and after a title on a line of its own."""
        title = self.title(unit)
        start = title.end if title else unit.mark.span.end
        end = trim_end(self._text, start, unit.end)
        while start < end and self._text[start].isspace():
            start += 1
        return Span(start, end)

    def title(self, unit: Unit) -> Span | None:
        """Return the title of an item that stands on a line of its own."""
        if self.runs_on(unit) or not self._holds_paragraphs(unit):
            return None
        return Span(unit.mark.span.end, line_end(self._text, unit.mark.span.end, unit.end))

    def _holds_paragraphs(self, unit: Unit) -> bool:
        end = line_end(self._text, unit.mark.span.end, unit.own_end)
        return bool(self._text[end : unit.own_end].strip())


def _regions(
    text: str, body_start: int, sections: list[Unit], units: list[Unit], loose_start: Callable[[Unit], int]
) -> list[tuple[Unit | None, int, int]]:
    """Return the stretches that no item holds, with the section around each: preamble, text under headings."""
    if not units:
        return [(None, body_start, len(text))]
    regions: list[tuple[Unit | None, int, int]] = [(None, body_start, units[0].mark.span.start)]
    regions += [(unit, loose_start(unit), unit.own_end) for unit in sections]
    return regions + [(None, start, end) for start, end in _annexes(units, len(text))]


def _annexes(units: list[Unit], end: int) -> list[tuple[int, int]]:
    """Return the stretches that no unit holds, behind an annex's heading or a table."""
    roots = [unit for unit in units if unit.parent is None]
    ends_at = [root.mark.span.start for root in roots[1:]] + [end]
    return [(root.end, stop) for root, stop in zip(roots, ends_at, strict=True) if stop > root.end]


def _placed(entry: Entry, position: int) -> Entry:
    item = entry.item
    return replace(entry, item=replace(item, position=position))
