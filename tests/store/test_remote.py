"""A store on a SPARQL service: built, asked and changed as one in a folder is, and its failures told apart."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from rdflib.term import Literal, URIRef

from kg.corpus import build, change
from kg.errors import (
    ForeignHostError,
    QueryError,
    QueryFormatError,
    QueryFormError,
    QuerySyntaxError,
    ResultTooLargeError,
    StoreError,
    UpstreamError,
    UpstreamUnavailableError,
)
from kg.graph.iris import DEFAULT_BASE
from kg.questions.catalogue import catalogue, run
from kg.questions.lookup import find
from kg.store.address import Address
from kg.store.backup import sorted_nquads
from kg.store.binding import term
from kg.store.engine import Engine
from kg.store.generations import Generations, version_of
from kg.store.remote import RemoteStore
from kg.store.service import Service
from kg.store.upstream import Reply, Upstream
from tests.conftest import SEED, Run, serving, settings_for
from tests.questions.test_answers import CASES, Answers, answer
from tests.store.services import free_port, oxigraph
from tests.store.test_binding import arguments

ONE = b'<x:s> <x:p> "1" <x:g/1> .\n'
SOME = b"".join(b'<x:s%d> <x:p> "%d" <x:g/%d> .\n' % (n, n, n % 3) for n in range(9))
OTHER = b"".join(b'<x:s%d> <x:p> "%d" <x:g/%d> .\n' % (n, n, n % 4) for n in range(1, 9))
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def seed_address(seed_folder: Path) -> Iterator[str]:
    """Return the address of a service that holds what the seed's store does."""
    generations = Generations(seed_folder)
    current = generations.current()
    assert current
    about = {k: v for k, v in generations.about(current).items() if k not in ("format", "version")}
    with oxigraph() as address:
        Service(Address.parse(address)).write(sorted_nquads(generations.open(current)), about)
        yield address


@pytest.fixture(scope="module")
def seed_remote(seed_address: str) -> RemoteStore:
    return RemoteStore(Address.parse(seed_address))


@pytest.fixture
def address() -> Iterator[str]:
    """Return the address of a service that holds nothing."""
    with oxigraph() as address:
        yield address


@pytest.fixture
def service(address: str) -> Service:
    return Service(Address.parse(address))


def remote(address: str) -> RemoteStore:
    return RemoteStore(Address.parse(address), seconds=5)


def count(store: RemoteStore, **more: Any) -> int:
    return int(str(store.select(COUNT, **more)[0]["n"]))


@pytest.mark.parametrize("name", catalogue().names())
def test_every_question_answers_as_embedded(seed_store: Engine, seed_remote: RemoteStore, name: str) -> None:
    given: dict[str, Any] = arguments(seed_store, name)
    required = {p.name for p in catalogue().question(name).parameters if p.required}
    for params in (given, {n: v for n, v in given.items() if n in required}):
        assert run(seed_remote, name, **params) == run(seed_store, name, **params)


@pytest.mark.parametrize(("number", "question", "columns", "params", "expected"), CASES[:12])
def test_the_seed_answers_as_it_should(
    seed_remote: RemoteStore, number: int, question: str, columns: str, params: dict[str, object], expected: Answers
) -> None:
    assert answer(seed_remote, question, columns, **params) == expected  # type: ignore[arg-type]


def test_one_document_is_asked_as_embedded(seed_store: Engine, seed_remote: RemoteStore) -> None:
    document = find(seed_store, "20.1", kinds=("task",)).document
    for graphs in ([document], [document, f"{document}/inferred"], []):
        assert seed_remote.select(COUNT, graphs=graphs) == seed_store.select(COUNT, graphs=graphs)
        assert run(seed_remote, "tasks", graphs=graphs) == run(seed_store, "tasks", graphs=graphs)


def test_commands_and_pages_work_on_a_service(seed_address: str, zeren: Run, seed_folder: Path) -> None:
    there = {"ZEREN_STORE": seed_address}
    for command in (("coowners", "20.1"), ("show", "鲅鱼圈海关"), ("export",), ("validate",)):
        here, remotely = zeren(*command), zeren(*command, env=there)
        assert (remotely.stdout, remotely.stderr, remotely.returncode) == (here.stdout, "", here.returncode)
    with serving("--store", seed_address) as (url, _):
        for page in ("/", "/network", "/en/", "/sparql?query=ASK%7B?s+a+%3Chttps://w3id.org/zeren/ns%23Task%3E%7D"):
            with urlopen(url + page, timeout=20) as response:
                assert response.status == 200


