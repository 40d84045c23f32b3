"""SERVICE and LOAD: nobody is reached who is not allowed by name, and who is allowed gives what it was asked for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kg.errors import (
    ForeignHostError,
    QueryError,
    QueryFormError,
    QuerySyntaxError,
    QueryTimeoutError,
    ResultTooLargeError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
    ZerenError,
)
from kg.store.client import KeeperStore, kept
from kg.store.generations import Generations
from kg.store.hosts import Hosts
from kg.store.limits import Limits
from kg.store.reach import Reach
from kg.store.writing import UPDATE, Change
from tests.store.services import free_port, oxigraph
from tests.store.test_remote_failures import Said, playing

LIMITS = Limits(seconds=2, memory=2 * 2**30, result=2**20, hold=2**19)
JSON = "application/sparql-results+json"
ROW = {"x": {"type": "uri", "value": "a:1"}, "y": {"type": "literal", "value": '任\n"务', "xml:lang": "zh"}}
SOLUTIONS = {"head": {"vars": ["x", "y"]}, "results": {"bindings": [ROW, {"x": {"type": "bnode", "value": "b0"}}]}}
DOCUMENT = '<a:s> <a:p> [ <a:q> "任务" ] .'


class Elsewhere:
    """A host that can be asked: what it was asked, and what it says by the path asked for."""

    def __init__(self, address: str = "") -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.address = address

    def play(self, request: BaseHTTPRequestHandler) -> Said:
        sent: bytes = request.sent  # type: ignore[attr-defined]
        self.asked.append((request.path, parse_qs(sent.decode())))
        assert "Authorization" not in request.headers
        if request.path == "/redirect":
            request.send_response(307)
            request.send_header("Location", f"{self.address}sparql")
            request.send_header("Content-Length", "0")
            request.end_headers()
            raise OSError("said all")
        if request.path == "/slow":
            time.sleep(1.2)
        said = {
            "/sparql": (200, JSON, json.dumps(SOLUTIONS).encode()),
            "/none": (200, JSON, b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'),
            "/unit": (200, JSON, b'{"head":{"vars":[]},"results":{"bindings":[{},{}]}}'),
            "/large": (200, JSON, json.dumps(SOLUTIONS).encode() + b" " * 3_000_000),
            "/wrong": (200, JSON, b'{"head":{"vars":["x y"]},"results":{"bindings":[]}}'),
            "/deep": (200, JSON, b"[" * 100_000),
            "/iri": (200, JSON, json.dumps(SOLUTIONS).replace("a:1", "a> {} <b").encode()),
            "/page": (200, "text/html", b"<h1>Welcome</h1>"),
            "/busy": (503, "text/plain", b"later"),
            "/login": (401, "text/plain", b""),
            "/d.ttl": (200, "text/turtle; charset=utf-8", DOCUMENT.encode()),
            "/plain.ttl": (200, "text/plain", DOCUMENT.encode()),
            "/relative": (200, "text/turtle", b"<x> <#p> <../y> ."),
            "/several": (200, "application/trig", b"<a:g> { <a:s> <a:p> 1 }"),
            "/broken": (200, "text/turtle", b"<a:s> <a:p>"),
        }
        return said.get(request.path, (404, "text/plain", b"nothing here"))


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    host = Elsewhere()
    with playing(host.play) as address:
        host.address = address.removeprefix("sparql+")
        yield host


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reach") / "store"
    Generations(folder).write(b'<a:1> <a:label> "one" <a:g> .\n<a:2> <a:label> "two" <a:g> .\n', {"documents": []})
    return folder


@pytest.fixture(scope="module")
def store(folder: Path, elsewhere: Elsewhere) -> Iterator[KeeperStore]:
    """Return a store that may reach one host, and no other."""
    reach = Reach(Hosts.of([urlsplit(elsewhere.address).netloc]), seconds=1.0, max_bytes=2**20)
    with kept(folder, workers=1, limits=LIMITS, reach=reach) as store:
        yield store


def rows(store: KeeperStore, query: str) -> list[list[str]]:
    answer = store.answer(query, media_types=["text/csv"])
    return [line.split(",") for line in answer.whole().decode().split("\r\n")[1:-1]]


def test_a_service_that_is_allowed_answers(store: KeeperStore, elsewhere: Elsewhere) -> None:
    elsewhere.asked.clear()
    asked = f"PREFIX a: <a:> SELECT ?x ?l {{ ?x a:label ?l SERVICE <{elsewhere.address}sparql> {{ ?x a:y ?y }} }}"
    assert rows(store, asked) == [["a:1", "one"]]
    path, form = elsewhere.asked[0]
    assert (path, form["query"]) == ("/sparql", ["PREFIX a: <a:> SELECT * { ?x a:y ?y }"])
    named = f"PREFIX w: <{elsewhere.address}> SELECT ?y {{ SERVICE silent w:sparql {{ ?x ?p ?y }} }} ORDER BY ?y"
    assert store.answer(named, media_types=["text/csv"]).body.decode() == 'y\r\n\r\n"任\n""务"\r\n'


def test_where_a_clause_stands_makes_no_difference(store: KeeperStore, elsewhere: Elsewhere) -> None:
    clause = f"SERVICE <{elsewhere.address}sparql> {{ ?x ?p ?y }}"
    for query, expected in {
        f"SELECT ?l {{ ?x <a:label> ?l MINUS {{ {clause} }} }}": [["two"]],
        f"SELECT ?l {{ ?x <a:label> ?l FILTER NOT EXISTS {{ {clause} }} }}": [["two"]],
        f"SELECT ?l {{ ?x <a:label> ?l OPTIONAL {{ {clause} }} FILTER(!BOUND(?y)) }}": [["two"]],
        f"SELECT ?l {{ {{ SELECT ?x {{ {clause} }} }} ?x <a:label> ?l }}": [["one"]],
        f"SELECT ?l {{ ?x <a:label> ?l SERVICE <{elsewhere.address}none> {{ ?x ?p ?y }} }}": [],
        f"SELECT ?l {{ ?x <a:label> ?l SERVICE <{elsewhere.address}unit> {{ <a:a> <a:b> <a:c> }} }}": [
            *(["one"], ["one"], ["two"], ["two"])
        ],
    }.items():
        assert sorted(rows(store, query)) == expected, query
    blank = rows(store, f"SELECT ?x {{ {clause} FILTER(!BOUND(?y)) }}")[0][0]
    assert blank.startswith("urn:x-zeren:genid:")


def test_columns_of_a_service_come_in_order(store: KeeperStore, elsewhere: Elsewhere) -> None:
    body = store.answer(f"SELECT * {{ SERVICE <{elsewhere.address}sparql> {{ ?y ?p ?x }} }}").body
    assert json.loads(body)["head"]["vars"] == ["x", "y"]


def test_an_answer_from_elsewhere_is_not_to_be_kept(store: KeeperStore, elsewhere: Elsewhere) -> None:
    assert store.answer("SELECT * { ?x <a:label> 'no SERVICE here' }").version
    assert not store.answer(f"ASK {{ SERVICE <{elsewhere.address}sparql> {{ ?x ?p ?y }} }}").version


HIDDEN = [
    "SERVICE <http://evil.example/> { ?a ?b ?c }",
    "SERVICE SILENT <http://evil.example/> { ?a ?b ?c }",
    "SERVICE ?host { ?a ?b ?c }",
    "VALUES ?host { <http://evil.example/> } SERVICE SILENT ?host { ?a ?b ?c }",
    "SERVICE <file:///etc/passwd> { ?a ?b ?c }",
    "SERVICE <http://HERE@evil.example/> { ?a ?b ?c }",
    "SERVICE <http://evil.example:PORT/> { ?a ?b ?c }",
    "SERVICE <http://127.0.0.1/> { ?a ?b ?c }",
    "SERVICE <https://localhost:PORT/> { ?a ?b ?c }",
    "SERVICE <http://[::1]:PORT/> { ?a ?b ?c }",
    "SERVICE <http://evil.example:99999/> { ?a ?b ?c }",
    "# \r SERVICE <http://evil.example/> { ?a ?b ?c }",
    "{ SELECT * { OPTIONAL { SERVICE <http://HERE/sparql> { SERVICE <http://evil.example/> { ?a ?b ?c } } } } }",
    "SERVICE p:sparql { ?a ?b ?c }",
    "SERVICE <//evil.example/> { ?a ?b ?c }",
]


@pytest.mark.parametrize("clause", HIDDEN)
def test_nobody_else_is_reached(store: KeeperStore, elsewhere: Elsewhere, clause: str) -> None:
    here = urlsplit(elsewhere.address)
    clause = clause.replace("HERE", here.netloc).replace("PORT", str(here.port))
    elsewhere.asked.clear()
    for query in (f"SELECT * {{ {clause} }}", f"ASK {{ SERVICE <{elsewhere.address}sparql> {{ ?x ?p ?y }} {clause} }}"):
        with pytest.raises(ForeignHostError) as raised:
            store.answer(query, base="http://here.example/sparql")
        assert raised.value.exit_code == 77
    assert elsewhere.asked == []
    assert rows(store, "SELECT ?l { <a:1> <a:label> ?l }") == [["one"]]


def test_what_is_hidden_from_us_is_under_the_seal(store: KeeperStore, elsewhere: Elsewhere) -> None:
    """A word written with escapes is not seen here, nor is it one to the parser; nobody is asked for its sake."""
    elsewhere.asked.clear()
    with pytest.raises(QueryError):
        store.answer(f"SELECT * {{ \\u0053ERVICE <{elsewhere.address}sparql> {{ ?x ?p ?y }} }}")
    clause = f"SERVICE <{elsewhere.address}sparql> {{ ?x ?p ?y }}"
    with pytest.raises(QueryError):
        store.answer(f"SELECT * {{ {clause} \\u0053ERVICE <{elsewhere.address}none> {{ ?x ?p ?y }} }}")
    assert elsewhere.asked == []


def test_what_is_malformed_is_told_before_anybody_is_asked(store: KeeperStore, elsewhere: Elsewhere) -> None:
    elsewhere.asked.clear()
    for name in (f"{elsewhere.address}sparql", "http://evil.example/"):
        with pytest.raises(QuerySyntaxError) as refused:
            store.answer(f"SELECT * {{\n SERVICE SILENT <{name}> {{ ?x ?p ?y }}\n FILTER }}")
        assert (refused.value.line, refused.value.column) == (3, 10)
        with pytest.raises(QuerySyntaxError) as refused:
            load(store, f"LOAD <{name}> INTO GRAPH <a:b>\nLOAD <{name}>")
        assert refused.value.line == 2
    with pytest.raises(QuerySyntaxError):
        load(store, "LOAD ;")
    assert elsewhere.asked == []


def test_words_that_only_look_like_it_reach_nobody(store: KeeperStore) -> None:
    for text in ('"x"@service', "'SERVICE <http://evil.example/>'", '"""load <x>"""'):
        assert rows(store, f"SELECT (STR({text}) AS ?s) {{ }} # SERVICE <http://evil.example/> {{ }}") != []
    assert rows(store, "PREFIX service: <a:> SELECT ?load { ?service service:label ?load } ORDER BY ?load") == [
        ["one"],
        ["two"],
    ]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("redirect", UpstreamError),
        ("nothing", UpstreamError),
        ("wrong", UpstreamError),
        ("deep", UpstreamError),
        ("iri", UpstreamError),
        ("page", UpstreamError),
        ("login", UpstreamError),
        ("busy", UpstreamUnavailableError),
        ("slow", UpstreamTimeoutError),
        ("large", ResultTooLargeError),
    ],
)
def test_failures_elsewhere_are_told_apart(
    store: KeeperStore, elsewhere: Elsewhere, path: str, error: type[ZerenError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEREN_STORE_USER", "me")  # the store's own user is no business of theirs
    monkeypatch.setenv("ZEREN_STORE_PASSWORD", "secret")
    elsewhere.asked.clear()
    with pytest.raises(error) as raised:
        store.answer(f"SELECT * {{ SERVICE <{elsewhere.address}{path}> {{ ?x ?p ?y }} }}")
    assert type(raised.value) is error or error is UpstreamError
    assert [asked for asked, _ in elsewhere.asked] == [f"/{path}"]  # a redirect is not followed
    silent = f"SELECT ?l {{ <a:1> <a:label> ?l SERVICE SILENT <{elsewhere.address}{path}> {{ ?x ?p ?y }} }}"
    assert rows(store, silent) == [["one"]]


def test_all_that_is_asked_elsewhere_has_one_deadline(store: KeeperStore, elsewhere: Elsewhere) -> None:
    clauses = f"SERVICE SILENT <{elsewhere.address}slow> {{ ?x ?p ?y }} " * 5
    begun = time.monotonic()
    assert rows(store, f"SELECT ?l {{ <a:1> <a:label> ?l {clauses} }}") == [["one"]]
    assert time.monotonic() - begun < 1.8


def test_nobody_there(folder: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    reach = Reach(Hosts.of([nobody]))
    with kept(folder, workers=1, limits=LIMITS, reach=reach) as store, pytest.raises(UpstreamUnavailableError):
        store.answer(f"SELECT * {{ SERVICE <http://{nobody}/> {{ ?x ?p ?y }} }}")


def test_many_at_once_and_many_in_one_are_refused(store: KeeperStore, elsewhere: Elsewhere) -> None:
    one = f"SERVICE <{elsewhere.address}sparql> {{ ?x ?p ?y }} "
    with pytest.raises(QueryError, match="16 times"):
        store.answer(f"SELECT * {{ {one * 17} }}")
    slow = f"SELECT * {{ SERVICE SILENT <{elsewhere.address}slow> {{ ?x ?p ?y }} }}"
    waiting = [threading.Thread(target=store.answer, args=(slow,)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    time.sleep(0.3)
    with pytest.raises(QueryTimeoutError, match="other hosts"):
        store.answer(f"SELECT * {{ {one} }}")
    begun = time.monotonic()
    assert rows(store, "SELECT ?l { <a:1> <a:label> ?l }") == [["one"]]  # its one worker waits for nobody
    assert time.monotonic() - begun < 0.5
    for thread in waiting:
        thread.join()


def test_a_malformed_query_keeps_its_line(store: KeeperStore, elsewhere: Elsewhere) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        store.answer(f"SELECT * {{ SERVICE <{elsewhere.address}sparql>\n{{\n?x ?p ?y\n}}\n?x ?p }}")
    assert raised.value.line == 5
    with pytest.raises(QueryFormError, match="update"):
        store.answer(f"LOAD <{elsewhere.address}d.ttl>")


def load(store: KeeperStore, text: str) -> None:
    store.change(Change(UPDATE, text, base="http://here.example/"))


def test_a_document_is_loaded(store: KeeperStore, elsewhere: Elsewhere) -> None:
    here = elsewhere.address
    load(store, f"LOAD <{here}d.ttl> INTO GRAPH <a:own>; DELETE WHERE {{ GRAPH <a:own> {{ ?s <a:q> ?o }} }}")
    assert rows(store, "SELECT ?p { GRAPH <a:own> { ?s ?p ?o } }") == [["a:p"]]
    load(store, f"PREFIX h: <{here}> PREFIX a: <a:>\nload silent h:plain.ttl INTO GRAPH a:own2 ; CLEAR GRAPH <a:own>")
    assert rows(store, "SELECT ?o { GRAPH <a:own2> { ?s <a:q> ?o } }") == [["任务"]]
    load(store, f"LOAD <{here}relative> INTO GRAPH <a:own3>")
    assert rows(store, "SELECT ?s ?p ?o { GRAPH <a:own3> { ?s ?p ?o } }") == [
        [f"{here}x", f"{here}relative#p", f"{here}y"]
    ]


@pytest.mark.parametrize("path", ["redirect", "nothing", "page", "several", "broken", "busy", "slow"])
def test_a_document_that_cannot_be_had_changes_nothing(store: KeeperStore, elsewhere: Elsewhere, path: str) -> None:
    before = store.version
    with pytest.raises(UpstreamError):
        load(store, f"INSERT DATA {{ GRAPH <a:no> {{ <a:a> <a:b> 1 }} }} ; LOAD <{elsewhere.address}{path}>")
    assert store.version == before
    silent = f"LOAD SILENT <{elsewhere.address}{path}> ; INSERT DATA {{ GRAPH <a:{path}> {{ <a:a> <a:b> 1 }} }}"
    load(store, silent)
    assert rows(store, f"SELECT ?o {{ GRAPH <a:{path}> {{ ?s ?p ?o }} }}") == [["1"]]


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <http://evil.example/x>",
        "LOAD <https://evil.example/x> INTO GRAPH <a:own>",
        "LOAD <file:///etc/passwd>",
        "CLEAR GRAPH <a:own>; LOAD <x>",
        "INSERT { ?a ?b ?c } WHERE { SERVICE <http://evil.example/> { ?a ?b ?c } }",
    ],
)
def test_no_other_document_is_loaded(store: KeeperStore, update: str) -> None:
    before = store.version
    with pytest.raises(ForeignHostError, match=r"allow-host|http"):
        load(store, update)
    assert store.version == before


@pytest.mark.parametrize("address", ["https://evil.example/x", "file:///etc/passwd", "a:b"])
def test_silently_nothing_is_loaded(store: KeeperStore, address: str) -> None:
    load(store, f"LOAD SILENT <{address}> INTO GRAPH <a:silent>")
    assert rows(store, "SELECT ?o { GRAPH <a:silent> { ?s ?p ?o } }") == []


def test_a_real_service_answers_in_an_update_too(folder: Path) -> None:
    with oxigraph() as there:
        address = there.removeprefix("sparql+")
        reach = Reach(Hosts.of([urlsplit(address).netloc]))
        with kept(folder, workers=1, limits=LIMITS, reach=reach) as store:
            filled = "INSERT { GRAPH <a:real> { <a:x> <a:y> ?n } } WHERE {"
            load(store, f"{filled} SERVICE <{address}query> {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} }}")
            assert rows(store, "SELECT ?n { GRAPH <a:real> { ?x ?y ?n } }") == [["0"]]


@pytest.mark.parametrize(
    ("names", "iri", "expected"),
    [
        (["example.org"], "https://EXAMPLE.org/a b?q=任", "https://example.org/a%20b?q=%E4%BB%BB"),
        (["example.org"], "http://example.org", "http://example.org/"),
        (["例子.测试"], "http://例子.测试/任务", "http://xn--fsqu00a.xn--0zwm56d/%E4%BB%BB%E5%8A%A1"),
        (["xn--fsqu00a.xn--0zwm56d"], "http://例子.测试/%E4%BB%BB", "http://xn--fsqu00a.xn--0zwm56d/%E4%BB%BB"),
        (["Example.org:8080"], "http://example.org:8080/x", "http://example.org:8080/x"),
        (["[::1]:8080"], "http://[::1]:8080/x", "http://[::1]:8080/x"),
        (["example.org"], "http://example.org:8080/x", None),
        (["example.org:8080"], "http://example.org/x", None),
        (["example.org"], "http://www.example.org/", None),
        (["example.org"], "http://example.org.evil.example/", None),
        (["example.org"], "ftp://example.org/", None),
        (["example.org"], "http://user@example.org/", None),
        (["example.org"], "http:///x", None),
        ([], "http://localhost/", None),
    ],
)
def test_names_are_exact(names: list[str], iri: str, expected: str | None) -> None:
    hosts = Hosts.of(names)
    if expected:
        assert hosts.address(iri) == expected
    else:
        with pytest.raises(ForeignHostError):
            hosts.address(iri)


@pytest.mark.parametrize("name", ["http://example.org", "", "a b", "x/y", "me@x", "x:port", "*"])
def test_what_is_no_name_is_refused(name: str) -> None:
    if name == "*":  # a host of that name there is none, and it stands for no other
        with pytest.raises(ForeignHostError):
            Hosts.of([name]).address("http://example.org/")
    else:
        with pytest.raises(ValueError, match="allow-host"):
            Hosts.of([name])
