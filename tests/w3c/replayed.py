"""The W3C's HTTP tests: requests replayed one after another, each response held against what is expected of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import quote

import pyoxigraph as ox

from tests.w3c.asked import JSON, XML, Reply, Served
from tests.w3c.manifest import BASE, FOLDER, MF, Manifest, Node, State
from tests.w3c.results import same_graph

HT, CNT, HTS = (
    "http://www.w3.org/2011/http#",
    "http://www.w3.org/2011/content#",
    "http://www.w3.org/2011/http-statusCodes#",
)
_STATUS = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404", "BadRequest": "400"}
_PATHS = {"/sparql/": "/sparql", "/gsp": "/graphs"}
_ROWS = (JSON, XML, "text/csv", "text/tab-separated-values")
_RDF = ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json")
FORMATS = {"boolean": (JSON, XML), "tabular": _ROWS, "RDF": _RDF}


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what is expected: statuses (`2xx` is all of them), a format, a boolean, headers, a graph."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    expected_format: str | None = None
    expected_boolean: str | None = None
    expected_headers: dict[str, str] = field(default_factory=dict)
    expected_body: str | None = None
    location: str | None = None

    def faults(self, reply: Reply) -> list[str]:
        """Return what is wrong with a reply."""
        media_type = reply.headers.get("content-type", "").partition(";")[0]
        found = []
        if not any(_fits(status, reply.status) for status in self.statuses):
            found.append(f"status {reply.status}, not {' or '.join(self.statuses)}: {reply.body[:200]!r}")
            return found
        if self.expected_format and media_type not in FORMATS[self.expected_format]:
            found.append(f"{media_type} is not {self.expected_format}")
        if self.expected_boolean and json.loads(reply.body)["boolean"] is not (self.expected_boolean == "true"):
            found.append(f"not {self.expected_boolean}")
        for name, value in self.expected_headers.items():
            if _header(reply.headers.get(name, "")) != _header(value):
                found.append(f"{name} is {reply.headers.get(name)!r}, not {value!r}")
        if self.expected_body and not same_graph(_turtle(self.expected_body), _turtle(reply.body)):
            found.append(f"another graph: {reply.body[:300]!r}")
        if self.location and not reply.headers.get("location"):
            found.append("no Location")
        return found


@dataclass(frozen=True, slots=True)
class Exchange:
    """One test: the graphs that are there first, and its requests in order."""

    iri: str
    before: State
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.iri.partition("#")[2]

    def faults(self, service: Served) -> list[str]:
        """Replay it on a service that holds nothing else; return what is wrong."""
        service.load(State())
        service.load(self.before)
        names: dict[str, str] = {}
        found = []
        for n, step in enumerate(self.steps, 1):
            path = step.path
            for name, value in names.items():
                path = path.replace(name, quote(value, safe=""))
            headers = {name.replace("-", "_"): value for name, value in step.headers.items()}
            reply = service.send(step.method, path, step.body, **headers)
            found += [f"request {n}: {fault}" for fault in step.faults(reply)]
            if step.location:
                names[step.location] = reply.headers.get("location", "")
        service.change("DROP ALL")
        return found


def exchanges(folder: str, *names: str) -> tuple[Exchange, ...]:
    """Return the tests of some manifests of a folder of SPARQL 1.1."""
    if not FOLDER.is_dir():
        return ()
    manifests = [Manifest(f"{BASE}sparql11/{folder}/{name}") for name in names]
    return tuple(_exchange(manifest, entry) for manifest in manifests for entry in manifest.entries())


def _exchange(manifest: Manifest, entry: Node) -> Exchange:
    action = manifest.value(entry, f"{MF}action")
    assert isinstance(action, ox.BlankNode)
    steps = tuple(_step(manifest, node) for node in manifest.listed(action, f"{HT}requests"))
    return Exchange(entry.value, manifest.state(entry), steps)


def _step(manifest: Manifest, node: Node) -> Step:
    response = manifest.value(node, f"{HT}resp")
    assert isinstance(response, ox.BlankNode)
    path = _text(manifest, node, f"{HT}absolutePath") or ""
    ours = next(ours for theirs, ours in _PATHS.items() if path.startswith(theirs))
    theirs = next(theirs for theirs in _PATHS if path.startswith(theirs))
    content = _content(manifest, node)
    expected = _content(manifest, response)
    return Step(
        method=_text(manifest, node, f"{HT}methodName") or "",
        path=ours + path.removeprefix(theirs),
        headers=_headers(manifest, node),
        body=content,
        statuses=tuple(_status(status.value) for status in manifest.values(response, f"{MF}expectedStatus")),
        expected_format=_text(manifest, response, f"{MF}expectedFormat"),
        expected_boolean=_text(manifest, response, f"{MF}expectedBoolean"),
        expected_headers=_headers(manifest, response),
        expected_body=expected.decode() if expected else None,
        location=_text(manifest, response, f"{MF}expectedLocation"),
    )


def _headers(manifest: Manifest, node: Node) -> dict[str, str]:
    pairs = (
        (_text(manifest, header, f"{HT}fieldName"), _text(manifest, header, f"{HT}fieldValue"))
        for header in manifest.listed(node, f"{HT}headers")
    )
    return {name.lower(): value for name, value in pairs if name and value}


def _content(manifest: Manifest, node: Node) -> bytes | None:
    body = manifest.value(node, f"{HT}body")
    if not isinstance(body, ox.BlankNode):
        return None
    encoding = _text(manifest, body, f"{CNT}characterEncoding") or "UTF-8"
    return (_text(manifest, body, f"{CNT}chars") or "").encode(encoding)


def _text(manifest: Manifest, node: Node, edge: str) -> str | None:
    found = manifest.value(node, edge)
    return None if found is None else found.value


def _status(iri: str) -> str:
    name = iri.removeprefix(HTS)
    return name.removeprefix("StatusCode") if name.startswith("StatusCode") else _STATUS[name]


def _fits(expected: str, status: int) -> bool:
    return str(status).startswith(expected.removesuffix("xx"))


def _header(value: str) -> str:
    return value.replace(" ", "").lower()


def _turtle(text: str | bytes) -> list[ox.Quad]:
    return list(ox.parse(text, ox.RdfFormat.TURTLE))
