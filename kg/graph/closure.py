"""What follows from a document under the ontology, less the noise: the one door to reasoning."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, URIRef

from kg.errors import InconsistentError, ZerenError
from kg.graph import entailment, ontology, reference
from kg.graph.deduction import Deduction, Program, deduce
from kg.graph.rules import Rule, Triple, compile_rules
from kg.graph.vocabulary import ZR

REASONERS = ("rules", "owlrl")


def closure(given: Iterable[Triple], *, reasoner: str = "rules", alignment: bool = False) -> Deduction:
    """Return the useful triples that follow from `given` and are not in it, with their first derivations.

    `rules` and `owlrl` give the same triples; owlrl is the reference, some fifty times slower, and remembers no
    derivations. Raises InconsistentError naming the triples that clash.
    """
    facts = frozenset(given)
    if reasoner == "owlrl":
        try:
            found = reference.closure(facts, ontology.axioms(alignment))
        except InconsistentError:
            # owlrl names no premises; the rules raise ClashError, which does.
            deduce(facts, program(alignment))
            raise
        return {triple: None for triple in found if triple not in facts and useful(triple)}
    if reasoner == "rules":
        return deduce(facts, program(alignment)).only(useful)
    raise ZerenError(f"no reasoner is called {reasoner!r}; there are {' and '.join(REASONERS)}")


@lru_cache(maxsize=2)
def rules(alignment: bool = False) -> tuple[Rule, ...]:
    """Return the rules of the ontology as owlrl closes it, compiled once per process."""
    return compile_rules(entailment.closed(alignment))


@lru_cache(maxsize=2)
def program(alignment: bool = False) -> Program:
    """Return these rules, ready to run."""
    return Program(rules(alignment))


_META = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))
_SCHEMA = (*_META, str(ZR), str(SKOS))


def useful(triple: Triple) -> bool:
    """Tell facts of the domain from noise: x sameAs x, x a owl:Thing, literal subjects, the schema itself."""
    subject, predicate, value = triple
    if not isinstance(subject, URIRef) or isinstance(value, BNode) or str(subject).startswith(_SCHEMA):
        return False
    if subject == value and predicate in (OWL.sameAs, ZR.coOwnsWith):
        return False
    if predicate == RDF.type:
        return not str(value).startswith(_META)
    return predicate == OWL.sameAs or not str(predicate).startswith(_META)
