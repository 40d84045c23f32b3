"""Responsibility statements: the brackets, label lines and clauses that say who is responsible, and in what role.

A stretch of text is a statement when it parses wholly as names, joining words and role words; the words are
data (`data/lexicon/`), the grammar is here:

    statement = sentence { 。 sentence }          a sentence may be a declaration (排在第一位的为牵头单位，下同)
    sentence  = part { [，,；;、/] part }         a part may be a deadline (6月底完成)
    part      = [label ：] [由] names [manner…] [role…]  |  names 会同 names  |  name（role）

Beside names that are known or look like one, a statement that says its role may hold names that do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.plan import Declaration, Mode, Role, Span
from kg.reading.dates import find_dates
from kg.reading.declarations import extent, find_declarations
from kg.reading.lexicon import starts, words
from kg.reading.names import MAX_NAME, Name, Sort, is_numbered, is_place, is_plausible, prefixes, recognise, split_names
from kg.reading.parts import MARKS, parts_of
from kg.reading.predicates import (
    closing_predicate,
    label_of,
    label_pattern,
    label_roles,
    role_in,
    role_words,
    time_labels,
)

MAX_STATEMENT = 600
_LONGEST_LEFT_OUT = 12
_PRINCIPLE = re.compile(
    r"(?:按照?|依照|根据|依据|坚持|遵循)[^“、，,；;]{0,12}?(?:“[^”]{1,40}”)?[^、，,；;]{0,12}?(?:原则|要求|规定|权限|范围)$"
)
_SPACES = " \u3000"
_ROLE_BRACKET = re.compile(r"(.+?)[（(]([\u4e00-\u9fff]{2,12})[）)]$")
_BEFORE_DATES = ("", "于", "在", "至", "到", "力争", "确保", "应于", "须于", "要在")
_DATE_CHARACTERS = frozenset("0123456789年月底季")


@dataclass(frozen=True, slots=True)
class Share:
    """One name in a statement and its role."""

    span: Span
    role: Role


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as parsed: `span` without its delimiters, `outer` with them, `explicit` where a role word stands.

    `front` statements govern the rest of their sentence, `whole` ones all that follows them in their item, the others
    what stands before them, unless `governs` says which stretch it is. `deadlines` are the stretches that say by when,
    `open` those that say what is done and give no role (统筹): who stands before them is counted as named alone;
    `unread` are members of a list of names that do not look like one.
    """

    span: Span
    outer: Span
    shares: tuple[Share, ...]
    mode: Mode
    explicit: bool
    declarations: tuple[Declaration, ...] = ()
    front: bool = False
    whole: bool = False
    governs: Span | None = None
    deadlines: tuple[Span, ...] = ()
    open: tuple[Span, ...] = ()
    unread: tuple[Span, ...] = ()


@dataclass
class _Draft:
    """What parsing has gathered so far; `pending` are names whose role has not been said yet.

    `guessed` are names by nothing but their place, `levelled` those of them that begin with a level (市…),
    `labelled` tells whether a label says that names follow.
    """

    shares: list[Share] = field(default_factory=list)
    pending: list[Span] = field(default_factory=list)
    role: Role | None = None
    shared: bool = False
    explicit: bool = False
    skipping: bool = False
    labelled: bool = False
    guessed: int = 0
    levelled: int = 0
    deadlines: list[Span] = field(default_factory=list)
    open: list[Span] = field(default_factory=list)
    unread: list[Span] = field(default_factory=list)

    def settle(self, role: Role) -> None:
        self.shares += [Share(span, role) for span in self.pending]
        self.pending.clear()


def parse_statement(text: str, span: Span, outer: Span | None = None, *, cell: bool = False) -> Statement | None:
    """Return the statement that the stretch `span` of `text` is, or None where any of it is something else.

    Where it is none and its names stand apart by spaces only, spaces part them. In the `cell` of a table, whose column
    says that names follow, they do so without a role word, and names may be such by their place alone.
    """
    if not 2 <= span.end - span.start <= MAX_STATEMENT:
        return None
    found = _parsed(text, span, outer, MARKS, labelled=cell)
    if found or not any(space in span.of(text) for space in _SPACES):
        return found
    found = _parsed(text, span, outer, MARKS + _SPACES, labelled=cell)
    return found if found and (cell or found.explicit) else None


