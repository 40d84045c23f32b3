"""What the small plan states, triple by triple."""

from __future__ import annotations

from dataclasses import replace

from rdflib import DCTERMS, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef

from kg.graph import DocumentGraphs, document_graphs
from kg.graph.iris import Iris, passage, task
from kg.graph.triples import stated_graph
from kg.graph.vocabulary import ZR
from kg.plan import Span
from tests.graph import plans
from tests.graph.plans import SMALL, TEXT

DOCUMENT = URIRef(Iris().document(SMALL))
LED = URIRef(task(DOCUMENT, plans.LED.id))
SHARED = URIRef(task(DOCUMENT, plans.SHARED.id))
REPORT = URIRef(task(DOCUMENT, plans.IN_SENTENCE.id))
MARKET = URIRef(Iris().organization(plans.MARKET.key))


def lines(graph: Graph) -> list[str]:
    return sorted(graph.serialize(format="nt").splitlines())


def test_document(small: DocumentGraphs) -> None:
    facts = small.stated
    assert small.iri == str(DOCUMENT)
    assert facts.value(DOCUMENT, ZR.text) == Literal(TEXT)
    assert facts.value(DOCUMENT, DCTERMS.title) == Literal(SMALL.title, lang="zh")
    assert facts.value(DOCUMENT, ZR.status) == Literal("征求意见稿")
    assert facts.value(DOCUMENT, ZR.year) == Literal(2021)
    assert (DOCUMENT, ZR.issuer, None) not in facts


def test_outline(small: DocumentGraphs) -> None:
    section, part, item = (URIRef(f"{DOCUMENT}/{path}") for path in ("s/一.一", "s/一", "i/一.一.1"))
    assert small.stated.value(section, RDFS.label) == Literal("（一）校园守护行动", lang="zh")
    assert (LED, ZR.partOf, item) in small.stated
    assert (item, ZR.partOf, section) in small.stated
    assert (section, ZR.partOf, part) in small.stated
    assert (part, ZR.partOf, DOCUMENT) in small.stated


def test_an_assignment_stands_on_its_statement(small: DocumentGraphs) -> None:
    first = URIRef(f"{LED}/a/1")
    statement = small.stated.value(LED, ZR.statement)
    assert set(small.stated.predicate_objects(first)) == {
        (RDF.type, ZR.Assignment),
        (ZR.ofTask, LED),
        (ZR.leadAgent, MARKET),
        (ZR.role, ZR.Lead),
        (ZR.basis, ZR.Stated),
        (ZR.asWritten, Literal("区市场监管局")),
        (ZR.position, Literal(1)),
        (ZR.evidence, statement),
        (ZR.inStatement, statement),
    }


def test_an_actor_in_the_sentence_has_no_statement(small: DocumentGraphs) -> None:
    actor = URIRef(f"{REPORT}/a/1")
    assert small.stated.value(REPORT, ZR.statement) is None
    assert small.stated.value(actor, ZR.inStatement) is None
    assert small.stated.value(actor, ZR.evidence) == small.stated.value(REPORT, ZR.evidence)
    assert small.stated.value(actor, ZR.basis) == ZR.InSentence


def test_organizations_keep_every_printed_form(small: DocumentGraphs) -> None:
    facts = small.stated
    assert list(facts.objects(MARKET, SKOS.prefLabel)) == [Literal("营口市鲅鱼圈区市场监督管理局", lang="zh")]
    assert list(facts.objects(MARKET, SKOS.altLabel)) == [Literal("区市场监管局", lang="zh")]
    assert facts.value(MARKET, ZR.function) == URIRef("https://w3id.org/zeren/id/function/市场监管")
    collective = URIRef(Iris().organization(plans.MEMBERS.key))
    assert facts.value(collective, RDF.type) == ZR.Collective


def test_policies_are_cited_where_they_stand_and_by_the_document(small: DocumentGraphs) -> None:
    followed, cited = (URIRef(Iris().policy(policy.name)) for policy in SMALL.policies)
    assert (DOCUMENT, ZR.implements, followed) in small.stated
    assert (DOCUMENT, ZR.cites, followed) in small.inferred
    assert (DOCUMENT, ZR.cites, cited) in small.stated
    assert (URIRef(task(DOCUMENT, plans.SOLE.id)), ZR.cites, cited) in small.stated


def test_a_section_that_is_a_campaign_passes_it_to_its_tasks(small: DocumentGraphs) -> None:
    campaign = URIRef(Iris().campaign("校园守护行动"))
    assert (LED, ZR.underCampaign, campaign) not in small.stated
    assert (LED, ZR.underCampaign, campaign) in small.inferred


def test_targets_and_duties(small: DocumentGraphs) -> None:
    target, duty = URIRef(f"{LED}/target/1"), URIRef(f"{REPORT}/duty/1")
    value = small.stated.value(target, ZR.value)
    assert value is not None
    assert value.n3() == '"97.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    assert small.stated.value(target, ZR.comparator) == Literal(">=")
    assert str(small.stated.value(duty, ZR.due)) == "2021-11-01"
    assert small.stated.value(duty, ZR.copyTo) == URIRef(Iris().organization(plans.GOVERNMENT.key))
    assert small.stated.value(duty, ZR.yearInferred) == Literal(True)


def test_a_declaration_is_made_by_the_document_and_by_its_task(small: DocumentGraphs) -> None:
    declaration = URIRef(f"{DOCUMENT}/declaration/1")
    assert set(small.stated.subjects(ZR.declares, declaration)) == {DOCUMENT, LED}


def test_a_document_without_title_has_no_title_passage() -> None:
    untitled = stated_graph(replace(SMALL, title_span=Span(0, 0)))
    assert (URIRef(passage(DOCUMENT, Span(0, 0))), None, None) not in untitled


def test_no_blank_nodes(small: DocumentGraphs, seed: DocumentGraphs) -> None:
    for graph in (small.stated, small.inferred, seed.stated, seed.inferred):
        assert not any(isinstance(term, BNode) for triple in graph for term in triple)


def test_every_quote_is_the_text_between_its_offsets(seed: DocumentGraphs) -> None:
    text = str(seed.stated.value(URIRef(seed.iri), ZR.text))
    passages = set(seed.stated.subjects(RDF.type, ZR.Passage))
    assert len(passages) > 200
    for node in passages:
        start, end = (int(str(seed.stated.value(node, edge))) for edge in (ZR.start, ZR.end))
        assert text[start:end] == str(seed.stated.value(node, ZR.quote))


def test_the_same_plan_gives_the_same_bytes(small: DocumentGraphs) -> None:
    again = document_graphs(SMALL)
    assert lines(again.stated) == lines(small.stated)
    assert lines(again.inferred) == lines(small.inferred)
    assert again.results == small.results


def test_another_base_moves_everything_and_nothing_else(small: DocumentGraphs) -> None:
    moved = document_graphs(SMALL, base="http://example.org/")
    for mine, theirs in ((small.stated, moved.stated), (small.inferred, moved.inferred)):
        assert [line.replace("https://w3id.org/zeren/id/", "http://example.org/") for line in lines(mine)] == lines(
            theirs
        )
