"""A task: its text, who is responsible in which role, what it stands under, and its place in the item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from kg.errors import NotFoundError
from web.asking import ask, gathered
from web.i18n import say
from web.source_text import Mark, segments

if TYPE_CHECKING:
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
    siblings = [t for t in ask("tasks", document=row["document"]) if t["item"] == row["item"]]
    return render_template(
        "task.html",
        thing=found,
        row=row,
        assignments=assignments,
        shared=len({a["organization"] for a in assignments}) > 1 and "statement" in row,
        item=_item(row),
        siblings=siblings,
        campaigns=gathered(ask("campaigns", task=found.iri), "campaign"),
        policies=gathered((p for p in ask("policies", task=found.iri) if "taskLabel" in p), "policy"),
        targets=gathered(ask("targets", task=found.iri), "target"),
        duties=gathered(ask("duties", task=found.iri), "duty", "recipient", "copyTo"),
    )


def _item(row: Row) -> list[Segment]:
    """Return the item's text with the task and its statement marked."""
    marks = [Mark(int(row["start"]), int(row["end"]), "task")]
    if "statement" in row:
        marks.append(Mark(int(row["statementStart"]), int(row["statementEnd"]), "statement"))
    return segments(str(row["itemText"]), marks, offset=int(row["itemStart"]))
