"""A document: its outline and its whole text as published, any passage of it marked; and one section of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from web.asking import ask
from web.source_text import Mark, Paragraph, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.store import Row
    from web.thing import Thing


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text with the parts (rows of `outline`) and tasks (rows of `tasks`) that begin in it."""

    paragraph: Paragraph
    parts: list[Row]
    tasks: list[Row]


def show(found: Thing) -> str:
    """Show a document; `?start=&end=` (code points, end exclusive) marks a passage of its text."""
    outline = ask("outline", document=found.iri)
    tasks = ask("tasks", document=found.iri)
    text = str(found.value("text") or "")
    passage = _passage(len(text))
    return render_template(
        "document.html",
        thing=found,
        text=text,
        lines=_lines(paragraphs(text, _marks(tasks, passage)), outline, tasks),
        sections=[part for part in outline if "title" in part],
        passage=passage,
        policies=ask("policy-list", document=found.iri),
        campaigns=ask("campaign-list", document=found.iri),
    )


def section_page(found: Thing) -> str:
    """Show a section or an item: the tasks that stand in it."""
    place = next(iter(ask("passages", thing=found.iri)), None)
    outline = ask("outline", document=place["document"]) if place else []
    by_iri = {str(part["part"]): part for part in outline}
    return render_template(
        "section.html",
        thing=found,
        place=place,
        above=_above(found.iri, by_iri),
        parts=[part for part in outline if str(part.get("above")) == found.iri and "title" in part],
        tasks=_within(found.iri, ask("tasks", document=place["document"]) if place else [], by_iri),
        is_item="Item" in found.kinds,
    )


def _within(iri: str, tasks: Sequence[Row], by_iri: Mapping[str, Row]) -> list[Row]:
    """Return the tasks that stand in a part of the outline."""
    inside = {part for part in by_iri if part == iri or any(str(a["part"]) == iri for a in _above(part, by_iri))}
    return [task for task in tasks if str(task["item"]) in inside]


def _above(iri: str, by_iri: Mapping[str, Row]) -> list[Row]:
    """Return the sections around a part of the outline, the outermost first."""
    above: list[Row] = []
    part = by_iri.get(iri)
    while part is not None and "above" in part:
        part = by_iri.get(str(part["above"]))
        above[:0] = [part] if part else []
    return above


def _passage(length: int) -> Mark | None:
    start, end = (request.args.get(name, type=int) for name in ("start", "end"))
    if start is None or end is None or not 0 <= start < end <= length:
        return None
    return Mark(start, end, "here")


def _marks(tasks: Sequence[Row], passage: Mark | None) -> list[Mark]:
    marks = [Mark(int(t["statementStart"]), int(t["statementEnd"]), "statement") for t in tasks if "statement" in t]
    return marks if passage is None else [*marks, passage]


def _lines(found: Sequence[Paragraph], outline: Sequence[Row], tasks: Sequence[Row]) -> list[Line]:
    return [Line(p, _beginning(p, outline), _beginning(p, tasks)) for p in found]


def _beginning(paragraph: Paragraph, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if paragraph.start <= int(row["start"]) < paragraph.end]
