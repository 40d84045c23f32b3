"""Deadlines: dates as plans write them, with the last day each one leaves."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from kg.plan import Span

_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s?年\s?)?(?:(?P<month>\d{1,2})\s?月\s?(?:(?P<day>\d{1,2})\s?日|(?P<month_end>底|末))?|(?P<year_end>底|末|年底|年末))"
    r"(?P<before>之?前)?"
)
_RECURRING = re.compile(r"每(?:年|半年|季度|季|月|周)(?:\d{1,2}月)?(?:\d{1,2}日|底|末)?(?:之?前|底)")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date as written; `due` is the last day, None where no year is known or it is no day of the calendar.

    `dated` tells whether a year is known, `bounded` whether 前 or 底 makes it a limit.
    """

    span: Span
    due: date | None
    precision: str
    year_inferred: bool
    bounded: bool
    dated: bool


def find_dates(text: str, within: Span, year: int | None = None) -> tuple[Deadline, ...]:
    """Return the dates of `within`; `year` (of the title) is inferred where a date names none."""
    recurring = [Span(*match.span()) for match in _RECURRING.finditer(text, within.start, within.end)]
    found = [_deadline(match, year) for match in _DATE.finditer(text, within.start, within.end)]
    single = [d for d in found if d and not any(span.start <= d.span.start < span.end for span in recurring)]
    again = [Deadline(span, None, "recurring", False, bounded=True, dated=False) for span in recurring]
    return tuple(sorted((*single, *again), key=lambda deadline: deadline.span))


def _deadline(match: re.Match[str], year: int | None) -> Deadline | None:
    if not match["month"] and not match["year"] and match["year_end"] not in ("年底", "年末"):
        return None
    chosen = int(match["year"]) if match["year"] else year
    bounded = bool(match["before"] or match["month_end"] or match["year_end"])
    precision = "day" if match["day"] else "month" if match["month"] else "year"
    due = _last_day(chosen, match, precision)
    return Deadline(
        Span(*match.span()), due, precision, not match["year"] and due is not None, bounded, chosen is not None
    )


def _last_day(year: int | None, match: re.Match[str], precision: str) -> date | None:
    if year is None or not 1 <= year <= 9999:
        return None
    month = int(match["month"]) if match["month"] else 12
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    day = int(match["day"]) if precision == "day" else last
    return date(year, month, day) if 1 <= day <= last else None
