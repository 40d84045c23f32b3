"""Rows are counted in every format, whatever they hold and wherever the pieces end."""

from __future__ import annotations

from typing import cast

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.tally import Tally

FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
HARD = ["任务", 'a"b', "\r\n", "x\r\ny", "}},{", ',{"', '[{"x', "<result>", "\\", '\\"', "}}", "", "\t\n", '"']


def answer(values: list[str | None], form: ox.QueryResultsFormat) -> bytes:
    rows = "".join(f"({'UNDEF' if value is None else ox.Literal(value)} 1)" for value in values)
    return selected(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {rows} }} }}", form)


def selected(query: str, form: ox.QueryResultsFormat) -> bytes:
    return cast("ox.QuerySolutions", ox.Store().query(query)).serialize(format=form) or b""


@pytest.mark.parametrize("media_type", FORMATS)
@given(values=st.lists(st.sampled_from([None, *HARD]), max_size=6), size=st.integers(1, 40))
def test_rows_are_counted(media_type: str, values: list[str | None], size: int) -> None:
    body = answer(values, FORMATS[media_type])
    tally = Tally(media_type)
    for start in range(0, len(body), size):
        tally.take(body[start : start + size])
    assert tally.rows == len(values)


@pytest.mark.parametrize("media_type", FORMATS)
def test_rows_without_values_are_rows(media_type: str) -> None:
    for query, rows in (("{} UNION {}", 2), ("VALUES ?x { UNDEF 1 UNDEF }", 3), ("FILTER(false)", 0)):
        for variables in ("?x", "?x ?y"):
            tally = Tally(media_type)
            tally.take(selected(f"SELECT {variables} {{ {query} }}", FORMATS[media_type]))
            assert tally.rows == rows
