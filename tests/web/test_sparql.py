"""The protocol over real HTTP: every way to ask, every format, and every way to be refused."""

from __future__ import annotations

import http.client
import json
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import pytest
from rdflib import Graph

PREFIX = "PREFIX zr: <https://w3id.org/zeren/ns#>\n"
# 20.1, by a text that only survives when it is decoded exactly once.
TASK = PREFIX + 'SELECT ?code WHERE { ?task zr:code ?code ; zr:text ?text FILTER(CONTAINS(?text, "“三无食品”")) }'
CONSTRUCT = PREFIX + "CONSTRUCT { ?t zr:code ?c } WHERE { ?t zr:code ?c ; zr:mode zr:Led }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers["content-type"].partition(";")[0]

    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


def ask(served: str, path: str = "/sparql", *, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
    connection = http.client.HTTPConnection(urlsplit(served).netloc, timeout=20)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with suppress(BrokenPipeError):  # an answer may come before the whole body was sent
            connection.request(method, path, body=body, headers=named)
        response = connection.getresponse()
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def get(served: str, query: str, accept: str | None = None, **more: str) -> Reply:
    path = f"/sparql?{urlencode({'query': query, **more})}"
    return ask(served, path, Accept=accept) if accept else ask(served, path)


def codes(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    bindings = json.loads(reply.body)["results"]["bindings"]
    return [binding["code"]["value"] for binding in bindings]


def test_get(served: str) -> None:
    assert codes(get(served, TASK)) == ["20.1"]


def test_form_post(served: str) -> None:
    assert codes(ask(served, method="POST", body=urlencode({"query": TASK}).encode(), **FORM)) == ["20.1"]


def test_direct_post(served: str) -> None:
    assert codes(ask(served, method="POST", body=TASK.encode(), **DIRECT)) == ["20.1"]
    with_charset = {"Content-Type": "application/sparql-query; charset=utf-8"}
    assert codes(ask(served, method="POST", body=TASK.encode(), **with_charset)) == ["20.1"]


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_a_percent_sign_in_an_iri_is_decoded_once(served: str, way: str) -> None:
    query = "SELECT ?x WHERE { BIND(<http://example.org/%E4%BB%BB/任> AS ?x) }"
    if way == "get":
        reply = get(served, query)
    elif way == "form":
        reply = ask(served, method="POST", body=urlencode({"query": query}).encode(), **FORM)
    else:
        reply = ask(served, method="POST", body=query.encode(), **DIRECT)
    bindings = json.loads(reply.body)["results"]["bindings"]
    assert bindings[0]["x"]["value"] == "http://example.org/%E4%BB%BB/任"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("*/*", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("application/sparql-results+xml;q=0.5, text/csv;q=0.9", "text/csv"),
        ("text/turtle, application/sparql-results+json;q=0.1", "application/sparql-results+json"),
        ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_rows_in_every_format(served: str, accept: str, kind: str) -> None:
    reply = get(served, TASK, accept)
    assert (reply.status, reply.kind) == (200, kind)
    assert b"20.1" in reply.body
    assert "Accept" in reply.headers["vary"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own, inside its JSON-LD parser
@pytest.mark.parametrize(
    ("accept", "kind", "parser"),
    [
        ("text/turtle", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("*/*", "text/turtle", "turtle"),
    ],
)
def test_graphs_in_every_format(served: str, accept: str, kind: str, parser: str) -> None:
    reply = get(served, CONSTRUCT, accept)
    assert (reply.status, reply.kind) == (200, kind)
    found = Graph().parse(data=reply.body.decode(), format=parser)
    assert sorted(str(o) for o in found.objects()) == ["12.2", "2.2", "23.1", "8.1"]


def test_ask_and_describe(served: str) -> None:
    assert get(served, "ASK { ?s ?p ?o }").json()["boolean"] is True
    assert len(Graph().parse(data=get(served, "DESCRIBE <https://w3id.org/zeren/ns#Task>").body.decode())) > 3


def test_format_by_parameter(served: str) -> None:
    assert get(served, TASK, format="csv").body.split() == [b"code", b"20.1"]
    assert get(served, TASK, format="excel").status == 400
    bare = f"/sparql?{urlencode({'query': TASK})}&format=application/sparql-results+xml"
    assert ask(served, bare, Accept="text/csv").kind == "application/sparql-results+xml"


def test_a_dataset_in_the_request_is_the_dataset(served: str) -> None:
    count = "SELECT (COUNT(*) AS ?code) { ?s ?p ?o }"
    everything = int(codes(get(served, count))[0])
    graph = "https://w3id.org/zeren/id/graph/ontology"
    some = int(codes(get(served, count, **{"default-graph-uri": graph}))[0])
    assert 0 < some < everything
    named = "SELECT (COUNT(*) AS ?code) { GRAPH ?g { ?s ?p ?o } }"
    assert codes(get(served, named, **{"default-graph-uri": graph})) == ["0"]
    assert int(codes(get(served, named, **{"named-graph-uri": graph}))[0]) == some


def test_a_malformed_query_has_line_and_column(served: str) -> None:
    reply = get(served, "SELECT ?s WHERE {\n  ?s ?p }")
    assert (reply.status, reply.kind) == (400, "application/problem+json")
    problem = reply.json()
    assert (problem["status"], problem["line"]) == (400, 2)
    assert isinstance(problem["column"], int)
    assert "line 2" in str(problem["detail"])


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (400, {"path": "/sparql?query=ASK%7B%7D&query=ASK%7B%7D"}),
        (400, {"path": "/sparql?quarry=1"}),
        (400, {"path": "/sparql?query=%FF%FE"}),
        (400, {"method": "POST", "body": b"\xff\xfe", **DIRECT}),
        (400, {"method": "POST", "body": b"", **FORM}),
        (403, {"method": "POST", "body": b"update=CLEAR%20ALL", **FORM}),
        (403, {"method": "POST", "body": b"CLEAR ALL", "Content-Type": "application/sparql-update"}),
        (415, {"method": "POST", "body": b"ASK {}", "Content-Type": "text/plain"}),
        (415, {"method": "POST", "body": b"ASK {}"}),
        (405, {"method": "PUT", "body": b"x"}),
        (405, {"method": "DELETE"}),
        (406, {"path": "/sparql?query=ASK%7B%7D", "Accept": "image/png"}),
        (406, {"path": "/sparql?query=ASK%7B%7D", "Accept": "*/*;q=0"}),
        (413, {"method": "POST", "body": b"#" * 2_000_000, **DIRECT}),
        (400, {"path": f"/sparql?query={quote('INSERT DATA { <a:a> <a:b> 1 }')}"}),
        (421, {"path": "/sparql?query=ASK%7B%7D", "Host": "evil.example"}),
    ],
)
def test_what_is_refused_is_refused_in_words(served: str, status: int, options: dict[str, str]) -> None:
    reply = ask(served, **options)  # type: ignore[arg-type]
    assert reply.status == status, reply.body
    assert reply.kind == "application/problem+json"
    assert reply.json()["status"] == status
    assert b"Traceback" not in reply.body
    assert codes(get(served, TASK)) == ["20.1"]


def test_a_runaway_query_is_stopped_and_others_are_answered(served: str) -> None:
    reply = get(served, RUNAWAY)
    assert (reply.status, reply.kind) == (503, "application/problem+json")
    assert codes(get(served, TASK)) == ["20.1"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { FILTER(" + "!" * 100_000 + "true) }",
        "SELECT * {" + "{" * 100_000 + "}" * 100_000 + "}",
        "SELECT * { ?s " + "/".join(["<a:a>"] * 30_000) + " ?o }",
        "SELECT * { VALUES ?x { " + "1 " * 300_000 + "} }",
    ],
    ids=["nots", "nested", "path", "values"],
)
def test_a_hostile_query_hurts_nobody_else(served: str, query: str) -> None:
    with suppress(http.client.IncompleteRead):  # a streamed answer that came to the time limit
        reply = ask(served, method="POST", body=query.encode(), **DIRECT)
        assert reply.status in (200, 400, 413, 503)
    assert codes(get(served, TASK)) == ["20.1"]


def test_a_browser_that_opens_the_endpoint_gets_the_page(served: str) -> None:
    reply = ask(served, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (reply.status, reply.headers["location"]) == (303, "/query")


def test_head_and_options(served: str) -> None:
    assert ask(served, f"/sparql?{urlencode({'query': TASK})}", method="HEAD").body == b""
    assert "POST" in ask(served, method="OPTIONS").headers["allow"]
