"""Corrections at work: a plan with what people found misread put right, and a finding for each that was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg.plan import (
    Assignment,
    Basis,
    Campaign,
    Duty,
    Finding,
    Mode,
    Organization,
    Plan,
    Policy,
    Role,
    Span,
    Target,
    Task,
)
from kg.reading.findings import note
from kg.reading.places import place_of_code
from kg.reading.resolve import Directory, implied_place
from kg.reading.reviews import Correction, Entry, reviews_in
from kg.resources import data_dir

Thing = Assignment | Policy | Campaign | Target | Duty
_BRACKETS = {"（": "）", "(": ")", "〔": "〕", "[": "]", "［": "］", "【": "】"}
_AROUND = " \t\u3000\n\r。；;，,、"


def reviewed(plan: Plan, folder: Path | None = None) -> Plan:
    """Return `plan` with the corrections of its document in `folder` applied; by default those that ship.

    Each leaves a finding: applied; no longer needed; or, with nothing changed, that its passage is gone. Raises
    DataError where a review breaks its format.
    """
    for review in reviews_in(folder or data_dir() / "reviews"):
        if review.is_of(plan):
            for correction in review.corrections:
                plan = _corrected(plan, correction)
    return plan


def things_read(plan: Plan, kind: str, passage: Span) -> list[Thing]:
    """Return the things of a kind that were read in a passage, in the order of the text."""
    if kind == "assignments":
        held = sorted((a for t in plan.tasks for a in t.assignments if passage.contains(a.span)), key=lambda a: a.span)
        # Where one statement governs several tasks, it says the same of each.
        return list({(a.span, a.role): a for a in held}.values())
    return sorted((thing for thing in _all(plan, kind) if passage.contains(thing.span)), key=lambda thing: thing.span)


def _all(plan: Plan, kind: str) -> tuple[Thing, ...]:
    mentions: dict[str, tuple[Thing, ...]] = {
        "policies": plan.policies,
        "campaigns": plan.campaigns,
        "targets": plan.targets,
        "duties": plan.duties,
    }
    return mentions[kind]


def _put(plan: Plan, kind: str, current: Sequence[Thing], made: Sequence[Thing]) -> Plan:
    """Return `plan` with `made` in the place of `current`."""
    rest = [thing for thing in _all(plan, kind) if thing not in current]
    things: Any = {kind: tuple(sorted((*rest, *made), key=lambda thing: thing.span))}
    return replace(plan, **things)


def entry_of(thing: Thing) -> dict[str, Any]:
    """Return a thing as a review writes it; what is not known is left out."""
    if isinstance(thing, Assignment):
        return {"name": thing.name, "role": str(thing.role), "organization": thing.organization.name}
    if isinstance(thing, Policy | Campaign):
        return {"name": thing.name}
    if isinstance(thing, Target):
        value = int(thing.value) if thing.value == thing.value.to_integral_value() else float(thing.value)
        said = {"indicator": thing.indicator, "comparator": thing.comparator, "value": value, "unit": thing.unit}
        more = {"change": thing.change, "scope": thing.scope}
        return said | {key: text for key, text in more.items() if text}
    due = thing.due.isoformat() if thing.due else ""
    return {
        "kind": thing.kind,
        "actor": thing.actor,
        "action": thing.action,
        "due": due,
        "due_as_written": thing.due_as_written,
    }


def _corrected(plan: Plan, correction: Correction) -> Plan:
    passage = _found(plan.text, correction)
    if passage is None:
        return _with(plan, note("review-passage-gone", Span(0, 0), correction.passage, by=correction.by))
    current = things_read(plan, correction.kind, passage)
    if correction.mode is None and _same(current, correction.should):
        return _with(plan, note("review-unneeded", passage, correction.passage, by=correction.by))
    try:
        changed = _applied(plan, correction, passage, current)
    except _CannotApplyError as error:
        return _with(plan, note(error.code, passage, str(error), by=correction.by))
    findings = [note("review-applied", passage, correction.passage, by=correction.by, why=correction.why)]
    if not _same(current, correction.read):
        findings.append(note("review-read-otherwise", passage, correction.passage, by=correction.by))
    return _with(changed, *findings)


class _CannotApplyError(Exception):
    """A correction that does not fit the plan: the code of the finding, and the words to quote in it."""

    def __init__(self, code: str, quote: str) -> None:
        super().__init__(quote)
        self.code = code


def _with(plan: Plan, *findings: Finding) -> Plan:
    return replace(plan, findings=tuple(sorted((*plan.findings, *findings), key=lambda f: (f.span, f.code))))


def _found(text: str, correction: Correction) -> Span | None:
    """Return where the passage stands: at its offsets, else at the one place that has its words."""
    where = correction.where
    if where is not None and where.of(text) == correction.passage:
        return where
    at = text.find(correction.passage)
    if at < 0 or text.find(correction.passage, at + 1) >= 0:
        return None
    return Span(at, at + len(correction.passage))


def _same(things: Sequence[Thing], entries: Sequence[Entry]) -> bool:
    """Tell whether things say what entries say, in any order; a key that an entry leaves out is not compared."""
    left = [entry_of(thing) for thing in things]
    for entry in entries:
        fits = next((at for at, said in enumerate(left) if all(said.get(k, "") == v for k, v in entry.items())), None)
        if fits is None:
            return False
        del left[fits]
    return not left


def _applied(plan: Plan, correction: Correction, passage: Span, current: list[Thing]) -> Plan:
    if correction.kind == "assignments":
        return _with_assignments(plan, correction, passage)
    if correction.kind in ("policies", "campaigns"):
        return _with_mentions(plan, correction, passage, current)
    return _with_values(plan, correction, current)


def _with_assignments(plan: Plan, correction: Correction, passage: Span) -> Plan:
    tasks = [task for task in plan.tasks if _is_held_by(task, passage)]
    if not tasks:
        made = _new_task(plan, passage)
        plan = replace(plan, tasks=tuple(sorted((*plan.tasks, made), key=lambda task: task.span)))
        tasks = [made]
    if len({task.statement for task in tasks}) > 1:
        raise _CannotApplyError("review-passage-shared", correction.passage)
    chosen = {task.id for task in tasks}
    changed = tuple(_with_roles(plan, t, correction, passage) if t.id in chosen else t for t in plan.tasks)
    return replace(plan, tasks=changed)


def _is_held_by(task: Task, passage: Span) -> bool:
    """Tell whether a passage speaks of a task: it shares words with its statement, or stands in what it says."""
    statement = task.statement
    if statement is not None and statement.start < passage.end and passage.start < statement.end:
        return True
    return task.span.contains(passage)


def _new_task(plan: Plan, passage: Span) -> Task:
    """Return a task for a statement that was not seen: what stands before it in its item, after the task before."""
    item = next((item for item in plan.items if item.span.contains(passage)), None)
    if item is None:
        raise _CannotApplyError("review-nowhere", plan.quote(passage))
    before = [task for task in plan.tasks if task.item == item.id and task.span.start < passage.start]
    start = max([item.span.start, *(max(t.span.end, t.statement.end if t.statement else 0) for t in before)])
    ordinal = max((task.ordinal for task in plan.tasks if task.item == item.id), default=0) + 1
    code = f"{item.number}.{ordinal}"
    taken = {task.code for task in plan.tasks}
    id_ = f"{item.id}.{ordinal}"
    span = _trimmed(plan.text, start, passage.start)
    span = span if span.end > span.start else passage
    return Task(id_, id_ if code in taken else code, item.id, ordinal, span, None, _inner(plan.text, passage), ())


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and (text[start] in _AROUND or text[start] in _BRACKETS.values()):
        start += 1
    while end > start and text[end - 1] in _AROUND:
        end -= 1
    return Span(start, end)


def _inner(text: str, passage: Span) -> Span:
    """Return a passage without the bracket around it."""
    quote = passage.of(text)
    bracketed = len(quote) > 2 and _BRACKETS.get(quote[0]) == quote[-1]
    return Span(passage.start + 1, passage.end - 1) if bracketed else passage


def _with_roles(plan: Plan, task: Task, correction: Correction, passage: Span) -> Task:
    kept = [a for a in task.assignments if not passage.contains(a.span)]
    replaced = [a for a in task.assignments if passage.contains(a.span)]
    made = [_assignment(plan, task, passage, entry, replaced) for entry in correction.should]
    if not (correction.read or correction.should):
        made = replaced
    assignments = tuple(sorted((*kept, *made), key=lambda a: a.span))
    # Without anybody named in it, it was no statement.
    statement = task.statement if assignments else None
    mode = correction.mode or (_mode(task, assignments) if statement else None)
    return replace(task, assignments=assignments, mode=mode, statement=statement)


def _assignment(plan: Plan, task: Task, passage: Span, entry: Entry, replaced: list[Assignment]) -> Assignment:
    for old in replaced:
        if _same([old], [entry]):
            return old
    name = entry["name"]
    span = _name_in(plan.text, name, passage) or _name_in(plan.text, name, task.span)
    if span is None:
        raise _CannotApplyError("review-name-absent", name)
    return Assignment(name, _organization(plan, entry, replaced), Role(entry["role"]), Basis.CORRECTED, span)


def _name_in(text: str, name: str, span: Span) -> Span | None:
    at = text.find(name, span.start, span.end)
    return None if at < 0 else Span(at, at + len(name))


def _organization(plan: Plan, entry: Entry, replaced: list[Assignment]) -> Organization:
    wanted = entry.get("organization")
    known = [*replaced, *(a for task in plan.tasks for a in task.assignments)]
    for old in known:
        if old.organization.name == wanted or (wanted is None and old.name == entry["name"]):
            return old.organization
    return _directory(plan).resolve(wanted or entry["name"]).organization


def _directory(plan: Plan) -> Directory:
    place = place_of_code(plan.place) if plan.place else None
    return Directory(place or implied_place([a.name for task in plan.tasks for a in task.assignments]), plan.year)


def _mode(task: Task, assignments: tuple[Assignment, ...]) -> Mode | None:
    if not assignments:
        return None
    if any(a.role is Role.LEAD for a in assignments):
        return Mode.LED
    if len({a.organization.key for a in assignments}) == 1 and not assignments[0].organization.collective:
        return Mode.SOLE
    return Mode.SHARED if task.mode is Mode.SHARED else Mode.LISTED


def _with_mentions(plan: Plan, correction: Correction, passage: Span, current: list[Thing]) -> Plan:
    made: list[Thing] = []
    for at, entry in enumerate(correction.should):
        old = next((thing for thing in current if _same([thing], [entry])), None)
        span = _name_in(plan.text, entry["name"], passage)
        if old is None and span is None:
            raise _CannotApplyError("review-name-absent", entry["name"])
        model = old or (current[at] if at < len(current) else _mention(plan, correction.kind, passage))
        changes: Any = {"name": entry["name"], "span": span}
        if span is not None and correction.kind == "policies":
            changes["titled"] = plan.text[span.start - 1 : span.start] == "《"
        made.append(old or replace(model, **changes))
    return _put(plan, correction.kind, current, made)


def _mention(plan: Plan, kind: str, passage: Span) -> Policy | Campaign:
    tasks = [task.id for task in plan.tasks if task.span.contains(passage)]
    if kind == "campaigns":
        return Campaign("", passage, tuple(tasks))
    sections = [section.id for section in plan.sections if section.span.contains(passage)]
    return Policy("", passage, tasks[0] if tasks else None, None if tasks or not sections else sections[-1])


def _with_values(plan: Plan, correction: Correction, current: list[Thing]) -> Plan:
    """Change targets or duties one by one, or drop them all; a new one cannot be made of a few words."""
    if correction.should and len(correction.should) != len(current):
        raise _CannotApplyError("review-count-differs", correction.passage)
    made = [_changed(plan, old, e) for old, e in zip(current, correction.should, strict=False)]
    return _put(plan, correction.kind, current, made)


def _changed(plan: Plan, old: Thing, entry: Entry) -> Thing:
    values: dict[str, Any] = {
        key: value or None if key in ("change", "scope") else value for key, value in entry.items()
    }
    if "value" in values:
        values["value"] = Decimal(str(values["value"]))
    if "due" in values:
        try:
            values["due"] = date.fromisoformat(values["due"]) if values["due"] else None
        except ValueError:
            raise _CannotApplyError("impossible-date", values["due"]) from None
    if "actor" in values:
        values["actor_organization"] = _organization(plan, {"name": values["actor"]}, [])
    return replace(old, **values)
