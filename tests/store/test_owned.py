"""Changes by users on a service elsewhere: made in graphs of their own, seen at once, and in no other graph."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest

from kg.errors import (
    ForeignHostError,
    GraphNotFoundError,
    QueryError,
    QuerySyntaxError,
    ReadOnlyGraphError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
    ZerenError,
)
from kg.store.address import Address
from kg.store.backup import Backup
from kg.store.generations import Generations
from kg.store.owned import OwnGraphs
from kg.store.remote import RemoteStore
from kg.store.service import Service
from kg.store.upstream import Upstream
from kg.store.writing import DELETE, POST, PUT, UPDATE, Change
from tests.conftest import Run, serving
from tests.store.services import VIRTUOSO, oxigraph, virtuoso
from tests.store.test_remote_failures import Said, but, playing
from tests.web.test_sparql import Reply, ask, codes, get

QUADS = b'<x:s> <x:p> "1" <x:g> .\n<x:t> <x:p> "2" <x:h> .\n'
TOKEN = "0123456789abcdef0123456789abcdef"
TURTLE = {"Content-Type": "text/turtle"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(
    scope="module",
    params=[
        "oxigraph",
        pytest.param(
            "virtuoso", marks=[pytest.mark.long, pytest.mark.skipif(VIRTUOSO is None, reason="virtuoso-t is not there")]
        ),
    ],
)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a service, of each kind that there is here."""
    if request.param == "oxigraph":
        with oxigraph() as address:
            yield address
        return
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZEREN_STORE_USER", "dba")
        environment.setenv("ZEREN_STORE_PASSWORD", "dba")
        with virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
            yield address


@pytest.fixture
def address(service: str) -> str:
    """Return the address of a service that holds two built graphs, one of somebody else's, and none of users'."""
    there = Address.parse(service)
    own = OwnGraphs(there)
    graphs = Upstream(there.graphs, 10)
    for name in (*own.names(), own.registry, "x:foreign"):
        graphs.ask("DELETE", parameters=urlencode({"graph": name}))
    graphs.ask("PUT", parameters="graph=x%3Aforeign", body=b"<x:f> <x:p> 1 .", Content_Type="text/turtle")
    Service(there).write(QUADS, {"documents": []})
    return service


@pytest.fixture
def store(address: str) -> RemoteStore:
    return RemoteStore(Address.parse(address), seconds=10)


def update(store: RemoteStore, text: str, using: tuple[str, ...] = (), base: str | None = None) -> None:
    store.change(Change(UPDATE, text, using=using, base=base))


