"""The seed's graph: how much of everything there is, and what it answers to the questions it was made for."""

from __future__ import annotations

import pytest
from rdflib import RDF, Graph, URIRef

from kg.graph import DocumentGraphs, Iris
from kg.graph.reporting import kinds
from kg.graph.vocabulary import ZR

PREFIXES = """
PREFIX zr: <https://w3id.org/zeren/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX org: <https://w3id.org/zeren/id/org/210804/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""


def ask(graph: Graph, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a SELECT query as plain words, each once, in order."""
    return sorted({tuple(str(cell) for cell in row) for row in graph.query(PREFIXES + query)})  # type: ignore[union-attr]


def codes(graph: Graph, query: str) -> list[str]:
    """Return the one column of a query, in the order of the document."""
    return sorted((row[0] for row in ask(graph, query)), key=lambda code: [int(part) for part in code.split(".")])


@pytest.mark.parametrize(
    ("kind", "count"),
    [("Section", 21), ("Item", 33), ("Task", 60), ("Assignment", 84), ("Target", 9), ("Duty", 3), ("WorkPlan", 1)],
)
def test_stated_counts(seed: DocumentGraphs, kind: str, count: int) -> None:
    assert len(set(seed.stated.subjects(RDF.type, ZR[kind]))) == count


def test_statements_and_their_assignments(seed: DocumentGraphs) -> None:
    assert len(set(seed.stated.objects(None, ZR.statement))) == 57
    assert len(set(seed.stated.subjects(ZR.inStatement))) == 79
    assert len(set(seed.stated.subjects(ZR.role, ZR.Lead))) == 4
    assert len(set(seed.stated.subjects(ZR.role, ZR.Assist))) == 2


def test_direct_relations(seed: DocumentGraphs) -> None:
    tasks = set(seed.inferred.subject_objects(ZR.involvedIn))
    assert set(seed.inferred.subject_objects(ZR.leads)) <= set(seed.inferred.subject_objects(ZR.responsibleFor))
    assert len(tasks) == 84
    assert {(task, agent) for agent, task in tasks} == set(seed.inferred.subject_objects(ZR.involves))


def test_co_ownership_is_never_with_oneself_and_always_mutual(seed: DocumentGraphs) -> None:
    pairs = set(seed.inferred.subject_objects(ZR.coOwnsWith))
    assert len(pairs) == 48
    assert all(one != other and (other, one) in pairs for one, other in pairs)
    nodes = set(seed.inferred.subjects(RDF.type, ZR.CoOwnership))
    assert {frozenset(seed.inferred.objects(node, ZR.between)) for node in nodes} == {frozenset(pair) for pair in pairs}


def test_inferred_says_nothing_that_is_stated_and_nothing_of_the_ontology(seed: DocumentGraphs) -> None:
    assert not set(seed.stated) & set(seed.inferred)
    assert all(str(subject).startswith(Iris().base) for subject in seed.inferred.subjects())


def test_question_1_tasks_of_two_organizations_together(union: Graph) -> None:
    query = """SELECT ?code { ?shared zr:between org:卫生健康, org:市场监管 ; zr:onTask/zr:code ?code }"""
    assert codes(union, query) == ["2.5", "23.1"]


def test_question_2_tasks_of_three_or_more(union: Graph) -> None:
    query = """SELECT ?code ?number { SELECT ?code (COUNT(DISTINCT ?agent) AS ?number) {
        ?assignment zr:ofTask ?task ; zr:agent ?agent ; zr:inStatement ?statement . ?task zr:code ?code .
    } GROUP BY ?code HAVING(COUNT(DISTINCT ?agent) >= 3) }"""
    assert ask(union, query) == [("20.1", "5"), ("23.1", "3"), ("24.2", "3"), ("25.1", "3")]


def test_question_7_who_leads(union: Graph) -> None:
    query = """SELECT ?code ?name { ?task zr:ledBy ?agent ; zr:code ?code ; zr:hasAssignment ?a .
        ?a zr:leadAgent ?agent ; zr:asWritten ?name }"""
    assert ask(union, query) == [
        ("12.2", "区食安办"),
        ("2.2", "区交通运输局"),
        ("23.1", "区市场监管局"),
        ("8.1", "区农业农村局"),
    ]


def test_question_10_whom_does_it_assist(union: Graph) -> None:
    query = """SELECT ?code ?name { org:市场监管 zr:assists ?task . ?task zr:code ?code .
        ?a zr:ofTask ?task ; zr:leadAgent ?lead ; zr:asWritten ?name }"""
    assert ask(union, query) == [("2.2", "区交通运输局"), ("8.1", "区农业农村局")]


def test_question_13_who_never_shares(union: Graph) -> None:
    query = """SELECT ?name { ?a zr:agent ?agent ; zr:inStatement ?s ; zr:asWritten ?name .
        FILTER NOT EXISTS { ?agent zr:coOwnsWith ?other } }"""
    assert [row[0] for row in ask(union, query)] == sorted(
        ["区国土资源局", "区科协", "区司法局", "区生态环境局", "区教育局"]
    )


def test_question_14_what_two_share_and_in_which_roles(union: Graph) -> None:
    query = """SELECT ?code ?one ?two { ?shared zr:between org:农业农村, org:市场监管 ; zr:onTask ?task .
        ?task zr:code ?code . ?a zr:ofTask ?task ; zr:agent org:农业农村 ; zr:role/skos:notation ?one .
        ?b zr:ofTask ?task ; zr:agent org:市场监管 ; zr:role/skos:notation ?two }"""
    assert ask(union, query) == [
        ("20.1", "responsible", "responsible"),
        ("5.1", "responsible", "responsible"),
        ("7.5", "responsible", "responsible"),
        ("8.1", "lead", "assist"),
    ]


def test_question_17_what_is_one_responsible_for(union: Graph) -> None:
    customs = ask(union, 'SELECT DISTINCT ?customs { ?a zr:asWritten "鲅鱼圈海关" ; zr:agent ?customs }')
    assert len(customs) == 1
    query = f"SELECT ?code {{ {URIRef(customs[0][0]).n3()} zr:responsibleFor/zr:code ?code }}"
    assert codes(union, query) == ["2.1", "27.1"]


def test_question_20_who_carries_a_campaign(union: Graph) -> None:
    query = """SELECT ?code ?name { ?campaign skos:prefLabel "校园食品安全守护行动"@zh .
        ?task a zr:Task ; zr:underCampaign ?campaign ; zr:code ?code . ?a zr:ofTask ?task ; zr:asWritten ?name }"""
    assert ask(union, query) == [("17.1", "区教育局"), ("18.1", "区市场监管局"), ("18.2", "区卫健局")]


def test_validation_finds_nothing_wrong_and_names_the_gaps(seed: DocumentGraphs) -> None:
    assert {result.severity for result in seed.results} == {"info"}
    assert {kind.code: len(kind.results) for kind in kinds(seed.results)} == {
        "task-no-date": 58,
        "task-no-figure": 55,
        "task-no-lead": 12,
        "collective-members": 5,
    }
