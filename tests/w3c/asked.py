"""Who is asked: pyoxigraph in this process, or a running service over HTTP; both take and give the same."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from kg.store.worker import sealed
from tests.w3c.manifest import State, content
from tests.w3c.results import Row, parsed_rows

JSON, XML, CSV, TSV = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
NTRIPLES = "application/n-triples"
ROW_FORMATS = {
    JSON: ox.QueryResultsFormat.JSON,
    XML: ox.QueryResultsFormat.XML,
    CSV: ox.QueryResultsFormat.CSV,
    TSV: ox.QueryResultsFormat.TSV,
}
_EVERYTHING = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


class MalformedError(Exception):
    """The query or update was refused as malformed."""


class RefusedError(Exception):
    """It was understood, and could not be answered or made."""


class Asked(Protocol):
    """Something that holds graphs and answers."""

    def load(self, state: State) -> None:
        """Hold these graphs and no others."""

    def query(self, text: str, base: str, media_type: str) -> bytes:
        """Return the answer in a row format, or as N-Triples where it is a graph. MalformedError or RefusedError."""

    def update(self, text: str, base: str) -> None:
        """Make an update. MalformedError or RefusedError."""

    def quads(self) -> list[ox.Quad]:
        """Return everything held."""


class Direct:
    """pyoxigraph itself: what the service is measured against."""

    def __init__(self) -> None:
        self._store = ox.Store()

    def load(self, state: State) -> None:
        """See `Asked`."""
        self._store = ox.Store()
        self._store.extend(given(state))

    def query(self, text: str, base: str, media_type: str) -> bytes:
        """See `Asked`."""
        try:
            with sealed():
                found = self._store.query(text, base_iri=base)
                if isinstance(found, ox.QueryTriples):
                    return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""
                return found.serialize(format=ROW_FORMATS[media_type]) or b""
        except SyntaxError as error:
            raise MalformedError(str(error)) from None
        except (OSError, ValueError, RuntimeError) as error:
            raise RefusedError(str(error)) from None

    def update(self, text: str, base: str) -> None:
        """See `Asked`."""
        try:
            with sealed():
                self._store.update(text, base_iri=base)
        except SyntaxError as error:
            raise MalformedError(str(error)) from None
        except (OSError, ValueError, RuntimeError) as error:
            raise RefusedError(str(error)) from None

    def quads(self) -> list[ox.Quad]:
        """See `Asked`."""
        return list(self._store)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Served:
    """A running service: `--default-graph empty`, and a token for writing."""

    def __init__(self, address: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._token = token
        self._held: State | None = None

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """Send a request with the token (`content_type` names the header Content-Type)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, {"Authorization": f"Bearer {self._token}", **named})
        response = self._connection.getresponse()
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def load(self, state: State) -> None:
        """See `Asked`; by the graph store protocol, nothing where it is there already."""
        if state == self._held:
            return
        self.change("DROP ALL")
        seen = set()
        for graph, address in state.graphs:
            where = f"/graphs?graph={quote(graph, safe='')}" if graph else "/graphs?default"
            body, media_type = _sent(address)
            reply = self.send("POST" if graph in seen else "PUT", where, body, content_type=media_type)
            assert reply.status in (200, 201, 204), (address, reply)
            seen.add(graph)
        self._held = state

    def change(self, text: str) -> None:
        """Make an update of the tests' own."""
        self._held = None
        reply = self.send("POST", "/sparql", text.encode(), content_type="application/sparql-update")
        _raise_for(reply)

    def query(self, text: str, base: str, media_type: str) -> bytes:
        """See `Asked`."""
        accept = f"{media_type}, {NTRIPLES}"
        reply = self.send(
            "POST", "/sparql", _with_base(text, base), content_type="application/sparql-query", accept=accept
        )
        _raise_for(reply)
        return reply.body

    def update(self, text: str, base: str) -> None:
        """See `Asked`."""
        self.change(_with_base(text, base).decode())

    def quads(self) -> list[ox.Quad]:
        """See `Asked`."""
        rows = parsed_rows(self.query(_EVERYTHING, "", JSON), ROW_FORMATS[JSON])
        assert isinstance(rows, list)
        return [_quad(row) for row in rows]


def given(state: State) -> list[ox.Quad]:
    """Return the quads of files as they are published; blank nodes are each file's own."""
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph) if graph else ox.DefaultGraph())
        for graph, address in state.graphs
        for quad in parsed(address)
    ]


def parsed(address: str) -> list[ox.Quad]:
    """Return the triples of a file."""
    form = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}
    return list(ox.parse(content(address), form[address.rpartition(".")[2]], base_iri=address, rename_blank_nodes=True))


def _sent(address: str) -> tuple[bytes, str]:
    """Return a file to send, and its media type; its relative IRIs resolve against where it is published."""
    if address.endswith(".ttl"):
        return f"@base <{address}> .\n".encode() + content(address), "text/turtle"
    return ox.serialize([quad.triple for quad in parsed(address)], format=ox.RdfFormat.N_TRIPLES) or b"", NTRIPLES


def _with_base(text: str, base: str) -> bytes:
    return (f"BASE <{base}>\n{text}" if base else text).encode()


def _raise_for(reply: Reply) -> None:
    if reply.status < 300:
        return
    problem = json.loads(reply.body)
    if reply.status == 400 and "malformed" in problem["detail"]:
        raise MalformedError(problem["detail"])
    raise RefusedError(f"{reply.status}: {problem['detail']}")


def _quad(row: Row) -> ox.Quad:
    subject, predicate, graph = row["s"], row["p"], row.get("g", ox.DefaultGraph())
    assert isinstance(subject, ox.NamedNode | ox.BlankNode)
    assert isinstance(predicate, ox.NamedNode)
    assert isinstance(graph, ox.NamedNode | ox.DefaultGraph)
    return ox.Quad(subject, predicate, row["o"], graph)
