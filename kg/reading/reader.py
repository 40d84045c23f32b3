"""Reading a document: from its bytes to a plan of sections, items, tasks and responsibilities."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from pathlib import Path

from kg.errors import ReadingError
from kg.plan import Finding, Plan, Policy, Span, Task
from kg.reading.actors import find_actors
from kg.reading.campaigns import find_campaigns
from kg.reading.duties import find_duties
from kg.reading.findings import note
from kg.reading.masthead import read_masthead
from kg.reading.metadata import DocumentMetadata, check_expectations, metadata_beside
from kg.reading.outline import read_outline
from kg.reading.policies import Mention, find_policies
from kg.reading.resolve import Directory, implied_place
from kg.reading.scan import Scan, scan_statements
from kg.reading.source import decode, load
from kg.reading.targets import find_targets
from kg.reading.tasks import read_tasks
from kg.reading.whereabouts import Whereabouts

_NO_PLACE: tuple[None, None, None] = (None, None, None)


def read_file(path: Path) -> Plan:
    """Read the document at `path`, with the metadata file beside it; raises ReadingError."""
    return read_text(decode(load(path), str(path)), path.stem, metadata_beside(path))


def read_bytes(data: bytes, name: str) -> Plan:
    """Read the bytes of a document; `name` is for messages. Raises ReadingError."""
    return read_text(decode(data, name), Path(name).stem)


def read_text(text: str, name: str = "<text>", metadata: DocumentMetadata | None = None) -> Plan:
    """Read a document's text as it stands: offsets of the plan are code points into exactly `text`.

    Raises ReadingError where `text` is empty; anything else is read, and what could not be placed is a finding.
    """
    if not text.strip():
        raise ReadingError(f"{name}: is empty; expected the text of a document")
    head = read_masthead(text, name, metadata)
    scan = scan_statements(text)
    starts = [statement.span.start for statement in scan.statements]
    outline = read_outline(text, head.body_start, starts, lambda span: _acts(text, span, starts))
    directory = Directory(head.place or implied_place(_named(text, scan)), head.year)
    reading = read_tasks(text, outline.entries, scan.statements, directory)
    where = Whereabouts(outline.sections, reading.tasks)
    policies = find_policies(text, head.title)
    duties = find_duties(text, reading.tasks, directory)
    plan = Plan(
        text=text,
        title=head.title,
        title_span=head.title_span,
        status=head.status,
        year=head.year,
        place=head.place.code if head.place else None,
        jurisdiction=head.place.lineage if head.place else _NO_PLACE,
        issuer=head.issuer,
        document_number=head.document_number,
        declarations=tuple(d for s in scan.statements for d in s.declarations),
        sections=outline.sections,
        items=tuple(entry.item for entry in outline.entries),
        tasks=reading.tasks,
        policies=tuple(_policy(text, mention, where) for mention in policies.mentions),
        campaigns=find_campaigns(text, outline.sections, where),
        targets=find_targets(text, reading.tasks),
        duties=duties.duties,
        findings=_in_order(
            (
                *scan.findings,
                *reading.findings,
                *_stray(text, scan, reading.tasks),
                *policies.findings,
                *duties.findings,
            )
        ),
    )
    if metadata is None:
        return plan
    return replace(plan, findings=(*plan.findings, *check_expectations(plan, metadata)))


def _named(text: str, scan: Scan) -> list[str]:
    return [share.span.of(text) for statement in scan.statements for share in statement.shares]


def _acts(text: str, paragraph: Span, statement_starts: list[int]) -> bool:
    stated = bisect_left(statement_starts, paragraph.end) > bisect_left(statement_starts, paragraph.start)
    return stated or bool(find_actors(text, paragraph))


def _policy(text: str, mention: Mention, where: Whereabouts) -> Policy:
    task = where.task(mention.span.start)
    section = None if task else where.section(mention.span.start)
    name = _on_one_line(mention.span.of(text))
    return Policy(
        name,
        mention.span,
        task.id if task else None,
        section.id if section else None,
        mention.implements,
        mention.titled,
    )


def _on_one_line(name: str) -> str:
    return re.sub(r"\s*\n\s*", "", name)


def _stray(text: str, scan: Scan, tasks: tuple[Task, ...]) -> tuple[Finding, ...]:
    placed = {task.statement for task in tasks}
    return tuple(
        note("statement-outside-items", statement.span, statement.span.of(text))
        for statement in scan.statements
        if statement.span not in placed
    )


def _in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.span, finding.code)))
