"""What stands above the first paragraph: title, status stamp, document number, year, issuer and place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.plan import Span
from kg.reading.bodies import national_bodies
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.issuers import find_issuer
from kg.reading.lexicon import words
from kg.reading.metadata import DocumentMetadata
from kg.reading.places import NATION, Place, leading_place
from kg.reading.titles import DOCUMENT_NUMBER, title_span

_NUMBER = re.compile(rf"^[ \t\u3000]*(?P<number>{DOCUMENT_NUMBER})[ \t\u3000]*$", re.MULTILINE)
_NUMBER_BEHIND = re.compile(rf"\s*[（(]?(?P<number>{DOCUMENT_NUMBER})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?年?")
_WHOLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?年")
_SIGNED = re.compile(r"(?:^|\n)[ \t\u3000]*((?:19|20)\d{2})\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日[ \t\u3000]*(?=\n|$)")
_SIGNED_LAST = re.compile(
    r"((?:19|20)\d{2})\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s*(?:[（(]此件[^）)\n]{0,20}[）)])?\s*$"
)
_SIGNED_HAN = re.compile(
    r"(?:^|[\n（(])[ \t\u3000]*二([〇○零Oo0])([〇○零Oo0一二三四五六七八九]{2})年[一二三四五六七八九十]{1,2}月"
)
_TAIL = 200
_LONGEST_ISSUER = 20
# Behind 印发 or 《 another title begins.
_HANDED_ON = re.compile(r"(?:印发|转发|批转|公布|《|实施)《?([^《》]{4,})")
_CENTRE = re.compile(r"国务院办公厅关于|^国务院关于|^中共中央")
_ADDRESSED = re.compile(r"国务院各部委[^\n：:]{0,20}[：:]")
# What may stand before a place in a title or a name: the party, the year, a division of the corps.
_BEFORE_PLACE = re.compile(r"(?:\d{4}年度?|中共|共青团|新疆生产建设兵团)?(?:第[一二三四五六七八九十]{1,3}师)?")


@dataclass(frozen=True, slots=True)
class Masthead:
    """The head of a document; `body_start` is where its text begins, None stands for what is not given."""

    title: str
    title_span: Span
    status: str | None
    document_number: str | None
    year: int | None
    issuer: str | None
    place: Place | None
    body_start: int


def read_masthead(text: str, name: str, metadata: DocumentMetadata | None) -> Masthead:
    """Return the head of `text`; what `metadata` gives wins, and `name` stands in for a title that is not there."""
    known = metadata or DocumentMetadata()
    span = title_span(text)
    printed = "".join(span.of(text).split())
    title = known.title or printed or name
    if known.title:
        at = text.find(known.title)
        span = Span(at, at + len(known.title)) if at >= 0 else span
    stamp = _stamp(text, span.end)
    body_start = 0 if "给你们" in text[: span.start] else stamp.end if stamp else span.end
    number = known.document_number or _number(text, span)
    issuer = known.issuer or find_issuer(text, span, body_start)
    return Masthead(
        title,
        span,
        known.status or (text[stamp.start + 1 : stamp.end - 1].strip() if stamp else None),
        number,
        known.year or _year(title) or _year_of_number(number or "") or _year_signed(text),
        issuer,
        known.located or _place(title, text[: span.end + 400], issuer),
        body_start,
    )


def _number(text: str, title: Span) -> str | None:
    """Return the document number: on a line of its own, behind the title, or with the label of an index (文号)."""
    near = title.end + 120
    found = _NUMBER.search(text, 0, near) or _NUMBER_BEHIND.match(text, title.end) or _labelled().search(text, 0, near)
    return found["number"] if found else None


@cache
def _labelled() -> re.Pattern[str]:
    labels = "|".join(map(re.escape, words("masthead")["number_labels"]))
    return re.compile(rf"(?:{labels})[ \t\u3000]?[：:]?[ \t\u3000]{{0,4}}(?P<number>{DOCUMENT_NUMBER})")


def _stamp(text: str, after: int) -> Span | None:
    """Return the bracket with a status below the title or at its end: （征求意见稿）."""
    match = re.compile(r"\s*[（(〔\[]([^（）()〔〕\[\]\n]{2,12})[）)〕\]]").match(text, after)
    if match and match[1].strip() in words("masthead")["statuses"]:
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        return Span(start, match.end())
    if after and text[after - 1] in CLOSING:
        start = max(text.rfind(char, 0, after) for char in OPENING)
        if start >= 0 and text[start + 1 : after - 1] in words("masthead")["statuses"]:
            return Span(start, after)
    return None


def _place(title: str, head: str, issuer: str | None) -> Place | None:
    """Return the place that the title begins with, or the title it hands on, or the place of who issues it."""
    for part in (title, *(match[1] for match in _HANDED_ON.finditer(title))):
        found = _opening_place(part)
        if found:
            return found
    if _CENTRE.search(title) or _ADDRESSED.search(head) or _is_central(title):
        return NATION
    first = issuer.split("、")[0] if issuer else ""
    return NATION if _is_central(first) else _opening_place(first)


def _opening_place(quote: str) -> Place | None:
    before = _BEFORE_PLACE.match(quote)
    found = leading_place(quote[before.end() if before else 0 :])
    return found[1] if found else None


def _is_central(title: str) -> bool:
    """Tell whether a ministry issues: its name opens the title (教育部办公厅关于…)."""
    limit = min(len(title), _LONGEST_ISSUER)
    return any(title[:end] in national_bodies() and title[end - 1] in "部署局院会" for end in range(limit, 2, -1))


def _year(title: str) -> int | None:
    match = _YEAR.search(title)
    return int(match[1]) if match else None


def _year_of_number(number: str) -> int | None:
    match = re.search(r"[12]\d{3}", number)
    return int(match[0]) if match else None


def _year_signed(text: str) -> int | None:
    """Return the year of the date under a signature: on a line of its own, or the last words of the document."""
    match = _SIGNED.search(text) or _SIGNED_LAST.search(text, max(0, len(text) - _TAIL))
    if match:
        return int(match[1])
    han = _SIGNED_HAN.search(text)
    return (
        2000 + int("".join(str("〇一二三四五六七八九".find(char)) for char in han[2]).replace("-1", "0"))
        if han
        else None
    )
