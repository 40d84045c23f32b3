"""owlrl, the reference reasoner, behind the same door as the compiled rules."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, URIRef

from kg.errors import InconsistentError
from kg.graph.rules import Triple

_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


def closure(facts: Iterable[Triple], axioms: Graph) -> set[Triple]:
    """Return everything that owlrl makes of the facts and the axioms, noise included.

    Raises InconsistentError with owlrl's own words: it reports a contradiction only as nodes in the graph.
    """
    import owlrl

    graph = Graph()
    graph += axioms
    for triple in facts:
        graph.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    errors = sorted(map(str, graph.objects(predicate=_ERROR)))
    if errors:
        raise InconsistentError("the document contradicts the ontology: " + "; ".join(errors))
    return set(graph)
