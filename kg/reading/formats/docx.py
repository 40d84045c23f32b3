"""Word documents (ECMA-376): paragraphs with the numbers Word prints, tables, text boxes, changes as accepted.

Footnotes and endnotes stand behind the text. Left out are deletions, hidden text, comments, page headers and footers,
bullets, tables of contents and what a form shows where nothing is filled in.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.reading.formats.archive import Archive
from kg.reading.formats.extract import BrokenError
from kg.reading.formats.grid import Cell, row_lines
from kg.reading.formats.numbering import Numbering, Styles, child_value, integer, is_on
from kg.reading.formats.wordfields import Fields
from kg.reading.formats.wordnotes import REFERENCES, Notes

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MAIN = "word/document.xml"
_DROPPED = {"del", "moveFrom", "delText", "delInstrText", "rt"}
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def text_of_docx(data: bytes) -> str:
    """Return the text of a Word document; raises BrokenError."""
    archive = Archive(data)
    main = _main_part(archive)
    body = archive.xml(main).find("body")
    if body is None:
        raise BrokenError(f"part {main!r} has no body; open the file and save it again")
    if body.find(".//altChunk") is not None:
        raise BrokenError("holds some of its text as an embedded file (altChunk); open it in Word and save it again")
    lines = _lines(archive, main, body, Fields())
    text = "\n".join(lines)
    if not text and any("/media/" in part for part in archive.names()):
        raise BrokenError("expected a Word document with text, found pictures only; recognise their text (OCR) first")
    return text


def _lines(archive: Archive, main: str, body: Element, fields: Fields) -> list[str]:
    styles = Styles(_beside(archive, main, "styles.xml"))
    numbering = Numbering(_beside(archive, main, "numbering.xml"), styles)
    notes = Notes(_beside(archive, main, "footnotes.xml"), _beside(archive, main, "endnotes.xml"))
    reader = _Body(styles, numbering, notes, fields)
    lines = [*reader.lines(body), *notes.lines(reader.lines)]
    # A table of contents that never ends would hide the rest of a damaged document.
    return _lines(archive, main, body, Fields(hiding=False)) if fields.hide else lines


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" in archive:
        for relation in archive.xml("_rels/.rels").iter("Relationship"):
            target = relation.get("Target", "").lstrip("/")
            if relation.get("Type", "").endswith("/officeDocument") and target in archive:
                return target
    return _MAIN


def _beside(archive: Archive, main: str, part: str) -> Element | None:
    path = posixpath.join(posixpath.dirname(main), part)
    return archive.xml(path) if path in archive else None


@dataclass
class _Paragraph:
    """A paragraph as it is gathered: its characters, and the lines of boxes that are anchored in it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)


