"""The ontology: every term named and defined in both languages, known where it is used, and inside OWL 2 RL."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.graph import Iris, ontology, shared_graphs
from kg.graph.vocabulary import ZD, ZR
from kg.plan import Basis, Mode, Role
from kg.reading.bodies import local_bodies, national_bodies
from kg.resources import data_dir, ontology_dir

FILES = ("responsibility", "concepts", "rules", "display", "alignment", "shapes", "prefixes")
FILE_GRAPHS = {name: ontology.read_turtle(ontology_dir() / f"{name}.ttl") for name in FILES}
TERMS = FILE_GRAPHS["responsibility"] + FILE_GRAPHS["concepts"] + FILE_GRAPHS["display"] + FILE_GRAPHS["rules"]
KINDS = (
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    SKOS.Concept,
    SKOS.ConceptScheme,
)
DEFINED = sorted({str(term) for kind in KINDS for term in TERMS.subjects(RDF.type, kind)})
ROOT = Path(__file__).parents[2]


def languages(term: Node, *predicates: URIRef) -> list[str]:
    """Return the languages in which a term says something, once for each time it does."""
    values = [value for predicate in predicates for value in TERMS.objects(term, predicate)]
    return sorted(value.language or "" for value in values if isinstance(value, Literal))


@pytest.mark.parametrize("term", DEFINED)
def test_every_term_is_labelled_and_defined_in_both_languages(term: str) -> None:
    assert languages(URIRef(term), RDFS.label, SKOS.prefLabel) == ["en", "zh"]
    assert languages(URIRef(term), SKOS.definition) == ["en", "zh"]


def test_every_term_of_the_vocabulary_is_there() -> None:
    text = (Path(__file__).parent / "vocabulary.txt").read_text(encoding="utf-8")
    wanted = {word for line in text.splitlines() if not line.startswith("#") for word in line.split()}
    assert {f"{ZR}{word}" for word in wanted} <= set(DEFINED)


def test_every_term_that_code_and_queries_name_exists() -> None:
    named: dict[str, str] = {}
    for path in sorted((*ROOT.glob("kg/**/*.py"), *ROOT.glob("kg/**/*.rq"), *ROOT.glob("web/**/*.py"))):
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"\bZR\.([A-Za-z]+)|\bZR\[\"(\w+)\"\]|(?<![\w/])zr:([A-Za-z]\w*)", text)
        named |= {f"{ZR}{next(filter(None, names))}": str(path) for names in found}
    assert len(named) > 80
    assert {term: path for term, path in named.items() if term not in DEFINED} == {}


def test_every_term_that_the_ontology_names_exists() -> None:
    used = {term for graph in FILE_GRAPHS.values() for triple in graph for term in triple if isinstance(term, URIRef)}
    ours = {str(term) for term in used if str(term).startswith((str(ZR), str(ZD))) and not str(term).endswith("#")}
    assert ours - set(DEFINED) == {f"{ZR}kinds-differ"}


def test_axioms_stay_in_owl_rl() -> None:
    graph = FILE_GRAPHS["responsibility"]
    outside = {OWL.hasKey, OWL.unionOf, OWL.complementOf, OWL.FunctionalProperty, OWL.InverseFunctionalProperty}
    outside |= {OWL.Restriction, OWL.cardinality, OWL.maxCardinality, OWL.minCardinality, OWL.someValuesFrom}
    assert not outside & {term for triple in graph for term in triple}
    objects = set(graph.subjects(RDF.type, OWL.ObjectProperty))
    values = set(graph.subjects(RDF.type, OWL.DatatypeProperty))
    assert not objects & values
    assert all(
        isinstance(c, URIRef) for p in (RDFS.domain, RDFS.range, RDFS.subClassOf) for c in graph.objects(None, p)
    )


@pytest.mark.parametrize("predicate", [RDFS.domain, RDFS.range])
def test_one_domain_and_one_range_at_most(predicate: URIRef) -> None:
    graph = FILE_GRAPHS["responsibility"]
    assert all(len(list(graph.objects(term, predicate))) == 1 for term in set(graph.subjects(predicate)))


def test_alignments_stand_in_their_own_file_only() -> None:
    ours = (str(ZR), str(OWL), str(RDF), str(RDFS), str(SKOS), "http://www.w3.org/2001/XMLSchema#")
    links = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, SKOS.exactMatch)
    for link in links:
        assert all(str(other).startswith(ours) for other in FILE_GRAPHS["responsibility"].objects(None, link))
        assert all(str(term).startswith(str(ZR)) for term in FILE_GRAPHS["alignment"].subjects(link))


def test_the_ontology_says_who_it_is() -> None:
    about = set(FILE_GRAPHS["responsibility"].predicates(URIRef(str(ZR))))
    assert {str(predicate).rpartition("/")[2].rpartition("#")[2] for predicate in about} >= {
        "versionIRI",
        "license",
        "preferredNamespacePrefix",
        "preferredNamespaceUri",
    }


def test_concepts_bear_the_words_of_the_plan() -> None:
    for scheme, words in ((ZR.roles, Role), (ZR.modes, Mode), (ZR.bases, Basis)):
        notations = {str(TERMS.value(c, SKOS.notation)) for c in TERMS.subjects(SKOS.inScheme, scheme)}
        assert notations - {"assumed"} == {str(word) for word in words}


@pytest.mark.parametrize(
    ("table", "scheme"),
    [
        ("lexicon/endings.tsv", "organizationKinds"),
        ("lexicon/bodies.tsv", "organizationKinds"),
        ("lexicon/declarations.tsv", "declarationKinds"),
    ],
)
def test_kinds_of_the_lexicon_are_concepts(table: str, scheme: str) -> None:
    notations = {str(TERMS.value(c, SKOS.notation)) for c in TERMS.subjects(SKOS.inScheme, ZR[scheme])}
    assert {row["kind"] for row in rows(table)} <= notations


def functions_that_reading_gives() -> set[str]:
    bodies = (*local_bodies().values(), *national_bodies().values())
    return {body.function for body in bodies if body.function}


def test_functions_that_reading_gives_are_concepts_with_a_place_in_the_tree() -> None:
    """A new body of the lexicon or the registry wants its concept in `ontology/concepts.ttl` too."""
    names = Iris()
    given = functions_that_reading_gives()
    assert len(given) > 250
    missing, loose = set(), set()
    for name in given:
        concept = URIRef(names.function(name))
        tops = set(TERMS.objects(concept, SKOS.broader))
        if (concept, SKOS.inScheme, ZR.functions) not in TERMS:
            missing.add(name)
        elif not tops or not all((top, SKOS.topConceptOf, ZR.functions) in TERMS for top in tops):
            loose.add(name)
    assert (missing, loose) == (set(), set())


def test_bodies_that_ended_have_a_successor() -> None:
    """Where no body of the centre bears a function any longer, the ontology says which one followed."""
    standing = {row["function"] for row in rows("registry/national.tsv") if not row["until"]}
    standing |= {row["function"] for row in rows("lexicon/functions.tsv") if not row["until"]}
    ended = {row["function"] for row in rows("registry/national.tsv") if row["until"]} - standing
    followed = {str(f).rpartition("/")[2] for f in TERMS.objects(None, ZR.successorOf)}
    # Games that are over; departments of the former general staffs, whose staffs have successors.
    over = {"北京冬奥组委", "总参作战部", "总后基建营房部", "武警总部"}
    assert ended - followed - over == set()


def rows(table: str) -> list[dict[str, str]]:
    with (data_dir() / table).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def test_roles_are_told_apart_by_more_than_colour() -> None:
    display = FILE_GRAPHS["display"]
    palette = {"Lead": "#D55E00", "Responsible": "#0072B2", "Assist": "#009E73", "Participate": "#56B4E9"}
    palette |= {"Guide": "#CC79A7", "Supervise": "#E69F00"}
    assert {role: str(display.value(ZR[role], ZD.colour)) for role in palette} == palette
    lines = [(str(display.value(ZR[role], ZD.dashes)), str(display.value(ZR[role], ZD.width))) for role in palette]
    assert len(set(lines)) >= len(palette) - 1


def test_every_shape_that_reports_says_so_in_both_languages() -> None:
    shapes = FILE_GRAPHS["shapes"]
    for node in set(shapes.subjects(SH.message)):
        found = sorted(str(m.language) for m in shapes.objects(node, SH.message) if isinstance(m, Literal))
        assert isinstance(node, URIRef)
        assert found == ["en", "zh"]


def test_the_published_ontology_has_no_blank_nodes_and_is_the_same_each_time() -> None:
    graph = shared_graphs()[Iris().graph("ontology")]
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    assert set(graph) == set(ontology.ontology_graph())
    chain = next(graph.objects(ZR.engagedIn, OWL.propertyChainAxiom))
    assert next(iter(graph.items(chain))) == ZR.involvedIn


def test_functions_move_with_the_base() -> None:
    moved = ontology.concepts("http://example.org/")
    assert (URIRef("http://example.org/function/教育"), RDF.type, SKOS.Concept) in moved
    assert not any(str(term).startswith(Iris().base) for triple in moved for term in triple)


def test_alignment_is_a_setting() -> None:
    foaf = URIRef("http://xmlns.com/foaf/0.1/Document")
    plain: Graph = shared_graphs()[Iris().graph("ontology")]
    aligned: Graph = shared_graphs(alignment=True)[Iris().graph("ontology")]
    assert (ZR.Document, RDFS.subClassOf, foaf) not in plain
    assert (ZR.Document, RDFS.subClassOf, foaf) in aligned
