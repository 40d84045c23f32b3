"""Which triples the rows of a query stand for: its triple patterns, with the row's values in their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rdflib import Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Identifier, Node

from kg.graph.rules import Triple
from kg.resources import prefixes

_LONGEST = 10_000  # characters of a query that is looked into
# What a row did not have to match: filters, the part taken away, what is computed for it.
_ASIDE = {"Minus": ("p2",), "Filter": ("expr",), "LeftJoin": ("expr",), "Extend": ("expr",)}


def patterns(query: str) -> tuple[Triple, ...]:
    """Return the triple patterns of a query's WHERE, in their order; none where it cannot be read, or is very long.

    Of property paths only those that one triple can match: a property, its inverse, alternatives, repetitions.
    """
    if len(query) > _LONGEST:
        return ()
    try:
        algebra = translateQuery(parseQuery(query), initNs=prefixes()).algebra
    except Exception:  # noqa: BLE001 - rdflib and pyparsing raise many kinds; the store has judged the query already
        return ()
    return tuple(dict.fromkeys(_patterns(algebra)))


def _patterns(part: object) -> Iterator[Triple]:
    if not isinstance(part, CompValue):
        return
    if part.name == "BGP":
        for subject, predicate, value in part.triples:
            yield from _single(subject, predicate, value)
    for name, inner in part.items():
        if name not in _ASIDE.get(part.name, ()):
            yield from _patterns(inner)


def _single(subject: Node, predicate: object, value: Node) -> Iterator[Triple]:
    if not isinstance(predicate, Path):
        yield subject, predicate, value  # type: ignore[misc]
    elif isinstance(predicate, InvPath):
        yield from _single(value, predicate.arg, subject)
    elif isinstance(predicate, AlternativePath):
        for arg in predicate.args:
            yield from _single(subject, arg, value)
    elif isinstance(predicate, MulPath):
        yield from _single(subject, predicate.path, value)


def instances(found: Sequence[Triple], row: Mapping[str, Identifier]) -> list[Triple]:
    """Return those of some patterns that a row fills completely, each once."""
    filled = (tuple(_filled(term, row) for term in pattern) for pattern in found)
    return list(dict.fromkeys(triple for triple in filled if _is_triple(triple)))  # type: ignore[misc]


def _filled(term: Node, row: Mapping[str, Identifier]) -> Node | None:
    return row.get(str(term)) if isinstance(term, Variable) else term


def _is_triple(terms: tuple[Node | None, ...]) -> bool:
    subject, predicate, value = terms
    return isinstance(subject, URIRef) and isinstance(predicate, URIRef) and isinstance(value, URIRef | Literal)
