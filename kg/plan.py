"""What reading makes of a document: a plan of sections, items, tasks and responsibilities, each with its place.

Offsets are code points into `Plan.text`, end exclusive, and `plan.text[start:end]` is always the quote.
The JSON form (`to_json`) is the contract that other tools rely on; keys may be added, none renamed or dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What one organisation is to one task (SKOS scheme `zr:roles`)."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    ASSIST = "assist"
    PARTICIPATE = "participate"
    GUIDE = "guide"
    SUPERVISE = "supervise"


class Mode(StrEnum):
    """How the responsibility for a task is held (SKOS scheme `zr:modes`)."""

    SOLE = "sole"
    LED = "led"
    SHARED = "shared"
    LISTED = "listed"


class Basis(StrEnum):
    """Where a role comes from."""

    STATED = "stated"
    DECLARED = "declared"
    IN_SENTENCE = "in-sentence"
    CORRECTED = "corrected"


class Severity(StrEnum):
    """How much a finding matters: wrong, doubtful, or only worth knowing."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the source text: code points, end exclusive."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the quote: the text of this span."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Tell whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation as resolved: who it is, whatever the document calls it.

    `key` is what its IRI is minted from: `place code/function or canonical name`, or `place or -/name as printed`
    where it could not be resolved. `name` is the fullest name that is certain, else the name as printed.
    """

    key: str
    name: str
    kind: str | None = None
    function: str | None = None
    jurisdiction: str | None = None
    collective: bool = False
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """One organisation, one task, one role; `name` as printed at `span`."""

    name: str
    organization: Organization
    role: Role
    basis: Basis
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and everything under it; `id` is the path of numerals (`二.三`), `level` 1 for 一、, 2 for （一）."""

    id: str
    number: str
    title: str
    level: int
    parent: str | None
    span: Span
    heading: Span


@dataclass(frozen=True, slots=True)
class Item:
    """The innermost numbered unit that holds text; `number` as printed, `position` counts from 1 in the document."""

    id: str
    number: str
    position: int
    section: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """What one responsibility statement governs, or what an item says of its actors after its last statement."""

    id: str
    code: str
    item: str
    ordinal: int
    span: Span
    mode: Mode | None
    statement: Span | None
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One mention of a policy document, `name` without 《》; `implements` where 根据, 落实, 贯彻 or 按照 says so."""

    name: str
    span: Span
    task: str | None
    section: str | None = None
    implements: bool = False
    titled: bool = True


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign, at its first mention, with the sections that are it and the tasks under it."""

    name: str
    span: Span
    tasks: tuple[str, ...]
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to be reached: `indicator comparator value unit`; `change` is `increase`, `decrease` or None.

    `task` is None in an item that nobody is assigned to.
    """

    task: str | None
    item: str
    indicator: str
    comparator: str
    change: str | None
    value: Decimal
    unit: str
    span: Span
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must do what by when, and report it to whom; `due` is the last day, None where the text fixes none.

    `actor` is None where the text says it of nobody but whoever holds the task; `task` as in a Target.
    """

    task: str | None
    item: str
    kind: str
    actor: str | None
    actor_organization: Organization | None
    action: str
    recipients: tuple[tuple[str, Organization], ...]
    copies: tuple[tuple[str, Organization], ...]
    due: date | None
    due_as_written: str
    precision: str
    year_inferred: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Declaration:
    """A rule that holds for the whole document (排在第一位的为牵头单位，下同)."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that could not be placed, or that a reader should look at."""

    code: str
    severity: Severity
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as read. `place` is the GB/T 2260 code, `jurisdiction` province, city, district (None where unknown)."""

    text: str
    title: str
    title_span: Span
    status: str | None
    year: int | None
    place: str | None
    jurisdiction: tuple[str | None, str | None, str | None]
    issuer: str | None
    document_number: str | None
    declarations: tuple[Declaration, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    tasks: tuple[Task, ...]
    policies: tuple[Policy, ...]
    campaigns: tuple[Campaign, ...]
    targets: tuple[Target, ...]
    duties: tuple[Duty, ...]
    findings: tuple[Finding, ...]

    def quote(self, span: Span) -> str:
        """Return the source text at `span`."""
        return span.of(self.text)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as the JSON object that `zeren read --format json` prints."""
        return {
            "title": self.title,
            "status": self.status,
            "year": self.year,
            "jurisdiction": list(self.jurisdiction),
            "place": self.place,
            "issuer": self.issuer,
            "document_number": self.document_number,
            "declarations": [{"kind": d.kind, "text": self.quote(d.span), **_ends(d.span)} for d in self.declarations],
            "sections": [self._section(s) for s in self.sections],
            "items": [self._item(i) for i in self.items],
            "tasks": [self._task(t) for t in self.tasks],
            "policies": [self._policy(p) for p in self.policies],
            "campaigns": [self._campaign(c) for c in self.campaigns],
            "targets": [self._target(t) for t in self.targets],
            "duties": [self._duty(d) for d in self.duties],
            "findings": [
                {"code": f.code, "severity": f.severity, "message": f.message, **_ends(f.span)} for f in self.findings
            ],
        }

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "id": section.id,
            "number": section.number,
            "title": section.title,
            "level": section.level,
            "parent": section.parent,
            **_ends(section.span),
        }

    def _item(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.id,
            "number": item.number,
            "position": item.position,
            "section": item.section,
            **_ends(item.span),
        }

    def _task(self, task: Task) -> dict[str, Any]:
        statement = task.statement
        return {
            "id": task.id,
            "code": task.code,
            "item": task.item,
            "ordinal": task.ordinal,
            "text": self.quote(task.span),
            **_ends(task.span),
            "mode": task.mode,
            "statement": statement and {"text": self.quote(statement), **_ends(statement)},
            "assignments": [
                {
                    "name": a.name,
                    "organization": a.organization.name,
                    "role": a.role,
                    "basis": a.basis,
                    "collective": a.organization.collective,
                    **_ends(a.span),
                }
                for a in task.assignments
            ],
        }

    def _policy(self, policy: Policy) -> dict[str, Any]:
        return {
            "name": policy.name,
            **_ends(policy.span),
            "task": policy.task,
            "section": policy.section,
            "implements": policy.implements,
        }

    def _campaign(self, campaign: Campaign) -> dict[str, Any]:
        return {"name": campaign.name, **_ends(campaign.span), "tasks": list(campaign.tasks)}

    def _target(self, target: Target) -> dict[str, Any]:
        return {
            "task": target.task,
            "item": target.item,
            "indicator": target.indicator,
            "comparator": target.comparator,
            "change": target.change,
            "value": _number(target.value),
            "unit": target.unit,
            "scope": target.scope,
            "text": self.quote(target.span),
            **_ends(target.span),
        }

    def _duty(self, duty: Duty) -> dict[str, Any]:
        return {
            "task": duty.task,
            "item": duty.item,
            "kind": duty.kind,
            "actor": duty.actor,
            "action": duty.action,
            "recipients": [name for name, _ in duty.recipients],
            "copies": [name for name, _ in duty.copies],
            "due": duty.due and duty.due.isoformat(),
            "due_as_written": duty.due_as_written,
            "precision": duty.precision,
            "year_inferred": duty.year_inferred,
            "text": self.quote(duty.span),
            **_ends(duty.span),
        }


def _ends(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
