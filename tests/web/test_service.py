"""What a service in use needs: changes with a token, graphs, tags, codings, limits, health, a log without secrets."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import brotli
import pytest
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, URIRef

from tests.conftest import serving
from tests.web.test_sparql import DIRECT, FORM, RUNAWAY, Reply, ask, codes, get
from web.app import create_app
from web.cache import lasts

if TYPE_CHECKING:
    from kg.store import Answer
    from kg.store.engine import Engine

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
OWN = "http://example.org/任务/own"
SD = "http://www.w3.org/ns/sparql-service-description#"
PAIRS = "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f }"
ROWS = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 500"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("writable")
    (folder / "token").write_text(TOKEN, "utf-8")
    return folder


@pytest.fixture(scope="module")
def writable(folder: Path) -> Iterator[str]:
    options = ["--store", str(folder / "store"), "--write-token-file", str(folder / "token"), "--time-limit", "3"]
    options += ["--allow-origin", "https://example.org", "--access-log", str(folder / "access.log")]
    options += ["--client-limit", "4", "--buffer-limit", "1"]
    with serving(*options) as (address, _):
        yield address


def objects(writable: str, graph: str = OWN) -> list[str]:
    reply = get(writable, f"SELECT (STR(?o) AS ?code) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} ORDER BY ?o")
    return codes(reply)


def graphs(graph: str) -> str:
    return f"/graphs?graph={quote(graph, safe='')}"


def test_a_change_needs_the_token(writable: str) -> None:
    update = f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "甲" }} }}'.encode()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        reply = ask(writable, method="POST", body=update, **UPDATE, **headers)
        assert (reply.status, reply.kind) == (401, "application/problem+json")
        assert reply.headers["www-authenticate"].lower().startswith("bearer")
    assert objects(writable) == []
    assert ask(writable, method="POST", body=update, **UPDATE, **BEARER).status == 204
    assert objects(writable) == ["甲"]
    form = urlencode({"update": f"CLEAR GRAPH <{OWN}>"}).encode()
    assert ask(writable, method="POST", body=form, **FORM, **BEARER).status == 204
    assert objects(writable) == []


def test_without_a_token_nothing_is_writable(served: str) -> None:
    assert ask(served, method="POST", body=b"CLEAR ALL", **UPDATE, **BEARER).status == 403
    assert ask(served, graphs(OWN), method="PUT", body=b"<a:a> <a:b> 1 .", **TURTLE, **BEARER).status == 403


@pytest.mark.parametrize(("file", "counts"), [(None, TOKEN), ("f" * 16, "f" * 16)], ids=["alone", "with a file"])
def test_the_token_may_be_given_in_the_environment(
    seed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str | None, counts: str
) -> None:
    monkeypatch.setenv("ZEREN_WRITE_TOKEN", f" {TOKEN}\n")
    if file:
        (tmp_path / "token").write_text(file, "utf-8")
        monkeypatch.setenv("ZEREN_WRITE_TOKEN_FILE", str(tmp_path / "token"))
    with serving("--store", str(seed_folder)) as (address, _):
        for token in (TOKEN, "f" * 16):
            bearer = {"Authorization": f"Bearer {token}"}
            reply = ask(address, method="POST", body=b"DROP SILENT GRAPH <a:none>", **UPDATE, **bearer)
            assert reply.status == (204 if token == counts else 401)


def test_derived_graphs_are_refused(writable: str) -> None:
    for update in ("CLEAR ALL", "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }"):
        reply = ask(writable, method="POST", body=update.encode(), **UPDATE, **BEARER)
        assert (reply.status, reply.kind) == (403, "application/problem+json")
    assert codes(get(writable, "SELECT (COUNT(?t) AS ?code) { ?t a <https://w3id.org/zeren/ns#Task> }")) == ["60"]


def test_a_malformed_update_has_its_place(writable: str) -> None:
    reply = ask(writable, method="POST", body=b"INSERT DATA {\n <a:a> <a:b> }", **UPDATE, **BEARER)
    assert (reply.status, reply.json()["line"]) == (400, 2)


def test_malformed_content_has_its_place(writable: str) -> None:
    reply = ask(writable, graphs(OWN), method="PUT", body=b"<a:a> <a:b> 1 .\n<a:a> <a:b> .", **TURTLE, **BEARER)
    assert (reply.status, reply.json()["line"], reply.json()["column"]) == (400, 2, 13)


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "indirect"])
def test_graph_store_protocol(writable: str, direct: bool) -> None:
    path = "/graphs/some/name" if direct else graphs("http://example.org/图")
    assert ask(writable, path).status == 404
    assert ask(writable, path, method="PUT", body=b'<a:a> <a:b> "1" .', **TURTLE, **BEARER).status == 201
    assert ask(writable, path, method="PUT", body=b'<a:a> <a:b> "2" .', **TURTLE, **BEARER).status == 204
    more = ask(writable, path, method="POST", body=b'{"@id": "a:a", "a:b": "3"}', **BEARER, **JSON_LD)
    assert more.status == 204
    reply = ask(writable, path, Accept="application/n-triples")
    assert sorted(reply.body.split()) == sorted(b'<a:a> <a:b> "2" . <a:a> <a:b> "3" .'.split())
    assert ask(writable, path, method="HEAD").status == 200
    assert ask(writable, path, method="DELETE", body=None, **BEARER).status == 204
    assert ask(writable, path, method="DELETE", body=None, **BEARER).status == 404


@pytest.mark.parametrize("path", [graphs("http://example.org/tagged"), "/.well-known/void"], ids=["graph", "void"])
def test_what_is_read_there_has_a_tag_and_is_compressed(writable: str, path: str) -> None:
    content = "".join(f'<a:{n}> <a:b> "{n}" .\n' for n in range(200)).encode()
    tagged = graphs("http://example.org/tagged")
    ask(writable, tagged, method="PUT", body=content, **TURTLE, **BEARER)
    first = ask(writable, path)
    tag = first.headers["etag"]
    again = ask(writable, path, If_None_Match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    packed = ask(writable, path, Accept_Encoding="gzip")
    assert (packed.headers["content-encoding"], gzip.decompress(packed.body)) == ("gzip", first.body)
    assert {"Accept", "Accept-Encoding"} <= set(packed.headers["vary"].split(", "))
    assert len({tag, packed.headers["etag"], ask(writable, path, Accept="application/rdf+xml").headers["etag"]}) == 3
    assert ask(writable, path, method="HEAD", Accept_Encoding="gzip").headers["etag"] == packed.headers["etag"]
    ask(writable, tagged, method="POST", body=b"<a:a> <a:b> 1 .", **TURTLE, **BEARER)
    assert ask(writable, path, If_None_Match=tag).status == 200
    ask(writable, tagged, method="DELETE", **BEARER)  # type: ignore[arg-type]


def test_a_graph_is_read_for_its_client(seed_store: Engine) -> None:
    asking: list[str] = []

    class Listening:
        version = "1"

        def answer(self, query: str, *, client: str = "", **options: Any) -> Answer:
            asking.append(client)
            return seed_store.answer(query, **options)

    client = create_app(Listening()).test_client()  # type: ignore[arg-type]
    graph = graphs("https://w3id.org/zeren/id/graph/ontology")
    assert client.get(graph, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    assert asking == ["192.0.2.7"] * 2


JSON_LD = {"Content-Type": "application/ld+json"}


def test_a_new_graph_gets_an_address(writable: str) -> None:
    reply = ask(writable, "/graphs", method="POST", body=b'<a:a> <a:b> "new" .', **TURTLE, **BEARER)
    assert reply.status == 201
    path = reply.headers["location"].removeprefix(writable.rstrip("/"))
    assert b'"new"' in ask(writable, path).body


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (400, {"path": "/graphs"}),
        (400, {"path": "/graphs?graph=relative"}),
        (400, {"path": f"/graphs?default&graph={quote(OWN)}"}),
        (400, {"path": graphs(OWN), "method": "PUT", "body": b"<a:a> <a:b>", **TURTLE, **BEARER}),
        (415, {"path": graphs(OWN), "method": "PUT", "body": b"x", "Content-Type": "image/png", **BEARER}),
        (405, {"path": graphs(OWN), "method": "PATCH", "body": b"x"}),
        (421, {"path": graphs(OWN), "Host": "evil.example"}),
    ],
)
def test_what_a_graph_cannot_be_is_refused_in_words(writable: str, status: int, options: dict[str, str]) -> None:
    reply = ask(writable, **options)  # type: ignore[arg-type]
    assert (reply.status, reply.kind) == (status, "application/problem+json"), reply.body


def test_an_answer_has_a_tag_that_changes_with_the_content(writable: str) -> None:
    first = get(writable, ROWS)
    tag = first.headers["etag"]
    assert _again(writable, tag).status == 304
    assert get(writable, ROWS).body == first.body
    update = b'INSERT DATA { GRAPH <http://example.org/tag> { <a:a> <a:b> "changed" } }'
    assert ask(writable, method="POST", body=update, **UPDATE, **BEARER).status == 204
    assert _again(writable, tag).status == 200


def _again(address: str, tag: str) -> Reply:
    return ask(address, f"/sparql?{urlencode({'query': ROWS})}", If_None_Match=tag)


@pytest.mark.parametrize("call", ["NOW()", "rand ()", "UUID( )", "STRUUID()", "BNODE()", "Now#\n()"])
def test_what_differs_each_time_is_not_kept(writable: str, call: str) -> None:
    query = f"SELECT (STR({call}) AS ?code) {{}}" if "BNODE" not in call else f"SELECT ({call} AS ?code) {{}}"
    first = get(writable, query)
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    assert codes(first) != codes(get(writable, query))
    again = ask(writable, f"/sparql?{urlencode({'query': query})}", If_None_Match="*")
    assert (again.status, again.headers["cache-control"]) == (200, "no-store")


def test_words_that_only_look_so_are_kept(writable: str) -> None:
    assert "etag" in get(writable, "SELECT ?now ?random { ?now <a:uuid> ?random }").headers
    assert not lasts("SELECT (N\\u004fw() AS ?x) {}")  # as other stores read it


def test_answers_are_compressed_for_who_wants_it(writable: str) -> None:
    path = f"/sparql?{urlencode({'query': ROWS})}"
    plain = ask(writable, path)
    packed = ask(writable, path, Accept_Encoding="gzip")
    assert (packed.headers["content-encoding"], gzip.decompress(packed.body)) == ("gzip", plain.body)
    packed = ask(writable, path, Accept_Encoding="gzip, br")
    assert (packed.headers["content-encoding"], brotli.decompress(packed.body)) == ("br", plain.body)
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in ask(writable, path, Accept_Encoding="br;q=0").headers


def test_pages_elsewhere_may_ask_only_if_allowed(writable: str, served: str) -> None:
    assert get(writable, "ASK {}").headers["access-control-allow-origin"] == "https://example.org"
    assert ask(writable, "/sparql", method="OPTIONS").status == 204
    for path in ("/graphs", "/graphs/a/b", "/sparql", "/.well-known/void"):
        headers = ask(writable, path, method="OPTIONS").headers
        assert headers["access-control-allow-origin"] == "https://example.org"
    assert "PUT" in ask(writable, "/graphs", method="OPTIONS").headers["access-control-allow-methods"]
    assert "Retry-After" in get(writable, "ASK {}").headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in ask(writable, "/").headers
    assert "access-control-allow-origin" not in get(served, "ASK {}").headers


@pytest.mark.parametrize("path", ["/graphs", "/graphs?default", "/graphs/a/b"])
def test_a_graph_says_what_can_be_done_with_it(writable: str, path: str) -> None:
    reply = ask(writable, path, method="OPTIONS")
    assert (reply.status, reply.body) == (204, b"")
    assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"}
    assert "content-type" not in reply.headers


def test_one_client_cannot_take_everything(writable: str) -> None:
    replies: list[Reply] = []
    runaways = [threading.Thread(target=lambda: replies.append(get(writable, RUNAWAY))) for _ in range(8)]
    for runaway in runaways:
        runaway.start()
    for runaway in runaways:
        runaway.join()
    refused = [reply for reply in replies if reply.status == 429]
    assert refused
    assert refused[0].headers["retry-after"] == "1"
    assert {reply.status for reply in replies} <= {429, 503}
    assert get(writable, "ASK {}").status == 200


def test_the_service_describes_itself_and_its_data(writable: str) -> None:
    described = Graph().parse(data=ask(writable, "/sparql", Accept="text/turtle").body.decode(), format="turtle")
    assert "SPARQL11Update" in described.serialize()
    names = {str(name) for name in described.objects(None, URIRef(f"{SD}name"))}
    assert "https://w3id.org/zeren/id/graph/ontology" in names
    for address in described.objects(None, URIRef(f"{SD}namedGraph")):
        assert ask(writable, str(address).removeprefix(writable)).status == 200
    data = Graph().parse(data=ask(writable, "/.well-known/void").body.decode(), format="turtle")
    assert "征求意见稿" in data.serialize()
    [dataset] = data.subjects(RDF.type, DCAT.Dataset)
    for needed in (DCTERMS.title, DCTERMS.description, VOID.sparqlEndpoint, VOID.triples, DCAT.distribution):
        assert (dataset, needed, None) in data
    assert (data.value(dataset, DCAT.distribution), DCAT.accessURL, None) in data
    [service] = data.subjects(RDF.type, DCAT.DataService)
    assert (service, DCAT.endpointURL, None) in data
    assert ask(writable, "/.well-known/void", Accept="application/rdf+xml").kind == "application/rdf+xml"


def test_health_and_counters(writable: str) -> None:
    assert ask(writable, "/healthz").body == b"ok\n"
    assert ask(writable, "/readyz").body == b"ready\n"
    assert b'zeren_sparql_requests_total{operation="query",status="200"}' in ask(writable, "/metrics").body


def test_the_log_has_a_line_for_each_query_and_no_token(writable: str, folder: Path) -> None:
    get(writable, "ASK { <a:logged> ?p ?o }")
    text = (folder / "access.log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert {"time", "client", "operation", "query", "status", "milliseconds", "bytes", "rows"} <= lines[-1].keys()
    assert "update" in {line["operation"] for line in lines}
    assert TOKEN not in text
    assert "logged" not in text


def last_line(folder: Path) -> dict[str, object]:
    line: dict[str, object] = json.loads((folder / "access.log").read_text("utf-8").splitlines()[-1])
    return line


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (413, {"method": "POST", "body": b"#" * 2_000_000, **DIRECT}),
        (405, {"method": "PUT", "body": b"x"}),
        (204, {"method": "OPTIONS"}),
    ],
)
def test_where_no_query_was_read_the_log_names_none(
    writable: str, folder: Path, status: int, options: dict[str, Any]
) -> None:
    assert ask(writable, **options).status == status
    line = last_line(folder)
    assert (line["operation"], line["query"], line["status"]) == ("none", None, status)


def test_graphs_that_are_read_and_written_are_noted_and_counted(writable: str, folder: Path) -> None:
    path = graphs("http://example.org/noted")
    steps = [("PUT", 201, "graph-write"), ("GET", 200, "graph-read"), ("HEAD", 200, "graph-read")]
    steps += [("DELETE", 204, "graph-write"), ("GET", 404, "graph-read"), ("PUT", 401, "graph-write")]
    for method, status, operation in steps:
        body = b"<a:a> <a:b> 1 ." if method == "PUT" else None
        reply = ask(writable, path, method=method, body=body, **TURTLE, **(BEARER if status != 401 else {}))
        line = last_line(folder)
        assert (reply.status, line["status"], line["operation"]) == (status, status, operation)
        assert (line["query"], line["rows"], line["client"]) == (None, None, "127.0.0.1")
        if method != "HEAD":
            assert line["bytes"] == len(reply.body)
        counted = f'zeren_sparql_requests_total{{operation="{operation}",status="{status}"}}'
        assert counted.encode() in ask(writable, "/metrics").body


def test_a_large_graph_is_noted_with_all_its_bytes(writable: str, folder: Path) -> None:
    large = "".join(f'<a:{n}> <a:b> "{"x" * 1000}" .\n' for n in range(3000)).encode()
    path = graphs("http://example.org/streamed")
    assert ask(writable, path, method="PUT", body=large, **TURTLE, **BEARER).status == 201
    reply = ask(writable, path, Accept_Encoding="gzip")
    assert "etag" in reply.headers
    assert "content-encoding" not in reply.headers
    until = time.monotonic() + 5
    while last_line(folder)["operation"] != "graph-read" and time.monotonic() < until:
        time.sleep(0.05)
    assert last_line(folder)["bytes"] == len(reply.body) > 3_000_000
    assert ask(writable, path, method="DELETE", **BEARER).status == 204  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "accept", "rows"),
    [
        ("SELECT ?s ?o { ?s ?p ?o } LIMIT 7", "text/csv", 7),
        ("SELECT ?s ?o { ?s ?p ?o } LIMIT 8", "application/sparql-results+json", 8),
        ("SELECT ?s ?o { ?s ?p ?o FILTER(false) }", "application/sparql-results+xml", 0),
        ("CONSTRUCT { ?s ?p ?o } WHERE { SELECT DISTINCT * { ?s ?p ?o } LIMIT 9 }", "text/turtle", 9),
        ("SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 170000", "text/tab-separated-values", 170_000),
        (f"CONSTRUCT {{ ?a a ?d }} WHERE {{ {PAIRS} LIMIT 20000 }}", "application/n-triples", 20_000),
        ("ASK { ?s ?p ?o }", "text/csv", None),
        ("SELECT ?s { ?s ?p }", "text/csv", None),
    ],
)
def test_the_log_says_how_many_rows_an_answer_has(
    writable: str, folder: Path, query: str, accept: str, rows: int | None
) -> None:
    for _ in range(2):  # answered, and answered from the cache
        get(writable, query, accept)
        assert json.loads((folder / "access.log").read_text("utf-8").splitlines()[-1])["rows"] == rows


def test_a_clients_slow_queries_leave_a_worker_for_the_others(writable: str) -> None:
    """Its own further questions wait; those of another address do not."""
    runaways = [threading.Thread(target=get, args=(writable, f"{RUNAWAY} # {n}")) for n in range(4)]
    for thread in runaways:
        thread.start()
    try:
        time.sleep(0.3)
        begun = time.monotonic()
        other = http.client.HTTPConnection(urlsplit(writable).netloc, timeout=20, source_address=("127.0.0.2", 0))
        try:
            other.request("GET", f"/sparql?query={quote('ASK { ?s ?p ?o }')}")
        except OSError:
            pytest.skip("this machine has one loopback address only")
        assert other.getresponse().status == 200
        assert time.monotonic() - begun < 1
        other.close()
    finally:
        for thread in runaways:
            thread.join()


def test_who_may_write_may_send_more(writable: str) -> None:
    large = "".join(f'<a:{n}> <a:b> "{"x" * 1000}" .\n' for n in range(3000)).encode()
    path = graphs("http://example.org/large")
    assert ask(writable, path, method="PUT", body=large, **TURTLE, **BEARER).status == 201
    assert codes(get(writable, "SELECT (COUNT(*) AS ?code) { GRAPH <http://example.org/large> { ?s ?p ?o } }")) == [
        "3000"
    ]
    update = b"INSERT DATA { GRAPH <http://example.org/large> { " + large + b" } }"
    assert ask(writable, method="POST", body=update, **UPDATE, **BEARER).status == 204
    for body, options in ((large, {"path": path, "method": "PUT", **TURTLE}), (update, {"method": "POST", **UPDATE})):
        for token in ({}, {"Authorization": "Bearer wrong"}):
            reply = ask(writable, body=body, **options, **token)
            assert (reply.status, reply.kind) == (413, "application/problem+json")
            assert "1,048,576" in str(reply.json()["detail"])
    assert ask(writable, path, method="DELETE", **BEARER).status == 204  # type: ignore[arg-type]


def test_a_large_answer_is_whole_or_cut_off_where_a_client_can_tell(writable: str) -> None:
    rows = "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 150000"
    reply = get(writable, rows, "text/csv")
    assert reply.status == 200
    assert len(reply.body.splitlines()) == 150_001
    with pytest.raises(http.client.IncompleteRead):
        get(writable, "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert get(writable, "ASK {}").status == 200


def test_direct_posts_still_work(writable: str) -> None:
    assert ask(writable, method="POST", body=b"ASK {}", **DIRECT).status == 200
