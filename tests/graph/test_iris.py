"""IRIs: valid, Chinese left as it is, the same for the same values, different for different ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from rdflib import URIRef

from kg.graph import iris
from kg.graph.iris import Iris
from kg.plan import Span
from tests.graph.plans import SMALL

NAMES = Iris()
TEXTS = st.text(min_size=1, max_size=12)


def accepted(iri: str) -> str:
    """Return the IRI as two independent readers of RFC 3987 understand it."""
    assert NamedNode(iri).value == iri
    assert URIRef(iri).n3() == f"<{iri}>"
    return iri


def test_templates_of_the_vocabulary() -> None:
    document = NAMES.document(SMALL)
    assert document == "https://w3id.org/zeren/id/doc/210804/2021/营口市鲅鱼圈区2021年食品安全工作安排/征求意见稿"
    assert iris.task(document, "二.三.7.2") == f"{document}/t/二.三.7.2"
    assert iris.passage(document, Span(3, 7)) == f"{document}#char=3,7"
    assert iris.inferred(document) == f"{document}/inferred"
    assert NAMES.organization("210804/市场监管") == "https://w3id.org/zeren/id/org/210804/市场监管"
    assert NAMES.organization("-/某局") == "https://w3id.org/zeren/id/org/-/某局"
    assert NAMES.campaign("“昆仑 2021”行动") == "https://w3id.org/zeren/id/campaign/昆仑2021行动"
    assert NAMES.place("210804") == "https://w3id.org/zeren/id/place/210804"


def test_a_draft_and_its_final_are_two_documents() -> None:
    assert NAMES.document(replace(SMALL, status=None)) != NAMES.document(SMALL)


def test_what_is_unknown_is_a_dash() -> None:
    unknown = replace(SMALL, place=None, year=None, status=None)
    assert NAMES.document(unknown).endswith("/doc/-/-/营口市鲅鱼圈区2021年食品安全工作安排")


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("问?#", "问%3F%23"),
        ("“明厨”（甲）", "“明厨”（甲）"),
        ("..", "%2E%2E"),
    ],
)
def test_only_what_an_iri_forbids_is_encoded(value: str, encoded: str) -> None:
    assert iris.segment(value) == encoded


@given(TEXTS)
def test_every_text_gives_a_valid_segment(text: str) -> None:
    accepted(f"{NAMES.base}{iris.segment(text)}")
    assert iris.segment(text) == iris.segment(text)


@given(TEXTS, TEXTS)
def test_different_texts_give_different_segments(one: str, other: str) -> None:
    assert (iris.segment(one) == iris.segment(other)) == (one == other)


@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS))
def test_different_keys_give_different_organizations(one: tuple[str, str], other: tuple[str, str]) -> None:
    keys = ["/".join((place.replace("/", ""), name)) for place, name in (one, other)]
    minted = [accepted(NAMES.organization(key)) for key in keys]
    assert (minted[0] == minted[1]) == (keys[0] == keys[1])


@given(st.lists(TEXTS, min_size=4, max_size=4, unique=True))
def test_different_pairs_share_different_nodes(names: list[str]) -> None:
    organizations = [NAMES.organization(f"210804/{name}") for name in names]
    pairs = [organizations[:2], organizations[1:3], organizations[2:]]
    minted = {accepted(iris.coownership(NAMES.document(SMALL), pair, NAMES.base)) for pair in pairs}
    assert len(minted) == len(pairs)
    assert iris.coownership("d", organizations[:2], NAMES.base) == iris.coownership(
        "d", organizations[1::-1], NAMES.base
    )


def test_the_name_of_a_graph_is_no_document() -> None:
    draft = replace(SMALL, status="inferred")
    assert NAMES.document(draft) != iris.inferred(NAMES.document(replace(SMALL, status=None)))
