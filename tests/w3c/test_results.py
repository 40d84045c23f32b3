"""The comparison itself: what counts as the same result, and what does not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.w3c.results import XSD, Row, same_csv, same_graph, same_rows

P = ox.NamedNode("http://a/p")
ONE, TWO = ox.BlankNode("one"), ox.BlankNode("two")


def number(value: str, kind: str = "integer") -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (number("1"), number("01"), True),
        (number("1"), number("1", "int"), True),
        (number("1.50", "decimal"), number("1.5", "decimal"), True),
        (number("1e0", "double"), number("1.0E0", "double"), True),
        (number("1"), number("1", "decimal"), False),
        (number("1"), number("2"), False),
        (ox.Literal("a"), ox.Literal("a", language="en"), False),
        (ox.Literal("a"), ox.NamedNode("http://a/a"), False),
    ],
)
def test_literals_by_value(left: ox.Literal, right: ox.Literal, same: bool) -> None:
    assert same_rows([{"x": left}], [{"x": right}]) is same


def test_blank_nodes_by_isomorphism() -> None:
    row: list[Row] = [{"x": ONE, "y": ONE}]
    assert same_rows(row, [{"x": TWO, "y": TWO}])
    assert not same_rows(row, [{"x": ONE, "y": TWO}])
    assert same_graph([ox.Quad(ONE, P, TWO)], [ox.Quad(TWO, P, ONE)])
    assert not same_graph([ox.Quad(ONE, P, TWO)], [ox.Quad(ONE, P, ONE)])


def test_how_often_and_in_what_order() -> None:
    a: Row = {"x": number("1")}
    b: Row = {"x": number("2")}
    assert same_rows([a, b], [b, a])
    assert not same_rows([a, b], [b, a], ordered=True)
    assert not same_rows([a, a], [a])
    assert same_rows([a, a], [a], lax=True)
    assert not same_rows([a], [a, a], lax=True)
    assert not same_rows([a, b], [a], lax=True)
    assert not same_rows([a], [{**a, "y": number("1")}])


def test_csv_by_column_and_value() -> None:
    assert same_csv(b"a,b\n1.0,_:x\n", b"b,a\r\n_:y,1\r\n")
    assert not same_csv(b"a,b\n1,2\n", b"b,a\r\n1,2\r\n")
