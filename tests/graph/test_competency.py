"""Competency questions: what the ontology is for, each asked of the small plan's graphs and answered in full."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rdflib import Graph

from kg.graph import DocumentGraphs, document_graphs, shared_graphs
from kg.plan import Organization
from tests.graph import plans
from tests.graph.plans import SMALL
from tests.graph.test_seed import ask

HIGHER = Organization("210800/市场监管", "营口市市场监督管理局", "department", "市场监管", "210800")


@pytest.fixture(scope="module")
def everything(small: DocumentGraphs) -> Graph:
    """The small plan, and one of the city above it, as a query sees them."""
    led = replace(plans.LED, assignments=(replace(plans.LED.assignments[0], organization=HIGHER),))
    city = document_graphs(
        replace(SMALL, title="市安排", place="210800", tasks=(led,), targets=(), duties=(), campaigns=())
    )
    graph = small.stated + small.inferred
    for shared in shared_graphs(stated=[small.stated, city.stated]).values():
        graph += shared
    return graph


QUESTIONS: dict[str, tuple[str, list[tuple[str, ...]]]] = {
    "who leads what": (
        "SELECT ?code ?name { ?o zr:leads ?t ; skos:prefLabel ?name . ?t zr:code ?code }",
        [("1.1", "营口市鲅鱼圈区市场监督管理局")],
    ),
    "who assists whom": (
        "SELECT ?a ?b { ?one zr:assists ?t ; zr:function/skos:notation ?a . ?t zr:ledBy/zr:function/skos:notation ?b }",
        [("卫生健康", "市场监管")],
    ),
    "who answers for a task, leads included": (
        'SELECT ?f { ?t zr:code "1.1" ; zr:responsibilityOf/zr:function/skos:notation ?f }',
        [("市场监管",)],
    ),
    "who co-owns, how often": (
        """SELECT ?a ?b ?n { ?c zr:between ?x, ?y ; zr:count ?n . ?x zr:function/skos:notation ?a .
        ?y zr:function/skos:notation ?b . FILTER(STR(?a) < STR(?b)) }""",
        [("卫生健康", "市场监管", "2"), ("卫生健康", "教育", "1"), ("市场监管", "教育", "1")],
    ),
    "in which sentence does it say so": (
        'SELECT ?q { ?t zr:code "1.1" . ?a zr:ofTask ?t ; zr:inStatement/zr:quote ?q }',
        [("区市场监管局牵头，区卫健局配合，下同",)],
    ),
    "who is named in the sentence only": (
        "SELECT ?name { ?a zr:basis zr:InSentence ; zr:asWritten ?name }",
        [("各成员单位",)],
    ),
    "what has to be reached": (
        "SELECT ?i ?c ?v ?u { ?t zr:hasTarget ?x . ?x zr:indicator ?i ; zr:comparator ?c ; zr:value ?v ; zr:unit ?u }",
        [("合格率", ">=", "97.5", "%")],
    ),
    "what is due, when, to whom, with a copy to whom": (
        """SELECT ?due ?to ?copy { ?d zr:due ?due ; zr:recipient/skos:altLabel ?to ; zr:copyTo/skos:altLabel ?copy }""",
        [("2021-11-01", "区食安办", "区政府")],
    ),
    "which tasks belong to a campaign, by their section too": (
        'SELECT ?code { ?t a zr:Task ; zr:underCampaign/skos:prefLabel "校园守护行动"@zh ; zr:code ?code }',
        [("1.1",), ("1.2",), ("1.3",), ("2.1",)],
    ),
    "who is engaged in a campaign": (
        'SELECT ?f { ?o zr:engagedIn/skos:prefLabel "“护苗 2021”行动"@zh ; zr:function/skos:notation ?f }',
        [("卫生健康",), ("市场监管",), ("教育",)],
    ),
    "which policies are cited, and by what": (
        "SELECT ?l ?code { ?t a zr:Task ; zr:cites/rdfs:label ?l ; zr:code ?code }",
        [("责任制规定", "2.1")],
    ),
    "what does the plan implement": (
        "SELECT ?l { ?d a zr:WorkPlan ; zr:implements/rdfs:label ?l }",
        [("食品安全意见",)],
    ),
    "which groups are not enumerated": (
        "SELECT ?l { ?o a zr:Collective ; skos:prefLabel ?l }",
        [("各成员单位",)],
    ),
    "which rule holds for the whole document": (
        "SELECT ?k ?q { ?d a zr:WorkPlan ; zr:declares ?x . ?x zr:kind ?k ; zr:evidence/zr:quote ?q }",
        [("first-leads", "下同")],
    ),
    "how a task is held": (
        "SELECT ?code ?m { ?t zr:mode/skos:notation ?m ; zr:code ?code }",
        [("1.1", "led"), ("1.2", "shared"), ("1.3", "sole"), ("2.1", "sole")],
    ),
    "who is the counterpart at the level above": (
        'SELECT (STRAFTER(STR(?x), "/id/org/") AS ?l) { ?o zr:jurisdiction/zr:code "210804" ; zr:counterpartOf ?x }',
        [("210800/市场监管",)],
    ),
    "which earlier functions does one stand for": (
        'SELECT ?l { ?f skos:notation "市场监管" ; zr:successorOf+/skos:prefLabel ?l FILTER(LANG(?l) = "zh") }',
        [("工商",), ("质量监督",), ("食品药品监督管理",), ("食品药品监管",)],
    ),
    "where a place lies": (
        'SELECT ?l { ?p zr:code "210804" ; zr:within+/skos:prefLabel ?l }',
        [("全国",), ("营口市",), ("辽宁省",)],
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_ontology_answers(everything: Graph, question: str) -> None:
    query, expected = QUESTIONS[question]
    assert ask(everything, query) == expected
