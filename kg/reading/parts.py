"""The parts of a statement: where marks part it, and where they stand inside a name."""

from __future__ import annotations

from kg.plan import Span
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.names import continues_area

MARKS = "、，,；;。.\n\t/／"
_MARGINS = " \t\r\n\u3000*-•·●"
_OPENING, _CLOSING = frozenset((*OPENING, "“")), frozenset((*CLOSING, "”"))


def parts_of(text: str, span: Span, skipped: list[Span], marks: str) -> list[Span]:
    """Part a stretch at its marks, leaving brackets inside names whole and declarations out."""
    holes = {hole.start: hole.end for hole in skipped}
    parts: list[Span] = []
    start = at = span.start
    depth = 0
    while at < span.end:
        if at in holes:
            parts.append(Span(start, at))
            start = at = min(holes[at], span.end)
            continue
        char = text[at]
        depth += (char in _OPENING) - (char in _CLOSING and depth > 0)
        inside = char == "、" and continues_area(text[start:at].strip(), text[at + 1 : at + 5])
        inside = inside or (char in "./" and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit())
        if depth == 0 and char in marks and not inside:
            parts.append(Span(start, at))
            start = at + 1
        at += 1
    parts.append(Span(start, span.end))
    return [part for part in (_stripped(text, part) for part in parts) if part.end > part.start]


def _stripped(text: str, span: Span) -> Span:
    quote = span.of(text)
    start = span.start + len(quote) - len(quote.lstrip(_MARGINS))
    return Span(start, max(start, span.end - len(quote) + len(quote.rstrip(_MARGINS))))
