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
PAIR = URIRef(f"{DOCUMENT}/co/one/other")
PASSAGE = URIRef(passage(DOCUMENT, SMALL.title_span))
GAPS = {"task-no-lead", "task-no-figure", "task-no-date", "collective-members"}

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


def two_tasks_alike(edge: URIRef) -> Fault:
    def fault(graph: Graph) -> None:
        graph.set((SHARED, edge, graph.value(LED, edge) or Literal("")))

    return fault


def shared(*facts: tuple[URIRef, URIRef | Literal]) -> Fault:
    """State what two organisations share, as the closure would, but for some facts."""

    def fault(graph: Graph) -> None:
        graph.add((PAIR, RDF.type, ZR.CoOwnership))
        graph.add((PAIR, ZR.inDocument, DOCUMENT))
        for edge, value in facts:
            graph.add((PAIR, edge, value))

    return fault


BOTH = ((ZR.between, MARKET), (ZR.between, SCHOOLS))
ONE_TASK = ((ZR.onTask, SHARED), (ZR["count"], Literal(1)))


AGENTS_OF_ROLES = {
    "responsible": ZR.responsibleAgent,
    "assist": ZR.assistAgent,
    "participate": ZR.participantAgent,
    "guide": ZR.guideAgent,
    "supervise": ZR.supervisorAgent,
}


def held_by(agent: URIRef) -> Fault:
    """Let the lead of a task, whose role stays, be named by another agent property."""

    def fault(graph: Graph) -> None:
        graph.remove((LEAD, ZR.leadAgent, None))
        graph.add((LEAD, agent, MARKET))

    return fault


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
    ("id-shared", two_tasks_alike(ZR.id)),
    ("code-shared", two_tasks_alike(ZR.code)),
    ("section-id", dropped(SECTION, ZR.id)),
    ("item-id", added(ITEM, ZR.id, Literal("一.一.9"))),
    ("task-id", dropped(LED, ZR.id)),
    ("coownership-pair", shared(*ONE_TASK, (ZR.between, MARKET))),
    ("coownership-pair", shared(*ONE_TASK, *BOTH, (ZR.between, DOCUMENT))),
    ("coownership-task", shared((ZR["count"], Literal(0)), *BOTH)),
    ("coownership-document", shared(*ONE_TASK, *BOTH, (ZR.inDocument, LED))),
    ("coownership-count", shared((ZR.onTask, SHARED), (ZR["count"], Literal(2)), *BOTH)),
    ("coownership-count", shared((ZR.onTask, SHARED), *BOTH)),
    ("coownership-of-one", added(MARKET, ZR.coOwnsWith, MARKET)),
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
    ("task-no-figure", dropped(LED, ZR.hasTarget)),
    ("task-no-date", dropped(REPORT, ZR.hasDuty)),
    ("assignment-task", replaced(LEAD, ZR.ofTask, ITEM)),
    ("assignment-agent", led_by_a_document),
    ("assignment-agent", dropped(LEAD, ZR.leadAgent)),
    ("assignment-agent", added(LEAD, ZR.assistAgent, SCHOOLS)),
    ("assignment-role", added(LEAD, ZR.role, ZR.Boss)),
    ("assignment-role", dropped(LEAD, ZR.role)),
    ("assignment-lead-differs", replaced(LEAD, ZR.role, ZR.Guide)),
    *((f"assignment-{word}-differs", held_by(agent)) for word, agent in AGENTS_OF_ROLES.items()),
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
    ("duty-due", replaced(DUTY, ZR.due, Literal("2021-13-45", datatype=XSD.date))),
    ("duty-due", added(DUTY, ZR.due, Literal("2021-11-02", datatype=XSD.date))),
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


def test_what_the_closure_says_of_sharing_is_sound(small: DocumentGraphs) -> None:
    codes = {result.code for result in validate(small.stated + small.inferred)}
    assert (PAIR, RDF.type, ZR.CoOwnership) not in small.inferred
    assert set(small.inferred.subjects(RDF.type, ZR.CoOwnership))
    assert not [code for code in codes if code.startswith("coownership")]


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
    assert severities[:3] == ["violation", "warning", "info"]
    assert set(severities[2:]) == {"info"}


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
