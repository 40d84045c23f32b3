"""One thing as the graph knows it: its facts, read and inferred, and the passages it stands on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.outputs.display import display, with_prefix
from kg.outputs.table import records
from kg.outputs.wording import place_in_words, tasks_in_words
from kg.questions.catalogue import catalogue, run

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.questions.lookup import Thing
    from kg.store import Row, Store

_SHORTENED = 120
# The class whose label names each kind of thing that `lookup` finds.
_CLASSES = {
    kind: f"https://w3id.org/zeren/ns#{name}"
    for kind, name in {
        "task": "Task",
        "organization": "Organization",
        "document": "WorkPlan",
        "campaign": "Campaign",
        "policy": "PolicyDocument",
        "section": "Section",
        "item": "Item",
    }.items()
}
_HEADINGS = {
    "stated": ("原文写明", "Stated"),
    "inferred": ("由此推断", "Inferred"),
    "curated": ("另据登记", "From the registry and the ontology"),
    "passages": ("原文", "Passages"),
    "tasks": ("责任", "Responsibility"),
}


@dataclass(frozen=True, slots=True)
class Portrait:
    """A thing with the rows of the questions `facts`, `passages` and, for a task, `coowners-of-task`."""

    thing: Thing
    facts: Sequence[Row]
    passages: Sequence[Row]
    responsibilities: Sequence[Row]

    def to_json(self) -> str:
        """Return the portrait as JSON: the thing, and the rows of each question."""
        questions = catalogue()
        portrait = {
            "iri": self.thing.iri,
            "kind": self.thing.kind,
            "label": self.thing.label,
            "facts": records(self.facts, questions.question("facts")),
            "passages": records(self.passages, questions.question("passages")),
            "responsibilities": records(self.responsibilities, questions.question("coowners-of-task")),
        }
        return json.dumps(portrait, ensure_ascii=False, indent=1)

    def in_words(self, language: str = "zh") -> str:
        """Return the portrait for people; texts longer than 120 characters are shortened, passages never."""
        return "\n".join(self._lines(language))

    def _lines(self, language: str) -> Iterator[str]:
        yield f"{self.thing.label}  ({display().label(_CLASSES[self.thing.kind], language)})"
        yield self.thing.iri
        if self.responsibilities:
            yield _heading("tasks", language)
            yield tasks_in_words(self.responsibilities, language)
        for origin in ("stated", "inferred", "curated"):
            facts = [row for row in self.facts if str(row["origin"]) == origin]
            if facts:
                yield _heading(origin, language)
                yield from _facts(facts, self.thing.document, language)
        if self.passages and not self.responsibilities:
            yield _heading("passages", language)
            for row in self.passages:
                yield f"  {row['quote']}"
                yield f"    {place_in_words(row, language)}"


def portrait(store: Store, thing: Thing) -> Portrait:
    """Ask the store for everything that is known of `thing`."""
    return Portrait(
        thing,
        run(store, "facts", thing=thing.iri),
        run(store, "passages", thing=thing.iri),
        run(store, "coowners-of-task", task=thing.iri) if thing.kind == "task" else (),
    )


def _facts(rows: Sequence[Row], document: str, language: str) -> Iterator[str]:
    """Yield one line per property, with all its values."""
    values: dict[str, dict[str, None]] = {}
    for row in rows:
        values.setdefault(_named(row["property"], None, document, language), {})[
            _named(row["value"], row.get("valueLabel"), document, language)
        ] = None
    for label, named in values.items():
        yield f"  {label}: {'; '.join(named)}"


def _named(term: Identifier, label: Identifier | None, document: str, language: str) -> str:
    """Return how a property or a value is called: its label, else its text, else its IRI as short as it goes."""
    from rdflib.term import URIRef

    known = display().by_iri.get(str(term))
    if known:
        return known.label(language)
    if label is not None:
        return _shortened(str(label))
    if isinstance(term, URIRef):
        return with_prefix(term.removeprefix(document).removeprefix("/"))
    plain = getattr(term, "language", None) is None
    return display().label(term, language) if plain and str(term) in display().by_word else _shortened(str(term))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORTENED else f"{line[: _SHORTENED - 1]}…"


def _heading(key: str, language: str) -> str:
    return f"\n{_HEADINGS[key][language == 'en']}"
