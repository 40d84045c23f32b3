"""Rules run to the end over one document's triples.

Semi-naive in the strict sense: each triple is taken up once, and joined only with triples taken up before it.
The rule and premises of every first derivation are kept, so that any inferred triple can be explained.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rdflib import Graph, Literal, Variable
from rdflib.namespace import NamespaceManager
from rdflib.term import Node

from kg.errors import InconsistentError
from kg.graph.rules import Rule, Triple
from kg.graph.vocabulary import ZR

Derivation = tuple[Rule, tuple[Triple, ...]]
Deduction = dict[Triple, Derivation | None]
_Ids = tuple[int, int, int]


class ClashError(InconsistentError):
    """A rule without head holds: its premises exclude each other; `deduction` is what had followed until then."""

    def __init__(self, rule: Rule, premises: tuple[Triple, ...], deduction: Deduction) -> None:
        facts = " and ".join(_words(premise) for premise in premises)
        super().__init__(
            f"the document contradicts the ontology: {facts} cannot both hold ({rule.name}: {_words(rule.axiom)})"
        )
        self.rule = rule
        self.premises = premises
        self.deduction = deduction


_NAMES = NamespaceManager(Graph(), bind_namespaces="core")
_NAMES.bind("zr", ZR)


class _Index:
    """The triples taken up so far, by predicate and subject and by predicate and object."""

    def __init__(self) -> None:
        self._objects: dict[tuple[int, int], list[int]] = {}
        self._subjects: dict[tuple[int, int], list[int]] = {}
        self._triples: set[_Ids] = set()

    def add(self, triple: _Ids) -> None:
        subject, predicate, value = triple
        self._objects.setdefault((predicate, subject), []).append(value)
        self._subjects.setdefault((predicate, value), []).append(subject)
        self._triples.add(triple)

    def matches(self, atom: _Ids, slots: list[int]) -> Iterator[_Ids]:
        """Yield the triples that an atom can be, of which subject or object is bound."""
        predicate = atom[1]
        subject = atom[0] if atom[0] >= 0 else slots[-atom[0]]
        value = atom[2] if atom[2] >= 0 else slots[-atom[2]]
        if subject >= 0 and value >= 0:
            if (subject, predicate, value) in self._triples:
                yield subject, predicate, value
        elif subject >= 0:
            for each in self._objects.get((predicate, subject), ()):
                yield subject, predicate, each
        else:
            for each in self._subjects.get((predicate, value), ()):
                yield each, predicate, value


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

    def encoded(self, triple: Triple) -> _Ids:
        return self.number(triple[0]), self.number(triple[1]), self.number(triple[2])

    def triple(self, ids: _Ids) -> Triple:
        subject, predicate, value = ids
        return self.terms[subject], self.terms[predicate], self.terms[value]


@dataclass(frozen=True, slots=True)
class _Join:
    """One way into a rule: the atom that a new triple matches, then the others in the order they are joined.

    Variables are negative: -1 is the first slot. `places` tells which atom of the rule's body each of them is.
    A `plain` one has a single atom that every triple under its key matches: most rules, so it has a short way.
    """

    rule: Rule
    first: _Ids
    others: tuple[_Ids, ...]
    head: _Ids | None
    slots: int
    places: tuple[int, ...]
    plain: bool

    def in_order(self, premises: tuple[_Ids, ...]) -> list[_Ids]:
        """Return premises, which come as they were joined, in the order of the rule's body."""
        if len(premises) == 1:
            return list(premises)
        return [premise for _, premise in sorted(zip(self.places, premises, strict=True))]


