"""Findings: what reading could not place, in the words of `data/lexicon/findings.tsv`."""

from __future__ import annotations

from functools import cache

from kg.plan import Finding, Severity, Span
from kg.reading.lexicon import Row, table

_QUOTE_LIMIT = 40


def note(code: str, span: Span, quote: str = "", **values: object) -> Finding:
    """Return the finding `code` at `span`, its message in Chinese; `quote` is cut to a readable length."""
    row = _rows()[code]
    shown = " ".join(quote.split())
    shown = shown if len(shown) <= _QUOTE_LIMIT else shown[: _QUOTE_LIMIT - 1] + "…"
    return Finding(code, Severity(row["severity"]), row["zh"].format(quote=shown, **values), span)


def wording(code: str, language: str) -> str:
    """Return the message of a code in `zh` or `en`, with its {places} still open."""
    return _rows()[code][language]


@cache
def _rows() -> dict[str, Row]:
    return {row["code"]: row for row in table("findings")}
