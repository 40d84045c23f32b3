"""Explanation: every inferred triple comes down to what is stated and to its sentences, and a checker agrees."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from rdflib import PROV, RDF, SKOS, Graph, Literal, URIRef

from kg.errors import InconsistentError, NotFoundError
from kg.graph import DocumentGraphs, Iris, entailment, ontology
from kg.graph.checking import faults
from kg.graph.closure import program, rules
from kg.graph.deduction import deduce
from kg.graph.documents import inferred_graph
from kg.graph.explanation import Explanation, Proof
from kg.graph.iris import inferred, task
from kg.graph.knowledge import Given, Knowledge
from kg.graph.provenance import proof_graph
from kg.graph.rules import Triple
from kg.graph.telling import record, tree
from kg.graph.triples import stated_graph
from kg.graph.vocabulary import ZR
from kg.graph.wording import Wording, step_iri, step_words
from kg.plan import Policy
from kg.resources import ontology_dir
from tests.graph import plans
from tests.graph.plans import SMALL

AXIOMS = entailment.closed()
DOCUMENT = URIRef(Iris().document(SMALL))
MARKET, HEALTH, SCHOOLS = (URIRef(Iris().organization(o.key)) for o in (plans.MARKET, plans.HEALTH, plans.SCHOOLS))
LED, SHARED = (URIRef(task(DOCUMENT, each.id)) for each in (plans.LED, plans.SHARED))


def explanation_of(graphs: DocumentGraphs) -> tuple[Explanation, Knowledge]:
    knowledge = Knowledge.of(Given.of(graphs.stated, URIRef(graphs.iri)))
    return Explanation(knowledge), knowledge


@pytest.fixture(scope="module")
def explanation(small: DocumentGraphs) -> Explanation:
    return explanation_of(small)[0]


@pytest.fixture(scope="module")
def given(small: DocumentGraphs) -> Given:
    return Given.of(small.stated, DOCUMENT)


def words(knowledge: Knowledge, language: str) -> Wording:
    return Wording(knowledge.given.stated + knowledge.given.registry + knowledge.computed, language)


def test_every_inferred_triple_of_the_seed_is_explained(seed: DocumentGraphs) -> None:
    explanation, knowledge = explanation_of(seed)
    zh, en = words(knowledge, "zh"), words(knowledge, "en")
    assert len(seed.inferred) > 1700
    for triple in seed.inferred:
        proof = explanation.of(triple)
        assert faults(proof, knowledge.given, AXIOMS) == []
        leaves = [step for step in proof.steps() if not step.premises]
        assert leaves
        assert all(leaf.sentence for leaf in leaves if leaf.source == seed.iri)
        assert {leaf.source for leaf in leaves} <= {seed.iri, Iris().graph("registry"), Iris().graph("spine")}
        assert zh.reason(proof)
        assert en.reason(proof).isascii() or "“" in en.reason(proof)


def test_every_stated_triple_of_the_seed_has_its_sentence(seed: DocumentGraphs) -> None:
    explanation, _ = explanation_of(seed)
    about_text = [t for t in seed.stated if t[1] in (ZR.leadAgent, ZR.ofTask, ZR.partOf, ZR.cites, ZR.jurisdiction)]
    assert len(about_text) > 200
    for triple in about_text:
        sentence = explanation.of(triple).sentence
        assert sentence is not None
        assert sentence.quote


def test_a_leading_organization_comes_down_to_its_statement(explanation: Explanation) -> None:
    proof = explanation.of((MARKET, ZR.leads, LED))
    assert [step.conclusion[1] for step in proof.steps()] == [
        ZR.ofTask,
        ZR.hasAssignment,
        ZR.leadAgent,
        ZR.ledBy,
        ZR.leads,
    ]
    assert [sentence.quote for sentence in proof.sentences()] == ["区市场监管局牵头，区卫健局配合，下同"]
    assert proof.sentences()[0].before.endswith("合格率达到97.50%（")


def test_a_count_comes_down_to_every_task_that_is_counted(small: DocumentGraphs) -> None:
    explanation, knowledge = explanation_of(small)
    node = next(n for n, count in knowledge.computed.subject_objects(ZR["count"]) if count == Literal(2))
    proof = explanation.of((node, ZR["count"], Literal(2)))
    assert {step.conclusion[2] for step in proof.premises if step.conclusion[1] == ZR.onTask} == {LED, SHARED}
    assert len(proof.sentences()) == 2
    assert faults(proof, knowledge.given, AXIOMS) == []


def test_what_is_not_so_has_no_proof(explanation: Explanation) -> None:
    with pytest.raises(NotFoundError, match="does not follow"):
        explanation.of((SCHOOLS, ZR.leads, LED))


def other_conclusion(proof: Proof) -> Proof:
    return replace(proof, conclusion=(HEALTH, ZR.leads, LED))


def without_premises(proof: Proof) -> Proof:
    return replace(proof, premises=())


def invented_leaf(proof: Proof) -> Proof:
    return Proof((HEALTH, ZR.leads, LED), source=str(DOCUMENT))


def misquoted(proof: Proof) -> Proof:
    leaf = next(step for step in proof.steps() if step.sentence)
    assert leaf.sentence
    return replace(leaf, sentence=dataclasses.replace(leaf.sentence, quote="别的文字"))


def by_another_rule(proof: Proof) -> Proof:
    symmetric = next(rule for rule in rules() if rule.name == "prp-symp")
    return replace(proof, step=symmetric.name, rule=symmetric)


def by_an_axiom_that_is_not_there(proof: Proof) -> Proof:
    assert proof.rule
    return replace(proof, rule=replace(proof.rule, axiom=(ZR.leads, ZR.nothing, ZR.ledBy)))


def circular(proof: Proof) -> Proof:
    return replace(proof, premises=(replace(proof, premises=()),))


FORGERIES: list[Callable[[Proof], Proof]] = [
    other_conclusion,
    without_premises,
    invented_leaf,
    misquoted,
    by_another_rule,
    by_an_axiom_that_is_not_there,
    circular,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_the_checker_refuses_a_forged_proof(
    explanation: Explanation, given: Given, forge: Callable[[Proof], Proof]
) -> None:
    proof = explanation.of((MARKET, ZR.leads, LED))
    assert faults(proof, given, AXIOMS) == []
    assert faults(forge(proof), given, AXIOMS)


def test_the_checker_refuses_a_wrong_count(small: DocumentGraphs) -> None:
    explanation, knowledge = explanation_of(small)
    node = next(n for n, count in knowledge.computed.subject_objects(ZR["count"]) if count == Literal(2))
    proof = explanation.of((node, ZR["count"], Literal(2)))
    one_less = replace(proof, conclusion=(node, ZR["count"], Literal(1)), premises=proof.premises[:-1])
    assert faults(one_less, knowledge.given, AXIOMS)


def test_every_rule_and_computed_step_is_worded_in_both_languages() -> None:
    graph = ontology.read_turtle(ontology_dir() / "rules.ttl")
    steps = {str(notation) for notation in graph.objects(None, SKOS.notation)}
    assert {rule.name for rule in rules(True)} | {
        "co-pair",
        "co-task",
        "co-document",
        "co-count",
        "counterpart",
    } <= steps
    wording = {language: Wording(Graph(), language) for language in ("zh", "en")}
    for language, words in wording.items():
        assert all("{" not in words.use(rule) for rule in rules(True))
        assert all(step_words(step, language) for step in steps)
    assert all((step_iri(step), RDF.type, SKOS.Concept) in graph for step in steps)


def test_a_proof_in_words(small: DocumentGraphs) -> None:
    explanation, knowledge = explanation_of(small)
    proof = explanation.of((MARKET, ZR.leads, LED))
    assert tree(proof, words(knowledge, "zh")).splitlines() == [
        "营口市鲅鱼圈区市场监督管理局 — 牵头 → 任务 1.1   ⟸ “牵头单位”反过来就是“牵头”",
        "  任务 1.1 — 牵头单位 → 营口市鲅鱼圈区市场监督管理局   ⟸ 依次经“责任分工”、“牵头主体”相连，即为“牵头单位”",
        "    任务 1.1 — 责任分工 → 任务 1.1的分工“区市场监管局”   ⟸ “所属任务”反过来就是“责任分工”",
        "      任务 1.1的分工“区市场监管局” — 所属任务 → 任务 1.1   ⟸ 原文写明 [1]",
        "    任务 1.1的分工“区市场监管局” — 牵头主体 → 营口市鲅鱼圈区市场监督管理局   ⟸ 原文写明 [1]",
        "",
        "原文",
        "  [1] 1.抓好抽检，合格率达到97.50%（【区市场监管局牵头，区卫健局配合，下同】）。 "
        f"{plans.span('区市场监管局牵头').start}–{plans.span('下同').end}",
    ]
    english = tree(proof, words(knowledge, "en"))
    assert "— leads → task 1.1   ⟸ “led by” the other way round is “leads”" in english


def test_a_proof_as_json_is_numbered_premises_first(small: DocumentGraphs) -> None:
    explanation, knowledge = explanation_of(small)
    proof = explanation.of((MARKET, ZR.leads, LED))
    told = json.loads(json.dumps(record(proof, words(knowledge, "zh"), words(knowledge, "en"))))
    assert told["triple"] == told["steps"][-1]["triple"]
    assert all(number < at for at, step in enumerate(told["steps"]) for number in step["premises"])
    assert told["steps"][0]["sentence"]["quote"] == "区市场监管局牵头，区卫健局配合，下同"
    assert told["steps"][-1]["step"] == str(step_iri("prp-inv1")) or told["steps"][-1]["step"] == str(
        step_iri("prp-inv2")
    )


def test_a_proof_as_prov_leads_to_the_passage(small: DocumentGraphs) -> None:
    explanation, knowledge = explanation_of(small)
    triple = (MARKET, ZR.leads, LED)
    graph = proof_graph(explanation.of(triple), DOCUMENT, (words(knowledge, "zh"), words(knowledge, "en")))
    proved = next(n for n in graph.subjects(RDF.object, LED) if (n, RDF.predicate, ZR.leads) in graph)
    reached, waiting = set(), [proved]
    while waiting:
        node = waiting.pop()
        reached.add(node)
        waiting += [n for n in graph.objects(node, PROV.wasDerivedFrom) if n not in reached]
    assert small.stated.value(LED, ZR.statement) in reached
    assert len(set(graph.subjects(RDF.type, PROV.Activity))) == 3


def test_a_clash_names_both_sentences() -> None:
    stated = stated_graph(
        replace(SMALL, policies=(*SMALL.policies, Policy("责任制规定", plans.span("《责任制规定》"), None)))
    )
    policy = URIRef(Iris().policy("责任制规定"))
    stated.add((DOCUMENT, ZR.supersedes, policy))
    stated.add((policy, ZR.supersedes, DOCUMENT))
    with pytest.raises(InconsistentError) as raised:
        inferred_graph(stated, DOCUMENT)
    assert str(raised.value).count("《责任制规定》") >= 2
    assert "“supersedes” cannot hold both ways" in str(raised.value)


@pytest.mark.parametrize("reasoner", ["rules", "owlrl"])
def test_a_clash_of_classes_names_where_each_stands(reasoner: str) -> None:
    stated = stated_graph(SMALL)
    lead = URIRef(f"{LED}/a/1")
    stated.set((lead, ZR.leadAgent, LED))
    with pytest.raises(
        InconsistentError, match=r"nothing can be both of the kind “\w+” and of the kind “\w+”"
    ) as raised:
        inferred_graph(stated, DOCUMENT, reasoner=reasoner)
    said = str(raised.value)
    assert "; but " in said
    assert "“区市场监管局牵头，区卫健局配合，下同”" in said


def test_closing_remembers_nothing_of_other_documents(small: DocumentGraphs) -> None:
    once = deduce(set(small.stated), program())
    deduce(set(stated_graph(replace(SMALL, title="另一份安排"))), program())
    assert deduce(set(small.stated), program()) == once
    assert all(str(inferred(str(DOCUMENT))).startswith(str(DOCUMENT)) for _ in once)


def test_premises_come_in_the_order_of_the_rule(small: DocumentGraphs) -> None:
    found: list[tuple[Triple, ...]] = [
        why[1] for why in deduce(set(small.stated), program()).values() if why and why[0].name == "prp-spo2"
    ]
    assert found
    assert all(left[2] == right[0] for premises in found for left, right in pairwise(premises))
