"""Other hosts, asked for one query: what a service answers, as VALUES; what a document holds, as INSERT DATA."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any
from urllib.parse import quote, urlencode

from kg.errors import QueryError, UpstreamError
from kg.store.binding import iri, literal
from kg.store.formats import GRAPH, GRAPH_FORMATS, by_name, for_media_type
from kg.store.upstream import Reply, Upstream

_JSON = "application/sparql-results+json"
_FORM = "application/x-www-form-urlencoded"
_RDF = ", ".join(by_name(name).media_type for name in GRAPH_FORMATS)
_ENDINGS = {"ttl": "turtle", "trig": "trig", "nt": "ntriples", "nq": "nquads", "rdf": "rdfxml", "jsonld": "jsonld"}


class Elsewhere:
    """What one query may ask elsewhere: for `seconds` in all, `max_bytes` each; nobody is told who asks."""

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._max_bytes = max_bytes

    def solutions(self, address: str, query: str) -> str:
        """Return the solutions of a SELECT query at a service, as VALUES on one line. UpstreamError if there are none.

        A blank node becomes an IRI (RDF 1.1, 3.5, Skolemization): VALUES holds none.
        """
        reply = self._asked(
            address, "POST", body=urlencode({"query": query}).encode(), Content_Type=_FORM, Accept=_JSON
        )
        try:
            answer = json.loads(reply.body)
            names = [str(name) for name in answer["head"]["vars"]]
            rows = [_row(row, names, address) for row in answer["results"]["bindings"]]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, QueryError) as error:
            raise UpstreamError(f"{address} sent {reply.media_type} that is no result: {error}") from None
        if not all(name.isidentifier() or name.replace("·", "_").isalnum() for name in names):
            raise UpstreamError(f"{address} sent variables that are none")
        return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {' '.join(rows)} }}"

    def triples(self, address: str, base: str, graph: str) -> str:
        """Return an update that adds the triples of a document to a graph, on one line. UpstreamError if it is none."""
        import pyoxigraph as ox

        reply = self._asked(address, "GET", Accept=_RDF)
        name = getattr(for_media_type(reply.media_type, GRAPH), "name", None)
        name = _ENDINGS.get(base.rpartition(".")[2], name) if reply.media_type == "text/plain" else name
        if name is None:
            raise UpstreamError(f"{address} sent {reply.media_type}, which is no RDF that is read here")
        form = ox.RdfFormat.from_media_type(by_name(name).media_type)
        try:
            quads = list(ox.parse(reply.body, form, base_iri=base, rename_blank_nodes=True))
        except (SyntaxError, ValueError) as error:
            raise UpstreamError(f"{address} sent {reply.media_type} that cannot be read: {error}") from None
        if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads):
            raise UpstreamError(f"{address} holds several graphs, and LOAD fills one")
        lines = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
        triples = lines.decode().replace("\n", " ")
        return f"INSERT DATA {{ GRAPH {iri(graph)} {{ {triples} }} }}" if graph else f"INSERT DATA {{ {triples} }}"

    def _asked(self, address: str, method: str, *, body: bytes = b"", **headers: str) -> Reply:
        left = max(self._until - time.monotonic(), 0.001)
        upstream = Upstream(address, left, max_bytes=self._max_bytes, anonymous=True)
        reply = upstream.ask(method, body=body, **headers)
        if reply.status >= 300:
            raise UpstreamError(f"{address} answered {reply.status}: {reply.said()}")
        return reply


def _row(row: dict[str, Any], names: list[str], address: str) -> str:
    return f"({' '.join(_term(row[name], address) if name in row else 'UNDEF' for name in names)})"


def _term(term: dict[str, Any], address: str) -> str:
    value = str(term["value"])
    if term["type"] == "uri":
        return iri(value)
    if term["type"] == "bnode":
        whose = hashlib.sha256(address.encode()).hexdigest()[:16]
        return iri(f"urn:x-zeren:genid:{whose}:{quote(value, safe='')}")
    if term["type"] not in ("literal", "typed-literal"):
        raise ValueError(f"a {term['type']} is no term of SPARQL 1.1")
    return literal(value, term.get("xml:lang"), term.get("datatype"))