def _parsed(text: str, span: Span, outer: Span | None, marks: str, *, labelled: bool) -> Statement | None:
    declarations = find_declarations(text, span)
    draft = _Draft(labelled=labelled)
    holes = [
        hole for hole in (extent(text, d) for d in declarations) if text[hole.end : hole.end + 1] not in ("：", ":")
    ]
    for part in parts_of(text, span, holes, marks):
        if not _take(text, part, draft):
            return None
    draft.settle(draft.role or Role.RESPONSIBLE)
    if not draft.shares or (draft.guessed and not _may_guess(draft)):
        return None
    if draft.unread and not (draft.explicit and len(draft.shares) - draft.guessed > len(draft.unread)):
        return None
    mode = mode_of(draft.shares, shared=draft.shared)
    return Statement(
        span,
        outer or span,
        tuple(draft.shares),
        mode,
        draft.explicit,
        declarations,
        deadlines=tuple(draft.deadlines),
        open=tuple(draft.open),
        unread=tuple(draft.unread),
    )


def _may_guess(draft: _Draft) -> bool:
    """A name may be one by its place alone beside others that are not, in a statement that says its role."""
    known = len(draft.shares) - draft.guessed
    return draft.labelled or (draft.explicit and (known >= draft.guessed or draft.levelled >= draft.guessed))


def _take(text: str, part: Span, draft: _Draft) -> bool:
    """Take one part into the draft; False where it is no part of a statement."""
    label = label_pattern().match(text, part.start, part.end)
    if label:
        draft.settle(draft.role or Role.RESPONSIBLE)
        draft.role = label_roles()[label_of(label)]
        draft.skipping = draft.role is None
        draft.labelled = draft.labelled or not draft.skipping
        draft.explicit = draft.explicit or not draft.skipping
        part = Span(label.end(), part.end)
        if label_of(label) in time_labels() and part.end > part.start:
            draft.deadlines.append(part)
        if part.end <= part.start:
            return True
    if draft.skipping or part.of(text) in words("clauses")["fillers"]:
        return True
    if draft.explicit and starts(text, words("clauses")["asides"], part.start):
        return True
    return _take_date(text, part, draft)


def _take_date(text: str, part: Span, draft: _Draft) -> bool:
    """Take a part that is or begins with a limit in time, or is names with their roles."""
    if _is_deadline(text, part):
        draft.deadlines.append(part)
        return True
    rest = _behind_date(text, part)
    if rest is None:
        return _take_names(text, part, draft) or _is_act(part.of(text), draft) or _leaves_out(text, part, draft)
    draft.deadlines.append(Span(part.start, rest.start))
    if _take_names(text, rest, draft):
        return True
    draft.deadlines[-1] = part
    return _tells_no_role(rest.of(text))


def _behind_date(text: str, part: Span) -> Span | None:
    """Return what follows the limit in time that a part begins with (6月底前|出台政策), None where none does."""
    if not _DATE_CHARACTERS & set(part.of(text)):
        return None
    for date in find_dates(text, part, cell=True):
        if date.bounded and text[part.start : date.span.start] in _BEFORE_DATES and date.span.end < part.end:
            return Span(date.span.end, part.end)
    return None


def _is_act(quote: str, draft: _Draft) -> bool:
    """Tell whether a part behind names says only what they do, or when: 各季度分别完成25%; behind a role 出台政策."""
    named = bool(draft.shares or draft.pending)
    timed = named and starts(quote, words("clauses")["turns"]) is not None
    said = draft.explicit and bool(draft.shares) and not draft.pending
    return (timed or (said and starts(quote, words("clauses")["acts"]) is not None)) and _tells_no_role(quote)


def _leaves_out(text: str, part: Span, draft: _Draft) -> bool:
    """Leave out a member of a list that does not look like a name, and remember that it was not understood."""
    quote = part.of(text)
    listed = "、" in (text[part.start - 1 : part.start], text[part.end : part.end + 1])
    if not listed or len(quote) > _LONGEST_LEFT_OUT or closing_predicate(quote) or not quote.isalnum():
        return False
    draft.unread.append(part)
    return True


