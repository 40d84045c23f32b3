"""Closure: the compiled rules say what owlrl says, less its noise; contradictions stop; by parts is as at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef, Variable
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import DataError, InconsistentError, ZerenError
from kg.graph import DocumentGraphs, Iris, document_graphs, reference, spine_graph
from kg.graph.closure import closure, program, useful
from kg.graph.deduction import Program, deduce
from kg.graph.documents import inferred_graph
from kg.graph.entailment import drawn
from kg.graph.registry import registry_graph
from kg.graph.rules import Rule, Triple, compile_rules
from kg.graph.triples import stated_graph
from kg.graph.vocabulary import ZR
from kg.plan import Plan, Policy
from tests.graph import plans
from tests.graph.plans import SMALL

EX = "http://example.org/"
CLASSES = [URIRef(f"{EX}C{number}") for number in range(4)]
PROPERTIES = [URIRef(f"{EX}p{number}") for number in range(5)]
THINGS = [URIRef(f"{EX}x{number}") for number in range(5)]


def test_owlrl_says_the_same_with_alignments() -> None:
    compiled, reference = (
        document_graphs(SMALL, reasoner=name, alignment=True).inferred for name in ("rules", "owlrl")
    )
    assert set(compiled) == set(reference)


def test_owlrl_says_the_same_on_the_seed(seed: DocumentGraphs) -> None:
    assert set(inferred_graph(seed.stated, URIRef(seed.iri), reasoner="owlrl")) == set(seed.inferred)


def axioms() -> st.SearchStrategy[list[Triple]]:
    some_class, some_property = st.sampled_from(CLASSES), st.sampled_from(PROPERTIES)
    return st.lists(
        st.one_of(
            st.tuples(some_class, st.sampled_from([RDFS.subClassOf, OWL.equivalentClass]), some_class),
            st.tuples(
                some_property,
                st.sampled_from([RDFS.subPropertyOf, OWL.equivalentProperty, OWL.inverseOf]),
                some_property,
            ),
            st.tuples(some_property, st.sampled_from([RDFS.domain, RDFS.range]), some_class),
            st.tuples(
                some_property, st.just(RDF.type), st.sampled_from([OWL.SymmetricProperty, OWL.TransitiveProperty])
            ),
        ),
        max_size=8,
    )


def data() -> st.SearchStrategy[list[Triple]]:
    thing = st.sampled_from(THINGS)
    return st.lists(
        st.one_of(
            st.tuples(thing, st.sampled_from(PROPERTIES), thing),
            st.tuples(thing, st.just(RDF.type), st.sampled_from(CLASSES)),
        ),
        min_size=1,
        max_size=12,
    )


CHAINS = st.lists(st.lists(st.sampled_from(PROPERTIES), min_size=3, max_size=5), max_size=2)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(axioms(), CHAINS, data())
def test_owlrl_says_the_same_on_any_ontology(
    schema: list[Triple], chains: list[list[URIRef]], facts: list[Triple]
) -> None:
    ontology = as_graph(schema)
    for head, *steps in chains:
        members = BNode()
        Collection(ontology, members, list(steps))
        ontology.add((head, OWL.propertyChainAxiom, members))
    closed = ontology + as_graph(drawn(ontology))
    mine = {triple for triple in deduce(set(facts), Program(compile_rules(closed))) if useful(triple)} | set(facts)
    owlrl = {triple for triple in reference.closure(facts, ontology) if about_things(triple)} | set(facts)
    assert {triple for triple in mine if about_things(triple)} == owlrl


def as_graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph


def about_things(triple: Triple) -> bool:
    return useful(triple) and triple[0] in THINGS


def variants(number: int) -> Iterator[Plan]:
    """Yield plans that share organisations, policies and campaigns, each in a document of its own."""
    for index in range(number):
        tasks = tuple(task for task in SMALL.tasks if (index >> SMALL.tasks.index(task)) % 2 == 0) or SMALL.tasks[:1]
        names = {task.id for task in tasks}
        yield replace(
            SMALL,
            title=f"{SMALL.title}之{index}",
            tasks=tasks,
            policies=tuple(p for p in SMALL.policies if p.task in {None, *names}),
            campaigns=tuple(replace(c, tasks=tuple(t for t in c.tasks if t in names)) for c in SMALL.campaigns),
            targets=tuple(t for t in SMALL.targets if t.task in names),
            duties=tuple(d for d in SMALL.duties if d.task in names),
        )


@pytest.mark.parametrize("plan", list(variants(6))[4:], ids=lambda plan: plan.title[-2:])
def test_owlrl_says_the_same_on_generated_plans(plan: Plan) -> None:
    compiled, reference = (document_graphs(plan, reasoner=name).inferred for name in ("rules", "owlrl"))
    assert set(compiled) == set(reference)


def test_ten_documents_by_parts_are_as_at_once(seed_plan: Plan) -> None:
    documents = [stated_graph(plan) for plan in (*variants(9), seed_plan)]
    spine, registry = spine_graph(documents), registry_graph(documents)
    given = set().union(*documents, spine, registry)
    parts = [
        set(inferred_graph(stated, URIRef(Iris().document(plan)), spine=spine))
        for stated, plan in zip(documents, (*variants(9), seed_plan), strict=True)
    ]
    computed = {triple for part in parts for triple in part if "/co/" in str(triple[0])}
    assert set().union(*parts) - computed - given == set(closure(given))


def test_implementing_reaches_over_documents() -> None:
    upper = replace(SMALL, title="省意见", title_span=plans.span("意见"), policies=(named("国意见"),))
    lower = replace(SMALL, policies=(named("省意见"),))
    stated = [stated_graph(plan) for plan in (upper, lower)]
    links = spine_graph(stated)
    # The lower plan cites the policy by its title; here the registry of documents has joined the two.
    links.add((URIRef(Iris().policy("省意见")), ZR.implements, URIRef(Iris().policy("国意见"))))
    inferred = inferred_graph(stated[1], URIRef(Iris().document(lower)), spine=links)
    assert (URIRef(Iris().document(lower)), ZR.implements, URIRef(Iris().policy("国意见"))) in inferred


def named(policy: str) -> Policy:
    return replace(SMALL.policies[0], name=policy)


def test_every_derivation_holds(seed: DocumentGraphs) -> None:
    given = set(seed.stated)
    derived = deduce(given, program())
    assert len(derived) > 1500
    for triple, derivation in derived.items():
        assert derivation is not None
        rule, premises = derivation
        assert all(premise in given or premise in derived for premise in premises)
        assert instance(rule, premises) == triple


def instance(rule: Rule, premises: tuple[Triple, ...]) -> Triple:
    """Return what a rule says of some premises, whatever their order; fail where they do not fit its body."""
    assert rule.head is not None
    binding = next(bindings(list(rule.body), list(premises), {}))
    subject, predicate, value = (binding.get(term, term) for term in rule.head)
    return subject, predicate, value


def bindings(atoms: list[Triple], premises: list[Triple], bound: dict[Node, Node]) -> Iterator[dict[Node, Node]]:
    if not atoms:
        yield bound
    for premise in premises if atoms else ():
        longer = dict(bound)
        pairs = list(zip(atoms[0], premise, strict=True))
        if all(longer.setdefault(a, b) == b if isinstance(a, Variable) else a == b for a, b in pairs):
            rest = list(premises)
            rest.remove(premise)
            yield from bindings(atoms[1:], rest, longer)


CLASHES = [
    [(THINGS[0], RDF.type, ZR.Task), (THINGS[0], RDF.type, ZR.Organization)],
    [(THINGS[0], ZR.supersedes, THINGS[1]), (THINGS[1], ZR.supersedes, THINGS[0])],
    [(THINGS[0], RDF.type, ZR.Assignment), (THINGS[0], ZR.leadAgent, THINGS[1]), (THINGS[1], RDF.type, ZR.Passage)],
]


@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
@pytest.mark.parametrize("facts", CLASHES)
def test_a_contradiction_is_named(facts: list[Triple], reasoner: str) -> None:
    with pytest.raises(InconsistentError, match=f"{THINGS[0]}|{THINGS[1]}"):
        closure(facts, reasoner=reasoner)


@pytest.mark.parametrize("kind", [OWL.FunctionalProperty, OWL.InverseFunctionalProperty, OWL.Restriction])
def test_an_axiom_without_a_rule_is_refused(kind: URIRef) -> None:
    ontology = Graph()
    ontology.add((PROPERTIES[0], RDF.type, kind))
    with pytest.raises(DataError, match="has no rule"):
        compile_rules(ontology)


def test_an_unknown_reasoner_is_named() -> None:
    with pytest.raises(ZerenError, match="rules and owlrl"):
        closure([], reasoner="magic")
