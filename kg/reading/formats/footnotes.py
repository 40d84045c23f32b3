"""Footnotes on drawn pages: small lines below a short rule; they stand behind the text, as those of Word do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from kg.reading.formats.page import Glyph, Page, is_wide, line_of, rows_of

_MARK = re.compile(r"([①-⑳]|[\[［〔]\d{1,2}[\]］〕]|\d{1,2}|\*{1,3})\s?(?=\S)")
_IN_MARK = re.compile(r"[①-⑳\d*\[\]［］〔〕]")
_SMALL = 0.92
_RAISED = 0.12
_SHORT = 0.5
_NEAR = 3.0

_Row = list[Glyph]


def without_notes(pages: Sequence[Page], drawn: Sequence[Sequence[Glyph]]) -> tuple[list[list[Glyph]], list[str]]:
    """Return the characters of each page without footnotes and the marks that refer to them, and the notes as lines."""
    rows = [rows_of(glyphs) for glyphs in drawn]
    size = median([_size(row) for own in rows for row in own] or [1.0])
    kept: list[list[Glyph]] = []
    notes: list[str] = []
    for page, own in zip(pages, rows, strict=True):
        at = _first_note(page, own, size)
        found = list(_notes(own[at:]))
        notes += [text for _, text in found]
        marks = {mark for mark, _ in found}
        kept.append([glyph for row in own[:at] for glyph in (_without_marks(row, marks) if marks else row)])
    return kept, [f"注{number}：{text}" for number, text in enumerate(notes, start=1)]


def _first_note(page: Page, rows: Sequence[_Row], size: float) -> int:
    """Return the line that begins the notes of a page, one behind the last where it has none."""
    at = len(rows)
    while at > 0 and _size(rows[at - 1]) < _SMALL * size:
        at -= 1
    while at < len(rows):
        top = rows[at][0].baseline - _NEAR * _size(rows[at])
        ruled = any(
            not rule.upright and top < rule.top < rows[at][0].baseline and _is_short(rule.right - rule.left, page.width)
            for rule in page.rules
        )
        if at > 0 and ruled and _MARK.match(line_of(rows[at]).text):
            return at
        at += 1
    return at


def _is_short(length: float, width: float) -> bool:
    return 20 < length < _SHORT * width


def _notes(rows: Sequence[_Row]) -> Iterator[tuple[str, str]]:
    """Yield the mark and the text of each note."""
    gathered: list[tuple[str, list[str]]] = []
    for row in rows:
        text = line_of(row).text
        found = _MARK.match(text)
        if found:
            gathered.append((found[1], [text[found.end() :]]))
        elif gathered:
            gathered[-1][1].append(text)
    for mark, lines in gathered:
        text = lines[0]
        for line in lines[1:]:
            text += line if is_wide(text[-1]) or is_wide(line[0]) else f" {line}"
        yield mark, text


def _without_marks(row: _Row, marks: set[str]) -> _Row:
    """Return the characters of a line without raised marks of notes, their place given to what stands before.

    A raised figure behind a letter is an exponent.
    """
    size, baseline = _size(row), median(glyph.baseline for glyph in row)
    kept: _Row = []
    at = 0
    while at < len(row):
        end = at
        while end < len(row) and _is_raised(row[end], size, baseline):
            end += 1
        said = "".join(glyph.char for glyph in row[at:end])
        if said in marks and kept and is_wide(kept[-1].char):
            kept[-1] = replace(kept[-1], right=row[end - 1].right)
        elif said not in marks or kept:
            kept += row[at : max(end, at + 1)]
        at = max(end, at + 1)
    return kept


def _is_raised(glyph: Glyph, size: float, baseline: float) -> bool:
    small = glyph.size < _SMALL * size and baseline - glyph.baseline > _RAISED * size
    return small and _IN_MARK.fullmatch(glyph.char) is not None


def _size(row: Sequence[Glyph]) -> float:
    return median([glyph.size for glyph in row if is_wide(glyph.char)] or [glyph.size for glyph in row])
