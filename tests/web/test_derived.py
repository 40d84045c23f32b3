"""“Why?” on the rows of free queries: each inferred fact behind a row leads to its proof, and asking stays bounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import Graph

from tests.web.test_reference import DOCUMENT, HEALTH, MARKET, ZR
from web import derived
from web.app import create_app
from web.i18n import LANGUAGES, PREFIXES

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.store.engine import Engine

PREFIX = f"PREFIX zr: <{ZR}> "
LEADS = "SELECT ?o ?t ?code { ?o zr:leads ?t . ?t zr:code ?code ; a zr:Task }"


@pytest.fixture(scope="module")
def client(seed_store: Engine) -> FlaskClient:
    return create_app(seed_store, config={"TESTING": True}).test_client()


def rows_of(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.application.extensions["zeren"].answer(query, media_types=("application/json",))
    bindings: list[dict[str, Any]] = json.loads(answer.body)["results"]["bindings"]
    return bindings


def asked(client: FlaskClient, body: object, prefix: str = "") -> dict[str, Any]:
    answer = client.post(f"{prefix}/why", json=body)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.get_json()
    return told


def properties(told: dict[str, Any]) -> list[list[str]]:
    return [[fact["property"].removeprefix(ZR) for fact in facts] for facts in told["rows"]]


def about(client: FlaskClient, query: str) -> list[list[str]]:
    """Return the inferred properties behind each row of a query."""
    return properties(asked(client, {"query": PREFIX + query, "rows": rows_of(client, PREFIX + query)}))


def test_what_is_stated_has_no_why_and_what_is_inferred_has(client: FlaskClient) -> None:
    assert about(client, LEADS) == [["leads"]] * 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT ?o {{ ?o zr:coOwnsWith <{HEALTH}> }}", ["coOwnsWith"]),
        (f"SELECT ?p {{ <{HEALTH}> ?p <{MARKET}> }}", ["coOwnsWith"]),
        ("SELECT ?o ?t { ?t ^zr:leads ?o }", ["leads"]),
        ("SELECT ?o ?t { ?t zr:ledBy|zr:assistedBy ?o }", ["ledBy"]),
        ("SELECT ?c ?n { ?c zr:count ?n ; zr:between ?o }", ["count"]),
        ("SELECT ?o ?t { ?o zr:involvedIn ?t FILTER NOT EXISTS { ?o zr:leads ?t } }", ["involvedIn"]),
        ("SELECT ?d ?t { GRAPH ?g { ?t zr:partOf ?d } FILTER(STRENDS(STR(?g), '/inferred')) }", ["partOf"]),
        ("SELECT ?t ?code { ?t zr:code ?code ; a zr:Task }", []),
        ("SELECT ?code { ?o zr:leads ?t . ?t zr:code ?code }", []),
        ("SELECT ?o (COUNT(?t) AS ?n) { ?o zr:leads ?t } GROUP BY ?o", []),
    ],
)
def test_patterns_that_a_row_fills(client: FlaskClient, query: str, expected: list[str]) -> None:
    found = about(client, query)
    assert found
    assert expected in found
    assert all(set(row) <= {*expected, "ledBy", "assistedBy"} for row in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_link_leads_to_the_proof(client: FlaskClient, language: str) -> None:
    told = asked(client, {"query": PREFIX + LEADS, "rows": rows_of(client, PREFIX + LEADS)}, PREFIXES[language])
    for facts in told["rows"]:
        assert facts[0]["label"] == {"zh": "牵头", "en": "leads"}[language]
        assert facts[0]["href"].startswith(f"{PREFIXES[language]}/why?")
        page = client.get(facts[0]["href"])
        assert page.status_code == 200
        assert "<mark>" in page.get_data(as_text=True)


@pytest.mark.parametrize("form", ["CONSTRUCT WHERE { ?o zr:leads ?t }", f"DESCRIBE <{MARKET}>"])
def test_of_a_graph_every_inferred_triple_has_its_why(client: FlaskClient, form: str) -> None:
    answer = client.application.extensions["zeren"].answer(PREFIX + form, media_types=("text/turtle",))
    turtle = answer.body.decode()
    told = asked(client, {"turtle": turtle})
    assert len(told["rows"]) == 1
    inferred = rows_of(client, "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(STRENDS(STR(?g), '/inferred')) }")
    wanted = {tuple(row[name]["value"] for name in "spo") for row in inferred}
    shown = {(fact["subject"], fact["property"], fact["value"]) for fact in told["rows"][0]}
    assert shown
    assert shown <= wanted
    if told["complete"]:
        assert shown == {tuple(map(str, triple)) for triple in Graph().parse(data=turtle, format="turtle")} & wanted


def test_look_ups_are_bounded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "LOOKUPS", 3)
    query = PREFIX + "SELECT ?o ?t { ?o zr:involvedIn ?t }"
    told = asked(client, {"query": query, "rows": rows_of(client, query)})
    assert told["complete"] is False
    assert sum(map(len, told["rows"])) == 3
    assert len(told["rows"]) > 80


@pytest.mark.parametrize("body", [None, [], {}, {"query": "x"}, {"query": 1, "rows": []}, {"query": "x", "rows": [1]}])
def test_another_request_is_refused(client: FlaskClient, body: object) -> None:
    assert client.post("/why", json=body).status_code == 400


HOSTILE: list[dict[str, Any]] = [
    {"query": "SELECT * { " + "{" * 4000, "rows": [{"s": {"type": "uri", "value": DOCUMENT}}]},
    {"query": "SELECT * { ?s ?p ?o FILTER(" + "(" * 4000, "rows": [{}]},
    {"query": "x" * 20_000, "rows": [{}]},
    {"query": "SELECT * { ?s ?p ?o }", "rows": [{name: {"type": "uri", "value": "a b <>"} for name in "spo"}]},
    {"query": "SELECT * { ?s ?p ?o }", "rows": [{name: {"type": "uri", "value": "urn:x"} for name in "spo"}]},
    {"query": "SELECT * { ?s ?p ?o }", "rows": [{"s": None, "p": 4, "o": {"type": "bnode", "value": "b"}}]},
    {"turtle": "this is no Turtle"},
    {"turtle": "@prefix : <file:///etc/passwd#> . :a :b [ :c :d ] ."},
]


@pytest.mark.parametrize("body", HOSTILE)
def test_what_makes_no_sense_has_no_inferred_facts(client: FlaskClient, body: dict[str, Any]) -> None:
    assert asked(client, body) == {"rows": [[]], "complete": True}
