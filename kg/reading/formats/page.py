"""A page as it is drawn: characters with their places, and ruled lines. Points from the top left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

_CLOSING = "，。、；：？！）》」』】〕”’…—,.;:?!)]}%％‰℃"
_OPENING = "（《「『【〔“‘([{"
_WORD_GAP = 0.22
_HAN_GAP = 0.9
_SAME_LINE = 0.4
_DRIFT = 0.7
_SAME_PLACE = 0.2
_RAISED_MOST = 24
_RAISED_SIZE = 0.8
_RAISED_BY = 0.6


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its left and right edge, the line it stands on and the size of its font."""

    char: str
    left: float
    right: float
    baseline: float
    size: float

    @property
    def middle(self) -> tuple[float, float]:
        """About the middle of the character."""
        return (self.left + self.right) / 2, self.baseline - self.size * 0.35


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line, upright or level."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def upright(self) -> bool:
        """Tell whether it is higher than wide."""
        return self.bottom - self.top > self.right - self.left


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn on one page; `pictured` where it holds a picture."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...] = ()
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with its place; `needs` is how wide its first unbreakable piece is.

    `sized` tells whether its size is sure: that of Latin letters is guessed from their height. `zone` says about how
    wide the page is, and into how many columns of text it is divided there; `left` and `right` are as in the first one.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    needs: float
    sized: bool = True
    zone: tuple[int, int] = (0, 1)


def is_wide(char: str) -> bool:
    """Tell whether a character fills a square: Han, kana, full-width punctuation."""
    return (
        "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uff60" or char > "\uffff"
    )


def is_closing(char: str) -> bool:
    """Tell a mark that may hang over the end of a line, as half of its square is white."""
    return char in _CLOSING


def is_han(char: str) -> bool:
    """Tell whether a character is Han."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char > "\uffff"


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines that characters stand on, from top to bottom, each from left to right."""
    return [line_of(row) for row in rows_of(glyphs)]


def rows_of(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return the characters of each line, from top to bottom, each from left to right; no line of blanks alone."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.baseline, g.left)):
        if rows and _is_level(rows[-1], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    inked = [row for row in rows if any(not g.char.isspace() for g in row)]
    return [sorted(row, key=lambda g: g.left) for row in _with_raised(inked)]


def _is_level(row: list[Glyph], glyph: Glyph) -> bool:
    """Tell whether a character stands on the line of others, given from the highest to the lowest."""
    size = max(glyph.size, row[-1].size)
    return glyph.baseline - row[-1].baseline < _SAME_LINE * size and glyph.baseline - row[0].baseline < _DRIFT * size


def _with_raised(rows: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put raised and lowered figures (m², PM₂.₅, marks of notes) into the line that leaves room for them."""
    whole: list[list[Glyph]] = []
    for row in rows:
        above = whole[-1] if whole else []
        if above and _is_part(row, above):
            above += row
        elif above and _is_part(above, row):
            whole[-1] = row + above
        else:
            whole.append(row)
    return whole


def _is_part(small: list[Glyph], line: list[Glyph]) -> bool:
    size = max(glyph.size for glyph in line[:_RAISED_MOST])
    if len(small) > _RAISED_MOST or any(glyph.size > _RAISED_SIZE * size for glyph in small):
        return False
    if abs(small[0].baseline - line[0].baseline) > _RAISED_BY * size:
        return False
    return all(
        any(-0.5 * size < glyph.left - other.right < size for other in line)
        and not any(other.left <= glyph.left < (other.left + other.right) / 2 for other in line)
        for glyph in _starts_of(small)
    )


def _starts_of(small: list[Glyph]) -> list[Glyph]:
    """Return the first character of each raised piece."""
    inked = sorted((glyph for glyph in small if not glyph.char.isspace()), key=lambda g: g.left)
    return [
        glyph
        for before, glyph in zip([None, *inked], inked, strict=False)
        if before is None or glyph.left - before.right > before.size
    ]


def pieces_of(row: Sequence[Glyph], gap: float) -> list[tuple[float, float]]:
    """Return from where to where the pieces of a line reach that stand `gap` times its size apart, or farther."""
    pieces: list[tuple[float, float]] = []
    for glyph in row:
        if glyph.char.isspace():
            continue
        if pieces and glyph.left - pieces[-1][1] < gap * glyph.size:
            pieces[-1] = pieces[-1][0], max(pieces[-1][1], glyph.right)
        else:
            pieces.append((glyph.left, glyph.right))
    return pieces


def line_of(glyphs: Sequence[Glyph]) -> Line:
    """Return the line that characters make, given from left to right."""
    inked = _without_repeats([g for g in glyphs if not g.char.isspace()])
    blanks = [g for g in glyphs if g.char.isspace()]
    pieces: list[str] = []
    at = 0
    usual = _usual_gap(inked)
    for index, glyph in enumerate(inked):
        while at < len(blanks) and blanks[at].left < glyph.left - _SAME_PLACE * glyph.size * 0.5:
            at += 1
        if index and _is_gap(inked[index - 1], glyph, usual, spaced=_blank_between(blanks, at, inked[index - 1])):
            pieces.append(" ")
        pieces.append(glyph.char)
    wide = [g.size for g in inked if is_wide(g.char)]
    size = median_low(wide or [g.size for g in inked])
    right = max(g.right for g in inked)
    return Line("".join(pieces), inked[0].left, right, inked[0].baseline, size, _needed(inked, size), sized=bool(wide))


def _blank_between(blanks: list[Glyph], at: int, before: Glyph) -> bool:
    return at > 0 and blanks[at - 1].left >= before.right - _SAME_PLACE * before.size


def _usual_gap(glyphs: list[Glyph]) -> float:
    """Return how far apart the Han characters of a line stand: setting a line to full width spreads them evenly."""
    gaps = [b.left - a.right for a, b in pairwise(glyphs) if is_han(a.char) and is_han(b.char)]
    return max(0.0, median_low(gaps)) if gaps else 0.0


def _is_gap(before: Glyph, after: Glyph, usual: float, *, spaced: bool) -> bool:
    """Tell whether a space is printed between two characters; `spaced` where the file says so itself."""
    gap = after.left - before.right
    size = max(before.size, after.size)
    if is_han(before.char) and is_han(after.char):
        return gap > usual + _SAME_PLACE * size
    if is_wide(before.char) or is_wide(after.char):
        return (spaced and gap > -_SAME_PLACE * size) or gap > usual + _HAN_GAP * size
    return spaced or gap > _WORD_GAP * size


def _without_repeats(glyphs: list[Glyph]) -> list[Glyph]:
    """Drop a character printed again on its own place, which is how some programs print bold."""
    kept: list[Glyph] = []
    for glyph in glyphs:
        if any(
            other.char == glyph.char and abs(other.left - glyph.left) < _SAME_PLACE * glyph.size for other in kept[-3:]
        ):
            continue
        kept.append(glyph)
    return kept


def _needed(glyphs: list[Glyph], size: float) -> float:
    """Return the width that the start of a line would have needed on the line before: what cannot be broken."""
    end = 1
    while end < len(glyphs) and end < 40 and _holds_together(glyphs[end - 1].char, glyphs[end].char):
        end += 1
    return max(glyphs[end - 1].right - glyphs[0].left, size * 0.3)


def _holds_together(before: str, after: str) -> bool:
    if before in _OPENING or after in _CLOSING:
        return True
    return not is_wide(before) and not is_wide(after) and before.isalnum() and after.isalnum()
