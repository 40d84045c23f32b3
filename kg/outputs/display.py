"""How things are shown: labels in two languages from the ontology, colours, shapes and lines from `display.ttl`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import DataError
from kg.resources import ontology_dir, prefixes

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

_FILES = ("responsibility.ttl", "concepts.ttl", "display.ttl")
VOCABULARY = "https://w3id.org/zeren/ns#"
_DISPLAY = "https://w3id.org/zeren/display#"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the ontology.

    `word` is its name in JSON (`lead`, `in-sentence`, `task`); `style` holds what `display.ttl` says of it under the
    names it has there: `colour` and `darkColour` (#RRGGBB), `width` (px), `dashes` (SVG stroke-dasharray), `shape` …
    """

    iri: str
    word: str
    zh: str
    en: str
    style: Mapping[str, str | float | bool]

    def label(self, language: str) -> str:
        """Return the label in `language`: `en`, or Chinese for any other."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Display:
    """Every term of the ontology by its IRI, and by its word."""

    by_iri: Mapping[str, Term]
    by_word: Mapping[str, Term]

    def term(self, value: object) -> Term | None:
        """Return the term of an IRI or a word, None if the ontology knows neither."""
        text = str(value)
        return self.by_iri.get(text) or self.by_word.get(text)

    def word(self, value: object) -> str:
        """Return the word of a term (`lead` for `zr:Lead`); the value itself where the ontology has none."""
        term = self.term(value)
        return term.word if term else str(value)

    def label(self, value: object, language: str = "zh") -> str:
        """Return the label of a term, given as IRI or word; the value itself where the ontology has none."""
        term = self.term(value)
        return term.label(language) if term else str(value)

    def style(self, value: object) -> Mapping[str, str | float | bool]:
        """Return how a term is drawn; empty where `display.ttl` says nothing."""
        term = self.term(value)
        return term.style if term else {}


@lru_cache(maxsize=1)
def display() -> Display:
    """Return the labels and styles of the ontology that ships with the program, read once.

    Raises DataError where a file of the ontology is missing or broken.
    """
    graph = _ontology()
    terms = [_term(graph, subject) for subject in _subjects(graph)]
    return Display({t.iri: t for t in terms}, {t.word: t for t in reversed(terms)})


def with_prefix(iri: str) -> str:
    """Return an IRI as `prefix:rest` where one of our prefixes fits, else unchanged."""
    for prefix, namespace in _prefixes().items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


@lru_cache(maxsize=1)
def _prefixes() -> dict[str, str]:
    return prefixes()


def _subjects(graph: Graph) -> list[URIRef]:
    from rdflib import URIRef

    found = {subject for subject in graph.subjects() if isinstance(subject, URIRef)}
    return sorted(subject for subject in found if subject.startswith(VOCABULARY))


def _ontology() -> Graph:
    from rdflib import Graph

    graph = Graph()
    for name in _FILES:
        path = ontology_dir() / name
        try:
            graph.parse(path, format="turtle")
        except (OSError, SyntaxError, ValueError) as error:
            raise DataError(f"{path}: {error}") from error
    return graph


def _term(graph: Graph, subject: URIRef) -> Term:
    local = str(subject).removeprefix(VOCABULARY)
    labels = _labels(graph, subject)
    return Term(
        iri=str(subject),
        word=_notation(graph, subject) or local.lower(),
        zh=labels.get("zh", local),
        en=labels.get("en", local),
        style=_style(graph, subject),
    )


def _labels(graph: Graph, subject: URIRef) -> dict[str, str]:
    from rdflib import RDFS, SKOS, Literal

    found: dict[str, str] = {}
    for predicate in (SKOS.prefLabel, RDFS.label):
        for label in graph.objects(subject, predicate):
            if isinstance(label, Literal) and label.language:
                found.setdefault(label.language, str(label))
    return found


def _notation(graph: Graph, subject: URIRef) -> str | None:
    from rdflib import SKOS

    notation = graph.value(subject, SKOS.notation)
    return str(notation) if notation is not None else None


def _style(graph: Graph, subject: URIRef) -> dict[str, str | float | bool]:
    from rdflib import Literal

    found: dict[str, str | float | bool] = {}
    for predicate, value in graph.predicate_objects(subject):
        if str(predicate).startswith(_DISPLAY):
            plain = value.toPython() if isinstance(value, Literal) else str(value).removeprefix(_DISPLAY)
            name = str(predicate).removeprefix(_DISPLAY)
            found[name] = plain if isinstance(plain, bool | int | str) else float(plain)
    return dict(sorted(found.items()))
