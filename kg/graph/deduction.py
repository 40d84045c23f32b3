"""Rules run to the end over one document's triples.

Semi-naive in the strict sense: each triple is taken up once, and joined only with triples taken up before it.
The rule and premises of every first derivation are kept, so that any inferred triple can be explained.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import Graph, Literal, Variable
from rdflib.namespace import NamespaceManager
from rdflib.term import Node

from kg.errors import InconsistentError
from kg.graph.pausing import uncollected
from kg.graph.rules import Rule, Triple
from kg.graph.vocabulary import ZR

Derivation = tuple[Rule, tuple[Triple, ...]]
Deduction = Mapping[Triple, Derivation | None]
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
        self.triples: set[_Ids] = set()

    def add(self, triple: _Ids) -> None:
        subject, predicate, value = triple
        self._objects.setdefault((predicate, subject), []).append(value)
        self._subjects.setdefault((predicate, value), []).append(subject)
        self.triples.add(triple)

    def matches(self, atom: _Ids, slots: list[int]) -> Iterator[_Ids]:
        """Yield the triples that an atom can be, of which subject or object is bound."""
        predicate = atom[1]
        subject = atom[0] if atom[0] >= 0 else slots[-atom[0]]
        value = atom[2] if atom[2] >= 0 else slots[-atom[2]]
        if subject >= 0 and value >= 0:
            if (subject, predicate, value) in self.triples:
                yield subject, predicate, value
        elif subject >= 0:
            for each in self._objects.get((predicate, subject), ()):
                yield subject, predicate, each
        else:
            for each in self._subjects.get((predicate, value), ()):
                yield each, predicate, value


class _Terms:
    """Numbers for terms, so that joins compare small integers."""

    def __init__(self, known: _Terms | None = None) -> None:
        self.numbers: dict[Node, int] = dict(known.numbers) if known else {}
        self.terms: list[Node] = list(known.terms) if known else []

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
    Most rules have a short way: a `plain` one has a single atom, which every triple under its key matches, and a `sure`
    one has two, of which the first leaves nothing open in the second.
    """

    rule: Rule
    first: _Ids
    others: tuple[_Ids, ...]
    head: _Ids | None
    slots: int
    places: tuple[int, ...]
    plain: bool
    sure: bool

    def in_order(self, premises: tuple[_Ids, ...]) -> list[_Ids]:
        """Return premises, which come as they were joined, in the order of the rule's body."""
        if len(premises) == 1:
            return list(premises)
        return [premise for _, premise in sorted(zip(self.places, premises, strict=True))]


_Origin = tuple[_Join, tuple[_Ids, ...]]


class Program:
    """Rules made ready once, to be run over many documents: every way into each of them, over numbered terms."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.terms = _Terms()
        self.joins = _joins(rules, self.terms)
        self.joined = frozenset(atom[1] for several in self.joins.values() for join in several for atom in join.others)


class Derived(Mapping[Triple, Derivation | None]):
    """What rules added to some facts; a derivation is put into terms when it is asked for."""

    def __init__(self, origins: dict[Triple, _Origin], terms: _Terms) -> None:
        self._origins = origins
        self._terms = terms

    def __getitem__(self, triple: Triple) -> Derivation | None:
        join, premises = self._origins[triple]
        return join.rule, tuple(self._terms.triple(premise) for premise in join.in_order(premises))

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._origins)

    def __len__(self) -> int:
        return len(self._origins)

    def only(self, wanted: Callable[[Triple], bool]) -> Derived:
        """Return the part whose triples are wanted."""
        return Derived({triple: origin for triple, origin in self._origins.items() if wanted(triple)}, self._terms)


@uncollected()
def deduce(facts: Collection[Triple], program: Program) -> Derived:
    """Return every triple that the rules add to the facts, with its first derivation.

    The same facts give the same derivations each time. Raises ClashError where a rule without head holds.
    """
    terms = _Terms(program.terms)
    joins, joined = program.joins, program.joined
    waiting = deque(terms.encoded(triple) for triple in sorted(facts, key=_reading_order))
    origin: dict[_Ids, _Origin | None] = dict.fromkeys(waiting)
    index = _Index()
    while waiting:
        triple = waiting.popleft()
        if triple[1] in joined:
            index.add(triple)
        for join in (*joins.get((triple[1], -1), ()), *joins.get((triple[1], triple[2]), ())):
            for slots, premises in _found(join, triple, index):
                if join.head is None:
                    clashing = tuple(terms.triple(premise) for premise in join.in_order(premises))
                    raise ClashError(join.rule, clashing, _derived(origin, terms))
                head = _filled(join.head, slots)
                if head not in origin and not isinstance(terms.terms[head[0]], Literal):
                    origin[head] = (join, premises)
                    waiting.append(head)
    return _derived(origin, terms)


def _found(join: _Join, triple: _Ids, index: _Index) -> Iterable[tuple[list[int], tuple[_Ids, ...]]]:
    """Return every way in which the rule's body holds with `triple` at the join's first atom."""
    if not (join.plain or join.sure):
        return _matches(join, triple, index)
    slots = [-1, triple[0], triple[2]]
    if join.plain:
        return ((slots, (triple,)),)
    other = _filled(join.others[0], slots)
    return ((slots, (triple, other)),) if other in index.triples else ()


def _derived(origin: dict[_Ids, _Origin | None], terms: _Terms) -> Derived:
    return Derived({terms.triple(ids): source for ids, source in origin.items() if source}, terms)


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
            free = atom[0] == -1 and atom[2] != -1
            bound = all(term >= 0 or term in (-1, atom[2]) for each in others for term in (each[0], each[2]))
            short = (free and not others, free and len(others) == 1 and bound)
            joins.setdefault(key, []).append(_Join(rule, atom, others, head, len(slots), places, *short))
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
