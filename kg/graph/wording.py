"""Triples, rules and proofs in words: labels from the graph and the ontology, sentences from `ontology/rules.ttl`."""

from __future__ import annotations

from functools import lru_cache

from rdflib import DCTERMS, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.graph import entailment, ontology
from kg.graph.explanation import Proof
from kg.graph.rules import Rule, Triple
from kg.graph.vocabulary import ZR
from kg.resources import ontology_dir

_NAMES = (SKOS.prefLabel, RDFS.label, DCTERMS.title)
_TYPE = {"zh": "是", "en": "is a"}
_TASK = {"zh": "任务 {}", "en": "task {}"}
_ITEM = {"zh": "第{}条", "en": "item {}"}
_ASSIGNMENT = {"zh": "{task}的分工“{name}”", "en": "the assignment of “{name}” to {task}"}
_PAIR = {"zh": "{}与{}的共担", "en": "what {} and {} share"}
_STATED = {"zh": "原文写明", "en": "stated"}
_SHARED = {
    "registry": {"zh": "登记", "en": "registry"},
    "spine": {"zh": "文件间的联系", "en": "links among documents"},
}
_ENTAILED = {"zh": "（由本体公理推得）", "en": " (entailed by the ontology's axioms)"}
_JOINT = {"zh": "、", "en": ", then "}
_CUT = 40  # characters of a passage or a literal inside a sentence


class Wording:
    """Says things in one language (`zh` or `en`), by the labels of one document's graphs and the ontology."""

    def __init__(self, facts: Graph, language: str = "zh") -> None:
        self._facts = facts
        self.language = language

    def fact(self, triple: Triple) -> str:
        """Return a triple as a short sentence: subject, property, value."""
        subject, predicate, value = triple
        return f"{self.name(subject)} — {self.edge(predicate)} → {self.name(value)}"

    def edge(self, predicate: Node) -> str:
        """Return how a property is called."""
        return _TYPE[self.language] if predicate == RDF.type else self.name(predicate)

    def document(self) -> str:
        """Return the title of the plan whose facts these are."""
        plan = self._facts.value(None, RDF.type, ZR.WorkPlan)
        return self.name(plan) if plan is not None else ""

    def use(self, rule: Rule) -> str:
        """Return one use of a rule in words: what its axiom says, and whether that is written down or entailed."""
        subject, _, value = rule.axiom
        steps = _JOINT[self.language].join(f"“{self.name(predicate)}”" for _, predicate, _ in rule.body)
        said = step_words(rule.name, self.language).format(s=self.name(subject), o=self.name(value), steps=steps)
        return said + _ENTAILED[self.language] if rule.axiom in entailment.entailed(True) else said

    def reason(self, proof: Proof) -> str:
        """Return why the conclusion of a proof holds, in words; for what is given, who gives it."""
        if proof.rule is not None:
            return self.use(proof.rule)
        if proof.step is not None:
            return step_words(proof.step, self.language)
        name = str(proof.source).rpartition("/graph/")[2]
        return _SHARED.get(name, _STATED)[self.language]

    def name(self, node: Node) -> str:
        """Return how a node is called: its label, what it is part of, its quote, else the end of its IRI."""
        if isinstance(node, Literal):
            return _short(str(node))
        for graph in (self._facts, _vocabulary()):
            found = self._labelled(graph, node)
            if found:
                return found
        return str(node).rpartition("#")[2].rpartition("/")[2]

    def _labelled(self, graph: Graph, node: Node) -> str | None:
        for describe in (self._task, self._item, self._assignment, self._passage, self._pair):
            found = describe(graph, node)
            if found:
                return found
        labels = [label for edge in _NAMES for label in graph.objects(node, edge) if isinstance(label, Literal)]
        chosen = [label for label in labels if label.language == self.language] or labels
        return min(map(str, chosen), default=None)

    def _task(self, graph: Graph, node: Node) -> str | None:
        code = graph.value(node, ZR.code) if (node, RDF.type, ZR.Task) in graph else None
        return _TASK[self.language].format(code) if code else None

    def _item(self, graph: Graph, node: Node) -> str | None:
        number = graph.value(node, ZR.number) if (node, RDF.type, ZR.Item) in graph else None
        return _ITEM[self.language].format(str(number).rstrip(".．、 ")) if number else None

    def _assignment(self, graph: Graph, node: Node) -> str | None:
        task, printed = graph.value(node, ZR.ofTask), graph.value(node, ZR.asWritten)
        if task is None or printed is None:
            return None
        return _ASSIGNMENT[self.language].format(task=self.name(task), name=printed)

    def _passage(self, graph: Graph, node: Node) -> str | None:
        quote = graph.value(node, ZR.quote)
        return f"“{_short(str(quote))}”" if quote is not None else None

    def _pair(self, graph: Graph, node: Node) -> str | None:
        pair = sorted(graph.objects(node, ZR.between), key=str)
        return _PAIR[self.language].format(*map(self.name, pair)) if len(pair) == 2 else None


@lru_cache(maxsize=1)
def _vocabulary() -> Graph:
    return ontology.axioms() + ontology.concepts()


@lru_cache(maxsize=1)
def _steps() -> dict[tuple[str, str], str]:
    graph = ontology.read_turtle(ontology_dir() / "rules.ttl")
    return {
        (str(graph.value(step, SKOS.notation)), str(words.language)): str(words)
        for step, words in graph.subject_objects(ZR.wording)
        if isinstance(words, Literal)
    }


def step_words(step: str, language: str) -> str:
    """Return the sentence of a step of reasoning, with blanks for its axiom."""
    return _steps()[step, language]


def step_iri(step: str) -> URIRef:
    """Return the IRI of a step of reasoning."""
    return URIRef(f"https://w3id.org/zeren/rules#{step}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CUT else f"{line[: _CUT - 1]}…"
