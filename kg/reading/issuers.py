"""Who issues a document: named by its title, by a line around it, or by the signature under its first letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kg.plan import Span
from kg.reading.closing import DAY, find_closings
from kg.reading.names import Sort, ending_of, recognise, split_names
from kg.reading.titles import TITLE_LIMIT

_ACTS = re.compile(r"关于|印发|转发|批转")
_PARTS = re.compile(r"[^\s、]+")
_LINE = re.compile(r"\S[^\n]*")
_BELOW = 3
# （市某某委员会 2022年10月28日）, 某某市人民政府办公室（二〇〇四年三月二日）, each under a title.
_BRACKETED = re.compile(
    rf"[（(](?P<in>[\u4e00-\u9fff]{{4,30}})\s+{DAY}[）)]|(?P<before>[\u4e00-\u9fff]{{4,30}})\s*[（(]{DAY}[）)]"
)


def find_issuer(text: str, title: Span, body_start: int) -> str | None:
    """Return who issues a document, several joined by 、; None where nobody says so.

    The title comes first, then a line of names above or below it, then the first signature behind `body_start`.
    """
    return _of_title(title.of(text)) or _of_line(text, title) or _of_signature(text, body_start)


def _of_title(title: str) -> str | None:
    acts = _ACTS.search(title)
    return _named(title[: acts.start()]) if acts else None


def _of_line(text: str, title: Span) -> str | None:
    for line in _around(text, title):
        bracketed = _BRACKETED.fullmatch(line)
        found = _named(bracketed["in"] or bracketed["before"]) if bracketed else _named(line)
        if found:
            return found
    return None


def _around(text: str, title: Span) -> Iterator[str]:
    """Yield the lines above a title that stands near the top, and the first few below it."""
    for line in _LINE.finditer(text, 0, min(title.start, 1_000)):
        yield line[0].strip()
    for line in islice(_LINE.finditer(text, title.end, title.end + 400), _BELOW):
        yield line[0].strip()


def _of_signature(text: str, start: int) -> str | None:
    for closing in find_closings(text, start):
        names = re.sub(rf"\s*{DAY}\s*(?:印发)?\s*$", "", closing.of(text))
        found = _named(names) if names else None
        if found:
            return found
    return None


def _named(quote: str) -> str | None:
    """Return the offices that a quotation is and nothing else, joined by 、; None where it is anything more."""
    parts = _PARTS.findall(quote) if len(quote) <= TITLE_LIMIT else []
    names = [name for part in parts for name in _offices(part)]
    return "、".join(names) if parts and len(names) >= len(parts) and all(names) else None


def _offices(part: str) -> list[str]:
    """Return the offices that stand in `part`, with 和 or nothing between them; a blank name where it holds others."""
    if _is_office(part):
        both = (at for at in range(len(part) - 3, 3, -1) if _is_full(part[:at]) and _is_full(part[at:]))
        at = next(both, 0)
        return [part[:at], part[at:]] if at else [part]
    spans = split_names(part)
    return [span.of(part) for span in spans] if spans and all(_is_office(s.of(part)) for s in spans) else [""]


def _is_office(quote: str) -> bool:
    """Tell whether a name is that of a body: of the centre, or one that ends like an office and is no group."""
    name = recognise(quote)
    if name is None or name.sort in (Sort.COLLECTIVE, Sort.GENERIC):
        return False
    return name.sort is Sort.KNOWN or (ending_of(quote) is not None and name.strong)


def _is_full(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and name.sort is Sort.KNOWN and len(name.prefix) > 1
