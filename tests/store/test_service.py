"""Anybody's query: answered, refused in words, or stopped; the next one is answered all the same."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib.term import Literal, URIRef

from kg.errors import (
    ForeignHostError,
    QueryCrashedError,
    QueryError,
    QueryFormatError,
    QueryFormError,
    QuerySyntaxError,
    QueryTimeoutError,
    ResultTooLargeError,
    StoreError,
)
from kg.store import wire
from kg.store.client import KeeperStore, _heading, kept
from kg.store.engine import Engine
from kg.store.generations import Generations
from kg.store.limits import Limits
from kg.store.results import rows

SIZE = 500
LIMITS = Limits(seconds=0.5, memory=2 * 2**30, result=400_000, hold=200_000)
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }"
HONEST = "SELECT ?o WHERE { <http://a/7> ?p ?o }"


def quads(count: int) -> bytes:
    return "".join(f'<http://a/{i}> <http://p/{i % 9}> "{i}" <http://g/{i % 3}> .\n' for i in range(count)).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service") / "store"
    Generations(folder).write(quads(SIZE), {})
    return folder


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[KeeperStore]:
    with kept(folder, workers=2, limits=LIMITS) as store:
        yield store


def test_rows_come_as_terms(store: KeeperStore) -> None:
    assert store.select(HONEST) == [{"o": Literal("7")}]


def test_bindings_are_bound_not_pasted(store: KeeperStore) -> None:
    query = "SELECT ?s ?o WHERE { ?s ?p ?o }"
    assert len(store.select(query, bindings={"s": URIRef("http://a/3")})) == 1
    assert store.select(query, bindings={"o": Literal('"} # 任务')}) == []


def test_graphs_restrict_the_default_graph(store: KeeperStore) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    assert store.select(count)[0]["n"].toPython() == SIZE  # type: ignore[attr-defined]
    assert store.select(count, graphs=["http://g/0"])[0]["n"].toPython() == 167  # type: ignore[attr-defined]
    assert store.select(count, graphs=[])[0]["n"].toPython() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * WHERE { ?s ?p }", QuerySyntaxError),
        ("# 注\nPREFIX a: <b:>\nINSERT DATA { <a:a> <a:b> 1 }", QueryFormError),
        ("SELECT * { SERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }", ForeignHostError),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d", QueryTimeoutError),
        (RUNAWAY, QueryTimeoutError),
        ("SELECT * { FILTER(" + "!" * 100_000 + "true) }", QueryCrashedError),
        ("SELECT * {" + "{" * 50_000 + "}" * 50_000 + "}", QueryCrashedError),
        ("SELECT * { ?s ?p ?o FILTER(REGEX(?o, '" + "(a|aa)+" * 50 + "$')) }", QueryError),
    ],
    ids=["syntax", "update", "service", "sort", "count", "nots", "nested", "regex"],
)
def test_hostile_queries_end_and_the_next_is_answered(store: KeeperStore, query: str, error: type[QueryError]) -> None:
    try:
        store.answer(query)
    except QueryError as raised:
        assert type(raised) is error  # but the regex may also simply be answered
    else:
        assert "REGEX" in query
    assert store.select(HONEST) == [{"o": Literal("7")}]


def test_a_syntax_error_has_its_place(store: KeeperStore) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        store.answer("SELECT ?任务 WHERE {\n  ?任务 ?p }")
    assert (raised.value.line, raised.value.column) == (2, 11)


def test_a_format_that_does_not_fit_is_refused(store: KeeperStore) -> None:
    with pytest.raises(QueryFormatError, match="turtle"):
        store.answer("CONSTRUCT WHERE { ?s ?p ?o }", media_types=["text/csv"])
    with pytest.raises(QueryFormatError, match="csv"):
        store.answer(HONEST, media_types=["text/turtle"])


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ('SELECT ("a\\u0000b" AS ?x) {}', "U\\+0000"),
        ('SELECT ("\\u001F" AS ?x) {}', "U\\+001F"),
        ('SELECT ("\\uFFFE" AS ?x) {}', "U\\+FFFE"),
        ('CONSTRUCT { <a:a> <a:b> "\\u0001" } {}', "U\\+0001"),
        ('CONSTRUCT { <a:a> <a:b/1> "1" } {}', "does not end in a name"),
    ],
)
def test_what_xml_cannot_hold_is_refused_as_xml_only(store: KeeperStore, query: str, what: str) -> None:
    with pytest.raises(QueryFormatError, match=what):
        store.answer(query, media_types=["application/xml"])
    assert store.answer(query).body


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.integers(0, 9000))
def test_a_text_comes_back_from_xml_as_it_was_or_is_refused(text: str, before: int) -> None:
    # What stands before it moves it over the pieces in which Oxigraph writes.
    engine = Engine(ox.Store(), "1")
    literal = Literal(before * "任" + text)
    try:
        answer = engine.answer("SELECT ?x {}", bindings={"x": literal}, media_types=["text/xml"])
    except QueryFormatError:
        assert any(unicodedata.category(sign) == "Cc" or sign in "\ufffe\uffff" for sign in text)
        return
    (found,) = ElementTree.fromstring(answer.body).iter("{http://www.w3.org/2005/sparql-results#}literal")
    assert (found.text or "") == str(literal)


def values(count: int) -> str:
    return f"SELECT ?x {{ VALUES ?x {{ {' '.join(map(str, range(count)))} }} }}"


def test_a_large_result_is_streamed_whole(folder: Path) -> None:
    with kept(folder, workers=1, limits=replace(LIMITS, seconds=10)) as store:
        answer = store.answer(values(40_000), media_types=["text/csv"])
        assert answer.more is not None
        assert len(answer.body) >= LIMITS.hold / 2
        assert answer.whole().split() == [b"x", *(str(n).encode() for n in range(40_000))]
        assert store.select(HONEST)


def test_a_streamed_result_that_is_cut_says_so(store: KeeperStore) -> None:
    for query in ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "SELECT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"):
        answer = store.answer(query, media_types=["text/csv"])
        with pytest.raises(QueryTimeoutError, match="cut off"):
            answer.whole()
        assert store.select(HONEST)


def test_a_streamed_result_that_nobody_reads_frees_its_worker(store: KeeperStore) -> None:
    for _ in range(5):
        answer = store.answer("SELECT * { ?a ?b ?c . ?d ?e ?f }", media_types=["text/csv"])
        assert answer.more is not None
        answer.more.close()
    assert store.select(HONEST)


def test_a_result_over_the_limit_before_it_is_streamed_is_refused(folder: Path) -> None:
    limits = Limits(seconds=5, memory=2 * 2**30, result=10_000, hold=20_000)
    with kept(folder, workers=1, limits=limits) as store, pytest.raises(ResultTooLargeError):
        store.answer(values(20_000))


@pytest.mark.parametrize(
    ("form", "query"),
    [
        ("text/csv", values(1000)),
        ("text/tab-separated-values", values(1000)),
        ("application/sparql-results+json", values(1000)),
        ("application/sparql-results+xml", values(1000)),
        ("text/turtle", "CONSTRUCT { ?x <a:b> 1 } { VALUES ?x { " + " ".join(f"<a:{n}>" for n in range(1000)) + " } }"),
    ],
)
@pytest.mark.parametrize("hold", [2**20, 2000], ids=["whole", "streamed"])
def test_a_result_of_more_rows_than_one_may_have_is_refused_or_cut(
    folder: Path, form: str, query: str, hold: int
) -> None:
    for most, fits in ((1000, True), (999, False)):
        limits = Limits(seconds=5, memory=2 * 2**30, result=2**20, hold=hold, rows=most)
        with kept(folder, workers=1, limits=limits) as store:
            if fits:
                assert len(store.answer(query, media_types=[form]).whole()) > 2000
                continue
            with pytest.raises(ResultTooLargeError if hold == 2**20 else QueryError, match=r"999 rows|cut off"):
                store.answer(query, media_types=[form]).whole()


def test_a_stopped_query_stops_at_its_deadline_and_not_before(store: KeeperStore) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        store.answer(RUNAWAY)
    assert LIMITS.seconds <= time.monotonic() - begun < LIMITS.seconds + 2


def test_other_clients_are_answered_while_one_runs_away(store: KeeperStore) -> None:
    def runaway() -> None:
        with pytest.raises(QueryTimeoutError):
            store.answer(RUNAWAY)

    with ThreadPoolExecutor(1) as pool:
        away = pool.submit(runaway)
        for _ in range(50):
            assert rows(store.answer(HONEST, client="another").body)
        assert not away.done(), "they were answered beside it, not after it"
        away.result()


def test_what_comes_while_a_query_runs_does_not_end_it(folder: Path) -> None:
    """Only a hang-up does: the signal for it must not be that for bytes, which a busy sender may cause late."""
    counted = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    with kept(folder, workers=1, limits=replace(LIMITS, seconds=20)) as store:
        line = store._places.take().line
        connection = line._connected()
        question = wire.message(_heading(False, (), True, None), counted)
        connection.sendall(question)
        time.sleep(0.05)
        connection.sendall(question)
        first, second = wire.receive(connection), wire.receive(connection)
        assert first == second
        assert rows(first[1])
        line.hang_up()


def test_a_new_build_is_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    Generations(folder).write(quads(10), {})
    with kept(folder, workers=1, limits=LIMITS) as store:
        before = store.version
        Generations(folder).write(quads(20), {})
        for _ in range(50):
            if store.version != before:
                break
            time.sleep(0.1)
        assert len(store.select("SELECT ?s WHERE { ?s ?p ?o }")) == 20


def test_without_a_store_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="zeren build"), kept(tmp_path, workers=1, limits=LIMITS):
        pass


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="counts processes through /proc")
def test_no_process_is_left_over(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    Generations(folder).write(quads(10), {})
    with kept(folder, workers=2, limits=LIMITS) as store:
        assert store.select(HONEST)
        assert _keepers(str(folder)) == 3  # the keeper and two workers
    for _ in range(30):
        if not _keepers(str(folder)):
            return
        time.sleep(0.1)
    raise AssertionError(f"{_keepers(str(folder))} processes are left")


def _keepers(folder: str) -> int:
    commands = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            commands.append(process.read_bytes())
        except OSError:
            continue
    return sum(b"kg.store.keeper" in command and folder.encode() in command for command in commands)