def test_a_build_there_is_the_build_here(address: str, zeren: Run, seed_folder: Path, tmp_path: Path) -> None:
    done = zeren("build", str(SEED), "--store", address)
    assert done.returncode == 0, done.stderr
    assert zeren("export", "--store", address).stdout == zeren("export").stdout
    assert remote(address).version == Generations(seed_folder).version(Generations(seed_folder).current() or "")


def test_documents_come_and_go_there_as_here(address: str, tmp_path: Path) -> None:
    second = tmp_path / "second.txt"
    second.write_text("某县2022年工作要点\n一、总体要求\n1.加强监管。（县农业农村局、县教育局负责）\n", "utf-8")
    there, here = settings_for(address), settings_for(tmp_path / "store")  # type: ignore[arg-type]
    versions = []
    for settings in (there, here):
        build([second], settings)
        added = change(settings, add=[SEED])
        removed = change(settings, remove=[d.iri for d in added.built])
        versions.append((added.quads, removed.quads, removed.removed))
    assert versions[0] == versions[1]
    current = Generations(tmp_path / "store").current()
    assert remote(address).version == Generations(tmp_path / "store").version(current or "")


def test_without_a_dataset_all_graphs_of_the_store_are_asked_and_no_others(address: str, service: Service) -> None:
    service.write(SOME, {})
    Upstream(Address.parse(address).graphs, 5).ask("PUT", parameters="graph=x:foreign", body=b"<x:a> <x:a> 1 .")
    store = remote(address)
    assert (count(store), count(store, graphs=["x:g/1"]), count(store, graphs=[])) == (9, 3, 0)
    graphs = store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    assert [str(row["g"]) for row in graphs] == ["x:g/0", "x:g/1", "x:g/2"]
    empty = store.answer(COUNT, media_types=["text/csv"], union=False)
    assert empty.body.split() == [b"n", b"0"]
    named = store.answer("SELECT ?g { GRAPH ?g { } }", media_types=["text/csv"], named_graphs=["x:g/2"])
    assert named.body.split() == [b"g", b"x:g/2"]
    own = store.select("SELECT (COUNT(*) AS ?n) FROM <x:g/0> FROM <x:g/1> WHERE { ?s ?p ?o }")
    assert own == [{"n": Literal(6)}]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * WHERE { ?s ?p }", QuerySyntaxError),
        ("INSERT DATA { <x:a> <x:b> 1 }", QueryFormError),
        ("DROP ALL", QueryFormError),
        ("DEFINE input:inference 'x' SELECT * {}", QuerySyntaxError),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", ForeignHostError),
        ("SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", QueryError),
        ("SELECT * {" + "{" * 5_000 + "}" * 5_000 + "}", QueryError),
        ("SELECT * { FILTER(" + "!" * 5_000 + "true) }", QueryError),
        ("SELECT * { {} " + "UNION {} " * 5_000 + "}", QueryError),
    ],
)
def test_what_cannot_be_asked_is_refused(seed_remote: RemoteStore, query: str, error: type[QueryError]) -> None:
    with pytest.raises(error):
        seed_remote.answer(query)


def test_a_complaint_names_the_readers_own_line(seed_remote: RemoteStore) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        seed_remote.answer("SELECT ?任务\nWHERE { ?任务 zr:mode }", prefixes={"zr": "https://w3id.org/zeren/ns#"})
    assert (raised.value.line, raised.value.column) == (2, 21)


def test_relative_iris_are_those_of_the_base(seed_store: Engine, seed_remote: RemoteStore) -> None:
    query = "SELECT ?p ?o { <place/210804> ?p ?o } ORDER BY ?p ?o"
    found = seed_remote.answer(query, base=DEFAULT_BASE)
    assert found.body == seed_store.answer(query, base=DEFAULT_BASE).body
    assert found.body != seed_remote.answer(query, base="http://elsewhere/").body


