"""Bindings written into a query mean what substitutions mean, whatever the terms hold."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib.term import BNode, Identifier, Literal, URIRef

from kg.errors import QueryError
from kg.questions.catalogue import catalogue
from kg.questions.lookup import find
from kg.store.binding import bound
from kg.store.engine import Engine
from kg.store.tokens import form, keywords, plain

EMPTY = Engine(ox.Store(), "empty")
A = {"a": URIRef("x:a")}
VALUES = " VALUES (?a) { (<x:a>) } "
#: Texts without surrogates, which UTF-8 cannot carry.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?a {?a ?p ?o}", "SELECT ?a {%s?a ?p ?o}"),
        ("SELECT ?a { {?b ?p ?o} UNION {?a ?p ?o} }", "SELECT ?a {%s {?b ?p ?o} UNION {%s?a ?p ?o} }"),
        ("SELECT ?a { GRAPH ?a {?s ?p ?o} }", "SELECT ?a {%s GRAPH ?a {?s ?p ?o} }"),
        ("SELECT ?a { {BIND(1 AS ?a)} }", "SELECT ?a {%s {BIND(1 AS ?a)%s} }"),
        (
            "SELECT ?a {FILTER NOT EXISTS {?a ?p {SELECT ?a {?a ?p ?o}}}}",
            "SELECT ?a {%sFILTER NOT EXISTS {?a ?p {SELECT ?a {?a ?p ?o}}}}",
        ),
        ("SELECT ?a { {SELECT ?b {?b ?p ?a}} }", "SELECT ?a {%s {SELECT ?b {?b ?p ?a}} }"),
        ("SELECT ?a { {SELECT ?a {?b ?p ?a}} }", "SELECT ?a {%s {SELECT ?a {%s?b ?p ?a}} }"),
        ("SELECT ?a { {SELECT * WHERE {?b ?p ?a}} }", "SELECT ?a {%s {SELECT * WHERE {%s?b ?p ?a}} }"),
        ("SELECT ?a { {SELECT (COUNT(*) AS ?n) {?b ?p ?a}} }", "SELECT ?a {%s {SELECT (COUNT(*) AS ?n) {?b ?p ?a}} }"),
        ("SELECT ?a {VALUES ?a {<x:a> <x:b>} }", "SELECT ?a {%sVALUES ?a {<x:a> <x:b>} }"),
        ("CONSTRUCT {?a ?p ?o} WHERE {?a ?p ?o}", "CONSTRUCT {?a ?p ?o} WHERE {%s?a ?p ?o}"),
        ("CONSTRUCT WHERE {?a ?p ?o}", "CONSTRUCT WHERE {?a ?p ?o}\n%s"),
        ("DESCRIBE ?a", "DESCRIBE ?a\n%s"),
        ("SELECT ?a { ?s ?p '{?a' } # {?a", "SELECT ?a {%s ?s ?p '{?a' } # {?a"),
        ('ASK {?a ?p """}"{?a""" . ?a <x:#a> ?o}', 'ASK {%s?a ?p """}"{?a""" . ?a <x:#a> ?o}'),
    ],
)
def test_values_stand_in_each_group_that_means_the_variable(query: str, expected: str) -> None:
    assert bound(query, A) == expected.replace("%s", VALUES)


@given(TEXTS)
def test_any_text_is_bound_as_it_is(text: str) -> None:
    assert EMPTY.select(bound("SELECT ?v { }", {"v": Literal(text)})) == [{"v": Literal(text)}]
    tagged = Literal(text, lang="zh-Hans")
    assert EMPTY.select(bound("SELECT ?v { }", {"v": tagged})) == [{"v": tagged}]


@given(TEXTS)
def test_an_iri_is_bound_as_it_is_or_refused(text: str) -> None:
    iri = URIRef(f"x:{text}")
    try:
        query = bound("SELECT ?v { }", {"v": iri})
    except QueryError:
        assert any(character in text for character in '<>"{}|\\^`') or any(ord(c) <= 0x20 for c in text)
    else:
        assert query.count("{") == query.count("}") == 2


@pytest.mark.parametrize("term", [BNode("b"), URIRef("x:a b"), URIRef("x:a>"), Literal("a", datatype=URIRef("x:a>"))])
def test_what_cannot_be_written_is_refused(term: Identifier) -> None:
    with pytest.raises(QueryError):
        bound("SELECT ?v { }", {"v": term})


@pytest.mark.parametrize("name", catalogue().names())
def test_every_question_answers_the_same_with_values_as_with_substitutions(seed_store: Engine, name: str) -> None:
    question = catalogue().question(name)
    required = {p.name for p in question.parameters if p.required}
    for only in (required, {p.name for p in question.parameters}):
        bindings = question.bindings({n: v for n, v in arguments(seed_store, name).items() if n in only})
        assert seed_store.select(bound(question.sparql, bindings)) == seed_store.select(
            question.sparql, bindings=bindings
        )


def arguments(store: Engine, name: str) -> dict[str, object]:
    """Return something to ask for, for each parameter of a question."""
    task = find(store, "20.1", kinds=("task",))
    lead = find(store, "区市场监管局", kinds=("organization",)).iri
    by_type = {
        "task": task.iri,
        "organization": find(store, "区卫健局", kinds=("organization",)).iri,
        "document": task.document,
        "date": "2021-08-27",
        "integer": 3,
        "text": "保健食品",
    }
    parameters = catalogue().question(name).parameters
    return {p.name: lead if p.name in ("other", "assistant") else by_type.get(p.type, task.iri) for p in parameters}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * {}", "SELECT"),
        ("#x\nPREFIX ask: <select:>\nBASE <x:>\nprefix : <y:> construct {}", "CONSTRUCT"),
        ("PREFIX a: <x:> INSERT DATA {}", "INSERT"),
        ("", ""),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(query: str, expected: str) -> None:
    assert form(query) == expected


def test_keywords_are_words_of_the_query_only() -> None:
    assert keywords("SELECT ?service { ?from <x:SERVICE> 'FROM' } # SERVICE") == frozenset()
    assert keywords("SELECT * FROM <x:> { service<x:> {} }") == {"SERVICE", "FROM"}


def test_escapes_hide_no_words() -> None:
    assert plain("SELECT ?\\u4efb {}") == "SELECT ?任 {}"
    with pytest.raises(QueryError, match="itself"):
        plain("SELECT * { \\u0053ERVICE <x:> {} }")
