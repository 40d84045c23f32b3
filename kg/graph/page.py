"""A document being written down: its plan, its IRI, its graph, and how words and figures become literals."""

from __future__ import annotations

from decimal import Decimal

from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Identifier

from kg.graph import iris
from kg.graph.vocabulary import PREFIXES, ZR
from kg.plan import Plan, Span

Fact = tuple[URIRef, Identifier | None]


class Page:
    """One document being written down: its plan, its IRI, its graph."""

    def __init__(self, plan: Plan, base: str) -> None:
        self.plan = plan
        self.names = iris.Iris(base)
        self.document = URIRef(self.names.document(plan))
        self.graph = Graph()
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace)

    def say(self, subject: URIRef, kind: URIRef, *facts: Fact) -> URIRef:
        """State that `subject` is a `kind` and what holds of it; facts without a value are left out."""
        self.graph.add((subject, RDF.type, kind))
        return self.also(subject, *facts)

    def also(self, subject: URIRef, *facts: Fact) -> URIRef:
        """State more of a subject that has its kind already."""
        for predicate, value in facts:
            if value is not None:
                self.graph.add((subject, predicate, value))
        return subject

    def passage(self, span: Span) -> URIRef:
        """State a passage once and return it."""
        node = URIRef(iris.passage(self.document, span))
        return self.say(
            node,
            ZR.Passage,
            (ZR.start, integer(span.start)),
            (ZR.end, integer(span.end)),
            (ZR.quote, Literal(self.plan.quote(span))),
            (ZR.source, self.document),
        )

    def task(self, path: str) -> URIRef:
        """Return a task by its path."""
        return URIRef(iris.task(self.document, path))

    def section(self, path: str | None) -> URIRef:
        """Return a section, or the document itself where there is none."""
        return self.document if path is None else URIRef(iris.section(self.document, path))


def zh(text: str) -> Literal:
    """Return a name or title, which is Chinese."""
    return Literal(text, lang="zh")


def plain(text: str | None) -> Literal | None:
    """Return words exactly as in the source, without language; nothing where there are none."""
    return Literal(text) if text else None


def integer(number: int) -> Literal:
    """Return a count or an offset."""
    return Literal(number, datatype=XSD.integer)


def decimal(number: Decimal) -> Literal:
    """Return the shortest decimal form, which a store that rewrites literals leaves alone."""
    return Literal(f"{number.normalize():f}", datatype=XSD.decimal)
