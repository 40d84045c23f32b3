"""Units: what each number of a document opens, nested by rank, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.plan import Span
from kg.reading.numbering import Mark


@dataclass
class Unit:
    """A numbered unit: its mark, the end of its own text (before any unit inside it) and of all of it.

    `titled` is where its title ends before a statement, `stated` tells that this holds for the units inside.
    """

    mark: Mark
    parent: Unit | None
    own_end: int = 0
    end: int = 0
    children: list[Unit] = field(default_factory=list)
    id: str = ""
    tabled: bool = False
    titled: int | None = None
    stated: bool = False


def grown(marks: list[Mark], annexes: list[int], end: int) -> list[Unit]:
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


def name_units(units: list[Unit]) -> None:
    """Give each unit its path of numerals (二.三.7), with -2 where the path came before."""
    seen: dict[str, int] = {}
    for unit in units:
        path = f"{unit.parent.id}.{unit.mark.number}" if unit.parent else unit.mark.number
        seen[path] = seen.get(path, 0) + 1
        unit.id = path if seen[path] == 1 else f"{path}-{seen[path]}"


def line_end(text: str, start: int, limit: int) -> int:
    """Return where the line that holds `start` ends, at most `limit`."""
    at = text.find("\n", start, limit)
    return limit if at < 0 else at


def trim_end(text: str, start: int, end: int) -> int:
    """Return `end` before the white space that stands there."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def span_of(text: str, unit: Unit) -> Span:
    """Return all of a unit, from its number on."""
    return Span(unit.mark.span.start, trim_end(text, unit.mark.span.end, unit.end))
