"""Dated duties: who must report or do what, to whom, with a copy to whom, by when."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from kg.plan import Assignment, Duty, Finding, Organization, Role, Span, Task
from kg.reading.actors import subjects
from kg.reading.dates import Deadline, find_dates
from kg.reading.findings import note
from kg.reading.lexicon import longest_first, starts, words
from kg.reading.names import Sort, recognise
from kg.reading.resolve import Directory
from kg.reading.spans import Taken
from kg.reading.statements import Statement
from kg.reading.whereabouts import Whereabouts

_SENTENCE = re.compile(r"[^。；;！？!?\n]{1,5000}")
_CLAUSE = re.compile(r"[^，,：:]+")
_LONGEST_NAME = 24
_SENTENCE_LIMIT = 2000
_SPACE = " \t\u3000"


@dataclass(frozen=True, slots=True)
class _Act:
    """What a dated clause tells to do: to whom it is reported and copied, its words, and the whole passage."""

    recipients: tuple[Span, ...]
    copies: tuple[Span, ...]
    action: Span
    span: Span
    actor: Span | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dated duties of a plan, and the deadlines that nobody in particular is told to meet."""

    duties: tuple[Duty, ...]
    findings: tuple[Finding, ...]


class _Reader:
    """Reads duties as one document dates and names them; statements and titles set no deadline of their own."""

    def __init__(self, text: str, where: Whereabouts, directory: Directory, skipped: Taken) -> None:
        self._text = text
        self._where = where
        self._directory = directory
        dates = find_dates(text, Span(0, len(text)), directory.year)
        self._dates = [d for d in dates if skipped.free(d.span)]
        self._starts = [d.span.start for d in self._dates]
        self.duties: list[Duty] = []
        self.findings: list[Finding] = []

    def sentences(self, stretch: Span) -> None:
        """Read the sentences of one item."""
        at = bisect_left(self._starts, stretch.start)
        while at < len(self._dates) and self._dates[at].span.start < stretch.end:
            sentence = self._sentence(stretch, self._dates[at].span.start)
            last = bisect_left(self._starts, sentence.end)
            for group in _groups(self._text, self._dates[at:last]):
                self._of_group(stretch, sentence, group)
            at = max(last, at + 1)

    def _sentence(self, stretch: Span, at: int) -> Span:
        floor = max(stretch.start, at - _SENTENCE_LIMIT)
        start = max(floor, *(self._text.rfind(mark, floor, at) + 1 for mark in "。；;！？!?\n"))
        match = _SENTENCE.match(self._text, start, stretch.end)
        return Span(start, max(match.end() if match else at + 1, at + 1))

    def _of_group(self, stretch: Span, sentence: Span, deadlines: list[Deadline]) -> None:
        text = self._text
        task = self._where.task(deadlines[0].span.start)
        act = _act(text, sentence, deadlines, stretch)
        actor = self._actor(task, sentence, act)
        if actor is None:
            self.findings += [note("deadline-without-actor", d.span, d.span.of(text)) for d in deadlines]
        self._add(task, act, actor, deadlines)

    def stated(self, task: Task, statement: Statement) -> None:
        """Read the deadline that a statement or a table's row sets for its task (6月底完成; 完成时限：…)."""
        for place in statement.deadlines:
            dates = find_dates(self._text, place, self._directory.year, cell=True)
            bounded = [deadline for deadline in dates if deadline.bounded]
            if bounded and task.span.end > task.span.start:
                last = bounded[-1]
                act = _Act((), (), task.span, last.span)
                self._add(task, act, _answerable(task.assignments), [last])

    def _add(
        self, task: Task | None, act: _Act, actor: tuple[str, Organization] | None, deadlines: list[Deadline]
    ) -> None:
        text = self._text
        recipients, copies = self._named(act.recipients), self._named(act.copies)
        action = act.action.of(text)
        self.duties += [
            Duty(
                task=task.id if task else None,
                item=self._where.item(act.action.start if act.action.end > act.action.start else deadline.span.start),
                kind="report" if act.recipients else "do",
                actor=actor[0] if actor else None,
                actor_organization=actor[1] if actor else None,
                action=action,
                recipients=recipients,
                copies=copies,
                due=deadline.due,
                due_as_written=deadline.span.of(text),
                precision=deadline.precision,
                year_inferred=deadline.year_inferred,
                span=act.span,
            )
            for deadline in deadlines
        ]
        wrong = (d for d in deadlines if d.dated and d.due is None and d.precision != "recurring")
        self.findings += [note("impossible-date", d.span, d.span.of(text)) for d in wrong]

    def _named(self, spans: tuple[Span, ...]) -> tuple[tuple[str, Organization], ...]:
        named: list[tuple[str, Organization]] = []
        inherited = ""
        for span in spans:
            printed = span.of(self._text)
            named.append((printed, self._directory.resolve(printed, inherited).organization))
            inherited = self._directory.prefix_of(printed) or inherited
        return tuple(named)

    def _actor(self, task: Task | None, sentence: Span, act: _Act) -> tuple[str, Organization] | None:
        """Return who must do it: the subject of the sentence, who stands behind the date, else who leads the task."""
        for span in (*subjects(self._text, sentence), *([act.actor] if act.actor else [])):
            printed = span.of(self._text)
            return printed, self._directory.resolve(printed).organization
        return _answerable(task.assignments) if task and task.statement else None


