"""What follows from a document: the ontology's rules, run to the end over one document's triples.

Semi-naive in the strict sense: each triple is taken up once, and joined only with triples taken up before it.
The rule and premises of every first derivation are kept, so that any inferred triple can be explained.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef, Variable
from rdflib.term import BNode, Node

from kg.errors import InconsistentError, ZerenError
from kg.graph import ontology, reference
from kg.graph.rules import Rule, Triple, compile_rules
from kg.graph.vocabulary import ZR

REASONERS = ("rules", "owlrl")

_Ids = tuple[int, int, int]
_Index = dict[int, dict[int, set[int]]]


@dataclass(frozen=True, slots=True)
class Closure:
    """The triples that were not given, and for each the rule and the premises that gave it first.

    The reference reasoner remembers no derivations.
    """

    triples: frozenset[Triple]
    derivations: Mapping[Triple, tuple[Rule, tuple[Triple, ...]]]


def closure(given: Iterable[Triple], *, reasoner: str = "rules", alignment: bool = False) -> Closure:
    """Return what follows from `given` under the ontology, less noise (`useful`).

    `rules` and `owlrl` give the same triples; owlrl is the reference, and some forty times slower.
    Raises InconsistentError naming the triples that clash.
    """
    facts = set(given)
    if reasoner == "owlrl":
        found, derivations = reference.closure(facts, ontology.axioms(alignment)), {}
    elif reasoner == "rules":
        found, derivations = _run(facts, rules(alignment))
    else:
        raise ZerenError(f"no reasoner is called {reasoner!r}; there are {' and '.join(REASONERS)}")
    kept = frozenset(triple for triple in found if triple not in facts and useful(triple))
    return Closure(kept, {triple: derivations[triple] for triple in kept if triple in derivations})


@lru_cache(maxsize=2)
def rules(alignment: bool = False) -> tuple[Rule, ...]:
    """Return the rules of the ontology, compiled once per process."""
    return compile_rules(ontology.axioms(alignment))


_META = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))


def useful(triple: Triple) -> bool:
    """Tell facts of the domain from what a complete reasoner also says: x sameAs x, x a owl:Thing, the schema itself."""
    subject, predicate, value = triple
    if not isinstance(subject, URIRef) or isinstance(value, BNode):
        return False
    if subject == value and predicate in (OWL.sameAs, ZR.coOwnsWith):
        return False
    if str(subject).startswith((*_META, str(ZR), str(SKOS))):
        return False
    if predicate == RDF.type:
        return not str(value).startswith(_META)
    return not str(predicate).startswith(_META) or predicate == OWL.sameAs


class _Terms:
    """Numbers for terms, so that joins compare small integers."""

    def __init__(self) -> None:
        self.numbers: dict[Node, int] = {}
        self.terms: list[Node] = []

    def number(self, term: Node) -> int:
        known = self.numbers.get(term)
        if known is None:
            known = self.numbers[term] = len(self.terms)
            self.terms.append(term)
        return known

    def triple(self, ids: _Ids) -> Triple:
        subject, predicate, value = ids
        return self.terms[subject], self.terms[predicate], self.terms[value]


@dataclass(frozen=True, slots=True)
class _Join:
    """One way into a rule: the atom that a new triple matches, then the others in the order they are joined.

    Variables are negative: -1 is the first slot.
    """

    rule: Rule
    first: _Ids
    others: tuple[_Ids, ...]
    head: _Ids | None
    slots: int


def _run(facts: set[Triple], compiled: tuple[Rule, ...]) -> tuple[set[Triple], dict[Triple, tuple[Rule, tuple[Triple, ...]]]]:
    terms = _Terms()
    joins = _joins(compiled, terms)
    waiting: deque[_Ids] = deque()
    for subject, predicate, value in sorted(facts):
        waiting.append((terms.number(subject), terms.number(predicate), terms.number(value)))
    origin: dict[_Ids, tuple[Rule, tuple[_Ids, ...]] | None] = dict.fromkeys(waiting)
    forward: _Index = {}
    backward: _Index = {}
    while waiting:
        triple = waiting.popleft()
        subject, predicate, value = triple
        forward.setdefault(predicate, {}).setdefault(subject, set()).add(value)
        backward.setdefault(predicate, {}).setdefault(value, set()).add(subject)
        for join in (*joins.get((predicate, -1), ()), *joins.get((predicate, value), ())):
            for slots, premises in _matches(join, triple, forward, backward):
                if join.head is None:
                    raise _clash(join.rule, [terms.triple(premise) for premise in premises])
                head = _filled(join.head, slots)
                if head not in origin and not isinstance(terms.terms[head[0]], Literal):
                    origin[head] = (join.rule, premises)
                    waiting.append(head)
    derivations = {
        terms.triple(ids): (source[0], tuple(terms.triple(premise) for premise in source[1]))
        for ids, source in origin.items()
        if source
    }
    return set(derivations), derivations


def _joins(compiled: tuple[Rule, ...], terms: _Terms) -> dict[tuple[int, int], list[_Join]]:
    """Index every atom of every body by its predicate, and by its object where that is fixed."""
    joins: dict[tuple[int, int], list[_Join]] = {}
    for rule in compiled:
        slots: dict[Node, int] = {}
        body = [_encoded(atom, slots, terms) for atom in rule.body]
        head = _encoded(rule.head, slots, terms) if rule.head else None
        for position, atom in enumerate(body):
            others = _ordered(atom, body[:position] + body[position + 1 :])
            key = (atom[1], atom[2] if atom[2] >= 0 else -1)
            joins.setdefault(key, []).append(_Join(rule, atom, others, head, len(slots)))
    return joins


def _encoded(atom: Triple, slots: dict[Node, int], terms: _Terms) -> _Ids:
    subject, predicate, value = (
        slots.setdefault(term, -1 - len(slots)) if isinstance(term, Variable) else terms.number(term) for term in atom
    )
    return subject, predicate, value


def _ordered(first: _Ids, others: list[_Ids]) -> tuple[_Ids, ...]:
    """Put the atoms in an order in which each shares a variable with those before it."""
    bound = {first[0], first[2]}
    remaining, ordered = list(others), []
    while remaining:
        atom = next((a for a in remaining if a[0] in bound or a[2] in bound), remaining[0])
        remaining.remove(atom)
        ordered.append(atom)
        bound |= {atom[0], atom[2]}
    return tuple(ordered)


def _matches(join: _Join, triple: _Ids, forward: _Index, backward: _Index) -> Iterator[tuple[list[int], tuple[_Ids, ...]]]:
    """Yield every way in which the rule's body holds with `triple` at the join's first atom."""
    slots = [-1] * (join.slots + 1)
    if _bound(join.first, triple, slots):
        yield from _extended(join.others, slots, (triple,), forward, backward)


def _extended(
    atoms: tuple[_Ids, ...], slots: list[int], premises: tuple[_Ids, ...], forward: _Index, backward: _Index
) -> Iterator[tuple[list[int], tuple[_Ids, ...]]]:
    if not atoms:
        yield slots, premises
        return
    atom = atoms[0]
    for triple in _candidates(atom, slots, forward, backward):
        longer = slots.copy()
        if _bound(atom, triple, longer):
            yield from _extended(atoms[1:], longer, (*premises, triple), forward, backward)


def _candidates(atom: _Ids, slots: list[int], forward: _Index, backward: _Index) -> list[_Ids]:
    predicate = atom[1]
    subject = atom[0] if atom[0] >= 0 else slots[-atom[0]]
    value = atom[2] if atom[2] >= 0 else slots[-atom[2]]
    if subject >= 0:
        values = forward.get(predicate, {}).get(subject, ())
        if value >= 0:
            return [(subject, predicate, value)] if value in values else []
        return [(subject, predicate, each) for each in values]
    return [(each, predicate, value) for each in backward.get(predicate, {}).get(value, ())]


def _bound(atom: _Ids, triple: _Ids, slots: list[int]) -> bool:
    """Bind the atom's variables to the triple's terms; tell whether they agree with what is bound already."""
    for pattern, number in ((atom[0], triple[0]), (atom[2], triple[2])):
        if pattern >= 0:
            if pattern != number:
                return False
        elif slots[-pattern] == -1:
            slots[-pattern] = number
        elif slots[-pattern] != number:
            return False
    return True


def _filled(head: _Ids, slots: list[int]) -> _Ids:
    subject, predicate, value = head
    return subject if subject >= 0 else slots[-subject], predicate, value if value >= 0 else slots[-value]


def _clash(rule: Rule, premises: list[Triple]) -> InconsistentError:
    facts = " and ".join(" ".join(term.n3() for term in premise) for premise in premises)
    axiom = " ".join(term.n3() for term in rule.axiom)
    return InconsistentError(f"the document contradicts the ontology: {facts} cannot both hold ({axiom}; {rule.name})")
