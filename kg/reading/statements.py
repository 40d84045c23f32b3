"""Responsibility statements: the brackets, label lines and clauses that say who is responsible, and in what role.

A stretch of text is a statement when it parses wholly as names, joining words and role words; the words are
data (`data/lexicon/`), the grammar is here:

    statement = sentence { 。 sentence }          a sentence may be a declaration (排在第一位的为牵头单位，下同)
    sentence  = part { [，,；;、] part }
    part      = [label ：] [由] names [manner…] [role…]  |  names 会同 names
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from kg.plan import Declaration, Mode, Role, Span
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.declarations import extent, find_declarations
from kg.reading.lexicon import starts, words
from kg.reading.names import Sort, continues_area, recognise, split_names
from kg.reading.predicates import closing_predicate, label_pattern, label_roles

MAX_STATEMENT = 600
_PART_MARKS = "、，,；;。.\n"


@dataclass(frozen=True, slots=True)
class Share:
    """One name in a statement and its role."""

    span: Span
    role: Role


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as parsed: `span` without its delimiters, `outer` with them, `explicit` where a role word stands.

    `front` statements govern the rest of their sentence, the others what stands before them.
    """

    span: Span
    outer: Span
    shares: tuple[Share, ...]
    mode: Mode
    explicit: bool
    declarations: tuple[Declaration, ...] = ()
    front: bool = False


@dataclass
class _Draft:
    """What parsing has gathered so far; `pending` are names whose role has not been said yet."""

    shares: list[Share] = field(default_factory=list)
    pending: list[Span] = field(default_factory=list)
    role: Role | None = None
    shared: bool = False
    explicit: bool = False
    skipping: bool = False

    def settle(self, role: Role) -> None:
        self.shares += [Share(span, role) for span in self.pending]
        self.pending.clear()


def parse_statement(text: str, span: Span, outer: Span | None = None) -> Statement | None:
    """Return the statement that the stretch `span` of `text` is, or None where any of it is something else."""
    if not 2 <= span.end - span.start <= MAX_STATEMENT:
        return None
    declarations = find_declarations(text, span)
    draft = _Draft()
    for part in _parts(text, span, [extent(text, d) for d in declarations]):
        if not _take(text, part, draft):
            return None
    draft.settle(draft.role or Role.RESPONSIBLE)
    if not draft.shares:
        return None
    mode = _mode(draft.shares, draft.shared)
    return Statement(span, outer or span, tuple(draft.shares), mode, draft.explicit, declarations)


def _parts(text: str, span: Span, skipped: list[Span]) -> list[Span]:
    """Part a stretch at its marks, leaving brackets inside names whole and declarations out."""
    holes = {hole.start: hole.end for hole in skipped}
    parts: list[Span] = []
    start = at = span.start
    depth = 0
    while at < span.end:
        if at in holes:
            parts.append(Span(start, at))
            start = at = min(holes[at], span.end)
            continue
        char = text[at]
        depth += (char in OPENING) - (char in CLOSING and depth > 0)
        inside_name = char == "、" and continues_area(text[start:at].strip(), text[at + 1 : at + 5])
        if depth == 0 and char in _PART_MARKS and not inside_name:
            parts.append(Span(start, at))
            start = at + 1
        at += 1
    parts.append(Span(start, span.end))
    return [part for part in (_stripped(text, part) for part in parts) if part.end > part.start]


def _stripped(text: str, span: Span) -> Span:
    quote = span.of(text)
    return Span(
        span.start + len(quote) - len(quote.lstrip()), max(span.start, span.end - len(quote) + len(quote.rstrip()))
    )


def _take(text: str, part: Span, draft: _Draft) -> bool:
    """Take one part into the draft; False where it is no part of a statement."""
    label = label_pattern().match(text, part.start, part.end)
    if label:
        draft.settle(draft.role or Role.RESPONSIBLE)
        draft.role = label_roles()[label[1]]
        draft.skipping = draft.role is None
        draft.explicit = draft.explicit or not draft.skipping
        part = Span(label.end(), part.end)
        if part.end <= part.start:
            return True
    if draft.skipping or _is_deadline(part.of(text)):
        return True
    return _take_names(text, part, draft)


def _take_names(text: str, part: Span, draft: _Draft) -> bool:
    quote = part.of(text)
    opener = starts(quote, words("clauses")["openers"]) or ""
    predicate = closing_predicate(quote)
    head = quote[len(opener) : predicate.start if predicate else len(quote)]
    if head.strip() and not _take_head(head, part.start + len(opener), draft):
        return False
    if predicate:
        return _take_predicate(predicate.role, predicate.shared, draft, bool(head.strip()))
    return bool(head.strip())


def _take_predicate(role: Role | None, shared: bool, draft: _Draft, has_names: bool) -> bool:
    draft.shared = draft.shared or shared
    draft.explicit = True
    if role is not None and draft.pending:
        draft.settle(draft.role if draft.role is Role.ASSIST and role is Role.RESPONSIBLE else role)
        draft.role = None
        return True
    return has_names or bool(draft.shares) or bool(draft.pending)


def _take_head(head: str, start: int, draft: _Draft) -> bool:
    partner = _partner(head)
    if partner is None:
        names = split_names(head, start)
        draft.pending += names or []
        return names is not None
    at, word = partner
    leads = split_names(head[:at], start)
    others = split_names(head[at + len(word) :], start + at + len(word))
    if leads is None or others is None:
        return False
    draft.pending += leads
    draft.settle(Role.LEAD)
    draft.pending += others
    draft.role = Role.ASSIST
    draft.explicit = True
    return True


def _partner(head: str) -> tuple[int, str] | None:
    """Return where 会同 or its like parts two lists of names, None where nothing does."""
    for word in words("clauses")["partners"]:
        at = head.find(word, 2)
        if at > 0 and split_names(head[:at]) is not None and split_names(head[at + len(word) :]) is not None:
            return at, word
    return None


@cache
def _deadline() -> re.Pattern[str]:
    day = r"(?:于|在)?(?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日|底|年底|上旬|中旬|下旬)?(?:之?前)?(?:完成|启动|办结)?"
    return re.compile(rf"{day}|(?:长期|持续|常年)(?:推进|坚持|开展|实施)?")


def _is_deadline(quote: str) -> bool:
    return any(char.isdigit() or char in "年长持常" for char in quote[:1]) and _deadline().fullmatch(quote) is not None


def _mode(shares: list[Share], shared: bool) -> Mode:
    if any(share.role is Role.LEAD for share in shares):
        return Mode.LED
    if len(shares) == 1:
        return Mode.SOLE
    return Mode.SHARED if shared else Mode.LISTED


def names_are_sure(text: str, statement: Statement) -> bool:
    """Tell whether every name is one without a role word's help: known, a collective, or strong with a level."""
    for share in statement.shares:
        name = recognise(share.span.of(text))
        if (
            name is None
            or name.sort is Sort.GENERIC
            or (name.sort is Sort.SHAPED and not (name.strong and name.prefix))
        ):
            return False
    return True
