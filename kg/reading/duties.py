"""Dated duties: who must report or do what, to whom, with a copy to whom, by when."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.plan import Assignment, Duty, Finding, Organization, Role, Span, Task
from kg.reading.acts import Act, is_report, read_act, subject_of
from kg.reading.dates import Deadline, find_dates, implied_year
from kg.reading.findings import note
from kg.reading.lexicon import words
from kg.reading.resolve import Directory
from kg.reading.spans import Taken
from kg.reading.statements import Statement
from kg.reading.whereabouts import Whereabouts

_SENTENCE = re.compile(r"[^。；;！？!?\n]{1,5000}")
_SENTENCE_LIMIT = 600
_ENDED = ("", "完成", "办结")


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
        self._year = directory.year or implied_year(text)
        dates = find_dates(text, Span(0, len(text)), self._year)
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
            groups = list(_groups(self._text, self._dates[at:last]))
            for group, following in zip(groups, [*groups[1:], None], strict=False):
                limit = following[0].span.start if following else sentence.end
                self._of_group(stretch, sentence, group, limit)
            at = max(last, at + 1)

    def _sentence(self, stretch: Span, at: int) -> Span:
        floor = max(stretch.start, at - _SENTENCE_LIMIT)
        start = max(floor, *(self._text.rfind(mark, floor, at) + 1 for mark in "。；;！？!?\n"))
        match = _SENTENCE.match(self._text, start, min(stretch.end, at + _SENTENCE_LIMIT))
        return Span(start, max(match.end() if match else at + 1, at + 1))

    def _of_group(self, stretch: Span, sentence: Span, deadlines: list[Deadline], limit: int) -> None:
        text = self._text
        task = self._where.task(deadlines[0].span.start)
        dated = Span(deadlines[0].span.start, deadlines[-1].span.end)
        act = read_act(text, sentence, dated, stretch, limit)
        actor = self._actor(task, sentence, act, dated)
        if actor is None and not (task and any(a.role is Role.LEAD for a in task.assignments)):
            self.findings += [note("deadline-without-actor", d.span, d.span.of(text)) for d in deadlines]
        self._add(task, act, actor, deadlines)

    def stated(self, task: Task, statement: Statement) -> None:
        """Read the deadline that a statement or a table's row sets for its task (6月底完成; 完成时限：…)."""
        for place in statement.deadlines:
            dates = (d for d in find_dates(self._text, place, self._year, cell=True) if _is_due(self._text, d, place))
            groups = list(_groups(self._text, list(dates)))
            if groups and task.span.end > task.span.start:
                act = Act((), (), task.span, groups[-1][-1].span)
                self._add(task, act, _answerable(task.assignments), groups[-1])

    def _add(
        self, task: Task | None, act: Act, actor: tuple[str, Organization] | None, deadlines: list[Deadline]
    ) -> None:
        text = self._text
        recipients, copies = self._named(act.recipients), self._named(act.copies)
        action = act.action.of(text)
        self.duties += [
            Duty(
                task=task.id if task else None,
                item=self._where.item(act.action.start if act.action.end > act.action.start else deadline.span.start),
                kind="report" if act.recipients or is_report(action) else "do",
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

    def _actor(self, task: Task | None, sentence: Span, act: Act, dated: Span) -> tuple[str, Organization] | None:
        """Return who must do it: the subject of its clause, or of one before it, else who answers for the task."""
        span = subject_of(self._text, sentence, act, dated)
        if span:
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
    said = len(reader.duties)
    for task, statement in statements:
        reader.stated(task, statement)
    duties = _each_once(reader.duties[:said], reader.duties[said:])
    return Calendar(tuple(sorted(duties, key=lambda duty: duty.span)), tuple(reader.findings))


def _each_once(said: list[Duty], stated: list[Duty]) -> list[Duty]:
    """Leave out what sentences say is to be done on the very day that the statement sets for all of the task."""
    whole = {(duty.task, duty.due, duty.actor_organization) for duty in stated if duty.due}
    return [d for d in said if d.kind != "do" or (d.task, d.due, d.actor_organization) not in whole] + stated


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


def _is_due(text: str, deadline: Deadline, place: Span) -> bool:
    """Tell whether a statement's date is a limit: 年内 is one by itself, and none of what goes on (年内|持续推进)."""
    return not deadline.span.of(text).endswith("年内") or text[deadline.span.end : place.end].strip() in _ENDED


def _answerable(assignments: tuple[Assignment, ...]) -> tuple[str, Organization] | None:
    """Return who answers for a task: its only lead, or without leads its only responsible; None where it is shared."""
    chosen = [a for a in assignments if a.role is Role.LEAD] or [a for a in assignments if a.role is Role.RESPONSIBLE]
    return (chosen[0].name, chosen[0].organization) if len(chosen) == 1 else None
