"""A malformed query is told where and what, in words."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError, QueryFormError, QuerySyntaxError
from kg.store.engine import Engine

ENGINE = Engine(ox.Store(), "")


@pytest.mark.parametrize(
    ("query", "line", "column", "says"),
    [
        ("SELEC * { ?s ?p ?o }", 1, 1, "SELEC is none of ASK"),
        ("# 任务\nPREFIX a: <b:>\n  FIND ?x", 3, 3, "FIND is none of ASK"),
        ("SELECT * { ?x zr:code ?y }", 1, 22, "the prefix zr: is not declared"),
        ("SELECT * {\n  ?s ?p ?o", 2, 11, 'expected "," or "."'),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, None, "SELECT"),
        ("", 1, 1, "malformed"),
    ],
)
def test_place_and_words(query: str, line: int, column: int | None, says: str) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        ENGINE.answer(query)
    assert raised.value.line == line
    assert column is None or raised.value.column == column
    assert says in str(raised.value)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "#x\nprefix a: <b:>base <c:>\n delete where { ?s ?p ?o }",
        "CLEAR ALL",
        "Load <a:b>",
    ],
)
def test_an_update_is_called_an_update(update: str) -> None:
    with pytest.raises(QueryFormError, match="update"):
        ENGINE.answer(update)


@given(st.text(max_size=60) | st.text("SELECT *{}?:<>#\n prefix任", max_size=60))
def test_any_text_is_answered_or_refused_in_words(query: str) -> None:
    try:
        ENGINE.answer(query)
    except QueryError as error:
        assert "\\u{" not in str(error)