def find_duties(
    text: str,
    within: Iterable[Span],
    statements: Iterable[tuple[Task, Statement]],
    *,
    where: Whereabouts,
    directory: Directory,
    skipped: Taken,
) -> Calendar:
    """Return one duty for each deadline that an item or a statement sets; a copy is a field of the duty, not a duty."""
    reader = _Reader(text, where, directory, skipped)
    for stretch in within:
        reader.sentences(stretch)
    for task, statement in statements:
        reader.stated(task, statement)
    duties = sorted(reader.duties, key=lambda duty: duty.span)
    return Calendar(tuple(duties), tuple(reader.findings))


def _groups(text: str, dates: list[Deadline]) -> Iterator[list[Deadline]]:
    """Yield the dates that bound something, those of one clause together (8月27日和10月29日前)."""
    group: list[Deadline] = []
    for deadline in dates:
        joined = group and text[group[-1].span.end : deadline.span.start] in words("duties")["joined_dates"]
        if group and not joined:
            yield from _closed(group)
            group = []
        group.append(deadline)
    yield from _closed(group)


def _closed(group: list[Deadline]) -> Iterator[list[Deadline]]:
    bounded = [at for at, deadline in enumerate(group) if deadline.bounded]
    if bounded:
        yield group[: bounded[-1] + 1]


def _act(text: str, sentence: Span, deadlines: list[Deadline], stretch: Span) -> _Act:
    clause = _clause_of(text, sentence, deadlines[-1].span)
    start = _opening(text, clause, deadlines[0].span)
    told = Span(deadlines[-1].span.end, clause.end)
    reported = _report(text, told)
    recipients, action = reported or ((), _action(text, told))
    actor = None if reported else _subject(text, action)
    if actor:
        action = _action(text, Span(actor.end, action.end))
    copies = _copies(text, Span(clause.end, sentence.end))
    span = Span(start, max([clause.end, *(copy.end for copy in copies)]))
    if not any(char.isalnum() for char in action.of(text)) or action.of(text) in words("clauses")["done"]:
        before = _before_date(text, stretch, sentence, start)
        action = before if before.end > before.start or action.end <= action.start else action
        span = Span(min(action.start, start), span.end)
    return _Act(recipients, copies, action, span, actor)


def _before_date(text: str, stretch: Span, sentence: Span, date: int) -> Span:
    """Return what a date with nothing behind it bounds: the words before it in its sentence, or in its item."""
    for floor in (sentence.start, stretch.start):
        start, end = floor, date
        while start < end and text[start] in _SPACE + "\n，,、（(":
            start += 1
        while end > start and text[end - 1] in _SPACE + "\n，,、（(":
            end -= 1
        if end > start:
            return Span(start, end)
    return Span(date, date)


def _subject(text: str, action: Span) -> Span | None:
    """Return the name that opens an action, where it is one for certain: 6月底前|区公安局|完成改造."""
    for end in range(min(action.end, action.start + _LONGEST_NAME), action.start + 1, -1):
        name = recognise(text[action.start : end]) if end < action.end else None
        if name and (name.sort in (Sort.KNOWN, Sort.COLLECTIVE) or (name.strong and name.prefix)):
            return Span(action.start, end)
    return None


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
    while start < end and (text[start].isspace() or text[start] in "，,、）)"):
        start += 1
    modal = starts(text, words("duties")["modals"], start)
    start += len(modal or "")
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, max(start, end))


def _report(text: str, within: Span) -> tuple[tuple[Span, ...], Span] | None:
    """Return the report of 向A、B报送C or 将C报送A, None where nothing is reported to anybody."""
    for to in words("duties")["to"]:
        at = text.find(to, within.start, within.end)
        if at < 0:
            continue
        recipients, end = _names_from(text, at + len(to), within.end)
        action = Span(end, within.end)
        if recipients and any(word in action.of(text) for word in words("duties")["reporting"]):
            return recipients, action
    for match in _sending().finditer(text, within.start, within.end):
        recipients, _ = _names_from(text, match.end(), within.end)
        if recipients:
            return recipients, _action(text, within)
    return None


@cache
def _sending() -> re.Pattern[str]:
    """报送区食安办, 报区政府, 上报至市安委办: what is sent, and the name right behind it."""
    sending = "|".join(map(re.escape, longest_first(words("duties")["sending"])))
    return re.compile(rf"(?:{sending})(?:至|到|给)?")


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
    stop = text.find("、", start, min(limit, start + _LONGEST_NAME))
    yield from range(min(limit, start + _LONGEST_NAME) if stop < 0 else stop, start + 1, -1)


def _is_recipient(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and name.strong


def _answerable(assignments: tuple[Assignment, ...]) -> tuple[str, Organization] | None:
    """Return who answers for a task: its only lead, or without leads its only responsible; None where it is shared."""
    chosen = [a for a in assignments if a.role is Role.LEAD] or [a for a in assignments if a.role is Role.RESPONSIBLE]
    return (chosen[0].name, chosen[0].organization) if len(chosen) == 1 else None
