"""The overview: what was read, who shares tasks with whom, what is due when, who holds how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import render_template, request

from kg.outputs.network import coownership_network, to_json
from web.addresses import iri_of
from web.asking import ask, gathered, store
from web.drawing import draw
from web.terms import last_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.store import Row

# The strongest pairs stand on the first page; the rest is one click away.
PAIRS = 10
# What is counted in large figures, and the columns of the table of organisations (names of the ontology's terms).
FIGURES = ("Section", "Item", "Task", "Assignment", "Organization", "Target", "Duty", "PolicyDocument", "Campaign")
ROLES = ("lead", "responsible", "assist", "participate", "guide", "supervise")


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document as the overview lists it: how many of each kind of thing were read (by the class's name)."""

    iri: str
    title: str
    status: str | None
    counts: dict[str, int] = field(default_factory=dict)


def show() -> str:
    """Show the overview; `?document=` (a path as in its page's address) chooses among several documents."""
    documents = read_documents(ask("overview"))
    chosen = _chosen(documents)
    if chosen is None:
        return render_template("overview.html", documents=[], chosen=None)
    pairs = ask("strongest-pairs", document=chosen.iri)
    organizations = ask("organizations", document=chosen.iri)
    drawing = draw(to_json(coownership_network(store(), document=chosen.iri)))
    drawn = {circle.iri for circle in drawing.circles}
    return render_template(
        "overview.html",
        documents=documents,
        chosen=chosen,
        pairs=pairs if "pairs" in request.args else pairs[:PAIRS],
        pair_count=len(pairs),
        duties=gathered(ask("duties", document=chosen.iri), "duty", "recipient", "copyTo"),
        organizations=organizations,
        figures=FIGURES,
        roles=[role for role in ROLES if any(int(row[role]) for row in organizations)],
        drawing=drawing,
        alone=[row for row in organizations if str(row["organization"]) not in drawn],
    )


def read_documents(rows: Sequence[Row]) -> list[ReadDocument]:
    """Return the documents behind the rows of the question `overview`, in their order."""
    documents: dict[str, ReadDocument] = {}
    for row in rows:
        iri, status = str(row["document"]), row.get("status")
        entry = documents.setdefault(iri, ReadDocument(iri, str(row["documentLabel"]), status and str(status)))
        entry.counts[last_part(row["kind"])] = int(row["count"])
    return list(documents.values())


def _chosen(documents: Sequence[ReadDocument]) -> ReadDocument | None:
    wanted = iri_of(request.args.get("document", ""))
    return next((d for d in documents if d.iri == wanted), documents[0] if documents else None)
