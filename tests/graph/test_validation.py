"""Validation: each shape reports the fault made for it, in both languages and with its passage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import DCTERMS, RDF, SH, SKOS, XSD, Graph, Literal, URIRef

from kg.graph import DocumentGraphs, Iris, ontology, validate
from kg.graph.iris import numbered, passage, task
from kg.graph.vocabulary import ZR
from kg.resources import ontology_dir
from tests.graph import plans
from tests.graph.plans import SMALL

DOCUMENT = URIRef(Iris().document(SMALL))
SECTION, ITEM = URIRef(f"{DOCUMENT}/s/一.一"), URIRef(f"{DOCUMENT}/i/一.一.1")
LED, SHARED = (URIRef(task(DOCUMENT, each.id)) for each in (plans.LED, plans.SHARED))
REPORT, SOLE = (URIRef(task(DOCUMENT, each.id)) for each in (plans.IN_SENTENCE, plans.SOLE))
LEAD = URIRef(numbered(LED, "a", 1))
TARGET, DUTY = URIRef(numbered(LED, "target", 1)), URIRef(numbered(REPORT, "duty", 1))
MARKET, SCHOOLS = (URIRef(Iris().organization(each.key)) for each in (plans.MARKET, plans.SCHOOLS))
MEMBERS = URIRef(Iris().organization(plans.MEMBERS.key))
POLICY, CAMPAIGN = URIRef(Iris().policy("责任制规定")), URIRef(Iris().campaign("校园守护行动"))
PASSAGE = URIRef(passage(DOCUMENT, SMALL.title_span))
GAPS = {"task-no-lead", "collective-members"}

Fault = Callable[[Graph], object]


def dropped(subject: URIRef, predicate: URIRef) -> Fault:
    return lambda graph: graph.remove((subject, predicate, None))


def added(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> Fault:
    return lambda graph: graph.add((subject, predicate, value))


def replaced(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> Fault:
    return lambda graph: graph.set((subject, predicate, value))


def a_rate_over_a_hundred(graph: Graph) -> None:
    graph.set((TARGET, ZR.value, Literal("120", datatype=XSD.decimal)))


def led_by_a_document(graph: Graph) -> None:
    graph.set((LEAD, ZR.leadAgent, DOCUMENT))


def told_to_nobody(graph: Graph) -> None:
    graph.remove((DUTY, ZR.recipient, None))


def lead_of_a_shared_task(graph: Graph) -> None:
    graph.set((LED, ZR.mode, ZR.Shared))


FAULTS: list[tuple[str, Fault]] = [
    ("document-title", dropped(DOCUMENT, DCTERMS.title)),
    ("document-text", dropped(DOCUMENT, ZR.text)),
    ("document-evidence", dropped(DOCUMENT, ZR.evidence)),
    ("document-year", dropped(DOCUMENT, ZR.year)),
    ("document-jurisdiction", dropped(DOCUMENT, ZR.jurisdiction)),
    ("passage-beyond-text", replaced(PASSAGE, ZR.end, Literal(100_000))),
    ("passage-misquotes", replaced(PASSAGE, ZR.quote, Literal("别的文字"))),
    ("passage-start", replaced(PASSAGE, ZR.start, Literal(SMALL.title_span.end))),
    ("passage-end", added(PASSAGE, ZR.end, Literal(18))),
    ("passage-quote", dropped(PASSAGE, ZR.quote)),
    ("passage-source", dropped(PASSAGE, ZR.source)),
    ("section-part", added(SECTION, ZR.partOf, ITEM)),
    ("section-title", dropped(SECTION, DCTERMS.title)),
    ("section-evidence", dropped(SECTION, ZR.evidence)),
    ("item-part", dropped(ITEM, ZR.partOf)),
    ("item-text", dropped(ITEM, ZR.text)),
    ("item-evidence", dropped(ITEM, ZR.evidence)),
    ("task-part", replaced(LED, ZR.partOf, SECTION)),
    ("task-code", added(LED, ZR.code, Literal("9.9"))),
    ("task-text", dropped(LED, ZR.text)),
    ("task-evidence", replaced(LED, ZR.evidence, MARKET)),
    ("task-mode", replaced(SOLE, ZR.mode, ZR.Alone)),
    ("task-statement", replaced(LED, ZR.statement, Literal("区市场监管局牵头"))),
    ("task-assignment", dropped(URIRef(numbered(SOLE, "a", 1)), ZR.ofTask)),
    ("task-sole-of-several", replaced(SHARED, ZR.mode, ZR.Sole)),
    ("task-led-by-nobody", replaced(SHARED, ZR.mode, ZR.Led)),
    ("task-lead-unspoken", lead_of_a_shared_task),
    ("task-no-lead", replaced(SHARED, ZR.mode, ZR.Listed)),
    ("assignment-task", replaced(LEAD, ZR.ofTask, ITEM)),
    ("assignment-agent", led_by_a_document),
    ("assignment-agent", dropped(LEAD, ZR.leadAgent)),
    ("assignment-agent", added(LEAD, ZR.assistAgent, SCHOOLS)),
    ("assignment-role", added(LEAD, ZR.role, ZR.Boss)),
    ("assignment-role-differs", replaced(LEAD, ZR.role, ZR.Guide)),
    ("assignment-basis", dropped(LEAD, ZR.basis)),
    ("assignment-name", dropped(LEAD, ZR.asWritten)),
    ("assignment-evidence", dropped(LEAD, ZR.evidence)),
    ("assignment-statement", replaced(LEAD, ZR.inStatement, LED)),
    ("organization-label", added(MARKET, SKOS.prefLabel, Literal("另一个名称", lang="zh"))),
    ("organization-function", added(MARKET, ZR.function, URIRef(Iris().function("教育")))),
    ("organization-jurisdiction", replaced(MARKET, ZR.jurisdiction, DOCUMENT)),
    ("organization-placed", dropped(MARKET, ZR.jurisdiction)),
    ("collective-members", dropped(MEMBERS, ZR.hasMember)),
    ("place-code", replaced(URIRef(Iris().place("210804")), ZR.code, Literal("2108"))),
    ("target-task", dropped(LED, ZR.hasTarget)),
    ("target-indicator", replaced(TARGET, ZR.indicator, Literal(""))),
    ("target-comparator", replaced(TARGET, ZR.comparator, Literal("about"))),
    ("target-change", added(TARGET, ZR.change, Literal("up"))),
    ("target-value", replaced(TARGET, ZR.value, Literal("三"))),
    ("target-unit", dropped(TARGET, ZR.unit)),
    ("target-over-hundred", a_rate_over_a_hundred),
    ("target-evidence", dropped(TARGET, ZR.evidence)),
    ("duty-task", dropped(REPORT, ZR.hasDuty)),
    ("duty-kind", replaced(DUTY, ZR.kind, Literal("think"))),
    ("duty-actor", added(DUTY, ZR.actor, DOCUMENT)),
    ("duty-action", dropped(DUTY, ZR.action)),
    ("duty-recipient", added(DUTY, ZR.recipient, DOCUMENT)),
    ("duty-copy", added(DUTY, ZR.copyTo, DOCUMENT)),
    ("duty-due", replaced(DUTY, ZR.due, Literal("11月1日"))),
    ("duty-precision", dropped(DUTY, ZR.precision)),
    ("duty-evidence", dropped(DUTY, ZR.evidence)),
    ("duty-nobody-told", told_to_nobody),
    ("duty-no-date", dropped(DUTY, ZR.due)),
    ("policy-title", dropped(POLICY, DCTERMS.title)),
    ("policy-evidence", dropped(POLICY, ZR.evidence)),
    ("campaign-label", dropped(CAMPAIGN, SKOS.prefLabel)),
    ("campaign-evidence", dropped(CAMPAIGN, ZR.evidence)),
    ("declaration-evidence", dropped(URIRef(numbered(DOCUMENT, "declaration", 1)), ZR.evidence)),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[f"{code}-{n}" for n, (code, _) in enumerate(FAULTS)])
def test_each_shape_reports_its_fault(small: DocumentGraphs, code: str, fault: Fault) -> None:
    damaged = Graph()
    damaged += small.stated
    fault(damaged)
    results = {result.code: result for result in validate(damaged)}
    assert code in results
    assert results[code].message("zh")
    assert results[code].message("en")


def test_every_shape_has_a_fault_made_for_it() -> None:
    shapes = ontology.read_turtle(ontology_dir() / "shapes.ttl")
    reporting = {str(node).rpartition("#")[2] for node in shapes.subjects(SH.message)}
    assert {code for code, _ in FAULTS} == reporting


def test_a_sound_plan_has_gaps_only(small: DocumentGraphs) -> None:
    assert {result.code for result in small.results} == GAPS
    assert {str(result.severity) for result in small.results} == {"info"}


def test_a_result_shows_where_it_is_written(small: DocumentGraphs) -> None:
    gap = next(result for result in small.results if result.code == "task-no-lead")
    assert (gap.focus, gap.label) == (str(SHARED), "1.2")
    assert gap.quote == "开展“护苗 2021”行动"
    assert gap.start is not None
    assert plans.TEXT[gap.start : gap.end] == gap.quote
    assert gap.passage == f"{DOCUMENT}#char={gap.start},{gap.end}"


def test_the_worst_comes_first(small: DocumentGraphs) -> None:
    damaged = Graph()
    damaged += small.stated
    damaged.remove((TARGET, ZR.unit, None))
    damaged.remove((MARKET, ZR.jurisdiction, None))
    severities = [str(result.severity) for result in validate(damaged)]
    assert severities == ["violation", "warning", "info", "info"]


def test_validating_changes_nothing(small: DocumentGraphs) -> None:
    before = set(small.stated)
    validate(small.stated)
    assert set(small.stated) == before


def test_a_misquote_names_the_passage(small: DocumentGraphs) -> None:
    damaged = Graph()
    damaged += small.stated
    damaged.set((PASSAGE, ZR.quote, Literal("别的文字")))
    result = next(result for result in validate(damaged) if result.code == "passage-misquotes")
    assert (result.value, result.passage) == (str(PASSAGE), str(PASSAGE))
    assert (PASSAGE, RDF.type, ZR.Passage) in damaged
