"""Dated duties: who must report or do what, to whom, with a copy to whom, by when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.plan import Assignment, Duty, Finding, Organization, Role, Span, Task
from kg.reading.actors import subjects
from kg.reading.dates import Deadline, find_dates
from kg.reading.findings import note
from kg.reading.lexicon import starts, words
from kg.reading.names import recognise
from kg.reading.resolve import Directory

_SENTENCE = re.compile(r"[^。；;！？!?\n]{1,5000}")
_CLAUSE = re.compile(r"[^，,：:]+")


@dataclass(frozen=True, slots=True)
class _Act:
    """What a dated clause tells to do: to whom it is reported and copied, its words, and the whole passage."""

    recipients: tuple[Span, ...]
    copies: tuple[Span, ...]
    action: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dated duties of a plan, and the deadlines that nobody in particular is told to meet."""

    duties: tuple[Duty, ...]
    findings: tuple[Finding, ...]


def find_duties(text: str, tasks: tuple[Task, ...], directory: Directory) -> Calendar:
    """Return one duty for each deadline that a task sets; a copy is a field of the duty, not a duty."""
    found = [
        _of_sentence(text, task, Span(*sentence.span()), directory)
        for task in {task.span: task for task in reversed(tasks)}.values()
        for sentence in _SENTENCE.finditer(text, task.span.start, task.span.end)
    ]
    duties = sorted((duty for calendar in found for duty in calendar.duties), key=lambda duty: duty.span)
    return Calendar(tuple(duties), tuple(finding for calendar in found for finding in calendar.findings))


def _of_sentence(text: str, task: Task, sentence: Span, directory: Directory) -> Calendar:
    deadlines = _bounding(text, find_dates(text, sentence, directory.year))
    if not deadlines:
        return Calendar((), ())
    act = _act(text, sentence, deadlines)
    actor = _actor(text, task, sentence, directory)
    if actor is None or act.action.end <= act.action.start:
        return Calendar((), tuple(note("deadline-without-actor", d.span, d.span.of(text)) for d in deadlines))
    recipients, copies = _named(text, act.recipients, directory), _named(text, act.copies, directory)
    duties = tuple(
        Duty(
            task=task.id,
            kind="report" if act.recipients else "do",
            actor=actor[0],
            actor_organization=actor[1],
            action=act.action.of(text),
            recipients=recipients,
            copies=copies,
            due=deadline.due,
            due_as_written=deadline.span.of(text),
            precision=deadline.precision,
            year_inferred=deadline.year_inferred,
            span=act.span,
        )
        for deadline in deadlines
    )
    return Calendar(duties, _impossible(text, deadlines))


def _impossible(text: str, deadlines: list[Deadline]) -> tuple[Finding, ...]:
    dated = (d for d in deadlines if d.dated and d.due is None)
    return tuple(note("impossible-date", d.span, d.span.of(text)) for d in dated)


def _act(text: str, sentence: Span, deadlines: list[Deadline]) -> _Act:
    clause = _clause_of(text, sentence, deadlines[-1].span)
    start = _opening(text, clause, deadlines[0].span)
    told = Span(deadlines[-1].span.end, clause.end)
    recipients, action = _report(text, told) or ((), _action(text, told))
    copies = _copies(text, Span(clause.end, sentence.end))
    return _Act(recipients, copies, action, Span(start, max([clause.end, *(copy.end for copy in copies)])))


def _bounding(text: str, deadlines: tuple[Deadline, ...]) -> list[Deadline]:
    """Return the dates that bound something: with 前 or 底, and those joined to one (8月27日和10月29日前)."""
    kept: list[Deadline] = []
    for deadline in reversed(deadlines):
        gap = text[deadline.span.end : kept[-1].span.start] if kept else ""
        if deadline.bounded or (kept and gap in words("duties")["joined_dates"]):
            kept.append(deadline)
    return kept[::-1]


def _clause_of(text: str, sentence: Span, date: Span) -> Span:
    """Return the clause with a date; where it ends right behind the date (6月底前，…), the next one belongs to it."""
    found = sentence
    for clause in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if clause.start() <= date.start < clause.end():
            found = Span(*clause.span())
            if not found.of(text)[date.end - found.start :].strip() and found.end + 1 < sentence.end:
                after = _CLAUSE.search(text, found.end + 1, sentence.end)
                found = Span(found.start, after.end()) if after else found
            break
    return found


def _opening(text: str, clause: Span, date: Span) -> int:
    start = date.start
    for word in ("于", "在", "分别"):
        if text.endswith(word, clause.start, start):
            start -= len(word)
    return start


def _action(text: str, within: Span) -> Span:
    start, end = within.start, within.end
    while start < end and (text[start].isspace() or text[start] in "，,、"):
        start += 1
    modal = starts(text, words("duties")["modals"], start)
    start += len(modal or "")
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, max(start, end))


def _report(text: str, within: Span) -> tuple[tuple[Span, ...], Span] | None:
    """Return the report of 向A、B报送C, None where nothing is reported to anybody."""
    for to in words("duties")["to"]:
        at = text.find(to, within.start, within.end)
        if at < 0:
            continue
        recipients, end = _names_from(text, at + len(to), within.end)
        action = Span(end, within.end)
        if recipients and any(word in action.of(text) for word in words("duties")["reporting"]):
            return recipients, action
    return None


def _copies(text: str, within: Span) -> tuple[Span, ...]:
    for clause in _CLAUSE.finditer(text, within.start, within.end):
        word = starts(clause[0].strip(), words("duties")["copying"])
        if word:
            return _names_from(text, text.index(word, clause.start()) + len(word), clause.end())[0]
    return ()


def _names_from(text: str, start: int, limit: int) -> tuple[tuple[Span, ...], int]:
    """Return the names listed from `start` on, and where they end: the longest known name each time."""
    names: list[Span] = []
    while True:
        end = next((e for e in _candidate_ends(text, start, limit) if _is_recipient(text[start:e])), None)
        if end is None:
            return tuple(names), names[-1].end if names else start
        names.append(Span(start, end))
        joiner = starts(text, ("、", "和", "及", "与", "并"), end)
        if not joiner or joiner == "并":
            return tuple(names), end
        start = end + len(joiner)


def _candidate_ends(text: str, start: int, limit: int) -> Iterator[int]:
    stop = text.find("、", start, min(limit, start + 24))
    yield from range(min(limit, start + 24) if stop < 0 else stop, start + 1, -1)


def _is_recipient(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and name.strong


def _named(text: str, spans: tuple[Span, ...], directory: Directory) -> tuple[tuple[str, Organization], ...]:
    named: list[tuple[str, Organization]] = []
    inherited = ""
    for span in spans:
        printed = span.of(text)
        named.append((printed, directory.resolve(printed, inherited).organization))
        inherited = directory.prefix_of(printed) or inherited
    return tuple(named)


def _actor(text: str, task: Task, sentence: Span, directory: Directory) -> tuple[str, Organization] | None:
    """Return who must do it: the subject of the sentence or of the one it goes on from, else who leads the task."""
    for span in subjects(text, sentence):
        printed = span.of(text)
        return printed, directory.resolve(printed).organization
    return _answerable(task.assignments) if task.statement else None


def _answerable(assignments: tuple[Assignment, ...]) -> tuple[str, Organization] | None:
    chosen = [a for a in assignments if a.role is Role.LEAD] or [a for a in assignments if a.role is Role.RESPONSIBLE]
    return (chosen[0].name, chosen[0].organization) if len(chosen) == 1 else None
