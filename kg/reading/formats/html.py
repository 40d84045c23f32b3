"""Web pages: the main text, without menus and footers; tables with their spans; lists with the numbers they print."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.errors import ReadingError
from kg.reading.formats.extract import BrokenError
from kg.reading.formats.furniture import without_furniture
from kg.reading.formats.grid import Cell, row_lines
from kg.reading.formats.numerals import printed
from kg.reading.formats.page import is_wide
from kg.reading.formats.plain import decoded, looks_chinese
from kg.reading.formats.webtree import Node, elements, refuse_depth, tree_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_BLOCKS = elements("""
    address article blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
    header hr html li main ol p pre section summary ul table caption tbody thead tfoot tr td th
""")
_CONTAINERS = elements("article body center div fieldset font form main section span table tbody td tr")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.I)
_HAN_LISTS = ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "cjk-decimal")
_MOST = 0.75
_TITLE_LENGTH = 6
_DECLARED_IN = 4096


def text_of_html(data: bytes) -> str:
    """Return the main text of a web page; raises BrokenError where there is no markup or no text."""
    from selectolax.lexbor import LexborHTMLParser

    source = _decoded(data)
    refuse_depth(source)
    if "<" not in source:
        raise BrokenError("expected a web page, found text without any markup; give it the ending .txt and try again")
    parser = LexborHTMLParser(source)
    root = tree_of(parser.body)
    main = _main(root)
    lines = without_furniture(_lines(main))
    if main is not root:
        lines = [*_title_above(root, lines, _named(parser)), *lines]
    if not lines:
        raise BrokenError("expected a web page with text, found none; save the page once it shows its text")
    return "\n".join(lines)


def lines_of_markup(source: str) -> list[str]:
    """Return the lines of a piece of markup, all of it; raises BrokenError over the limits of a page."""
    from selectolax.lexbor import LexborHTMLParser

    refuse_depth(source)
    return _lines(tree_of(LexborHTMLParser(source).body))


def _decoded(data: bytes) -> str:
    """Return the characters of a page, in the encoding it declares unless its bytes or a mark at their start differ."""
    found = _CHARSET.search(data[:_DECLARED_IN])
    declared = found[1].decode("ascii", "replace").lower() if found else ""
    if not declared or data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decoded(data, "")
    # Pages that declare gb2312 use the characters of its successors.
    said = _read_as(data, "gb18030" if declared.startswith("gb") else declared)
    utf8 = _read_as(data, "utf-8")
    if utf8 is not None and looks_chinese(utf8):
        return utf8
    if said is not None and looks_chinese(said):
        return said
    try:
        return decoded(data, "")
    except ReadingError:
        if said is None:
            raise
        return said


def _read_as(data: bytes, encoding: str) -> str | None:
    try:
        return str(data, encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _named(parser: LexborHTMLParser) -> str:
    """Return what the page calls itself, without spaces."""
    meta = parser.css_first("meta[name=ArticleTitle]")
    title = parser.css_first("head title")
    said = (meta.attributes.get("content") if meta else "") or (title.text() if title else "")
    return "".join((said or "").split())


def _main(root: Node) -> Node:
    """Return the innermost element that still holds most of the running text outside links."""
    node = root
    while True:
        inner = max(node.elements(), key=lambda child: child.weight, default=None)
        if inner is None or not root.weight or inner.weight < _MOST * root.weight or inner.tag not in _CONTAINERS:
            return node
        if inner.tag == "table" and not _is_frame(inner):
            return node
        node = inner


def _title_above(root: Node, lines: list[str], named: str) -> list[str]:
    """Return the title where it stands above the main text: the last line that the page's own name contains."""
    seen = set(lines[:_TITLE_LENGTH])
    found: list[str] = []
    for line in _lines(root):
        if lines and line == lines[0]:
            break
        bare = "".join(line.split())
        if len(bare) >= _TITLE_LENGTH and bare in named:
            found = [line]
    return [] if not found or found[0] in seen else found


def _is_frame(table: Node) -> bool:
    """Tell whether a table only arranges the page: it holds another table, or says so itself."""
    return table.attributes.get("role") in ("presentation", "none") or table.nests


def _lines(node: Node) -> list[str]:
    flow = _Flow()
    flow.add(node)
    flow.end()
    return flow.lines


class _Flow:
    """Gathers lines: text runs on until a block or a line break ends it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._pieces: list[str] = []
        self._number = ""

    def end(self) -> None:
        """End the line that is being gathered."""
        text = _SPACES.sub(_blank, "".join(self._pieces)).strip()
        self._pieces = []
        if text:
            self.lines.append(self._number + text)
            self._number = ""

    def add(self, node: Node) -> None:
        """Add what stands in an element."""
        if node.tag == "br":
            self.end()
        elif node.tag == "table" and not _is_frame(node):
            self.end()
            self.lines += row_lines([[_cell(cell) for cell in row] for row in _rows(node)])
        elif node.tag == "ol":
            self._list(node)
        else:
            self._children(node)

    def _children(self, node: Node) -> None:
        if node.tag in _BLOCKS:
            self.end()
        for child in node.children:
            if isinstance(child, Node):
                self.add(child)
            elif node.tag == "pre":
                for index, line in enumerate(child.split("\n")):
                    if index:
                        self.end()
                    self._pieces.append(line)
            else:
                self._pieces.append(child)
        if node.tag in _BLOCKS:
            self.end()

    def _list(self, node: Node) -> None:
        self.end()
        style = _LIST_STYLE.search(node.attributes.get("style") or "")
        number = node.number("start")
        for child in node.children:
            if not isinstance(child, Node):
                self._pieces.append(child)
                continue
            self.end()
            if child.tag == "li":
                number = child.number("value", number)
                self._number = _entry_number(number, style[1].lower() if style else node.attributes.get("type") or "1")
                number += 1
            self.add(child)
            self.end()
            self._number = ""


def _blank(found: re.Match[str]) -> str:
    """Return a space for blanks; none for a line break of the source between Han characters (CSS Text 3, 4.1.3)."""
    text = found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    wide = bool(before) and bool(after) and is_wide(before) and is_wide(after)
    return "" if wide and "\n" in found[0] else " "


def _entry_number(number: int, style: str) -> str:
    if style in ("none", "disc", "circle", "square"):
        return ""
    if style in _HAN_LISTS:
        return f"{printed(number, 'chineseCounting')}、"
    return f"{printed(number, style)}. "


def _rows(table: Node) -> Iterator[list[Node]]:
    for child in table.elements():
        if child.tag == "tr":
            yield [cell for cell in child.elements() if cell.tag in ("td", "th")]
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _cell(node: Node) -> Cell:
    return Cell(tuple(_lines(node)), max(1, node.number("colspan")), node.number("rowspan"))