def _tells_no_role(quote: str) -> bool:
    predicate = closing_predicate(quote)
    return (predicate is None or predicate.open) and not any(word in quote for word in words("clauses")["partners"])


def _take_names(text: str, part: Span, draft: _Draft) -> bool:
    quote = part.of(text)
    own = _ROLE_BRACKET.fullmatch(quote)
    role = _bracketed_role(own[2]) if own else None
    if own and role:
        return _take_own_role(own[1], part.start, role, draft)
    opener = starts(quote, words("clauses")["openers"]) or ""
    known = recognise(quote)
    predicate = None if known and known.sort is Sort.KNOWN else closing_predicate(quote)
    head = quote[len(opener) : predicate.start if predicate else len(quote)]
    principle = _PRINCIPLE.search(head) if predicate else None
    head = head[: principle.start()] if principle else head
    if head.strip() and not _take_head(head, part.start + len(opener), draft):
        return False
    if predicate and predicate.open:
        draft.settle(draft.role or Role.RESPONSIBLE)
        draft.open.append(Span(part.start + predicate.start, part.end))
    elif predicate:
        return _take_predicate(predicate.role, predicate.shared, draft, bool(head.strip()))
    return bool(head.strip())


def _bracketed_role(quote: str) -> Role | None:
    """Return the role that a bracket behind a name gives: （牵头）, （按行业分别牵头）."""
    predicate = closing_predicate(quote)
    return role_in(quote) or (predicate.role if predicate and predicate.start == 0 else None)


def _take_own_role(quote: str, start: int, role: Role, draft: _Draft) -> bool:
    """Take a name with its role in a bracket: 区教育局（牵头）."""
    names = split_names(quote, start)
    if not names:
        return False
    draft.shares += [Share(name, role) for name in names]
    draft.explicit = True
    return True


def _take_predicate(role: Role | None, shared: bool, draft: _Draft, has_names: bool) -> bool:
    draft.shared = draft.shared or shared
    draft.explicit = True
    if role is not None and draft.pending:
        draft.settle(draft.role if draft.role is Role.ASSIST and role is Role.RESPONSIBLE else role)
        draft.role = None
        return True
    return has_names or bool(draft.shares) or bool(draft.pending) or (role is None and shared)


def _take_head(head: str, start: int, draft: _Draft) -> bool:
    joining = starts(head, words("clauses")["joining"])
    if joining and len(head) > len(joining):
        draft.settle(Role.LEAD)
        draft.role, draft.explicit = Role.ASSIST, True
        return _take_list(head[len(joining) :], start + len(joining), draft)
    partner = _partner(head)
    if partner is None:
        ways = (_take_list, _take_two, _take_object, _take_doing)
        return any(take(head, start, draft) for take in ways)
    at, word = partner
    leads = split_names(_without_lead(head[:at]), start)
    others = split_names(head[at + len(word) :], start + at + len(word))
    if leads is None or others is None:
        return False
    draft.pending += leads
    draft.settle(Role.LEAD)
    draft.pending += others
    draft.role = Role.ASSIST
    draft.explicit = True
    return True


def _take_list(head: str, start: int, draft: _Draft) -> bool:
    names = split_names(head, start)
    if names is None and is_plausible(head.strip()):
        draft.guessed += 1
        draft.levelled += starts(head.strip(), prefixes()) is not None
        blank = len(head) - len(head.lstrip())
        names = [Span(start + blank, start + blank + len(head.strip()))]
    draft.pending += names or []
    return names is not None


def _take_two(head: str, start: int, draft: _Draft) -> bool:
    """Take two lists of names that only a role word parts: 区教育局牵头区公安局|配合."""
    for word in role_words():
        at = head.find(word, 2)
        role = role_in(word)
        first = split_names(head[:at], start) if at > 0 else None
        second = split_names(head[at + len(word) :], start + at + len(word)) if first else None
        if first and second and role:
            draft.pending += first
            draft.settle(role)
            draft.pending += second
            draft.explicit = True
            return True
    return False