def test_formats_are_those_of_the_query_form(seed_store: Engine, seed_remote: RemoteStore, seed_address: str) -> None:
    query = "SELECT ?s ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?s ?label"
    for form in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"):
        assert seed_remote.answer(query, media_types=[form]).body == seed_store.answer(query, media_types=[form]).body
    made = "CONSTRUCT { ?s <x:p> ?o } WHERE { ?s a ?o }"
    triples = seed_remote.answer(made, media_types=["application/n-triples"]).body.splitlines()
    assert set(triples) == set(seed_store.answer(made, media_types=["application/n-triples"]).body.splitlines())
    with pytest.raises(QueryFormatError):
        seed_remote.answer(made, media_types=["text/csv"])
    small = RemoteStore(Address.parse(seed_address), max_bytes=100)
    with pytest.raises(ResultTooLargeError):
        small.answer(query)


def test_only_graphs_that_differ_are_sent(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    counted(monkeypatch, sent)
    service.write(SOME, {})
    assert sum(each.startswith("PUT graph=x%3Ag%2F") for each in sent) == 3
    sent.clear()
    service.write(SOME, {})
    assert not [each for each in sent if not each.startswith("GET")]
    service.write(OTHER, {})
    assert sorted(each for each in sent if each.startswith("PUT graph=x%3Ag%2F")) == [
        f"PUT graph=x%3Ag%2F{n}" for n in range(4)
    ]
    assert sorted_nquads(service.open(service.current() or "")) == b"".join(sorted(OTHER.splitlines(keepends=True)))


def counted(monkeypatch: pytest.MonkeyPatch, sent: list[str], last: int | None = None) -> None:
    """Note what is sent to the service; after `last` requests it is no longer there."""
    ask = Upstream.ask

    def asked(self: Upstream, method: str, *, parameters: str = "", body: bytes = b"", **headers: str) -> Reply:
        if last is not None and len(sent) >= last:
            raise UpstreamUnavailableError("gone")
        sent.append(f"{method} {parameters}")
        return ask(self, method, parameters=parameters, body=body, **headers)

    monkeypatch.setattr(Upstream, "ask", asked)
    monkeypatch.setattr("kg.store.upstream.FIRST_PAUSE_SECONDS", 0)


def test_a_build_cut_short_at_any_request_is_seen_and_taken_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = b"".join(sorted(OTHER.splitlines(keepends=True)))
    sent: list[str] = []
    counted(monkeypatch, sent)
    service = Service(Address.parse(address))
    service.write(SOME, {})
    sent.clear()
    service.write(OTHER, {})
    requests = len(sent)
    assert requests > 10
    for last in range(requests):
        with monkeypatch.context() as before:
            counted(before, [])
            service.write(SOME, {})
        with monkeypatch.context() as cut, pytest.raises(UpstreamUnavailableError):
            counted(cut, [], last)
            service.write(OTHER, {})
        manifest = service.manifest()
        assert manifest
        if manifest.state == "building":
            with pytest.raises(StoreError, match="zeren build"):
                service.current()
            with pytest.raises(UpstreamUnavailableError):
                remote(address).select(COUNT)
        done = [each for each in manifest.graphs if each.startswith("x:g/")]
        with monkeypatch.context() as after:
            again: list[str] = []
            counted(after, again)
            service.write(OTHER, {})
        assert not done or all(f"PUT graph={each}" not in again for each in done if manifest.state == "building")
        assert sorted_nquads(service.open(service.current() or "")) == expected
        assert count(remote(address)) == 8


def test_a_build_taken_up_with_other_documents_leaves_nothing_behind(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(Address.parse(address))
    for last in range(2, 14):
        with monkeypatch.context() as cut, pytest.raises(UpstreamUnavailableError):
            counted(cut, [], last)
            service.write(OTHER, {})
        service.write(ONE, {})
        graphs = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
        body = Upstream(Address.parse(address).query, 5).ask(
            "POST", body=graphs.encode(), Content_Type="application/sparql-query", Accept="text/csv"
        )
        assert sorted(body.body.split()[1:]) == [f"{DEFAULT_BASE}graph/store".encode(), b"x:g/1"]


def test_a_second_builder_ends_the_first(service: Service, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_graph = Service._write_graph
    begun: list[str] = []

    def interrupted(self: Service, *given: Any) -> None:
        if not begun:
            begun.append("second")
            Service(Address.parse(address)).write(OTHER, {})
        write_graph(self, *given)

    monkeypatch.setattr(Service, "_write_graph", interrupted)
    with pytest.raises(StoreError, match="another zeren"):
        service.write(SOME, {})
    assert count(remote(address)) == 8


# A builder that builds without end and says what is done.
_BUILDER = """
import sys
from kg.store.address import Address
from kg.store.service import Service
from tests.store.test_remote import build_of
service = Service(Address.parse(sys.argv[1]))
for number in range(int(sys.argv[2]), 10_000):
    service.write(build_of(number), {})
    print(number, flush=True)
"""


def build_of(number: int) -> bytes:
    """Return the quads of one build: ten graphs, of which five differ from those of the build before."""
    lines = (
        f'<x:s{n}> <x:p> "{number if n % 2 else number // 2}" <x:g/{n % 10}> .\n'  # odd graphs change each time
        for n in range(1_000)
    )
    return "".join(sorted(lines)).encode()


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.long)])
def test_a_builder_killed_is_taken_up(address: str, kills: int) -> None:
    chance = random.Random(kills)
    service = Service(Address.parse(address))
    done, cut = 0, 0
    for _ in range(kills):
        command = [sys.executable, "-c", _BUILDER, address, str(done + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as builder:
            assert builder.stdout
            first = builder.stdout.readline()  # it has begun
            time.sleep(chance.uniform(0, 0.15))
            builder.kill()
            done = int((first + builder.stdout.read()).split()[-1])
        manifest = service.manifest()
        assert manifest
        assert manifest.version in {version_of(build_of(done)), version_of(build_of(done + 1))}
        cut += manifest.state == "building"
        service.write(build_of(done + 1), {})
        assert sorted_nquads(service.open(service.current() or "")) == build_of(done + 1)
        assert count(remote(address)) == 1_000
        done += 1
    assert cut or kills < 10


def test_a_service_that_comes_late_is_waited_for() -> None:
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        ["sh", "-c", f"sleep 0.7; exec {' '.join(command)}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as late:
        try:
            Service(Address.parse(f"sparql+http://127.0.0.1:{port}/")).write(ONE, {})
            assert count(remote(f"sparql+http://127.0.0.1:{port}/")) == 1
        finally:
            late.kill()


def test_readers_see_a_new_build_within_a_second(address: str, service: Service) -> None:
    store = remote(address)
    with pytest.raises(UpstreamError):
        store.version  # noqa: B018 - nothing was built
    service.write(SOME, {})
    before = store.version
    service.write(OTHER, {})
    time.sleep(1.1)
    assert store.version != before
    assert count(store) == 8


def test_a_served_store_that_is_gone_is_503_and_back_when_it_is_back(service: Service, address: str) -> None:
    service.write(SOME, {})
    port = int(address.rstrip("/").rpartition(":")[2])
    with serving("--store", address) as (url, _):
        query = f"{url}/sparql?query=ASK%7B%7D"
        with urlopen(query, timeout=20) as response:
            assert response.status == 200
        for process in _listening(port):
            os.kill(process, signal.SIGKILL)
        time.sleep(1.1)
        with pytest.raises(HTTPError) as raised:
            urlopen(query, timeout=20).close()
        with raised.value as gone:
            assert (gone.code, gone.headers["Content-Type"]) == (503, "application/problem+json")
        with oxigraph(port):
            Service(Address.parse(address)).write(SOME, {})
            with urlopen(query, timeout=20) as response:
                assert response.status == 200


def _listening(port: int) -> list[int]:
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and f"127.0.0.1:{port}".encode() in words:
            found.append(int(command.parent.name))
    return found


def test_terms_come_as_they_went(service: Service, address: str) -> None:
    text = 'a"b\\c\nd\te 任 \u2028 \U0001f600'
    service.write(f"<x:任> <x:p> {term(Literal(text))} <x:g> .\n".encode(), {})
    assert remote(address).select("SELECT ?s ?o { ?s ?p ?o }", bindings={"o": Literal(text)}) == [
        {"s": URIRef("x:任"), "o": Literal(text)}
    ]
