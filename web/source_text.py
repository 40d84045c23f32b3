"""The original text cut at the ends of its marked passages, so that a page can show it whole and mark it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage to be marked: code points into the whole text, end exclusive; `kind` says as what."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same marks from end to end; `start` is its offset in the whole text."""

    text: str
    start: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the source, `start` to `end`, without its line break."""

    start: int
    end: int
    segments: list[Segment]


def segments(text: str, marks: Iterable[Mark], *, offset: int = 0) -> list[Segment]:
    """Cut `text`, which begins at `offset` of the whole, wherever a mark begins or ends."""
    stop = offset + len(text)
    inside = [m for m in marks if m.start < stop and m.end > offset and m.start < m.end]
    cuts = sorted({offset, stop, *(min(max(cut, offset), stop) for m in inside for cut in (m.start, m.end))})
    return [
        Segment(text[a - offset : b - offset], a, frozenset(m.kind for m in inside if m.start <= a and b <= m.end))
        for a, b in pairwise(cuts)
    ]


def paragraphs(text: str, marks: Sequence[Mark]) -> list[Paragraph]:
    """Return the lines of `text` that hold more than space, each cut at its marks."""
    found, start = [], 0
    ordered = sorted(marks, key=lambda mark: mark.start)
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            near = [m for m in ordered if m.start < end and m.end > start]
            found.append(Paragraph(start, end, segments(line, near, offset=start)))
        start = end + 1
    return found
