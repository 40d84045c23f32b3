"""Reading a document: from its bytes to a plan of sections, items, tasks and responsibilities."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from pathlib import Path

from kg.errors import ReadingError
from kg.plan import Finding, Plan, Policy, Span, Task
from kg.reading.actors import find_actors
from kg.reading.bearers import Bearers
from kg.reading.breaks import joined
from kg.reading.campaigns import find_campaigns
from kg.reading.corrections import reviewed
from kg.reading.dates import has_deadline
from kg.reading.declarations import find_declarations, first_leads
from kg.reading.duties import find_duties
from kg.reading.findings import note
from kg.reading.formats import Extract
from kg.reading.masthead import read_masthead
from kg.reading.metadata import DocumentMetadata, check_expectations, metadata_beside
from kg.reading.outline import Outline, read_outline
from kg.reading.policies import Mention, find_policies
from kg.reading.records import find_records
from kg.reading.resolve import Directory, implied_place
from kg.reading.scan import Scan, scan_statements
from kg.reading.script import as_printed, folded
from kg.reading.source import load, take
from kg.reading.spans import Taken, without
from kg.reading.tables import find_tables
from kg.reading.targets import find_targets, has_figure
from kg.reading.tasks import Roster, read_tasks
from kg.reading.whereabouts import Whereabouts

_NO_PLACE: tuple[None, None, None] = (None, None, None)


def read_file(path: Path, reviews: Path | None = None) -> Plan:
    """Read the document at `path`, with the metadata file beside it and the corrections in the folder `reviews`.

    Without `reviews`, with those that ship. Raises ReadingError, and DataError where a review breaks its format.
    """
    return _looked_over(take(load(path), str(path)), path.stem, metadata_beside(path), reviews)


def read_bytes(data: bytes, name: str, reviews: Path | None = None) -> Plan:
    """Read the bytes of a document as `read_file` does; `name` is for messages, and tells the format."""
    return _looked_over(take(data, name), Path(name).stem, None, reviews)


def _looked_over(source: Extract, name: str, metadata: DocumentMetadata | None, reviews: Path | None) -> Plan:
    """Return the plan of a document with what people corrected, and with the pages that could not be read."""
    plan = read_text(source.text, name, metadata)
    if source.pictures:
        pages = "、".join(map(str, source.pictures))
        plan = replace(plan, findings=(note("page-without-text", Span(0, 0), pages=pages), *plan.findings))
    return reviewed(plan, reviews)


def read_text(text: str, name: str = "<text>", metadata: DocumentMetadata | None = None) -> Plan:
    """Read a document's text as it stands: offsets of the plan are code points into exactly `text`.

    Raises ReadingError where `text` is empty; anything else is read, and what could not be placed is a finding.
    """
    if not text.strip():
        raise ReadingError(f"{name}: is empty; expected the text of a document")
    plain = folded(text)
    whole = joined(plain)
    plan = whole.back(_read(whole.text, name, metadata), plain) if whole else _read(plain, name, metadata)
    plan = plan if plain == text else as_printed(plan, text)
    if metadata is None:
        return plan
    return replace(plan, findings=(*plan.findings, *check_expectations(plan, metadata)))


def _read(text: str, name: str, metadata: DocumentMetadata | None) -> Plan:
    head = read_masthead(text, name, metadata)
    tables = (*find_tables(text), *find_records(text))
    scan = scan_statements(text, tables)
    outline = read_outline(text, head.body_start, scan, _Acting(text, scan), tables)
    directory = Directory(head.place or implied_place(_named(text, scan)), head.year)
    declarations = find_declarations(text, Span(0, len(text)))
    declared = first_leads(text, declarations, [statement.outer for statement in scan.statements])
    reading = read_tasks(
        text, outline.entries, scan.statements, Bearers(text, outline, scan), Roster(text, directory, declared)
    )
    where = Whereabouts(outline.sections, outline.entries, reading.tasks)
    policies = find_policies(text, head.title)
    outers = [s.outer for s in scan.statements if not s.governs]
    said = _between(outline, outers)
    stated = Taken(s.span for s in scan.statements)
    titled = [mention.span for mention in policies.mentions if mention.titled]
    rest = Taken([*titled, *outers, *scan.cells])
    duties = find_duties(text, said, reading.stated, where=where, directory=directory, skipped=rest)
    return Plan(
        text=text,
        title=head.title,
        title_span=head.title_span,
        status=head.status,
        year=head.year,
        place=head.place.code if head.place else None,
        jurisdiction=head.place.lineage if head.place else _NO_PLACE,
        issuer=head.issuer,
        document_number=head.document_number,
        declarations=declarations,
        sections=outline.sections,
        items=tuple(entry.item for entry in outline.entries),
        tasks=reading.tasks,
        policies=tuple(_policy(text, mention, where) for mention in policies.mentions),
        campaigns=find_campaigns(text, head.title_span, outline, where),
        targets=find_targets(text, said, where, stated),
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


def _between(outline: Outline, statements: list[Span]) -> list[Span]:
    """Return the words of the items, without the statements among them."""
    starts = [span.start for span in statements]
    said: list[Span] = []
    for entry in outline.entries:
        if entry.cells:
            said += entry.cells
            continue
        first = bisect_left(starts, entry.content.start)
        last = bisect_left(starts, entry.content.end)
        said += without(entry.content, statements[first:last])
    return said


class _Acting:
    """Tells whether a paragraph outside all numbers is an item: by a statement, an actor, a figure or a date."""

    def __init__(self, text: str, scan: Scan) -> None:
        self._text = text
        self._statements = scan.starts

    def __call__(self, paragraph: Span) -> bool:
        text, starts = self._text, self._statements
        if bisect_left(starts, paragraph.end) > bisect_left(starts, paragraph.start):
            return True
        return bool(find_actors(text, paragraph)) or has_figure(text, paragraph) or has_deadline(text, paragraph)


def _named(text: str, scan: Scan) -> list[str]:
    return [share.span.of(text) for statement in scan.statements for share in statement.shares]


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
