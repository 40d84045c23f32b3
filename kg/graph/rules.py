"""Rules compiled from the closed ontology: what follows from a triple, and what must not be (OWL 2 RL, tables 5–9).

Each rule carries the name that the OWL 2 RL profile gives it and the axiom it comes from, so that a derivation
can be told in words. Axioms that have no rule here are refused, not ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rdflib import OWL, RDF, RDFS, Graph, URIRef, Variable
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import DataError

Triple = tuple[Node, Node, Node]

X, Y, Z = Variable("x"), Variable("y"), Variable("z")


@dataclass(frozen=True, slots=True)
class Rule:
    """If all of `body` holds, so does `head`; without a head it must never hold. Predicates are never variables."""

    name: str
    axiom: Triple
    body: tuple[Triple, ...]
    head: Triple | None


def compile_rules(ontology: Graph) -> tuple[Rule, ...]:
    """Return the rules of an ontology in a fixed order; raise DataError on an axiom that has no rule."""
    rules: list[Rule] = []
    for subject, predicate, value in ontology:
        _refuse_unknown(subject, predicate, value)
        if predicate == RDFS.range and _is_data_property(ontology, subject):
            continue
        compiler = _BY_TYPE.get(value) if predicate == RDF.type else _BY_PREDICATE.get(predicate)
        if compiler:
            rules.extend(compiler(ontology, subject, value))
    return tuple(sorted(set(rules), key=repr))


def has_rule(axiom: Triple) -> bool:
    """Tell whether something follows from an axiom by one of the rules here."""
    _, predicate, value = axiom
    return value in _BY_TYPE if predicate == RDF.type else predicate in _BY_PREDICATE


def _is_data_property(ontology: Graph, term: Node) -> bool:
    return (term, RDF.type, OWL.DatatypeProperty) in ontology


def _refuse_unknown(subject: Node, predicate: Node, value: Node) -> None:
    term = value if predicate == RDF.type else predicate
    if isinstance(term, URIRef) and term in OWL and term not in _WITHOUT_RULE and term not in _KNOWN:
        raise DataError(f"the ontology uses {term.n3()} on {subject.n3()}, which has no rule")


def _subclass(_: Graph, c1: Node, c2: Node) -> Iterator[Rule]:
    yield Rule("cax-sco", (c1, RDFS.subClassOf, c2), ((X, RDF.type, c1),), (X, RDF.type, c2))


def _equivalent_class(_: Graph, c1: Node, c2: Node) -> Iterator[Rule]:
    axiom = (c1, OWL.equivalentClass, c2)
    yield Rule("cax-eqc1", axiom, ((X, RDF.type, c1),), (X, RDF.type, c2))
    yield Rule("cax-eqc2", axiom, ((X, RDF.type, c2),), (X, RDF.type, c1))


def _subproperty(_: Graph, p1: Node, p2: Node) -> Iterator[Rule]:
    yield Rule("prp-spo1", (p1, RDFS.subPropertyOf, p2), ((X, p1, Y),), (X, p2, Y))


def _equivalent_property(_: Graph, p1: Node, p2: Node) -> Iterator[Rule]:
    axiom = (p1, OWL.equivalentProperty, p2)
    yield Rule("prp-eqp1", axiom, ((X, p1, Y),), (X, p2, Y))
    yield Rule("prp-eqp2", axiom, ((X, p2, Y),), (X, p1, Y))


def _domain(_: Graph, p: Node, c: Node) -> Iterator[Rule]:
    yield Rule("prp-dom", (p, RDFS.domain, c), ((X, p, Y),), (X, RDF.type, c))


def _range(_: Graph, p: Node, c: Node) -> Iterator[Rule]:
    yield Rule("prp-rng", (p, RDFS.range, c), ((X, p, Y),), (Y, RDF.type, c))


def _inverse(_: Graph, p1: Node, p2: Node) -> Iterator[Rule]:
    axiom = (p1, OWL.inverseOf, p2)
    yield Rule("prp-inv1", axiom, ((X, p1, Y),), (Y, p2, X))
    yield Rule("prp-inv2", axiom, ((X, p2, Y),), (Y, p1, X))


def _symmetric(_: Graph, p: Node, kind: Node) -> Iterator[Rule]:
    yield Rule("prp-symp", (p, RDF.type, kind), ((X, p, Y),), (Y, p, X))


def _transitive(_: Graph, p: Node, kind: Node) -> Iterator[Rule]:
    yield Rule("prp-trp", (p, RDF.type, kind), ((X, p, Y), (Y, p, Z)), (X, p, Z))


def _chain(ontology: Graph, p: Node, members: Node) -> Iterator[Rule]:
    steps = list(Collection(ontology, members))
    stops = [Variable(f"v{number}") for number in range(len(steps) + 1)]
    body = tuple((stops[number], step, stops[number + 1]) for number, step in enumerate(steps))
    # The axiom is told by its first step: list nodes have no name that lasts.
    yield Rule("prp-spo2", (p, OWL.propertyChainAxiom, steps[0]), body, (stops[0], p, stops[-1]))


def _asymmetric(_: Graph, p: Node, kind: Node) -> Iterator[Rule]:
    yield Rule("prp-asyp", (p, RDF.type, kind), ((X, p, Y), (Y, p, X)), None)


def _irreflexive(_: Graph, p: Node, kind: Node) -> Iterator[Rule]:
    yield Rule("prp-irp", (p, RDF.type, kind), ((X, p, X),), None)


def _disjoint_properties(_: Graph, p1: Node, p2: Node) -> Iterator[Rule]:
    yield Rule("prp-pdw", (p1, OWL.propertyDisjointWith, p2), ((X, p1, Y), (X, p2, Y)), None)


def _disjoint_classes(_: Graph, c1: Node, c2: Node) -> Iterator[Rule]:
    yield Rule("cax-dw", (c1, OWL.disjointWith, c2), ((X, RDF.type, c1), (X, RDF.type, c2)), None)


def _all_disjoint(ontology: Graph, subject: Node, _: Node) -> Iterator[Rule]:
    for members in ontology.objects(subject, OWL.members):
        for c1, c2 in combinations(Collection(ontology, members), 2):
            yield Rule("cax-adc", (c1, OWL.disjointWith, c2), ((X, RDF.type, c1), (X, RDF.type, c2)), None)


_Compiler = Callable[[Graph, Node, Node], Iterator[Rule]]
_BY_PREDICATE: dict[Node, _Compiler] = {
    RDFS.subClassOf: _subclass,
    OWL.equivalentClass: _equivalent_class,
    RDFS.subPropertyOf: _subproperty,
    OWL.equivalentProperty: _equivalent_property,
    RDFS.domain: _domain,
    RDFS.range: _range,
    OWL.inverseOf: _inverse,
    OWL.propertyChainAxiom: _chain,
    OWL.propertyDisjointWith: _disjoint_properties,
    OWL.disjointWith: _disjoint_classes,
}
_BY_TYPE: dict[Node, _Compiler] = {
    OWL.SymmetricProperty: _symmetric,
    OWL.TransitiveProperty: _transitive,
    OWL.AsymmetricProperty: _asymmetric,
    OWL.IrreflexiveProperty: _irreflexive,
    OWL.AllDisjointClasses: _all_disjoint,
}
_KNOWN = {*_BY_PREDICATE, *_BY_TYPE}
_WITHOUT_RULE = {
    OWL.Ontology,
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.members,
    OWL.imports,
    OWL.versionIRI,
    OWL.versionInfo,
    OWL.deprecated,
}