def values(store: RemoteStore, graph: str) -> list[str]:
    found = store.select(f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    return sorted(str(row["o"]) for row in found)


def graphs(store: RemoteStore) -> list[str]:
    return sorted({str(row["g"]) for row in store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")})


def test_what_users_write_is_seen_at_once_by_everybody(store: RemoteStore, address: str) -> None:
    other = RemoteStore(Address.parse(address))
    before = other.version
    assert graphs(store) == ["x:g", "x:h"]
    update(store, 'INSERT DATA { GRAPH <x:own> { <x:s> <x:q> "任务", "b" } }')
    assert values(store, "x:own") == ["b", "任务"]
    assert graphs(store) == ["x:g", "x:h", "x:own"]
    assert store.version != before
    for _ in range(30):
        if other.version == store.version:
            break
        time.sleep(0.1)
    assert values(other, "x:own") == ["b", "任务"]
    assert len(other.select("SELECT ?o { ?s ?p ?o }")) == 4


def test_updates_of_every_form(store: RemoteStore) -> None:
    update(store, 'INSERT DATA { GRAPH <x:a> { <x:s> <x:q> "1" } } ; INSERT DATA { GRAPH <x:b> { <x:s> <x:q> "2" } } ;')
    update(
        store,
        "DELETE { GRAPH <x:a> { ?s ?p ?o } } INSERT { GRAPH <x:a> { ?s ?p 3 } } WHERE { GRAPH <x:a> { ?s ?p ?o } }",
    )
    assert values(store, "x:a") == ["3"]
    update(store, "WITH <x:a> DELETE { ?s ?p ?o } INSERT { ?s ?p 4 } WHERE { ?s ?p ?o } # the end ;")
    assert values(store, "x:a") == ["4"]
    update(store, "INSERT { GRAPH <x:c> { ?s ?p ?o } } USING <x:g> WHERE { ?s ?p ?o }")
    assert values(store, "x:c") == ["1"]
    update(store, "INSERT { GRAPH <x:c> { ?s <x:r> ?o } } WHERE { ?s ?p ?o }", using=("x:h",))
    assert values(store, "x:c") == ["1", "2"]
    update(store, "CLEAR GRAPH <x:c> ; DELETE WHERE { GRAPH <x:b> { ?s ?p ?o } }")
    assert values(store, "x:b") == values(store, "x:c") == []
    update(store, "COPY GRAPH <x:a> TO GRAPH <x:d> ; DROP SILENT GRAPH <x:a>")
    assert (values(store, "x:a"), values(store, "x:d")) == ([], ["4"])
    update(store, "")


def test_graphs_come_and_go(store: RemoteStore) -> None:
    turtle = {"graph": "x:own", "media_type": "text/turtle"}
    assert store.change(Change(PUT, **turtle), b'<x:s> <x:q> [ <x:r> "1" ] .')  # type: ignore[arg-type]
    assert not store.change(Change(PUT, **turtle), b'<x:s> <x:q> "2" .')  # type: ignore[arg-type]
    assert not store.change(Change(POST, **turtle), b'<x:s> <x:q> "3" .')  # type: ignore[arg-type]
    assert values(store, "x:own") == ["2", "3"]
    store.change(Change(DELETE, graph="x:own"))
    assert "x:own" not in graphs(store)
    with pytest.raises(GraphNotFoundError):
        store.change(Change(DELETE, graph="x:own"))
    with pytest.raises(QueryError, match="turtle"):
        store.change(Change(PUT, **turtle), b"<x:s> <x:q>")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CLEAR ALL", ReadOnlyGraphError),
        ("DROP GRAPH <x:g>", ReadOnlyGraphError),
        (
            "INSERT DATA { GRAPH <x:own> { <x:s> <x:p> 1 } } ; DELETE WHERE { GRAPH <x:h> { ?s ?p ?o } }",
            ReadOnlyGraphError,
        ),
        ("MOVE <x:g> TO <x:own>", ReadOnlyGraphError),
        ("DROP GRAPH <https://w3id.org/zeren/id/graph/store>", ReadOnlyGraphError),
        ("DROP GRAPH <https://w3id.org/zeren/id/graph/own>", ReadOnlyGraphError),
        ("DROP GRAPH <https://w3id.org/zeren/id/graph/loading>", ReadOnlyGraphError),
        ("CREATE GRAPH <https://w3id.org/zeren/id/graph/later>", ReadOnlyGraphError),
        ("INSERT DATA { GRAPH <https://w3id.org/zeren/id/doc/-/2022/later> { <x:s> <x:p> 1 } }", ReadOnlyGraphError),
        ("DROP GRAPH <x:foreign>", ReadOnlyGraphError),
        ("INSERT DATA { GRAPH <x:foreign> { <x:s> <x:p> 1 } }", ReadOnlyGraphError),
        ("INSERT DATA { <x:s> <x:p> 1 }", QueryError),
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", QueryError),
        ("INSERT DATA { GRAPH <x:own> { <x:s> } }", QueryError),
        ("SELECT * {}", QuerySyntaxError),
        ("LOAD <http://other.example/>", ForeignHostError),
        (
            "INSERT { GRAPH <x:own> { ?s ?p ?o } } WHERE { SERVICE <http://other.example/> { ?s ?p ?o } }",
            ForeignHostError,
        ),
        (
            "INSERT { GRAPH <x:own> { ?s ?p ?o } } WHERE { \\u0053ERVICE <http://other.example/> { ?s ?p ?o } }",
            QueryError,
        ),
        ("INSERT { GRAPH <x:own> { ?s ?p ?o } } WHERE {" + "{" * 500 + "}" * 500 + "}", QueryError),
    ],
)
def test_what_nobody_may_change_stays(store: RemoteStore, address: str, text: str, error: type[ZerenError]) -> None:
    with pytest.raises(error):
        update(store, text)
    assert graphs(store) == ["x:g", "x:h"]
    assert Service(Address.parse(address)).manifest()
    found = Upstream(Address.parse(address).graphs, 10).ask("GET", parameters="graph=x:foreign", Accept="text/turtle")
    assert b"1" in found.body


def test_data_may_be_long(store: RemoteStore) -> None:
    triples = " . ".join(f"<x:{n}> <x:p> -{n}" for n in range(1, 1500))
    update(store, f"INSERT DATA {{ GRAPH <x:own> {{ {triples} }} }}")
    assert len(values(store, "x:own")) == 1499


def test_a_build_leaves_the_graphs_of_users_alone(store: RemoteStore, address: str) -> None:
    update(store, 'INSERT DATA { GRAPH <x:own> { <x:s> <x:q> "mine" } }')
    Service(Address.parse(address)).write(b'<x:s> <x:p> "1" <x:g> .\n', {"documents": []})
    later = RemoteStore(Address.parse(address))
    assert (graphs(later), values(later, "x:own")) == (["x:g", "x:own"], ["mine"])


def test_a_backup_holds_the_graphs_of_users_there_and_here(store: RemoteStore, address: str, tmp_path: Path) -> None:
    store.change(Change(PUT, graph="x:own", media_type="text/turtle"), b'<x:s> <x:q> "mine" . _:b <x:q> _:b .')
    update(store, "CREATE SILENT GRAPH <x:empty>")
    there = Service(Address.parse(address))
    kept = Backup.read(Backup.of(there, there.current() or "").written(), "kept")
    here = Generations(tmp_path / "store")
    again = Backup.of(here, kept.restore(here))
    assert again.journal == kept.journal
    update(store, "DROP SILENT GRAPH <x:own> ; INSERT DATA { GRAPH <x:later> { <x:s> <x:q> 1 } }")
    again.restore(there)
    later = RemoteStore(Address.parse(address))
    assert (graphs(later), len(values(later, "x:own"))) == (["x:g", "x:h", "x:own"], 2)
    assert OwnGraphs(Address.parse(address)).names() == {"x:own", "x:empty"}


def test_over_http_as_on_a_folder(address: str, tmp_path: Path, zeren: Run) -> None:
    (tmp_path / "token").write_text(TOKEN, "ascii")
    with serving("--store", address, "--write-token-file", str(tmp_path / "token")) as (url, _):

        def send(text: str, **headers: str) -> Reply:
            return ask(url, method="POST", body=text.encode(), Content_Type="application/sparql-update", **headers)

        adding = 'INSERT DATA { GRAPH <x:own> { <x:s> <x:code> "任务" } }'
        question = "SELECT ?code { ?s <x:code> ?code }"
        assert codes(get(url, question)) == []
        assert send(adding).status == 401
        assert send(adding, **BEARER).status == 204
        assert codes(get(url, question)) == ["任务"]  # not what was cached
        assert (send("CLEAR ALL", **BEARER).status, send("DROP GRAPH <x:g>", **BEARER).status) == (403, 403)
        assert send("INSERT DATA {\n GRAPH <x:own> { <x:s> } }", **BEARER).status == 400
        path = "/graphs?graph=x%3Aown2"
        assert ask(url, path, method="PUT", body=b'<x:s> <x:code> "b" .', Content_Type="text/turtle").status == 401
        assert ask(url, path, method="PUT", body=b'<x:s> <x:code> "b" .', **(TURTLE | BEARER)).status == 201
        assert ask(url, path, method="PUT", body=b'<x:s> <x:code> "c" .', **(TURTLE | BEARER)).status == 204
        assert b'"c"' in ask(url, path, Accept="application/n-triples").body
        assert ask(url, path, method="DELETE", body=None, **BEARER).status == 204
        assert ask(url, path, method="DELETE", body=None, **BEARER).status == 404
        assert ask(url, "/graphs?default", method="PUT", body=b'<x:s> <x:p> "c" .', **TURTLE, **BEARER).status == 400
    assert '"任务" <x:own>' in zeren("export", "--store", address, "--format", "nquads").stdout


def failing(said: Said, *, seconds: float = 0) -> tuple[list[str], object]:
    """Return what was sent as updates, and a service that fails in the users' own."""
    sent: list[str] = []

    def play(request: BaseHTTPRequestHandler) -> Said:
        form = parse_qs(request.sent.decode())  # type: ignore[attr-defined]
        if "update" not in form:
            if "LIMIT 1" in form.get("query", [""])[0]:
                return 200, "application/sparql-results+json", b'{"head":{"vars":[]},"results":{"bindings":[]}}'
            return (404, "text/plain", b"") if "own" in request.path else but((200, "text/plain", b""))(request)
        sent.extend(form["update"])
        if "x:mine" in form["update"][0] and "ownGraph" not in form["update"][0]:
            time.sleep(seconds)
            return said
        return 204, "text/plain", b""

    return sent, play


@pytest.mark.parametrize(
    ("said", "seconds", "error"),
    [
        ((500, "text/plain", b"out of order"), 0, UpstreamError),
        ((503, "text/plain", b"overloaded"), 0, UpstreamUnavailableError),
        ((504, "text/plain", b"too long"), 0, UpstreamTimeoutError),
        ((204, "text/plain", b""), 1.5, UpstreamTimeoutError),
        ((400, "text/plain", b"error at 2:9: expected IRI"), 0, QuerySyntaxError),
        ((400, "text/plain", b"no"), 0, QueryError),
    ],
)
def test_failures_of_a_change_are_told_apart(said: Said, seconds: float, error: type[ZerenError]) -> None:
    sent, play = failing(said, seconds=seconds)
    with playing(play) as address:  # type: ignore[arg-type]
        store = RemoteStore(Address.parse(address), seconds=0.7)
        with pytest.raises(error):
            update(store, "INSERT { GRAPH <x:a> { <x:mine> ?p ?o } }\nWHERE { ?s }", base="http://here/")
    assert sum("WHERE { ?s }" in each for each in sent) == 1  # never twice


def test_many_change_at_once_and_none_is_lost(store: RemoteStore, address: str) -> None:
    def change(number: int) -> None:
        one = RemoteStore(Address.parse(address), seconds=20)
        update(one, f"INSERT DATA {{ GRAPH <x:own{number}> {{ <x:s> <x:p> {number} }} }}")

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OwnGraphs(Address.parse(address)).names() == {f"x:own{number}" for number in range(8)}
    later = RemoteStore(Address.parse(address))
    assert len(graphs(later)) == 10
