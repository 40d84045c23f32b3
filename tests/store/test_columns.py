"""SELECT * gives its columns in the order in which the query says them, and changes nothing else."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from rdflib.term import Literal, URIRef

from kg.errors import QuerySyntaxError
from kg.store.columns import headed, ordered, star
from kg.store.engine import Engine

DATA = '<a:z> <a:p> "任务" . <a:z> <a:q> <a:y> . <a:y> <a:p> "b" .'


@pytest.fixture(scope="module")
def engine() -> Engine:
    quads = ox.Store()
    quads.load(DATA.encode(), ox.RdfFormat.TURTLE)
    return Engine(quads, "v")


def columns(engine: Engine, query: str) -> str:
    return " ".join(json.loads(engine.answer(query).body)["head"]["vars"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", "s p o"),
        ("select*where{?z a|!a ?b}", "z b"),
        ("SELECT DISTINCT * { ?z ?b ?a } ORDER BY ?a", "z b a"),
        ("SELECT # *\n REDUCED # ?a\n * # ?a\r\n { ?z ?b ?a # ?0\n }", "z b a"),
        ("PREFIX p: <a:> BASE <b:> SELECT * FROM <g:> WHERE { $任务 p:a ?单位 }", "任务 单位"),
        ("SELECT * { FILTER(?a > (1 + ?b)) ?z ?b ?a }", "z b a"),
        ("SELECT * { FILTER REGEX(STR(?a), '?b') ?z ?b ?a }", "z b a"),
        ("SELECT * { FILTER <http://www.w3.org/2001/XMLSchema#string>(?a) ?z ?b ?a FILTER(?c) }", "z b a"),
        ("SELECT * { FILTER NOT EXISTS { ?a ?b ?c } ?z ?b ?a }", "z b a"),
        ("SELECT * { FILTER(EXISTS { ?a ?b ?c } && ?a = ?b) ?z ?b ?a }", "z b a"),
        ("SELECT * { ?z ?y ?x MINUS { ?a ?x ?z } ?z ?b ?a }", "z y x b a"),
        ("SELECT * { ?z ?y ?x BIND(?a + (?b) AS ?c) OPTIONAL { ?z ?b ?a } }", "z y x c b a"),
        ("SELECT * { BIND(1 AS ?b) BIND(2 AS ?a) }", "b a"),
        ("SELECT * { VALUES (?z ?b) { (1 UNDEF) } VALUES ?a { 1 } }", "z b a"),
        ("SELECT * { ?z ?b ?y } VALUES ?a { 1 }", "z b y a"),
        ("SELECT * { ?z ?b ?y } ORDER BY ?a (?c) LIMIT 1 VALUES ?a { 1 }", "z b y a"),
        ("SELECT * { GRAPH ?z { ?b ?y ?a } }", "z b y a"),
        ("SELECT * { { ?z ?b 1 } UNION { ?a ?b 2 } }", "z b a"),
        ("SELECT * { { SELECT ?z (COUNT(?a) AS ?n) ?b { ?a ?b ?z } GROUP BY ?z ?b } ?b ?y ?a }", "z n b y a"),
        ("SELECT * { { SELECT ?z { ?a ?z ?b } ORDER BY ?a } ?b ?y ?a }", "z b y a"),
        ("SELECT * { { SELECT * { ?z ?b 1 } ORDER BY ?a VALUES ?c { 1 } } ?b ?y ?a }", "z b c y a"),
        ("SELECT * { { SELECT DISTINCT * WHERE { ?z ?b 1 { SELECT ?x { ?y ?x 1 } } } } ?y ?x ?a }", "z b x y a"),
        ("SELECT * { ?z <a:p>/<a:q>* ( ?y [ ?b ?a ] ) }", "z y b a"),
        ("SELECT * { ?z ?b '''?y \" { ''' ; <a:?x> ?y ; ?x \"}\\\"?a\" }", "z b y x"),
        ("SELECT * { ?z ?b ?y FILTER(?z<?b&&?b>?a) OPTIONAL { ?a ?x ?z } }", "z b y a x"),
        ("SELECT ?b ?a { ?a ?b ?c }", "b a"),
        ("SELECT * {}", ""),
    ],
)
def test_columns_come_in_the_order_of_the_query(engine: Engine, query: str, expected: str) -> None:
    assert columns(engine, query) == expected
    assert star(query) is not None or query.startswith("SELECT ?b")


def test_rows_are_the_same(engine: Engine) -> None:
    for rest in ("{ ?s ?p ?o }", "{ ?s ?p ?o OPTIONAL { ?o ?q ?r } } ORDER BY ?o LIMIT 2"):
        spelled, starred = (engine.select(f"SELECT {what} {rest}") for what in ("?s ?p ?o ?q ?r", "*"))
        assert sorted(map(str, spelled)) == sorted(map(str, starred))
    body = engine.answer("SELECT * { ?s <a:q> ?o }", media_types=["text/csv"]).body
    assert body == b"s,o\r\na:z,a:y\r\n"
    bound = engine.select("SELECT * { ?s ?p ?o }", bindings={"o": Literal("b")})
    assert bound == [{"s": URIRef("a:y"), "p": URIRef("a:p"), "o": Literal("b")}]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT *\n{ ?s ?p }", (2, 10)),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", (1, 34)),
        ("SELECT * { ?s a:p ?o }", (1, 20)),
    ],
)
def test_a_malformed_query_is_shown_as_it_was_written(engine: Engine, query: str, place: tuple[int, int]) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        engine.answer(query)
    assert (raised.value.line, raised.value.column) == place


def test_a_long_query_is_read_once() -> None:
    query = "SELECT * {" + "{ ?b ?c ?a . ( ?d ) " * 50_000
    found = star(query)
    assert found is not None
    assert ordered(query, *found, ["a", "b", "c", "d"]).startswith("SELECT  ?b ?c ?a ?d  {{")


def test_an_answer_from_elsewhere_is_headed_in_the_same_order() -> None:
    query = "SELECT * { ?z ?任 ?a }"
    for head in (
        b'{"head":{"vars":["a","z","\xe4\xbb\xbb"]},',
        b'{ "head": { "link": [], "vars": ["a", "z", "\xe4\xbb\xbb"] },',
    ):
        assert json.loads(headed(query, head + b'"results":{}}'))["head"]["vars"] == ["z", "任", "a"]
    assert headed(query, b'{"head":{},"boolean":true}') == b'{"head":{},"boolean":true}'
    assert headed("SELECT ?a ?z { ?z ?b ?a }", b'{"head":{"vars":["a","z"]}') == b'{"head":{"vars":["a","z"]}'