class _Body:
    """Walks blocks and runs in reading order."""

    def __init__(self, styles: Styles, numbering: Numbering, notes: Notes, fields: Fields) -> None:
        self._styles = styles
        self._numbering = numbering
        self._notes = notes
        self._fields = fields

    def lines(self, parent: Element) -> list[str]:
        """Return the lines of the blocks inside `parent`."""
        lines: list[str] = []
        pending = _Paragraph()
        for block in _blocks(parent):
            if block.tag == "tbl":
                lines += [*self._end(pending), *self._table(block)]
                pending = _Paragraph()
                continue
            self._paragraph(block, pending)
            # A deleted paragraph mark joins the paragraph with the next one.
            if block.find("pPr/rPr/del") is None:
                lines += self._end(pending)
                pending = _Paragraph()
        return lines + self._end(pending)

    @staticmethod
    def _end(paragraph: _Paragraph) -> list[str]:
        text = "".join(paragraph.pieces).replace("\r", "")
        lines = [line.lstrip("\t").rstrip() for line in text.split("\n")]
        return [line for line in lines if line.strip()] + paragraph.boxes

    def _paragraph(self, element: Element, into: _Paragraph) -> None:
        style = child_value(element.find("pPr"), "pStyle")
        if self._styles.is_contents(style) or self._styles.is_hidden(style):
            return
        own = _Paragraph()
        self._runs(element, own)
        text = "".join(own.pieces)
        if text.strip() and not into.pieces:
            text = self._numbering.label(element) + text.lstrip("\t")
        into.pieces.append(text)
        into.boxes += own.boxes

    def _runs(self, parent: Element, into: _Paragraph) -> None:
        for element in parent:
            tag = element.tag
            if tag in ("fldChar", "instrText"):
                self._fields.take(element)
            elif tag in REFERENCES:
                self._notes.refer(element)
            elif self._fields.hide and (tag == "t" or tag in _CHARACTERS):
                continue
            elif tag == "t":
                into.pieces.append((element.text or "").replace("\n", " "))
            elif tag in _CHARACTERS:
                into.pieces.append(_CHARACTERS[tag])
            elif tag == "sym":
                into.pieces.append(_symbol(element))
            elif tag == "AlternateContent":
                self._alternative(element, into)
            elif tag == "txbxContent":
                into.boxes += self.lines(element)
            elif tag == "tbl":
                into.boxes += self._table(element)
            elif not self._is_dropped(element):
                self._runs(element, into)

    def _is_dropped(self, element: Element) -> bool:
        if element.tag == "r":
            properties = element.find("rPr")
            style = child_value(properties, "rStyle")
            return properties is not None and (is_on(properties.find("vanish")) or self._styles.is_hidden(style))
        if element.tag == "sdt":
            return _is_unfilled(element)
        return element.tag in _DROPPED or element.tag.endswith("Pr")

    def _alternative(self, element: Element, into: _Paragraph) -> None:
        """Read the same thing once, though it is written for new and for old programs."""
        for branch in ("Choice", "Fallback"):
            found = element.find(branch)
            if found is None:
                continue
            gathered = _Paragraph()
            self._runs(found, gathered)
            if gathered.pieces or gathered.boxes:
                into.pieces += gathered.pieces
                into.boxes += gathered.boxes
                return

    def _table(self, table: Element) -> list[str]:
        rows: list[list[Cell]] = []
        hanging: dict[int, tuple[int, int]] = {}
        for row in _rows(table):
            if row.find("trPr/del") is not None:
                continue
            rows.append(self._row(row, rows, hanging))
        return row_lines(rows)

    def _row(self, row: Element, above: list[list[Cell]], hanging: dict[int, tuple[int, int]]) -> list[Cell]:
        """Return the cells of a row; one that continues the cell above (w:vMerge) makes that one cover more rows.

        `hanging` says for a column where the cell that began there stands: row and place in `above`.
        """
        cells: list[Cell] = []
        before = integer(child_value(row.find("trPr"), "gridBefore")) or 0
        column = before
        if before > 0:
            cells.append(Cell((), before))
        for element in _cells(row):
            properties = element.find("tcPr")
            span = max(1, integer(child_value(properties, "gridSpan")) or 1)
            across = properties.find("hMerge") if properties is not None else None
            if across is not None and across.get("val") != "restart" and cells:
                cells[-1] = Cell(cells[-1].lines, cells[-1].columns + span, cells[-1].rows)
                column += span
                continue
            merge = properties.find("vMerge") if properties is not None else None
            if merge is not None and merge.get("val") != "restart" and column in hanging:
                at, place = hanging[column]
                began = above[at][place]
                above[at][place] = Cell(began.lines, began.columns, len(above) - at + 1)
            else:
                hanging.pop(column, None)
                if merge is not None:
                    hanging[column] = (len(above), len(cells))
                cells.append(Cell(tuple(self.lines(element)), span))
            column += span
        return cells


def _blocks(parent: Element) -> Iterator[Element]:
    """Yield paragraphs and tables, through content controls and insertions; a table of contents is none."""
    for element in parent:
        if element.tag in ("p", "tbl"):
            yield element
        elif element.tag == "sdt":
            kind = element.find("sdtPr/docPartObj/docPartGallery")
            content = element.find("sdtContent")
            contents = kind is not None and kind.get("val") == "Table of Contents"
            if content is not None and not contents and not _is_unfilled(element):
                yield from _blocks(content)
        elif element.tag not in ("del", "moveFrom") and not element.tag.endswith("Pr"):
            yield from _blocks(element)


def _is_unfilled(control: Element) -> bool:
    """Tell whether a content control shows what is to be filled in (w:showingPlcHdr)."""
    properties = control.find("sdtPr")
    return properties is not None and is_on(properties.find("showingPlcHdr"))


def _rows(table: Element) -> Iterator[Element]:
    return _inside(table, "tr", {"tbl", "del", "moveFrom"})


def _cells(row: Element) -> Iterator[Element]:
    return _inside(row, "tc", {"tbl", "tr"})


def _inside(parent: Element, tag: str, closed: set[str]) -> Iterator[Element]:
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag not in closed:
            yield from _inside(element, tag, closed)


def _symbol(element: Element) -> str:
    """Return the character of a symbol; those of a picture font (private use) have none."""
    try:
        code = int(element.get("char", ""), 16)
    except ValueError:
        return ""
    return chr(code) if 0x20 <= code < 0xD800 else ""