def deduce(facts: Collection[Triple], rules: tuple[Rule, ...]) -> Deduction:
    """Return every triple that the rules add to the facts, with its first derivation.

    The same facts give the same derivations each time. Raises ClashError where a rule without head holds.
    """
    terms = _Terms()
    joins = _joins(rules, terms)
    joined = {atom[1] for several in joins.values() for join in several for atom in join.others}
    waiting = deque(terms.encoded(triple) for triple in sorted(facts, key=_reading_order))
    origin: dict[_Ids, tuple[_Join, tuple[_Ids, ...]] | None] = dict.fromkeys(waiting)
    index = _Index()
    while waiting:
        triple = waiting.popleft()
        if triple[1] in joined:
            index.add(triple)
        for join in (*joins.get((triple[1], -1), ()), *joins.get((triple[1], triple[2]), ())):
            found = (([-1, triple[0], triple[2]], (triple,)),) if join.plain else _matches(join, triple, index)
            for slots, premises in found:
                if join.head is None:
                    clashing = tuple(terms.triple(premise) for premise in join.in_order(premises))
                    raise ClashError(join.rule, clashing, _derivations(origin, terms))
                head = _filled(join.head, slots)
                if head not in origin and not isinstance(terms.terms[head[0]], Literal):
                    origin[head] = (join, premises)
                    waiting.append(head)
    return _derivations(origin, terms)


def _derivations(origin: dict[_Ids, tuple[_Join, tuple[_Ids, ...]] | None], terms: _Terms) -> Deduction:
    return {
        terms.triple(ids): (join.rule, tuple(terms.triple(premise) for premise in join.in_order(premises)))
        for ids, source in origin.items()
        if source
        for join, premises in (source,)
    }


def _reading_order(triple: Triple) -> tuple[str, ...]:
    subject, predicate, value = triple
    if isinstance(value, Literal):
        return str(subject), str(predicate), str(value), str(value.datatype), str(value.language)
    return str(subject), str(predicate), str(value)


def _joins(compiled: tuple[Rule, ...], terms: _Terms) -> dict[tuple[int, int], list[_Join]]:
    """Index every atom of every body by its predicate, and by its object where that is fixed."""
    joins: dict[tuple[int, int], list[_Join]] = {}
    for rule in compiled:
        slots: dict[Node, int] = {}
        body = [_encoded(atom, slots, terms) for atom in rule.body]
        head = _encoded(rule.head, slots, terms) if rule.head else None
        for position, atom in enumerate(body):
            places = _ordered(body, position)
            others = tuple(body[place] for place in places[1:])
            key = (atom[1], atom[2] if atom[2] >= 0 else -1)
            plain = not others and atom[0] == -1 and atom[2] != -1
            joins.setdefault(key, []).append(_Join(rule, atom, others, head, len(slots), places, plain))
    return joins


def _encoded(atom: Triple, slots: dict[Node, int], terms: _Terms) -> _Ids:
    subject, predicate, value = (
        slots.setdefault(term, -1 - len(slots)) if isinstance(term, Variable) else terms.number(term) for term in atom
    )
    return subject, predicate, value


def _ordered(body: list[_Ids], first: int) -> tuple[int, ...]:
    """Return the places of a body's atoms, `first` first, so that each shares a variable with those before it."""
    bound = {body[first][0], body[first][2]}
    remaining, ordered = [place for place in range(len(body)) if place != first], [first]
    while remaining:
        place = next((p for p in remaining if body[p][0] in bound or body[p][2] in bound), remaining[0])
        remaining.remove(place)
        ordered.append(place)
        bound |= {body[place][0], body[place][2]}
    return tuple(ordered)


def _matches(join: _Join, triple: _Ids, index: _Index) -> Iterator[tuple[list[int], tuple[_Ids, ...]]]:
    """Yield every way in which the rule's body holds with `triple` at the join's first atom."""
    slots = [-1] * (join.slots + 1)
    if _bound(join.first, triple, slots):
        yield from _extended(join.others, slots, (triple,), index)


def _extended(
    atoms: tuple[_Ids, ...], slots: list[int], premises: tuple[_Ids, ...], index: _Index
) -> Iterator[tuple[list[int], tuple[_Ids, ...]]]:
    if not atoms:
        yield slots, premises
        return
    for triple in index.matches(atoms[0], slots):
        longer = slots.copy()
        if _bound(atoms[0], triple, longer):
            yield from _extended(atoms[1:], longer, (*premises, triple), index)


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


def _words(triple: Triple) -> str:
    return " ".join(term.n3(_NAMES) for term in triple)
