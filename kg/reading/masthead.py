"""What stands above the first paragraph: title, status stamp, document number, year, issuer and place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.plan import Span
from kg.reading.bodies import national_bodies
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.lexicon import words
from kg.reading.metadata import DocumentMetadata
from kg.reading.numbering import find_marks
from kg.reading.places import NATION, Place, leading_place

_TITLE_LINES = 4
_TITLE_LIMIT = 90
_ENDS = "。；;，,：:！？!?"
_NUMBER = re.compile(r"^[ \t\u3000]*([\u4e00-\u9fff]{2,12}[〔\[［][12]\d{3}[〕\]］] ?\d{1,4} ?号)\s*$", re.MULTILINE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?年?")
_SIGNED = re.compile(r"(?:^|\n)[ \t\u3000]*((?:19|20)\d{2})\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日[ \t\u3000]*(?=\n|$)")
_SIGNED_LAST = re.compile(
    r"((?:19|20)\d{2})\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s*(?:[（(]此件[^）)\n]{0,20}[）)])?\s*$"
)
_TAIL = 200
_LONGEST_ISSUER = 20
# Behind 印发 or 《 another title begins; at the end a line with a name and one with a date.
_HANDED_ON = re.compile(r"(?:印发|转发|批转|公布|《|实施)《?([^《》]{4,})")
_SIGNER = re.compile(
    r"\n[ \t\u3000]*([\u4e00-\u9fff]{4,30})\s*\n?[ \t\u3000]*(?:19|20)\d{2}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
)
_CENTRE = re.compile(r"国务院各部委|国务院办公厅关于|^国务院关于|中共中央")
_ISSUER = re.compile(r"^([\u4e00-\u9fff]{2,20}(?:政府|办公室|办公厅|委员会|局|厅|部|国务院))关于")


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
    span = _title_span(text)
    printed = "".join(span.of(text).split())
    title = known.title or printed or name
    if known.title:
        at = text.find(known.title)
        span = Span(at, at + len(known.title)) if at >= 0 else span
    stamp = _stamp(text, span.end)
    head = text[: span.end + 400]
    number = _NUMBER.search(text, 0, span.end + 120)
    place = known.located or _place(title, text, head)
    year = known.year or _year(title) or _year_of_number(number[1] if number else "") or _year_signed(text)
    issuer = known.issuer or _issuer(printed)
    return Masthead(
        title,
        span,
        known.status or (text[stamp.start + 1 : stamp.end - 1].strip() if stamp else None),
        known.document_number or (number[1] if number else None),
        year,
        issuer,
        place,
        stamp.end if stamp else span.end,
    )


def _title_span(text: str) -> Span:
    """Return the title: the first lines, as long as they are short, unfinished and unnumbered."""
    first = re.compile(r"\S[^\n]*").search(text)
    if first is None or not _may_be_title(text, first):
        return Span(0, 0)
    end = first.end()
    for _ in range(_TITLE_LINES - 1):
        line = re.compile(r"\n[ \t\u3000]*(\S[^\n]*)").match(text, end)
        if line is None or not _may_go_on(text[first.start() : end], line[1], text, line.start(1)):
            break
        end = line.end()
    return Span(first.start(), first.start() + len(text[first.start() : end].rstrip()))


def _may_be_title(text: str, line: re.Match[str]) -> bool:
    quote = line[0].rstrip()
    if len(quote) > _TITLE_LIMIT or quote[-1] in _ENDS or "。" in quote:
        return False
    return not any(mark.span.start == line.start() for mark in find_marks(text[: line.end()], line.start()))


def _may_go_on(title: str, line: str, text: str, at: int) -> bool:
    """Tell whether a title is broken over lines: it stops inside 《》, or before its own head (关于 … 的通知)."""
    unclosed = title.count("《") > title.count("》")
    heading = "关于" not in title and line.startswith("关于")
    return (
        (unclosed or heading)
        and len(title) + len(line) <= _TITLE_LIMIT
        and line.rstrip()[-1] not in _ENDS
        and at < len(text)
    )


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


def _place(title: str, text: str, head: str) -> Place | None:
    """Return the place that the title begins with, or the title it hands on, or who signs at the end."""
    for part in (title, *(match[1] for match in _HANDED_ON.finditer(title))):
        found = leading_place(part.removeprefix("中共").removeprefix("共青团"))
        if found:
            return found[1]
    if _CENTRE.search(title) or _CENTRE.search(head) or _is_central(title):
        return NATION
    signed = _SIGNER.search(text, max(0, len(text) - _TAIL))
    found = leading_place(signed[1].removeprefix("中共")) if signed else None
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
    return int(match[1]) if match else None


def _issuer(title: str) -> str | None:
    match = _ISSUER.match(title)
    return match[1] if match else None
