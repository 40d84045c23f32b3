"""Markdown (CommonMark with tables): what a reader sees, each paragraph, list entry and row of a table a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.reading.formats.grid import Cell, row_lines
from kg.reading.formats.html import lines_of_markup
from kg.reading.formats.plain import text_of_plain

if TYPE_CHECKING:
    from markdown_it.token import Token

_BREAKS = {"softbreak": "\n", "hardbreak": "\n"}
_FRONT = ("---", "+++")
_TABLE = re.compile(r"^[ \t]{0,20}<table\b", re.I | re.M)
_TABLE_END = re.compile("</table>", re.I)


def text_of_markdown(data: bytes) -> str:
    """Return the text of a Markdown file: marks of emphasis, headings and links gone, numbers of lists as printed.

    A line break inside a paragraph stays one, as plans are often written one line per paragraph. Tables may be those
    of Markdown or of HTML.
    """
    from markdown_it import MarkdownIt

    source = _without_front_matter(text_of_plain(data, "").replace("\r\n", "\n"))
    # Four spaces at the start of a line indent a paragraph in these documents; they never set program text.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    parser.disable(["code", "html_block"])
    lines: list[str] = []
    for piece, is_markup in _pieces(source):
        lines += lines_of_markup(piece) if is_markup else _Lines(parser.parse(piece)).lines
    return "\n".join(lines)


def _pieces(source: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a file, with whether each is a table written in HTML at the start of a line."""
    at = 0
    for found in _TABLE.finditer(source):
        if found.start() < at:
            continue
        end = _TABLE_END.search(source, found.start())
        if end is None:
            break
        yield source[at : found.start()], False
        yield source[found.start() : end.end()], True
        at = end.end()
    yield source[at:], False


def _without_front_matter(source: str) -> str:
    for mark in _FRONT:
        if source.startswith(f"{mark}\n"):
            end = source.find(f"\n{mark}\n", len(mark))
            return source if end < 0 else source[end + len(mark) + 2 :]
    return source


class _Lines:
    """Gathers lines from the tokens of a parsed file."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.lines: list[str] = []
        self._number = ""
        self._lists: list[bool] = []
        self._rows: list[list[Cell]] = []
        self._in_table = False
        numbers = _printed_numbers(tokens)
        for at, token in enumerate(tokens):
            self._take(token, numbers.get(at, ""))

    def _take(self, token: Token, number: str) -> None:
        if token.type == "list_item_open":
            self._number = number
        elif token.type == "table_open":
            self._in_table, self._rows = True, []
        elif token.type == "tr_open":
            self._rows.append([])
        elif token.type == "table_close":
            self._in_table = False
            self.lines += row_lines(self._rows)
        elif token.type == "inline":
            self._text(_inline(token.children or []))
        elif token.type in ("fence", "code_block"):
            self._text(token.content)

    def _text(self, text: str) -> None:
        if self._in_table:
            self._rows[-1].append(Cell(tuple(text.split("\n"))))
            return
        lines = [line.rstrip() for line in text.split("\n") if line.strip()]
        if lines:
            lines[0] = self._number + lines[0]
            self._number = ""
        self.lines += lines


def _inline(tokens: Sequence[Token]) -> str:
    pieces: list[str] = []
    struck = 0
    for token in tokens:
        struck += (token.type == "s_open") - (token.type == "s_close")
        if struck:
            continue
        if token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type in _BREAKS:
            pieces.append(_BREAKS[token.type])
        elif token.type == "html_inline" and token.content.lower().startswith("<br"):
            pieces.append("\n")
    return "".join(pieces)


def _printed_numbers(tokens: Sequence[Token]) -> dict[int, str]:
    """Return the number printed at each entry of a numbered list.

    CommonMark counts on from the first; numbers that rise as written are kept as written.
    """
    numbers: dict[int, str] = {}
    opened: list[list[int]] = []
    for at, token in enumerate(tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            opened.append([])
        elif token.type == "list_item_open" and token.info:
            opened[-1].append(at)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers |= _numbers_of(tokens, opened.pop())
    return numbers


def _numbers_of(tokens: Sequence[Token], entries: list[int]) -> dict[int, str]:
    written = [int(tokens[at].info) for at in entries]
    rising = all(before < after for before, after in pairwise(written))
    return {
        at: f"{value if rising else written[0] + index}{tokens[at].markup} "
        for index, (at, value) in enumerate(zip(entries, written, strict=True))
    }
