"""Rules that a plan states once for all of it: the first listed leads, the localities carry out what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.plan import Declaration, Role, Span
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.lexicon import table
from kg.reading.predicates import role_in

FIRST_LEADS = "first-leads"
_ON = re.compile("[下后]同")


@dataclass(frozen=True, slots=True)
class FirstLeads:
    """From `start` on, to `end`, the first listed lead; `others` is what is said of those behind (其他为配合单位)."""

    start: int
    end: int
    others: Role | None

    def holds(self, offset: int) -> bool:
        """Tell whether a statement that begins at `offset` is one of those that the rule is for."""
        return self.start <= offset < self.end


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


@cache
def _others() -> re.Pattern[str]:
    return re.compile(r"(?:其他|其余|其它)[^，,。；;\n）)]{0,10}?(配合|参与|协助|协办)(?:单位|部门)?")


def _others_role(text: str, declarations: tuple[Declaration, ...]) -> Role | None:
    """Return what the others are where the first listed leads (其他为配合单位), None where nothing says it."""
    declaring = (d for d in declarations if d.kind == FIRST_LEADS)
    found = next((m for d in declaring if (m := _others().search(text, d.span.start, d.span.end))), None)
    return role_in(found[1]) if found else None


def first_leads(text: str, declarations: tuple[Declaration, ...], statements: list[Span]) -> FirstLeads | None:
    """Return from where on the first listed lead, None where nothing declares it.

    The statement that declares it counts too, and alone where the rule stands behind a name and does not say 下同;
    a note behind all statements speaks of all of them.
    """
    declared = min((d.span for d in declarations if d.kind == FIRST_LEADS), default=None)
    if declared is None:
        return None
    others = _others_role(text, declarations)
    holding = next((span for span in statements if span.start <= declared.start < span.end), None)
    if holding is not None:
        alone = text[declared.start - 1] in OPENING and not _ON.search(text, declared.start, declared.end)
        return FirstLeads(
            holding.start, holding.end if alone and holding.start < declared.start - 2 else len(text), others
        )
    return FirstLeads(
        declared.start if any(span.start > declared.start for span in statements) else 0, len(text), others
    )
