"""对口: the same function at another level, one place within the other; and where each document was read from."""

from __future__ import annotations

from dataclasses import replace

from rdflib import PROV, RDF, RDFS, Graph, Literal, URIRef

from kg import __version__
from kg.graph import Iris
from kg.graph.counterparts import counterparts_graph, premises
from kg.graph.iris import inferred
from kg.graph.provenance import Origin, build_graph, ontology_version
from kg.graph.registry import NATION, registry_graph
from kg.graph.sharing import shared_part
from kg.graph.spine import spine_graph
from kg.graph.triples import stated_graph
from kg.graph.vocabulary import ZR
from kg.plan import Organization
from tests.graph import plans
from tests.graph.plans import SMALL

NAMES = Iris()


def body(place: str, function: str = "市场监管", *, generic: bool = False) -> Organization:
    return Organization(f"{place}/{function}", f"{place}{function}", "department", function, place, generic=generic)


def stated(*bodies: Organization) -> list[Graph]:
    """Return the stated graphs of plans that name one organisation each."""
    tasks = [replace(plans.SOLE, assignments=(replace(plans.SOLE.assignments[0], organization=b),)) for b in bodies]
    return [stated_graph(replace(SMALL, title=f"{n}", tasks=(task,), duties=())) for n, task in enumerate(tasks)]


def pairs(*bodies: Organization) -> set[tuple[str, str]]:
    graph = counterparts_graph(stated(*bodies))
    assert set(graph.predicates()) <= {ZR.counterpartOf}
    return {(str(a).split("/")[-2], str(b).split("/")[-2]) for a, b in graph.subject_objects()}


def test_every_level_above_has_a_counterpart() -> None:
    district, city, province, nation = "210804", "210800", "210000", NATION
    both_ways = {
        (a, b) for a in (district, city, province, nation) for b in (district, city, province, nation) if a != b
    }
    assert pairs(*map(body, (district, city, province, nation))) == both_ways


def test_beside_each_other_is_not_above() -> None:
    assert pairs(body("210804"), body("210811"), body("220000")) == set()


def test_another_function_or_a_generic_name_is_no_counterpart() -> None:
    assert pairs(body("210804"), body("210800", "教育")) == set()
    assert pairs(body("210804"), body("210800", generic=True)) == set()


def test_one_body_named_by_many_plans_is_one(small_pairs: int = 2) -> None:
    assert len(pairs(body("210804"), body("210804"), body("210800"))) == small_pairs


def test_why_two_are_counterparts() -> None:
    graphs = stated(body("210804"), body("210000"))
    one, other = (URIRef(NAMES.organization(f"{place}/市场监管")) for place in ("210804", "210000"))
    found = premises(graphs, (other, ZR.counterpartOf, one))
    known = {*graphs[0], *graphs[1], *registry_graph(graphs)}
    assert set(found) <= known
    assert [str(triple[1]).rpartition("#")[2] for triple in found] == [
        "function",
        "jurisdiction",
        "function",
        "jurisdiction",
        "within",
        "within",
    ]
    assert premises(graphs, (one, ZR.counterpartOf, one)) == ()


def test_the_shared_part_of_a_document_is_enough_for_all_that_is_shared() -> None:
    graphs = [*stated(body("210804"), body("210800"), body(NATION)), stated_graph(SMALL)]
    parts = [shared_part(graph) for graph in graphs]
    for shared in (registry_graph, spine_graph, counterparts_graph):
        assert set(shared(parts)) == set(shared(graphs))
    assert sum(map(len, parts)) < sum(map(len, graphs)) / 3


def test_the_build_says_what_each_document_was_made_from() -> None:
    graph = build_graph(
        [Origin("http://e/doc", "plan.txt", "ab" * 32, "cd" * 32), Origin("http://e/other", "b.txt", "ef" * 32)]
    )
    document = URIRef("http://e/doc")
    files = {
        str(graph.value(file, RDFS.label)): str(graph.value(file, ZR.fileHash))
        for file in graph.objects(document, PROV.wasDerivedFrom)
    }
    assert files == {"plan.txt": "ab" * 32, "plan.txt (metadata)": "cd" * 32}
    reading = graph.value(document, PROV.wasGeneratedBy)
    agent = graph.value(reading, PROV.wasAssociatedWith)
    assert graph.value(agent, RDFS.label) == Literal(f"zeren {__version__}")
    closing = graph.value(URIRef(inferred("http://e/doc")), PROV.wasGeneratedBy)
    assert (closing, PROV.used, ontology_version()) in graph
    assert str(ontology_version()) == "https://w3id.org/zeren/ns/0.1.0"
    assert len(set(graph.subjects(RDF.type, PROV.Activity))) == 4


def test_the_build_knows_no_clock() -> None:
    graph = build_graph([Origin("http://e/doc", "plan.txt", "ab" * 32)])
    assert not {PROV.startedAtTime, PROV.endedAtTime, PROV.generatedAtTime} & set(graph.predicates())
    assert set(graph) == set(build_graph([Origin("http://e/doc", "plan.txt", "ab" * 32)]))
