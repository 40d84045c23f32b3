"""The numbers that Word prints before paragraphs without writing them (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from kg.reading.formats.numerals import printed

_PLACE = re.compile("%([1-9])")
_LEVELS = 9
_STYLE_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how it is written, and after which higher level it starts anew."""

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    gap: str = " "
    legal: bool = False
    restart: int | None = None


@dataclass
class _List:
    """A definition of levels and how far each has counted; lists that share a definition count on together."""

    levels: dict[int, Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Styles:
    """The paragraph styles: which numbering they bring, and which are of a table of contents."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {value(s, "styleId"): s for s in ([] if root is None else root.iter("style"))}

    def numbering(self, style: str | None) -> tuple[str | None, int | None]:
        """Return number id and level that a style brings, its own or inherited."""
        number: str | None = None
        level: int | None = None
        for element in self._chain(style):
            properties = element.find("pPr/numPr")
            if properties is None:
                continue
            number = number if number is not None else child_value(properties, "numId")
            level = level if level is not None else integer(child_value(properties, "ilvl"))
        return number, level

    def is_contents(self, style: str | None) -> bool:
        """Tell whether a style is one of those of a table of contents."""
        element = self._styles.get(style)
        name = child_value(element, "name") if element is not None else style
        return (name or "").lower().startswith("toc ")

    def is_hidden(self, style: str | None) -> bool:
        """Tell whether a style hides its text."""
        return any(is_on(element.find("rPr/vanish")) for element in self._chain(style))

    def _chain(self, style: str | None) -> Iterator[Element]:
        for _ in range(_STYLE_CHAIN):
            element = self._styles.get(style)
            if style is None or element is None:
                return
            yield element
            style = child_value(element, "basedOn")


class Numbering:
    """All lists of a document; asked paragraph by paragraph, in reading order, for the number printed before it."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, tuple[_List, dict[int, Level], dict[int, int]]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root)

    def label(self, paragraph: Element) -> str:
        """Return the number of a paragraph with the gap behind it, empty where it has none or only a bullet."""
        number, depth = self._reference(paragraph)
        if number is None or number not in self._lists:
            return ""
        counting, own_levels, restarts = self._lists[number]
        levels = counting.levels | own_levels
        level = levels.get(depth)
        if level is None:
            return ""
        first = (number, depth) not in self._begun
        self._begun.add((number, depth))
        if first and depth in restarts:
            counting.counts[depth] = restarts[depth]
        else:
            counting.counts[depth] = counting.counts.get(depth, level.start - 1) + 1
        _begin_anew(counting.counts, depth, levels)
        if level.style in ("bullet", "none") or not level.pattern:
            return ""
        written = _PLACE.sub(lambda place: self._written(int(place[1]) - 1, level, levels, counting), level.pattern)
        return written + level.gap if written.strip() else ""

    def _reference(self, paragraph: Element) -> tuple[str | None, int]:
        properties = paragraph.find("pPr")
        style = child_value(properties, "pStyle") if properties is not None else None
        own = properties.find("numPr") if properties is not None else None
        number = child_value(own, "numId") if own is not None else None
        depth = integer(child_value(own, "ilvl")) if own is not None else None
        if number is None:
            number, inherited = self._styles.numbering(style)
            depth = depth if depth is not None else inherited
            if number is not None and depth is None:
                depth = self._level_of_style(number, style)
        return number, depth or 0

    def _level_of_style(self, number: str, style: str | None) -> int:
        """Return the level that names a style as its own (w:lvl/w:pStyle), which a style need not repeat."""
        return self._linked.get((number, style), 0)

    @staticmethod
    def _written(depth: int, level: Level, levels: dict[int, Level], counting: _List) -> str:
        asked = levels.get(depth, Level())
        style = "decimal" if level.legal else asked.style
        return printed(counting.counts.get(depth, asked.start), style)

    def _read(self, root: Element) -> None:
        abstract = {value(element, "abstractNumId"): element for element in root.findall("abstractNum")}
        shared: dict[str | None, _List] = {}
        numbers = {value(element, "numId"): element for element in root.findall("num")}
        self._linked: dict[tuple[str, str | None], int] = {}
        for number, element in numbers.items():
            name = self._definition(child_value(element, "abstractNumId"), abstract, numbers)
            if number is None or name not in abstract:
                continue
            if name not in shared:
                shared[name] = _List({d: _level(e) for d, e in _levels(abstract[name])})
            own = {d: _level(e) for o in element.findall("lvlOverride") for d, e in _levels(o)}
            restarts = {
                integer(value(o, "ilvl")) or 0: start
                for o in element.findall("lvlOverride")
                if (start := integer(child_value(o, "startOverride"))) is not None
            }
            self._lists[number] = (shared[name], own, restarts)
            for depth, level in _levels(abstract[name]):
                linked = child_value(level, "pStyle")
                if linked:
                    self._linked[number, linked] = depth

    def _definition(
        self, name: str | None, abstract: dict[str | None, Element], numbers: dict[str | None, Element]
    ) -> str | None:
        """Return the definition that counts: one may stand for that of a numbering style (w:numStyleLink)."""
        for _ in range(_STYLE_CHAIN):
            element = abstract.get(name)
            style = child_value(element, "numStyleLink") if element is not None else None
            if style is None:
                return name
            number, _level_there = self._styles.numbering(style)
            target = numbers.get(number)
            name = child_value(target, "abstractNumId") if target is not None else None
        return name


def _begin_anew(counts: dict[int, int], depth: int, levels: dict[int, Level]) -> None:
    """Let the levels below `depth` start anew; w:lvlRestart 0 never does, n only behind level n or one above it."""
    for deeper in range(depth + 1, _LEVELS):
        after = levels[deeper].restart if deeper in levels else None
        if after is None or depth < after:
            counts.pop(deeper, None)


def _levels(parent: Element) -> Iterator[tuple[int, Element]]:
    for element in parent.findall("lvl"):
        depth = integer(value(element, "ilvl"))
        if depth is not None and 0 <= depth < _LEVELS:
            yield depth, element


def _level(element: Element) -> Level:
    start = integer(child_value(element, "start"))
    return Level(
        start=1 if start is None else start,
        style=_style(element),
        pattern=child_value(element, "lvlText") or "",
        gap="" if child_value(element, "suff") == "nothing" else " ",
        legal=is_on(element.find("isLgl")),
        restart=integer(child_value(element, "lvlRestart")),
    )


def _style(element: Element) -> str:
    # Word 2010 and later write a style it does not know as AlternateContent, with the plain one as fallback.
    return (
        child_value(element, "numFmt") or child_value(element.find("AlternateContent/Fallback"), "numFmt") or "decimal"
    )


def value(element: Element, name: str = "val") -> str | None:
    """Return an attribute of an element."""
    return element.get(name)


def child_value(element: Element | None, child: str) -> str | None:
    """Return the `w:val` of a child, None where there is no such child."""
    found = element.find(child) if element is not None else None
    return found.get("val") if found is not None else None


def integer(written: str | None) -> int | None:
    """Return a whole number, None for anything else."""
    try:
        number = int(written) if written is not None and len(written) < 10 else None
    except ValueError:
        return None
    return number


def is_on(toggle: Element | None) -> bool:
    """Tell whether a toggle property stands and is not switched off (ECMA-376 part 1, 17.17.4)."""
    return toggle is not None and toggle.get("val") not in ("0", "false", "off")
