"""Rules that a plan states once for all of it: the first listed leads, the localities carry out what follows."""

from __future__ import annotations

import re
from functools import cache

from kg.plan import Declaration, Span
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.lexicon import table

FIRST_LEADS = "first-leads"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(row["pattern"])) for row in table("declarations"))


def find_declarations(text: str, within: Span) -> tuple[Declaration, ...]:
    """Return the declarations that stand inside `within`, in reading order."""
    found = [
        Declaration(kind, Span(*match.span()))
        for kind, pattern in _patterns()
        for match in pattern.finditer(text, within.start, within.end)
    ]
    return tuple(sorted(found, key=lambda declaration: declaration.span))


def extent(text: str, declaration: Declaration) -> Span:
    """Return the span of a declaration with the brackets that hold nothing else."""
    start, end = declaration.span.start, declaration.span.end
    if start > 0 and text[start - 1] in OPENING and text[end : end + 1] in CLOSING and text[end : end + 1]:
        return Span(start - 1, end + 1)
    return declaration.span


def first_leads_from(declarations: tuple[Declaration, ...], statements: list[Span]) -> int | None:
    """Return from where on the first listed lead, None where nothing declares it.

    The statement that declares it counts too; a note behind all statements speaks of all of them.
    """
    declaring = min((d.span.start for d in declarations if d.kind == FIRST_LEADS), default=None)
    if declaring is None:
        return None
    holding = next((span.start for span in statements if span.start <= declaring < span.end), None)
    if holding is not None:
        return holding
    return declaring if any(span.start > declaring for span in statements) else 0
