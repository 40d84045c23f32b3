"""SERVICE and LOAD over HTTP: refused in words, or asked of hosts that were allowed, this service itself included."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from rdflib import Graph

from kg.store.generations import Generations
from tests.conftest import Run, serving
from tests.store.services import free_port
from tests.web.test_sparql import DIRECT, FORM, Reply, ask, codes, get

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a service that may ask itself, and nobody else."""
    folder = tmp_path_factory.mktemp("federated")
    Generations(folder / "store").write(b'<a:1> <a:code> "\xe4\xbb\xbb" <a:g> .\n', {"documents": []})
    (folder / "token").write_text(TOKEN, "ascii")
    port = str(free_port())
    options = ["--store", str(folder / "store"), "--port", port, "--write-token-file", str(folder / "token")]
    with serving(*options, "--allow-host", f"127.0.0.1:{port}", "--allow-host", "a.example", "--time-limit", "2") as (
        address,
        _,
    ):
        yield address


def of_itself(address: str, depth: int = 1) -> str:
    inner = "?s <a:code> ?code"
    for _ in range(depth):
        inner = f"SERVICE <{address}/sparql> {{ {inner} }}"
    return f"SELECT ?code {{ {inner} }}"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_a_service_may_ask_itself(federated: str, way: str) -> None:
    query = of_itself(federated)
    if way == "get":
        reply = get(federated, query)
    elif way == "form":
        reply = ask(federated, method="POST", body=urlencode({"query": query}).encode(), **FORM)
    else:
        reply = ask(federated, method="POST", body=query.encode(), **DIRECT)
    assert codes(reply) == ["任"]
    assert "etag" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


def test_asking_itself_ever_deeper_or_all_at_once_ends(federated: str) -> None:
    assert codes(get(federated, of_itself(federated, 3))) == ["任"]
    assert get(federated, of_itself(federated, 4)).status == 503  # each of them holds a place
    replies: list[Reply] = []
    many = [threading.Thread(target=lambda: replies.append(get(federated, of_itself(federated, 2)))) for _ in range(12)]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join(20)
    assert len(replies) == 12
    assert {reply.status for reply in replies} <= {200, 503}
    begun = time.monotonic()
    assert codes(get(federated, "SELECT ?code { ?s <a:code> ?code }")) == ["任"]
    assert time.monotonic() - begun < 1


def test_who_is_not_allowed_is_named_and_so_is_the_setting(federated: str, served: str) -> None:
    for address in (federated, served):
        reply = get(address, "SELECT * { SERVICE SILENT <http://other.example:8080/sparql> { ?s ?p ?o } }")
        assert (reply.status, reply.kind) == (403, "application/problem+json")
        assert "other.example:8080" in str(reply.json()["detail"])
        assert "--allow-host other.example:8080" in str(reply.json()["detail"])
    update = {"Content-Type": "application/sparql-update", **BEARER}
    reply = ask(federated, method="POST", body=b"LOAD <https://other.example/x>", **update)
    assert (reply.status, reply.kind) == (403, "application/problem+json")
    assert "other.example" in str(reply.json()["detail"])
    unsigned = ask(
        federated, method="POST", body=b"LOAD <https://a.example/>", **(update | {"Authorization": "Bearer x"})
    )
    assert unsigned.status == 401


def test_a_graph_of_its_own_is_loaded(federated: str) -> None:
    load = f"LOAD <{federated}/graphs?graph=a%3Ag> INTO GRAPH <a:copy>".encode()
    update = {"Content-Type": "application/sparql-update", **BEARER}
    assert ask(federated, method="POST", body=load, **update).status == 204
    assert codes(get(federated, "SELECT ?code { GRAPH <a:copy> { ?s <a:code> ?code } }")) == ["任"]
    assert ask(federated, method="POST", body=b"DROP GRAPH <a:copy>", **update).status == 204


def test_the_service_says_whether_it_asks_others(federated: str, served: str) -> None:
    for address, expected in ((federated, True), (served, False)):
        described = Graph().parse(data=ask(address, Accept="text/turtle").body.decode(), format="turtle")
        assert ("BasicFederatedQuery" in described.serialize()) is expected


def test_on_the_command_line(federated: str, zeren: Run, tmp_path: Path) -> None:
    host = federated.removeprefix("http://")
    query = of_itself(federated)
    refused = zeren("query", query)
    assert (refused.returncode, refused.stdout) == (77, "")
    assert f"--allow-host {host}" in refused.stderr
    assert zeren("query", query, "--allow-host", host, "--format", "csv").stdout.split() == ["code", "任"]
    assert zeren("query", query, "--format", "csv", env={"ZEREN_ALLOW_HOST": f"b.example {host}"}).returncode == 0
    wrong = zeren("query", query, "--allow-host", "http://x/")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
