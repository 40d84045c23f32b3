"""Proofs checked by somebody else: every step against the ontology and the graphs, with nothing of the compiled rules.

The patterns below are those of OWL 2 RL's tables, written anew, and what is computed is counted again by a query.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.graph.explanation import Proof
from kg.graph.iris import Iris, coownership
from kg.graph.knowledge import Given
from kg.graph.rules import Triple
from kg.graph.vocabulary import ZR

_Premises = tuple[Triple, ...]
_Pattern = Callable[[Triple, _Premises, Triple], bool]

_SHARED_TASKS = """
SELECT (COUNT(DISTINCT ?task) AS ?tasks) {
  ?first zr:inStatement ?statement ; zr:ofTask ?task ;
    zr:leadAgent|zr:responsibleAgent|zr:assistAgent|zr:participantAgent|zr:guideAgent|zr:supervisorAgent ?one .
  ?second zr:inStatement ?statement ; zr:ofTask ?task ;
    zr:leadAgent|zr:responsibleAgent|zr:assistAgent|zr:participantAgent|zr:guideAgent|zr:supervisorAgent ?other .
}"""


def faults(proof: Proof, given: Given, axioms: Graph) -> list[str]:
    """Return what is wrong with a proof, step by step; nothing where every step holds."""
    checked: set[Triple] = set()
    found = []
    for step in proof.steps():
        premises = tuple(premise.conclusion for premise in step.premises)
        if not all(premise in checked for premise in premises):
            found.append(f"{_words(step.conclusion)}: stands on itself")
        if not _holds(step, premises, given, axioms):
            found.append(f"{_words(step.conclusion)}: {step.step or step.source} does not give it")
        checked.add(step.conclusion)
    return found


def _words(triple: Triple) -> str:
    return " ".join(term.n3() for term in triple)


def _holds(step: Proof, premises: _Premises, given: Given, axioms: Graph) -> bool:
    if step.source is not None:
        return not premises and _is_given(step, given) and _is_quoted(step, given)
    if step.step == "co-count":
        return _counted(premises, step.conclusion, given)
    if step.step in _COMPUTED:
        return _COMPUTED[step.step](premises, step.conclusion, given)
    if step.rule is None or step.rule.name != step.step:
        return False
    if step.step == "prp-spo2":
        return _chain(axioms, premises, step.conclusion)
    axiom = step.rule.axiom
    return axiom in axioms and _PATTERNS[step.step](axiom, premises, step.conclusion)


def _is_given(step: Proof, given: Given) -> bool:
    names = Iris(given.base)
    graphs = {
        str(given.document): given.stated,
        names.graph("registry"): given.registry,
        names.graph("spine"): given.spine,
    }
    return step.source in graphs and step.conclusion in graphs[step.source]


def _is_quoted(step: Proof, given: Given) -> bool:
    """Tell whether a step's sentence is what the document's text says at its offsets."""
    if step.sentence is None:
        return step.source != str(given.document)
    text = str(given.stated.value(given.document, ZR.text))
    start, end = step.sentence.start, step.sentence.end
    around = f"{step.sentence.before}{step.sentence.quote}{step.sentence.after}"
    return (
        (URIRef(step.sentence.passage), ZR.source, given.document) in given.stated
        and text[start:end] == step.sentence.quote
        and text[start - len(step.sentence.before) :].startswith(around)
    )


def _chain(axioms: Graph, premises: _Premises, conclusion: Triple) -> bool:
    lists = axioms.objects(conclusion[1], OWL.propertyChainAxiom)
    steps = [predicate for _, predicate, _ in premises]
    linked = all(left[2] == right[0] for left, right in pairwise(premises))
    ends = (premises[0][0], premises[-1][2]) == (conclusion[0], conclusion[2])
    return linked and ends and any(list(Collection(axioms, members)) == steps for members in lists)


def _pattern(
    edge: Node, same: Callable[[Triple, Triple], _Premises], result: Callable[[Triple, Triple], Triple]
) -> _Pattern:
    """Return the check of a rule of one premise: of an axiom with `edge`, from `same`, follows `result`."""
    return lambda axiom, premises, conclusion: (
        axiom[1] == edge
        and len(premises) == 1
        and premises == same(axiom, premises[0])
        and conclusion == result(axiom, premises[0])
    )


_USES_S: Callable[[Triple, Triple], _Premises] = lambda a, t: ((t[0], a[0], t[2]),)  # noqa: E731 - a table of patterns
_USES_O: Callable[[Triple, Triple], _Premises] = lambda a, t: ((t[0], a[2], t[2]),)  # noqa: E731
_IS_S: Callable[[Triple, Triple], _Premises] = lambda a, t: ((t[0], RDF.type, a[0]),)  # noqa: E731
_IS_O: Callable[[Triple, Triple], _Premises] = lambda a, t: ((t[0], RDF.type, a[2]),)  # noqa: E731


def _symmetric(axiom: Triple, premises: _Premises, conclusion: Triple) -> bool:
    property_, edge, kind = axiom
    ((subject, predicate, value),) = premises
    return (edge, kind, predicate) == (RDF.type, OWL.SymmetricProperty, property_) and conclusion == (
        value,
        property_,
        subject,
    )


def _transitive(axiom: Triple, premises: _Premises, conclusion: Triple) -> bool:
    property_, edge, kind = axiom
    (first, one, middle), (again, other, last) = premises
    return (
        (edge, kind) == (RDF.type, OWL.TransitiveProperty)
        and one == other == property_
        and middle == again
        and conclusion == (first, property_, last)
    )


_PATTERNS: dict[str, _Pattern] = {
    "prp-dom": _pattern(RDFS.domain, _USES_S, lambda a, t: (t[0], RDF.type, a[2])),
    "prp-rng": _pattern(RDFS.range, _USES_S, lambda a, t: (t[2], RDF.type, a[2])),
    "prp-spo1": _pattern(RDFS.subPropertyOf, _USES_S, lambda a, t: (t[0], a[2], t[2])),
    "prp-inv1": _pattern(OWL.inverseOf, _USES_S, lambda a, t: (t[2], a[2], t[0])),
    "prp-inv2": _pattern(OWL.inverseOf, _USES_O, lambda a, t: (t[2], a[0], t[0])),
    "prp-eqp1": _pattern(OWL.equivalentProperty, _USES_S, lambda a, t: (t[0], a[2], t[2])),
    "prp-eqp2": _pattern(OWL.equivalentProperty, _USES_O, lambda a, t: (t[0], a[0], t[2])),
    "cax-sco": _pattern(RDFS.subClassOf, _IS_S, lambda a, t: (t[0], RDF.type, a[2])),
    "cax-eqc1": _pattern(OWL.equivalentClass, _IS_S, lambda a, t: (t[0], RDF.type, a[2])),
    "cax-eqc2": _pattern(OWL.equivalentClass, _IS_O, lambda a, t: (t[0], RDF.type, a[0])),
    "prp-symp": _symmetric,
    "prp-trp": _transitive,
}


def _pair(premises: _Premises, conclusion: Triple, given: Given) -> bool:
    ((one, edge, other),) = premises
    if edge != ZR.coOwnsWith or one == other or not _is_node(conclusion[0], one, other, given):
        return False
    return conclusion[1:] == (RDF.type, ZR.CoOwnership) or conclusion[1:] in ((ZR.between, one), (ZR.between, other))


def _task(premises: _Premises, conclusion: Triple, given: Given) -> bool:
    halves = [_named(premises[:3]), _named(premises[3:])]
    if len(premises) != 6 or None in halves:
        return False
    (first, task, one), (second, same, other) = (half for half in halves if half)
    return (
        first == second
        and task == same == conclusion[2]
        and conclusion[1] == ZR.onTask
        and _is_node(conclusion[0], one, other, given)
    )


def _named(premises: _Premises) -> tuple[Node, Node, Node] | None:
    """Return statement, task and agent that three premises say of one assignment; None where they do not."""
    facts = {predicate: value for _, predicate, value in premises}
    agents = [value for predicate, value in facts.items() if str(predicate).endswith("Agent")]
    if len({subject for subject, _, _ in premises}) != 1 or len(agents) != 1:
        return None
    return (facts[ZR.inStatement], facts[ZR.ofTask], agents[0]) if {ZR.inStatement, ZR.ofTask} < set(facts) else None


def _document(premises: _Premises, conclusion: Triple, _: Given) -> bool:
    (node, on, task), (part, edge, whole) = premises
    return (on, edge, part) == (ZR.onTask, ZR.partOf, task) and conclusion == (node, ZR.inDocument, whole)


def _counted(premises: _Premises, conclusion: Triple, given: Given) -> bool:
    node, edge, number = conclusion
    tasks = {value for subject, predicate, value in premises if (subject, predicate) == (node, ZR.onTask)}
    pair = {value for subject, predicate, value in premises if (subject, predicate) == (node, ZR.between)}
    if edge != ZR["count"] or len(pair) != 2 or len(tasks) + 2 != len(premises):
        return False
    one, other = sorted(map(str, pair))
    rows = list(
        given.stated.query(_SHARED_TASKS, initNs={"zr": ZR}, initBindings={"one": URIRef(one), "other": URIRef(other)})
    )
    recounted = int(str(rows[0][0]))  # type: ignore[index]
    return isinstance(number, Literal) and int(number) == len(tasks) == recounted


def _is_node(node: Node, one: Node, other: Node, given: Given) -> bool:
    return str(node) == coownership(str(given.document), (str(one), str(other)), given.base)


_COMPUTED: dict[str, Callable[[_Premises, Triple, Given], bool]] = {
    "co-pair": _pair,
    "co-task": _task,
    "co-document": _document,
}
