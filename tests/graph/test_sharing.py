"""What is recomputed from stated graphs: co-ownership, the registry and the spine."""

from __future__ import annotations

from dataclasses import replace

from rdflib import RDF, SKOS, Graph, Literal, URIRef

from kg.graph import DocumentGraphs, Iris, spine_graph
from kg.graph.coownership import coownerships
from kg.graph.iris import task
from kg.graph.registry import NATION, national_bodies, places, registry_graph
from kg.graph.spine import reachable
from kg.graph.triples import stated_graph
from kg.graph.vocabulary import ZR
from kg.plan import Basis, Organization, Role
from tests.graph import plans
from tests.graph.plans import SMALL

NAMES = Iris()
DOCUMENT = URIRef(NAMES.document(SMALL))


def test_three_in_one_statement_are_three_pairs(small: DocumentGraphs) -> None:
    shared = coownerships(small.stated, DOCUMENT, NAMES.base)
    counts = {
        frozenset(str(o).rpartition("/")[2] for o in shared.objects(node, ZR.between)): int(
            str(shared.value(node, ZR["count"]))
        )
        for node in shared.subjects(RDF.type, ZR.CoOwnership)
    }
    assert counts == {
        frozenset({"市场监管", "卫生健康"}): 2,
        frozenset({"市场监管", "教育"}): 1,
        frozenset({"卫生健康", "教育"}): 1,
    }


def test_co_ownership_names_its_tasks_and_document(small: DocumentGraphs) -> None:
    node = next(n for n, c in small.inferred.subject_objects(ZR["count"]) if int(str(c)) == 2)
    tasks = {URIRef(task(DOCUMENT, each.id)) for each in (plans.LED, plans.SHARED)}
    assert set(small.inferred.objects(node, ZR.onTask)) == tasks
    assert small.inferred.value(node, ZR.inDocument) == DOCUMENT


def test_actors_in_a_sentence_share_nothing() -> None:
    actors = (
        *plans.IN_SENTENCE.assignments,
        plans.named("区食安办", plans.OFFICE, Role.RESPONSIBLE, basis=Basis.IN_SENTENCE),
    )
    stated = stated_graph(replace(SMALL, tasks=(replace(plans.IN_SENTENCE, assignments=actors),)))
    assert len(coownerships(stated, DOCUMENT, NAMES.base)) == 0


def test_a_place_comes_with_its_name_and_what_it_lies_within(small: DocumentGraphs) -> None:
    registry = registry_graph([small.stated])
    district, city, province = (URIRef(NAMES.place(code)) for code in ("210804", "210800", "210000"))
    assert registry.value(district, SKOS.prefLabel) == Literal("鲅鱼圈区", lang="zh")
    assert (district, ZR.within, city) in registry
    assert (city, ZR.within, province) in registry
    assert (district, ZR.within, province) in small.inferred


def test_a_central_body_comes_with_its_names() -> None:
    body = Organization(f"{NATION}/市场监管", "国家市场监督管理总局", "department", "市场监管", NATION)
    led = replace(plans.LED, assignments=(replace(plans.LED.assignments[0], organization=body),))
    stated = stated_graph(replace(SMALL, tasks=(led,)))
    registry = registry_graph([stated])
    node = URIRef(NAMES.organization(body.key))
    assert set(registry.objects(node, SKOS.prefLabel)) == set(stated.objects(node, SKOS.prefLabel))
    assert Literal("市场监管总局", lang="zh") in set(registry.objects(node, SKOS.altLabel))


def test_the_registry_holds_only_what_is_mentioned() -> None:
    assert len(registry_graph([])) == 0
    assert len(places()) > 3000


def test_no_two_central_bodies_have_one_identity() -> None:
    functions = [row["function"] for row in national_bodies()]
    assert sorted(set(functions)) == sorted(functions)


def test_the_spine_links_documents_only(small: DocumentGraphs) -> None:
    spine = spine_graph([small.stated])
    assert set(spine) == {
        (DOCUMENT, ZR.implements, URIRef(NAMES.policy("食品安全意见"))),
        (DOCUMENT, ZR.cites, URIRef(NAMES.policy("责任制规定"))),
    }
    assert set(spine_graph([])) == set()


def test_the_reachable_part_of_the_spine_ends_even_in_a_circle() -> None:
    one, two, three, apart = (URIRef(f"http://example.org/{name}") for name in ("1", "2", "3", "x"))
    spine = Graph()
    links = {(one, ZR.cites, two), (two, ZR.implements, three), (three, ZR.cites, one)}
    for link in (*links, (apart, ZR.cites, one)):
        spine.add(link)
    assert set(reachable(spine, one)) == links
