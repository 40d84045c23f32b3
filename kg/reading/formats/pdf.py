"""PDF files with a text layer, through PDFium: characters with their places, and the lines that rule tables."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from kg.reading.formats.extract import BrokenError, Extract
from kg.reading.formats.layout import extract_of
from kg.reading.formats.page import Glyph, Page, Rule, is_wide

MAX_PAGES = 5_000
MAX_CHARACTERS = 5_000_000
_THIN = 3.0
_SLANT = 5
_MAX_RULES = 4_000
_FORM_DEPTH = 4
_PASSWORD = 4
_OCR = "recognise its text first (for example: ocrmypdf -l chi_sim scan.pdf text.pdf)"


def read_pdf(data: bytes) -> Extract:
    """Return the text of a PDF file; raises BrokenError where it is damaged, encrypted, or a scan without text."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise BrokenError("is protected by a password; take the password off and try again") from error
        raise BrokenError("expected a whole PDF file, found a damaged one; get it anew from its source") from error
    if len(document) > MAX_PAGES:
        raise BrokenError(f"has {len(document):,} pages, over the limit of {MAX_PAGES:,}; split it into its documents")
    pages: list[Page] = []
    characters = 0
    for number in range(len(document)):
        try:
            page = _page(document[number])
        except pypdfium2.PdfiumError as error:
            raise BrokenError(f"page {number + 1} is damaged; get the file anew from its source") from error
        pages.append(page)
        characters += len(page.glyphs)
        if characters > MAX_CHARACTERS:
            raise BrokenError(f"has more than {MAX_CHARACTERS:,} characters; split it into its documents")
    if not characters:
        found = "a scan without a text layer" if any(p.pictured for p in pages) else "pages without any text"
        raise BrokenError(f"expected a PDF file with a text layer, found {found}; {_OCR}")
    return extract_of(pages)


def _page(page: Any) -> Page:
    text = page.get_textpage()
    angles = _angles(text)
    turn = _Turn(page.get_cropbox(), _reading_turn(angles, page.get_rotation()))
    rules, pictured = _drawn(page, turn)
    return Page(turn.width, turn.height, tuple(_glyphs(text, angles, turn)), tuple(rules), pictured)


def _angles(text: Any) -> list[int]:
    """Return by how many degrees, to the right, each character is turned; -1 where it is none of the text."""
    import pypdfium2.raw as pdfium

    return [
        -1
        if pdfium.FPDFText_IsGenerated(text.raw, at) == 1 or not _is_text(pdfium.FPDFText_GetUnicode(text.raw, at))
        else round(math.degrees(pdfium.FPDFText_GetCharAngle(text.raw, at))) % 360
        for at in range(text.count_chars())
    ]


def _reading_turn(angles: Sequence[int], rotation: int) -> int:
    """Return how a page is turned to be read: as most of its characters want it; as the file says where none do."""
    counts = Counter(round(angle / 90) * 90 % 360 for angle in angles if angle >= 0 and not _is_aslant(angle))
    if not counts or counts[-rotation % 360] * 2 >= counts.total():
        return rotation
    return -counts.most_common(1)[0][0] % 360


def _is_aslant(angle: int) -> bool:
    return _SLANT < angle % 90 < 90 - _SLANT


class _Turn:
    """From the file's coordinates (from the bottom left, before turning) to those of the page as it is read."""

    def __init__(self, box: tuple[float, float, float, float], degrees: int) -> None:
        self._degrees = degrees
        self._left, self._bottom, self._right, self._top = box
        width, height = (self._right - self._left) or 1.0, (self._top - self._bottom) or 1.0
        self.width, self.height = (height, width) if degrees in (90, 270) else (width, height)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies on the page: what is drawn beside it is cut off."""
        return -_THIN <= x <= self.width + _THIN and -_THIN <= y <= self.height + _THIN

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self._degrees == 90:
            return y - self._bottom, x - self._left
        if self._degrees == 180:
            return self._right - x, y - self._bottom
        if self._degrees == 270:
            return self._top - y, self._right - x
        return x - self._left, self._top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _glyphs(text: Any, angles: Sequence[int], turn: _Turn) -> Iterator[Glyph]:
    """Yield the characters that are seen, without those set aslant: a watermark or a seal, which cross the text."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for at, angle in enumerate(angles):
        if angle < 0 or _is_aslant(angle):
            continue
        pdfium.FPDFText_GetLooseCharBox(text.raw, at, box)
        pdfium.FPDFText_GetCharOrigin(text.raw, at, x, y)
        char = _as_meant(chr(pdfium.FPDFText_GetUnicode(text.raw, at)))
        left, top, right, bottom = turn.box(box.left, box.bottom, box.right, box.top)
        across, baseline = turn.point(x.value, y.value)
        size = right - left if is_wide(char) else (bottom - top) / 1.2
        if turn.holds(across, baseline):
            yield Glyph(char, left, right, baseline, max(size, 1.0))


def _is_text(code: int) -> bool:
    """Tell a character from what fonts without a character map yield: controls, private use, no characters."""
    return 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xF8FF and code & 0xFFFE != 0xFFFE


def _as_meant(char: str) -> str:
    """Return the Han character for a radical: fonts draw 食 and ⾷ with one glyph, and many files name the radical."""
    if "\u2e80" <= char <= "\u2fdf":
        return unicodedata.normalize("NFKC", char)
    return " " if char == "\u00a0" else char


def _drawn(page: Any, turn: _Turn) -> tuple[list[Rule], bool]:
    """Return the ruled lines of a page, and whether it holds a picture."""
    import pypdfium2.raw as pdfium

    rules: list[Rule] = []
    pictured = False
    for item in page.get_objects(max_depth=_FORM_DEPTH):
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictured = True
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < _MAX_RULES:
            rules += _rules(item, turn)
    return rules, pictured


def _rules(path: Any, turn: _Turn) -> Iterator[Rule]:
    """Yield the lines that a path draws: itself where it is thin, else its upright and level strokes."""
    import pypdfium2.raw as pdfium

    bounds = [ctypes.c_float() for _ in range(4)]
    if path.container is None and pdfium.FPDFPageObj_GetBounds(path.raw, *bounds):
        left, top, right, bottom = turn.box(*(bound.value for bound in bounds))
        if min(right - left, bottom - top) <= _THIN:
            yield Rule(left, top, right, bottom)
            return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path.raw, fill, stroke)
    points = [turn.point(x, y) for x, y in _points(path)]
    if not stroke.value and not _is_thin(points):
        return
    for (x0, y0), (x1, y1) in pairwise(points):
        if min(abs(x1 - x0), abs(y1 - y0)) <= 1.0:
            yield Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _is_thin(points: list[tuple[float, float]]) -> bool:
    if not points:
        return False
    across = max(x for x, _ in points) - min(x for x, _ in points)
    down = max(y for _, y in points) - min(y for _, y in points)
    return min(across, down) <= _THIN


def _points(path: Any) -> Iterator[tuple[float, float]]:
    """Yield the corners of a path in the page's coordinates, its start again where it is closed."""
    import pypdfium2.raw as pdfium

    matrix = path.get_matrix()
    container = path.container
    while container is not None:
        matrix = matrix.multiply(container.get_matrix())
        container = container.container
    x, y = ctypes.c_float(), ctypes.c_float()
    start: tuple[float, float] | None = None
    for at in range(min(pdfium.FPDFPath_CountSegments(path.raw), 200)):
        segment = pdfium.FPDFPath_GetPathSegment(path.raw, at)
        if not segment or not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.on_point(x.value, y.value)
        if start is None or pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        yield point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield start
