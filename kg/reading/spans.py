"""Spans already spoken for, and whether they leave another free."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from kg.plan import Span


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the span of `text[start:end]` without the white space around it."""
    quote = text[start:end]
    return Span(start + len(quote) - len(quote.lstrip()), max(start, end - len(quote) + len(quote.rstrip())))


class Taken:
    """Spans that do not overlap; asking whether another is free of them takes logarithmic time."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [span.start for span in self._spans]

    def free(self, span: Span) -> bool:
        """Tell whether `span` touches none of them."""
        at = bisect_left(self._starts, span.end)
        return at == 0 or self._spans[at - 1].end <= span.start


def without(stretch: Span, holes: Iterable[Span]) -> list[Span]:
    """Return what is left of `stretch` between `holes`, which are in order and do not overlap."""
    left: list[Span] = []
    start = stretch.start
    for hole in holes:
        if hole.start > start:
            left.append(Span(start, min(hole.start, stretch.end)))
        start = max(start, hole.end)
    return [*left, Span(start, stretch.end)] if start < stretch.end else left
