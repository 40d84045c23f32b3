"""A task: its text, who is responsible in which role, what it stands under, and its place in the item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from kg.errors import NotFoundError
from web.asking import ask, gathered
from web.i18n import say
from web.source_text import Mark, segments
from web.terms import last_part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from rdflib.term import Identifier

    from kg.store import Row
    from web.source_text import Segment
    from web.thing import Thing


def show(found: Thing) -> str:
    """Show the page of a task."""
    rows = ask("task", task=found.iri)
    if not rows:
        raise NotFoundError(say("error.not_found_text", name=found.label))
    row = rows[0]
    assignments = ask("coowners-of-task", task=found.iri)
    named = {a["organization"] for a in assignments if "statement" in row}
    tasks = ask("tasks", document=row["document"])
    return render_template(
        "task.html",
        thing=found,
        row=row,
        assignments=assignments,
        pairs=_pairs(named, row["document"]) if len(named) > 1 else [],
        item=_item(row),
        siblings=[t for t in tasks if t["item"] == row["item"]],
        neighbours=_neighbours(found.iri, tasks),
        campaigns=gathered(ask("campaigns", task=found.iri), "campaign"),
        policies=[fact for fact in found.facts if last_part(fact["property"]) == "cites"],
        targets=gathered(ask("targets", task=found.iri), "target"),
        duties=gathered(ask("duties", task=found.iri), "duty", "recipient", "copyTo"),
    )


def _pairs(named: AbstractSet[Identifier], document: Identifier) -> list[Row]:
    """Return what the organisations of one statement share with each other in the whole document."""
    pairs = ask("network-coownership", document=document)
    return [pair for pair in pairs if pair["organization"] in named and pair["other"] in named]


def _neighbours(iri: str, tasks: Sequence[Row]) -> dict[str, Row]:
    """Return the tasks before and after one in its document, as far as there are any."""
    at = next((i for i, task in enumerate(tasks) if str(task["task"]) == iri), None)
    if at is None:
        return {}
    beside = {"previous": at - 1, "next": at + 1}
    return {name: tasks[i] for name, i in beside.items() if 0 <= i < len(tasks)}


def _item(row: Row) -> list[Segment]:
    """Return the item's text with the task and its statement marked."""
    marks = [Mark(int(row["start"]), int(row["end"]), "task")]
    if "statement" in row:
        marks.append(Mark(int(row["statementStart"]), int(row["statementEnd"]), "statement"))
    return segments(str(row["itemText"]), marks, offset=int(row["itemStart"]))
