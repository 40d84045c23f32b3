"""OFD files (GB/T 33190-2016) with a text layer: characters with their places, and the lines that rule tables.

Signatures, seals and remarks laid over the pages are no text.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.reading.formats.archive import Archive
from kg.reading.formats.extract import BrokenError, Extract
from kg.reading.formats.layout import extract_of
from kg.reading.formats.page import Glyph, Page, Rule

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_PAGES = 5_000
MAX_CHARACTERS = 5_000_000
_MILLIMETRE = 72 / 25.4
_SLANT = 5
_A4 = (0.0, 0.0, 210.0, 297.0)
_OCR = "recognise its text first, or ask the sender for the original"
_ORDER = re.compile(r"([MSLC])([^A-Za-z]*)")
_LONGEST_PATH = 20_000
_Point = tuple[float, float]


def read_ofd(data: bytes) -> Extract:
    """Return the text of an OFD file; raises BrokenError where it is damaged, encrypted, or has no text layer."""
    archive = Archive(data)
    if any(posixpath.basename(part).lower() in ("encryptions.xml", "decryptseed.dat") for part in archive.names()):
        raise BrokenError("is encrypted (GM/T 0099); open it with its password and save it without")
    pages: list[Page] = []
    characters = 0
    for page in _pages(archive):
        pages.append(page)
        characters += len(page.glyphs)
        if characters > MAX_CHARACTERS or len(pages) > MAX_PAGES:
            raise BrokenError(f"has more than {MAX_PAGES:,} pages or {MAX_CHARACTERS:,} characters; split it")
    if not characters:
        raise BrokenError(f"expected an OFD file with a text layer, found pages without any text; {_OCR}")
    return extract_of(pages)


def _pages(archive: Archive) -> Iterator[Page]:
    """Yield the pages of every document in the file, in reading order (GB/T 33190-2016, 7.4 to 7.7)."""
    for root in archive.xml("OFD.xml").iter("DocRoot"):
        path = (root.text or "").strip().lstrip("/")
        document = archive.xml(path)
        folder = posixpath.dirname(path)
        area = _box(document.find("CommonData/PageArea/PhysicalBox")) or _A4
        templates = _Templates(archive, folder, document)
        for page in document.iterfind("Pages/Page"):
            content = archive.xml(_located(archive, folder, page.get("BaseLoc", "")))
            under = [templates.of(t.get("TemplateID")) for t in content.iterfind("Template")]
            drawn = [content, *(template for template in under if template is not None)]
            yield _page(drawn, _box(content.find("Area/PhysicalBox")) or area)


class _Templates:
    """The pages that others are drawn upon: letterheads, running titles (GB/T 33190-2016, 7.5 and 7.7)."""

    def __init__(self, archive: Archive, folder: str, document: Element) -> None:
        self._archive = archive
        self._places = {
            template.get("ID"): _located(archive, folder, template.get("BaseLoc", ""))
            for template in document.iterfind("CommonData/TemplatePage")
        }
        self._read: dict[str, Element] = {}

    def of(self, name: str | None) -> Element | None:
        """Return the template page of an identifier; None where there is no such part."""
        place = self._places.get(name)
        if place is None or place not in self._archive:
            return None
        if place not in self._read:
            self._read[place] = self._archive.xml(place)
        return self._read[place]


def _located(archive: Archive, folder: str, path: str) -> str:
    """Return the part that a path of the file names: from the root, or from the folder of the part that names it."""
    inside = posixpath.normpath(posixpath.join(folder, path)).lstrip("/")
    return path.lstrip("/") if path.startswith("/") or inside not in archive else inside


def _page(drawn: Sequence[Element], area: tuple[float, float, float, float]) -> Page:
    left, top, width, height = (side * _MILLIMETRE for side in area)
    glyphs: list[Glyph] = []
    rules: list[Rule] = []
    for element in (element for content in drawn for element in content.iter()):
        if element.tag == "TextObject":
            glyphs += _glyphs(element, left, top)
        elif element.tag == "PathObject":
            rules += _rules(element, left, top)
    pictured = any(content.find(".//ImageObject") is not None for content in drawn)
    return Page(max(width, 1.0), max(height, 1.0), tuple(glyphs), tuple(rules), pictured)


@dataclass(frozen=True, slots=True)
class _Place:
    """From the coordinates of an object to those of its page: its matrix, then the corner of its boundary (8.5)."""

    left: float
    top: float
    matrix: tuple[float, ...]

    @classmethod
    def of(cls, element: Element) -> _Place | None:
        boundary = _numbers(element.get("Boundary"), 4)
        if boundary is None:
            return None
        return cls(boundary[0], boundary[1], _numbers(element.get("CTM"), 6) or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))

    @property
    def aslant(self) -> bool:
        """Tell a watermark, which is set across the text."""
        a, b = self.matrix[:2]
        return _SLANT < math.degrees(math.atan2(b, a)) % 90 < 90 - _SLANT

    def point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        return (a * x + c * y + e + self.left) * _MILLIMETRE, (b * x + d * y + f + self.top) * _MILLIMETRE


def _glyphs(element: Element, left: float, top: float) -> Iterator[Glyph]:
    place = _Place.of(element)
    size = _number(element.get("Size"))
    if place is None or place.aslant or not size or element.get("Visible") == "false":
        return
    scale = _number(element.get("HScale")) or 1.0
    x = y = 0.0
    for code in element.iterfind("TextCode"):
        # A code without a place goes on where the one before it began (11.3).
        start_x, start_y = _number(code.get("X")), _number(code.get("Y"))
        x, y = x if start_x is None else start_x, y if start_y is None else start_y
        text = code.text or ""
        across, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        at_x, at_y = x, y
        for index, char in enumerate(text):
            wide = size * scale * (0.5 if char.isascii() else 1.0)
            step = across[index] if index < len(across) else 0.0
            x0, y0 = place.point(at_x, at_y)
            x1, _ = place.point(at_x + (step if 0 < step <= wide else wide), at_y)
            if char.isprintable() or char == "\u3000":
                height = size * _MILLIMETRE * abs(place.matrix[3] or 1.0)
                yield Glyph(char, min(x0, x1) - left, max(x0, x1) - left, y0 - top, max(height, 1.0))
            at_x += step
            at_y += down[index] if index < len(down) else 0.0


def _steps(written: str | None, count: int) -> list[float]:
    """Return the distances between characters; `g 3 5` stands for three times 5 (11.3)."""
    steps: list[float] = []
    words = (written or "").split()
    at = 0
    while at < len(words) and len(steps) < count:
        if words[at] == "g" and at + 2 < len(words):
            times, step = _number(words[at + 1]), _number(words[at + 2])
            steps += [step or 0.0] * min(int(times or 0), count)
            at += 3
        else:
            steps.append(_number(words[at]) or 0.0)
            at += 1
    return steps


def _rules(element: Element, left: float, top: float) -> Iterator[Rule]:
    """Yield the upright and level strokes of a path."""
    place = _Place.of(element)
    if place is None:
        return
    for one, other in _strokes((element.findtext("AbbreviatedData") or "")[:_LONGEST_PATH]):
        (x0, y0), (x1, y1) = place.point(*one), place.point(*other)
        if min(abs(x1 - x0), abs(y1 - y0)) <= 1.0:
            yield Rule(min(x0, x1) - left, min(y0, y1) - top, max(x0, x1) - left, max(y0, y1) - top)


def _strokes(written: str) -> Iterator[tuple[_Point, _Point]]:
    """Yield the straight strokes of a path in shorthand: M and S move, L draws, C closes (9.3.1)."""
    start = at = (0.0, 0.0)
    for order, numbers in _ORDER.findall(written):
        point = _numbers(numbers, 2)
        if order == "C":
            yield at, start
            at = start
        elif point is None:
            continue
        elif order == "L":
            yield at, (point[0], point[1])
            at = point[0], point[1]
        else:
            start = at = point[0], point[1]


def _box(element: Element | None) -> tuple[float, float, float, float] | None:
    numbers = _numbers(element.text if element is not None else None, 4)
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if numbers else None


def _numbers(written: str | None, count: int) -> tuple[float, ...] | None:
    numbers = [_number(word) for word in (written or "").split()]
    found = tuple(number for number in numbers if number is not None)
    return found if len(found) == count == len(numbers) else None


def _number(written: str | None) -> float | None:
    try:
        number = float(written) if written else None
    except ValueError:
        return None
    return number if number is None or abs(number) < 1e6 else None
