"""SPARQL 1.1 Query Results JSON, read into rows of rdflib terms; the same term form carries bindings to a query.

rdflib is imported when there are terms: a service has to start before it needs any.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row


def rows(body: bytes) -> list[Row]:
    """Return the solutions of a SPARQL results JSON document, in order; unbound variables are absent."""
    bindings = json.loads(body)["results"]["bindings"]
    return [{name: from_json(term) for name, term in binding.items()} for binding in bindings]


def from_json(term: dict[str, Any]) -> Identifier:
    """Return the rdflib term that a SPARQL results JSON term object describes."""
    from rdflib.term import BNode, Literal, URIRef

    if term["type"] == "uri":
        return URIRef(term["value"])
    if term["type"] == "bnode":
        return BNode(term["value"])
    return Literal(term["value"], lang=term.get("xml:lang"), datatype=term.get("datatype"))


def to_json(term: Identifier) -> dict[str, str]:
    """Return the SPARQL results JSON term object for an rdflib term."""
    from rdflib.term import Literal, URIRef

    if isinstance(term, URIRef):
        return {"type": "uri", "value": str(term)}
    if not isinstance(term, Literal):
        return {"type": "bnode", "value": str(term)}
    described = {"type": "literal", "value": str(term)}
    if term.language:
        described["xml:lang"] = term.language
    elif term.datatype:
        described["datatype"] = str(term.datatype)
    return described
