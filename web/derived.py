"""Which facts behind an answer of the SPARQL page are inferred: the page asks after it has shown the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import abort
from rdflib import Literal, URIRef

from kg.explaining import facts_of_graph, facts_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Identifier, Node

    from kg.explaining import Reasons

    Fact = tuple[Node, Node, Node]

LOOKUPS = 200  # facts that are looked up for one page
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*')


@dataclass(frozen=True, slots=True)
class Derived:
    """The inferred facts behind each row (of a graph: behind all of it), and whether all of them were looked up."""

    rows: list[list[Fact]]
    complete: bool


def derived(asked: Any, reasons: Reasons) -> Derived:
    """Return what is inferred of an answer: `query` and `rows` as in SPARQL JSON results, or `turtle`.

    Anything else is refused (400).
    """
    match asked:
        case {"turtle": str(turtle)}:
            return _looked_up([facts_of_graph(turtle)], reasons)
        case {"query": str(query), "rows": list(rows)} if all(isinstance(row, dict) for row in rows):
            return _looked_up(facts_of_rows(query, [_row(row) for row in rows]), reasons)
        case _:
            return abort(
                400, description="send JSON with `query` and `rows` (as in SPARQL JSON results), or with `turtle`"
            )


def _looked_up(rows: Iterable[list[Fact]], reasons: Reasons) -> Derived:
    known: dict[Fact, bool] = {}
    found, complete = [], True
    for facts in rows:
        for fact in facts:
            if fact not in known and len(known) < LOOKUPS:
                known[fact] = reasons.is_inferred(fact)
        complete = complete and all(fact in known for fact in facts)
        found.append([fact for fact in facts if known.get(fact)])
    return Derived(found, complete)


def _row(terms: Mapping[str, Any]) -> dict[str, Identifier]:
    found = {name: _term(term) for name, term in terms.items() if isinstance(term, dict)}
    return {name: term for name, term in found.items() if term is not None}


def _term(term: Mapping[str, Any]) -> Identifier | None:
    match term:
        case {"type": "uri", "value": str(iri)} if _IRI.fullmatch(iri):
            return URIRef(iri)
        case {"type": "literal", "value": str(text), "xml:lang": str(language)}:
            return Literal(text, lang=language) if re.fullmatch("[A-Za-z]+(-[A-Za-z0-9]+)*", language) else None
        case {"type": "literal", "value": str(text), "datatype": str(datatype)} if _IRI.fullmatch(datatype):
            return Literal(text, datatype=URIRef(datatype))
        case {"type": "literal", "value": str(text)}:
            return Literal(text)
    return None
