"""Brackets of a text: every kind that plans put statements in, matched in one pass."""

from __future__ import annotations

from dataclasses import dataclass

from kg.plan import Span

OPENING = {
    "（": "round",
    "(": "round",
    "〔": "tortoise",
    "[": "square",
    "［": "square",
    "【": "lenticular",
    "〈": "angle",
}
CLOSING = {
    "）": "round",
    ")": "round",
    "〕": "tortoise",
    "]": "square",
    "］": "square",
    "】": "lenticular",
    "〉": "angle",
}


@dataclass(frozen=True, slots=True)
class Bracket:
    """One pair: `span` with the brackets, `content` without; `depth` counts the pairs around it."""

    span: Span
    content: Span
    depth: int

    def __len__(self) -> int:
        return self.content.end - self.content.start


def find_brackets(text: str) -> tuple[Bracket, ...]:
    """Return the matched pairs of `text` by where they open; a line break ends what is still open.

    Half- and full-width round brackets close each other. Linear: an opening bracket is pushed and popped once.
    """
    found: list[Bracket] = []
    opened: list[tuple[str, int]] = []
    for offset, char in enumerate(text):
        if char == "\n":
            opened.clear()
        elif char in OPENING:
            opened.append((OPENING[char], offset))
        elif char in CLOSING:
            _close(found, opened, CLOSING[char], offset)
    return tuple(sorted(found, key=lambda bracket: bracket.span))


def _close(found: list[Bracket], opened: list[tuple[str, int]], kind: str, offset: int) -> None:
    if opened and opened[-1][0] != kind and any(k == kind for k, _ in opened[-4:]):
        while opened[-1][0] != kind:
            opened.pop()
    if opened and opened[-1][0] == kind:
        start = opened.pop()[1]
        found.append(Bracket(Span(start, offset + 1), Span(start + 1, offset), len(opened)))