def _take_object(head: str, start: int, draft: _Draft) -> bool:
    """Take names that a role word with its object follows, where roles have been said before: …，B督导|资金到位."""
    if not draft.explicit and not draft.pending:
        return False
    for word in role_words():
        at = head.find(word, 2, MAX_NAME)
        role = role_in(word)
        names = split_names(head[:at], start) if at > 0 and role else None
        if names and role and _is_object(head[at + len(word) :]):
            if not draft.explicit:
                draft.settle(Role.RESPONSIBLE)
            draft.pending += names
            draft.settle(role)
            draft.explicit = True
            return True
    return False


def _take_doing(head: str, start: int, draft: _Draft) -> bool:
    """Take names with what they do and no role, where roles have been said before: …，区水利局|做好技术保障."""
    if not draft.explicit:
        return False
    for word in words("clauses")["doing"]:
        at = head.find(word, 2, MAX_NAME)
        names = split_names(head[:at], start) if at > 0 else None
        if names and _is_object(head[at + len(word) :]):
            draft.pending += names
            draft.settle(draft.role or Role.RESPONSIBLE)
            draft.open.append(Span(start + at, start + len(head)))
            return True
    return False


def _is_object(quote: str) -> bool:
    other = any(char in " \u3000：:的" for char in quote)
    return bool(quote) and not other and not quote.startswith(words("clauses")["not_plain"])


def _partner(head: str) -> tuple[int, str] | None:
    """Return where 会同 or its like parts two lists of names, None where nothing does."""
    whole = recognise(head)
    for word in words("clauses")["partners"]:
        at = head.find(word, 2)
        if at > 0 and whole and _is_kind(head[:at]):
            return None
        lead, other = head[:at], head[at + len(word) :]
        if at > 0 and split_names(_without_lead(lead)) is not None and split_names(other) is not None:
            return at, word
    return None


def _is_kind(quote: str) -> bool:
    """Tell whether a name is that of a kind of departments: 市监管部门|联合监管工作组 is one body."""
    name = recognise(quote)
    return name is not None and name.sort is Sort.GENERIC


def _without_lead(quote: str) -> str:
    """Return a list of names without the word that says they lead: 区公安局[牵头]会同…."""
    predicate = closing_predicate(quote)
    return quote[: predicate.start] if predicate and predicate.role is Role.LEAD else quote


def _is_deadline(text: str, part: Span) -> bool:
    """Tell whether a part says nothing but by when: 2021年6月底前完成, 长期坚持."""
    quote = part.of(text)
    if starts(quote, words("clauses")["standing"]) and len(quote) <= 8 and recognise(quote) is None:
        return True
    if not _DATE_CHARACTERS & set(quote):
        return False
    for date in find_dates(text, part, cell=True):
        before = text[part.start : date.span.start]
        after = text[date.span.end : part.end]
        if before in _BEFORE_DATES and (not after or after in words("clauses")["done"]):
            return True
    return False


def mode_of(shares: list[Share], *, shared: bool) -> Mode:
    """Return how a task is held by those who share it; `shared` where a division by duties is stated."""
    if any(share.role is Role.LEAD for share in shares):
        return Mode.LED
    if shared:
        return Mode.SHARED
    return Mode.SOLE if len(shares) == 1 else Mode.LISTED


def names_are_sure(text: str, statement: Statement) -> bool:
    """Tell whether the names are so without a role word's help: all of them names, and most of them sure.

    Places and bodies of a number (十二团) beside them count for neither.
    """
    names = [recognise(share.span.of(text)) for share in statement.shares]
    telling = [name for name in names if name and not is_place(name) and not is_numbered(name)]
    sure = sum(_is_sure(name) for name in telling)
    return None not in names and bool(telling) and 2 * sure >= len(telling)


def _is_sure(name: Name) -> bool:
    """A name is sure where it is known, a collective, or of a strong shape with a level before it."""
    shaped = name.sort is Sort.SHAPED and name.strong and bool(name.prefix)
    return shaped or name.sort in (Sort.KNOWN, Sort.COLLECTIVE)
