"""Why a triple holds: a proof, from what follows down to what the text states and the sentence it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rdflib import RDF, Graph
from rdflib.term import Node

from kg.errors import NotFoundError
from kg.graph.coownership import AGENTS
from kg.graph.knowledge import Given, Knowledge
from kg.graph.passages import Sentence, in_reading_order, passage_of_fact, sentence_of
from kg.graph.rules import Rule, Triple
from kg.graph.vocabulary import ZR


@dataclass(frozen=True, slots=True)
class Proof:
    """One step: `conclusion` is given by the graph `source`, or follows from `premises` by `step`.

    `step` is a notation of `ontology/rules.ttl`; `rule` is the compiled rule behind it, None where it is computed.
    `sentence` is where a stated triple is written; what is shared by documents has none.
    """

    conclusion: Triple
    source: str | None = None
    step: str | None = None
    rule: Rule | None = None
    premises: tuple[Proof, ...] = ()
    sentence: Sentence | None = None

    def steps(self) -> Iterator[Proof]:
        """Yield this proof and all below it, each conclusion once, premises before what follows from them."""
        seen: set[Triple] = set()
        yield from self._steps(seen)

    def _steps(self, seen: set[Triple]) -> Iterator[Proof]:
        if self.conclusion in seen:
            return
        seen.add(self.conclusion)
        for premise in self.premises:
            yield from premise._steps(seen)
        yield self

    def sentences(self) -> list[Sentence]:
        """Return the passages that the proof comes down to, in the order of the text."""
        return in_reading_order(step.sentence for step in self.steps() if step.sentence)


class Explanation:
    """The proofs of one document's triples; a triple is proved once, however often it is a premise."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._given = knowledge.given
        self._proofs: dict[Triple, Proof] = {}

    def of(self, triple: Triple) -> Proof:
        """Return the proof of a triple; raises NotFoundError where it is neither given nor follows."""
        known = self._proofs.get(triple)
        if known is None:
            known = self._proofs[triple] = self._prove(triple)
        return known

    def _prove(self, triple: Triple) -> Proof:
        source = self._given.source(triple)
        if source is not None:
            return Proof(triple, source=source, sentence=written(self._given, triple))
        derivation = self._knowledge.deduction.get(triple)
        if derivation is not None:
            rule, premises = derivation
            return Proof(triple, step=rule.name, rule=rule, premises=tuple(map(self.of, premises)))
        if triple in self._knowledge.computed:
            step, premises = _COMPUTED[triple[1]](self._knowledge.computed, self._given.stated, triple)
            return Proof(triple, step=step, premises=tuple(map(self.of, premises)))
        raise NotFoundError(f"it does not follow from {self._given.document}: {' '.join(t.n3() for t in triple)}")


def written(given: Given, triple: Triple) -> Sentence | None:
    """Return the sentence that a stated triple stands in; links of the spine are stated by the document too."""
    if triple not in given.stated:
        return None
    passage = passage_of_fact(given.stated, triple)
    return None if passage is None else sentence_of(given.stated, passage)


_Premises = tuple[str, tuple[Triple, ...]]


def _pair(computed: Graph, node: Node) -> tuple[Node, Node]:
    one, other = sorted(computed.objects(node, ZR.between), key=str)
    return one, other


def _paired(computed: Graph, _: Graph, triple: Triple) -> _Premises:
    one, other = _pair(computed, triple[0])
    return "co-pair", ((one, ZR.coOwnsWith, other),)


def _shared(computed: Graph, stated: Graph, triple: Triple) -> _Premises:
    """Return the two assignments of one statement, each as: in the statement, of the task, with its agent."""
    node, task = triple[0], triple[2]
    first, second = (_named(stated, task, agent) for agent in _pair(computed, node))
    statement = min(first.keys() & second.keys(), key=str)
    return "co-task", (*first[statement], *second[statement])


def _named(stated: Graph, task: Node, agent: Node) -> dict[Node, tuple[Triple, ...]]:
    """Return, by statement, how the statements of a task name an agent; of two assignments the first."""
    found: dict[Node, tuple[Triple, ...]] = {}
    for assignment in sorted(stated.subjects(ZR.ofTask, task), key=str, reverse=True):
        for edge in AGENTS:
            if (assignment, edge, agent) in stated:
                for statement in stated.objects(assignment, ZR.inStatement):
                    found[statement] = (
                        (assignment, ZR.inStatement, statement),
                        (assignment, ZR.ofTask, task),
                        (assignment, edge, agent),
                    )
    return found


def _placed(computed: Graph, _: Graph, triple: Triple) -> _Premises:
    node, document = triple[0], triple[2]
    task = min(computed.objects(node, ZR.onTask), key=str)
    return "co-document", ((node, ZR.onTask, task), (task, ZR.partOf, document))


def _counted(computed: Graph, _: Graph, triple: Triple) -> _Premises:
    node = triple[0]
    tasks = sorted(computed.objects(node, ZR.onTask), key=str)
    pair = ((node, ZR.between, organization) for organization in _pair(computed, node))
    return "co-count", (*pair, *((node, ZR.onTask, task) for task in tasks))


_COMPUTED: dict[Node, Callable[[Graph, Graph, Triple], _Premises]] = {
    RDF.type: _paired,
    ZR.between: _paired,
    ZR.onTask: _shared,
    ZR.inDocument: _placed,
    ZR["count"]: _counted,
}
