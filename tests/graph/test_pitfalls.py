"""The ontology against the catalogues of mistakes: OOPS! pitfalls, ROBOT's report, and what an importer would miss."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.graph import DocumentGraphs, ontology
from kg.graph.vocabulary import SCHEMA, ZR
from kg.resources import ontology_dir
from tests.graph.test_ontology import FILE_GRAPHS, ROOT

TERMS = FILE_GRAPHS["responsibility"]
CLASSES = sorted(TERMS.subjects(RDF.type, OWL.Class), key=str)
OBJECTS = sorted(TERMS.subjects(RDF.type, OWL.ObjectProperty), key=str)
VALUES = sorted(TERMS.subjects(RDF.type, OWL.DatatypeProperty), key=str)
PROPERTIES = [*OBJECTS, *VALUES]
MAIN = (
    *("WorkPlan", "PolicyDocument", "Section", "Item", "Task", "Assignment", "Organization", "Collective"),
    *("CoOwnership", "Campaign", "Target", "Duty", "Passage", "Place", "Declaration"),
)


def name(term: Node) -> str:
    return str(term).removeprefix(str(ZR))


def said(term: Node, edge: URIRef) -> list[Literal]:
    return [value for value in TERMS.objects(term, edge) if isinstance(value, Literal)]


@pytest.mark.parametrize("term", [*CLASSES, *PROPERTIES], ids=name)
def test_labels_and_definitions_are_well_written(term: Node) -> None:
    labels, definitions = said(term, RDFS.label), said(term, SKOS.definition)
    for words in (*labels, *definitions):
        assert str(words) == str(words).strip()
        assert "  " not in words
    for definition in definitions:
        assert str(definition).endswith("。" if definition.language == "zh" else ".")
        assert str(definition).rstrip("。.") not in {str(label) for label in labels}


@pytest.mark.parametrize("terms", [CLASSES, PROPERTIES], ids=["classes", "properties"])
@pytest.mark.parametrize("edge", [RDFS.label, SKOS.definition])
def test_no_two_terms_say_the_same(terms: list[Node], edge: URIRef) -> None:
    counts = Counter(str(words) for term in terms for words in said(term, edge))
    shared = {words for words, count in counts.items() if count > 1}
    # One relation seen from its two ends may have one name, as 责任分工 does.
    assert shared <= {"单位", "has assignment", "量化指标"}, shared


def test_names_follow_one_convention() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name(term)) for term in CLASSES)
    assert all(re.fullmatch(r"[a-z][A-Za-z]*", name(term)) for term in PROPERTIES)


def test_every_property_says_what_it_holds_between() -> None:
    inherited = {term for term in PROPERTIES for _ in TERMS.objects(term, RDFS.subPropertyOf)}
    for edges in ((RDFS.domain, SCHEMA.domainIncludes), (RDFS.range, SCHEMA.rangeIncludes)):
        silent = [t for t in PROPERTIES if not any(list(TERMS.objects(t, edge)) for edge in edges)]
        assert set(silent) <= inherited, [name(term) for term in silent]


def test_no_hierarchy_goes_in_circles() -> None:
    for edge in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term in TERMS.subjects(edge):
            assert term not in TERMS.transitive_objects(TERMS.value(term, edge), edge)


def test_inverses_are_sound() -> None:
    for one, other in TERMS.subject_objects(OWL.inverseOf):
        assert one != other
        assert (one, RDF.type, OWL.SymmetricProperty) not in TERMS
        for near, far in ((RDFS.domain, RDFS.range), (RDFS.range, RDFS.domain)):
            first, second = TERMS.value(one, near), TERMS.value(other, far)
            assert first is None or second is None or first == second, (name(one), name(other))


def test_every_class_is_connected() -> None:
    ends = (RDFS.domain, RDFS.range, SCHEMA.domainIncludes, SCHEMA.rangeIncludes, RDFS.subClassOf)
    linked = {term for edge in ends for pair in TERMS.subject_objects(edge) for term in pair}
    assert set(CLASSES) <= linked


def test_every_class_but_a_subclass_is_told_apart_from_the_others() -> None:
    disjoint = set(TERMS.items(next(TERMS.objects(URIRef(f"{ZR}kinds-differ"), OWL.members))))
    below = set(TERMS.subjects(RDFS.subClassOf))
    assert disjoint == set(CLASSES) - below


def test_nothing_of_others_is_redefined() -> None:
    ours = (str(ZR), "https://w3id.org/zeren/")
    assert all(str(subject).startswith(ours) for subject in TERMS.subjects() if isinstance(subject, URIRef))


def test_the_main_terms_have_examples() -> None:
    assert [term for term in MAIN if not said(ZR[term], SKOS.example)] == []


def test_every_term_is_used() -> None:
    """In code, queries, shapes or the way things are drawn; or an axiom ties it to a term that is."""
    paths = [
        *ROOT.glob("kg/**/*.py"),
        *ROOT.glob("kg/**/*.rq"),
        *ROOT.glob("web/**/*.py"),
        ROOT / "ontology/shapes.ttl",
    ]
    text = "\n".join(path.read_text("utf-8") for path in paths)
    named = {term for term in (*CLASSES, *PROPERTIES) if re.search(rf"(ZR\.|zr:|ZR\[\"){name(term)}\b", text)}
    links = {
        pair for edge in (OWL.inverseOf, RDFS.subPropertyOf, RDFS.subClassOf) for pair in TERMS.subject_objects(edge)
    }
    links |= {(p, step) for p, c in TERMS.subject_objects(OWL.propertyChainAxiom) for step in TERMS.items(c)}
    tied = set(named)
    while more := {term for pair in links if tied & set(pair) for term in pair} - tied:
        tied |= more
    # Ready for documents that say so; VOCABULARY.md fixes the name.
    awaited = {ZR.successorOf}
    assert {name(term) for term in {*CLASSES, *PROPERTIES} - tied - awaited} == set()


def test_what_the_graphs_say_is_defined(seed: DocumentGraphs) -> None:
    known = {*CLASSES, *PROPERTIES}
    for graph in (seed.stated, seed.inferred):
        terms = {*graph.predicates(), *graph.objects(None, RDF.type)}
        assert {name(term) for term in terms if str(term).startswith(str(ZR))} <= {name(term) for term in known}


def test_functions_are_a_tree_with_notations_and_successors() -> None:
    concepts = FILE_GRAPHS["concepts"]
    functions = set(concepts.subjects(SKOS.inScheme, ZR.functions))
    tops = set(concepts.subjects(SKOS.topConceptOf, ZR.functions))
    assert all(concepts.value(f, SKOS.broader) in tops for f in functions - tops)
    for function in functions - tops:
        assert str(concepts.value(function, SKOS.notation)) == str(function).rpartition("/")[2]
    links = set(concepts.subject_objects(ZR.successorOf))
    assert {term for link in links for term in link} <= functions
    ends = {(str(one).rpartition("/")[2], str(other).rpartition("/")[2]) for one, other in links}
    assert {
        ("市场监管", "食品药品监管"),
        ("市场监管", "工商"),
        ("卫生健康", "卫生计生"),
        ("应急管理", "安全生产监管"),
    } <= ends


@pytest.mark.parametrize("scheme", ["roles", "organizationKinds", "modes", "bases", "functions"])
def test_every_concept_hangs_below_a_top_of_its_scheme(scheme: str) -> None:
    concepts = FILE_GRAPHS["concepts"]
    for concept in concepts.subjects(SKOS.inScheme, ZR[scheme]):
        tops = [
            c
            for c in concepts.transitive_objects(concept, SKOS.broader)
            if (c, SKOS.topConceptOf, ZR[scheme]) in concepts
        ]
        assert len(tops) == 1


def test_alignments_reach_the_vocabularies_that_others_use() -> None:
    objects = {str(value) for value in FILE_GRAPHS["alignment"].objects()}
    for namespace in (
        "ns/org#",
        "ns/prov#",
        "skos/core#",
        "dc/terms/",
        "eli/ontology#",
        "ns/oa#",
        "schema/qudt/",
        "schema.org/",
    ):
        assert any(namespace in value for value in objects), namespace


CONTEXT = json.loads((ontology_dir() / "context.jsonld").read_text("utf-8"))["@context"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser makes one
@pytest.mark.parametrize("kind", ["stated", "inferred"])
def test_json_ld_with_the_context_comes_back_the_same(small: DocumentGraphs, kind: str) -> None:
    graph: Graph = getattr(small, kind)
    written = json.loads(graph.serialize(format="json-ld", context=CONTEXT))
    written["@context"] = CONTEXT
    assert set(Graph().parse(data=json.dumps(written), format="json-ld")) == set(graph)
    assert "https://w3id.org/zeren/ns#" not in json.dumps(written["@graph"])


def test_the_context_knows_every_term() -> None:
    described = {entry["@id"] if isinstance(entry, dict) else entry for entry in CONTEXT.values()}
    assert {f"zr:{name(term)}" for term in (*CLASSES, *PROPERTIES)} <= described
    by_id = {entry["@id"]: entry for entry in CONTEXT.values() if isinstance(entry, dict)}
    assert all(by_id[f"zr:{name(term)}"]["@type"] == "@id" for term in OBJECTS)
    for term in VALUES:
        kind = str(TERMS.value(term, RDFS.range)).rpartition("#")[2]
        assert by_id[f"zr:{name(term)}"].get("@type", "xsd:string") == f"xsd:{kind}", name(term)


def test_shapes_stand_on_terms_of_the_ontology() -> None:
    shapes = FILE_GRAPHS["shapes"]
    targets = set(shapes.objects(None, SH.targetClass))
    assert targets <= set(CLASSES)
    assert {ZR.Task, ZR.Assignment, ZR.Passage, ZR.Target, ZR.Duty, ZR.Organization} <= targets


def test_steps_of_reasoning_have_their_own_namespace() -> None:
    steps = ontology.read_turtle(ontology_dir() / "rules.ttl")
    named = {str(subject) for subject in steps.subjects()}
    assert all(iri.startswith("https://w3id.org/zeren/rules#") for iri in named)
