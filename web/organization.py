"""An organisation: its tasks by role, with whom it shares them, its figures and its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from web.asking import ask, gathered, grouped
from web.terms import order

if TYPE_CHECKING:
    from kg.store import Row
    from web.thing import Thing


def show(found: Thing) -> str:
    """Show the page of an organisation."""
    tasks = ask("tasks-of-organization", organization=found.iri)
    shared = grouped(ask("shared-tasks", organization=found.iri), lambda row: row["task"])
    return render_template(
        "organization.html",
        thing=found,
        documents=[_in_document(rows) for rows in grouped(tasks, lambda row: row["document"]).values()],
        shared=shared,
        coowners=grouped(ask("coowners-of-organization", organization=found.iri), lambda row: row["document"]),
        targets=ask("targets", organization=found.iri),
        duties=gathered(ask("duties", actor=found.iri), "duty", "recipient", "copyTo"),
        collective="Collective" in found.kinds,
    )


def _in_document(rows: list[Row]) -> dict[str, object]:
    """Return what an organisation has in one document: its tasks by role, and how it is called there."""
    return {
        "first": rows[0],
        "count": len({row["task"] for row in rows}),
        "roles": grouped(sorted(rows, key=lambda row: order(row["role"])), lambda row: row["role"]),
        "names": list(dict.fromkeys(str(row["asWritten"]) for row in rows)),
    }
