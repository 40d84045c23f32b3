"""Tasks: what each statement governs, and what is left of an item when it tells somebody to act."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from kg.plan import Assignment, Basis, Finding, Mode, Role, Span, Task
from kg.reading.actors import find_actors
from kg.reading.bearers import Bearers
from kg.reading.declarations import FirstLeads
from kg.reading.findings import note
from kg.reading.outline import Entry
from kg.reading.resolve import Directory, Resolution
from kg.reading.statements import Share, Statement

_BEFORE = " \t\u3000\n\r。；;，,、）)〕-*•●■◆"
_AFTER = " \t\u3000\n\r-*•●■◆"
_FINAL = "。；;"
_STOP = re.compile("[。；;]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The tasks of a document and what was doubtful about them."""

    tasks: tuple[Task, ...]
    findings: tuple[Finding, ...]
    stated: tuple[tuple[Task, Statement], ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    item: str
    number: str
    ordinal: int
    span: Span
    statement: Statement | None
    actors: tuple[Span, ...] = ()


def read_tasks(
    text: str,
    entries: tuple[Entry, ...],
    statements: tuple[Statement, ...],
    bearers: Bearers,
    roster: Roster,
) -> Reading:
    """Return the tasks of the items; each statement of `statements` governs the text before it in its item.

    Where an item names nobody, `bearers` tells whom the headings above it name; `roster` tells who they all are.
    """
    drafts: list[_Draft] = []
    findings: list[Finding] = []
    waiting = list(reversed(statements))
    for entry in entries:
        while waiting and waiting[-1].span.start < entry.item.span.start:
            waiting.pop()
        own: list[Statement] = []
        while waiting and waiting[-1].outer.end <= entry.item.span.end:
            own.append(waiting.pop())
        found = _of_item(text, entry, own) or _of_heading(text, entry, bearers)
        drafts += found
        if not found:
            findings.append(note("item-without-actor", entry.item.span, _cited(entry.item.number)))
    codes = _codes(drafts)
    tasks = tuple(_task(draft, code, roster.assignments(draft)) for draft, code in zip(drafts, codes, strict=True))
    stated = tuple((task, draft.statement) for task, draft in zip(tasks, drafts, strict=True) if draft.statement)
    return Reading(tasks, (*findings, *roster.findings), stated)


def _cited(number: str) -> str:
    """Return how an item is spoken of: 第3条, 第2段 (whose number is 段2)."""
    paragraph = number.removeprefix("段")
    return f"第{number}条" if paragraph == number else f"第{paragraph}段"


def _task(draft: _Draft, code: str, assignments: tuple[Assignment, ...]) -> Task:
    statement = draft.statement.span if draft.statement else None
    mode = _mode(draft, assignments)
    id_ = f"{draft.item}.{draft.ordinal}"
    return Task(id_, code, draft.item, draft.ordinal, draft.span, mode, statement, assignments)


def _of_item(text: str, entry: Entry, statements: list[Statement]) -> list[_Draft]:
    drafts: list[_Draft] = []
    start = entry.content.start
    for index, statement in enumerate(statements):
        if statement.governs:
            cell = _trimmed(text, statement.governs.start, statement.governs.end)
            drafts.append(_draft(entry, len(drafts) + 1, cell, statement))
            start = entry.content.end
            continue
        before = _trimmed(text, start, statement.outer.start)
        span, start = before, statement.outer.end
        if statement.front or before.end <= before.start:
            following = statements[index + 1 : index + 2]
            limit = following[0].outer.start if following else entry.content.end
            shared = drafts and not statement.front and _in_one_sentence(text, statements[index - 1], statement)
            span, start = (drafts[-1].span, start) if shared else _governed(text, statement, limit, drafts)
            if before.end > before.start and not _goes_on(text, start, following):
                span = _trimmed(text, before.start, max(start, statement.outer.end))
            elif before.end > before.start and (acting := find_actors(text, before)):
                drafts.append(_draft(entry, len(drafts) + 1, before, None, acting))
            if span == statement.span and entry.title and not drafts:
                span = _trimmed(text, entry.title.start, entry.title.end)
        drafts.append(_draft(entry, len(drafts) + 1, span, statement))
    rest = _trimmed(text, start, entry.content.end)
    actors = find_actors(text, rest)
    if actors:
        drafts.append(_draft(entry, len(drafts) + 1, rest, None, actors))
    return drafts


def _in_one_sentence(text: str, before: Statement, statement: Statement) -> bool:
    """Tell whether a clause ends the sentence that another opened: 区司法局牵头清理工作，|各部门予以配合."""
    return before.front and _STOP.search(text, before.outer.end, statement.outer.start) is None


def _of_heading(text: str, entry: Entry, bearers: Bearers) -> list[_Draft]:
    bearer = bearers.of(entry)
    span = _trimmed(text, entry.content.start, entry.content.end)
    return [_draft(entry, 1, span, bearer)] if bearer and span.end > span.start else []


def _goes_on(text: str, start: int, following: list[Statement]) -> bool:
    """Tell whether a list goes on of who is responsible for what (A负责X；B负责Y): what stands before it is of all."""
    return any(nxt.front and _trimmed(text, start, nxt.outer.start).end <= start for nxt in following)


def _draft(
    entry: Entry, ordinal: int, span: Span, statement: Statement | None, actors: tuple[Span, ...] = ()
) -> _Draft:
    return _Draft(entry.item.id, entry.item.number, ordinal, span, statement, actors)


def _governed(text: str, statement: Statement, following: int, drafts: list[_Draft]) -> tuple[Span, int]:
    """Return what a statement with nothing before it governs, and from where the next text counts.

    A bracket right behind another shares that one's text; a clause in front governs the rest of its sentence, and
    one that is a sentence by itself all that follows.
    """
    if drafts and statement.outer != statement.span:
        return drafts[-1].span, statement.outer.end
    bounded = statement.front and not statement.whole
    stop = _STOP.search(text, statement.outer.end, following) if bounded else None
    end = stop.end() if stop else following
    span = _trimmed(text, statement.outer.end, end)
    return (span, end) if span.end > span.start else (statement.span, statement.outer.end)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Return a span without the stops and spaces around it, and without one final 。 or ；."""
    while start < end and text[start] in _BEFORE:
        start += 1
    while end > start and text[end - 1] in _AFTER:
        end -= 1
    if end > start and text[end - 1] in _FINAL:
        end -= 1
    while end > start and text[end - 1] in "，,":
        end -= 1
    return Span(start, max(start, end))


def _codes(drafts: list[_Draft]) -> list[str]:
    """Return number.ordinal where that is unique in the document, else the task's id."""
    short = [f"{draft.number}.{draft.ordinal}" for draft in drafts]
    counts = Counter(short)
    long = [f"{draft.item}.{draft.ordinal}" for draft in drafts]
    return [code if counts[code] == 1 else id_ for code, id_ in zip(short, long, strict=True)]


class Roster:
    """Who is assigned to the tasks, as the document's directory resolves them; each doubt is noted once."""

    def __init__(self, text: str, directory: Directory, declared: FirstLeads | None) -> None:
        self._text = text
        self._directory = directory
        self._declared = declared
        self._doubted: set[str] = set()
        self.findings: list[Finding] = []

    def assignments(self, draft: _Draft) -> tuple[Assignment, ...]:
        """Return the assignments of one task, the first listed leading where the document declares it."""
        statement = draft.statement
        shares = statement.shares if statement else tuple(Share(span, Role.RESPONSIBLE) for span in draft.actors)
        basis = Basis.STATED if statement else Basis.IN_SENTENCE
        found: list[Assignment] = []
        inherited = ""
        for share in shares:
            printed = share.span.of(self._text)
            resolution = self._directory.resolve(printed, inherited)
            inherited = self._directory.prefix_of(printed) or inherited
            self._note(printed, share.span, resolution)
            found.append(Assignment(printed, resolution.organization, share.role, basis, share.span))
        if statement and self._declared and self._declared.holds(statement.span.start):
            found = _as_declared(found, self._declared.others)
        return _without_repeats(found)

    def _note(self, printed: str, span: Span, resolution: Resolution) -> None:
        if resolution.doubt and printed not in self._doubted:
            self._doubted.add(printed)
            self.findings.append(note(resolution.doubt, span, printed, year=resolution.until))


def _as_declared(assignments: list[Assignment], others: Role | None) -> list[Assignment]:
    """Make the first listed lead, unless somebody does or it is a collective, and the others what is declared."""
    first = assignments[0]
    if len(assignments) < 2 or first.organization.collective or any(a.role is Role.LEAD for a in assignments):
        return assignments
    lead = replace(first, role=Role.LEAD, basis=Basis.DECLARED)
    return [lead, *(_as_other(other, others) for other in assignments[1:])]


def _as_other(assignment: Assignment, role: Role | None) -> Assignment:
    if role is None or assignment.role is not Role.RESPONSIBLE:
        return assignment
    return replace(assignment, role=role, basis=Basis.DECLARED)


def _without_repeats(assignments: list[Assignment]) -> tuple[Assignment, ...]:
    unique: dict[tuple[str, Role], Assignment] = {}
    for assignment in assignments:
        unique.setdefault((assignment.organization.key, assignment.role), assignment)
    return tuple(unique.values())


def _mode(draft: _Draft, assignments: tuple[Assignment, ...]) -> Mode | None:
    if draft.statement is None:
        return None
    if any(assignment.role is Role.LEAD for assignment in assignments):
        return Mode.LED
    mode = draft.statement.mode
    alone = len(assignments) == 1 and not assignments[0].organization.collective
    return Mode.SOLE if mode is Mode.SHARED and alone else mode
