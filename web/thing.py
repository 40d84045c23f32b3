"""One thing of the graph, one page: the kind of thing decides which page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request
from rdflib import RDF, RDFS
from rdflib.namespace import DCTERMS, SKOS

from kg.errors import NotFoundError
from web import document, organization, task
from web.addresses import iri_of
from web.asking import ask, gathered, grouped
from web.i18n import say
from web.search import nearest
from web.terms import last_part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rdflib.term import Identifier

    from kg.store import Row

_LABELS = (SKOS.prefLabel, DCTERMS.title, RDFS.label)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of the graph with the facts of which it is the subject (rows of the question `facts`)."""

    iri: str
    facts: list[Row]

    def values(self, property_: Identifier) -> list[Identifier]:
        """Return the values of one property, each once, in their order."""
        return list(dict.fromkeys(row["value"] for row in self.facts if row["property"] == property_))

    def value(self, name: str) -> Identifier | None:
        """Return one value of the vocabulary's own property `name`, None where there is none."""
        return next((r["value"] for r in self.facts if last_part(r["property"]) == name), None)

    @property
    def classes(self) -> list[Identifier]:
        """Return its classes."""
        return self.values(RDF.type)

    @property
    def kinds(self) -> list[str]:
        """Return the names of its classes (Task, Organization, …)."""
        return [last_part(kind) for kind in self.classes]

    @property
    def label(self) -> str:
        """Return its name in Chinese, else any name, else the end of its IRI."""
        for property_ in _LABELS:
            found = self.values(property_)
            if found:
                chinese = [v for v in found if getattr(v, "language", None) != "en"]
                return str((chinese or found)[0])
        return last_part(self.iri)


def find(path: str) -> Thing:
    """Return the thing whose page has `path`; raises NotFoundError, the nearest names with it, if there is none."""
    iri = iri_of(path)
    facts = ask("facts", thing=iri)
    if facts:
        return Thing(iri, facts)
    name = path.rstrip("/").rpartition("/")[2]
    raise NotFoundError(say("error.not_found_text", name=name), tuple(nearest(name)))


def show(path: str) -> str:
    """Show the page of a thing; `?view=facts` shows what the graph states and infers of it, whatever it is."""
    found = find(path)
    if request.args.get("view") != "facts":
        for kind, page in _PAGES.items():
            if kind in found.kinds:
                return page(found)
    return facts_page(found)


def facts_page(found: Thing) -> str:
    """Show what is stated and what is inferred of a thing, apart, with the passages behind it."""
    return render_template(
        "thing.html",
        thing=found,
        stated=_by_property([r for r in found.facts if _origin(r) == "stated"]),
        inferred=_by_property([r for r in found.facts if _origin(r) == "inferred"]),
        other=_by_property([r for r in found.facts if _origin(r) == "other"]),
        pointing=grouped(ask("facts-pointing-at", thing=found.iri), lambda r: (r["property"], _origin(r))),
        passages=gathered(ask("passages", thing=found.iri), "passage"),
    )


def campaign_page(found: Thing) -> str:
    """Show a campaign: where it is named, its tasks and who is responsible."""
    return render_template(
        "campaign.html",
        thing=found,
        tasks=gathered(ask("campaigns", campaign=found.iri), "task", "organization"),
        passages=[r for r in ask("passages", thing=found.iri) if "task" not in r],
    )


def policy_page(found: Thing) -> str:
    """Show a policy document: every mention, and the tasks that name it."""
    return render_template(
        "policy.html",
        thing=found,
        mentions=ask("passages", thing=found.iri),
        tasks=ask("tasks-citing-policies", policy=found.iri),
    )


def _origin(row: Row) -> str:
    graph = str(row["graph"])
    if graph.endswith("/inferred"):
        return "inferred"
    return "other" if "/graph/" in graph else "stated"


def _by_property(rows: Sequence[Row]) -> dict[Identifier, list[Row]]:
    return grouped(rows, lambda row: row["property"])


_PAGES: dict[str, Callable[[Thing], str]] = {
    "Task": task.show,
    "Organization": organization.show,
    "WorkPlan": document.show,
    "Section": document.section_page,
    "Item": document.section_page,
    "Campaign": campaign_page,
    "PolicyDocument": policy_page,
}
