"""Whether a store is what it says: its version, its journal, and every passage against the text it is cut from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import StoreError
from kg.graph.iris import NAMESPACE
from kg.store import patch
from kg.store.backup import sorted_nquads
from kg.store.digests import digests_of, version_over
from kg.store.generations import Generations
from kg.store.patch import Snapshot

if TYPE_CHECKING:
    from kg.store.home import Home

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_TEXT, _PASSAGE, _START, _END, _QUOTE, _SOURCE = (
    ox.NamedNode(NAMESPACE + name) for name in ("text", "Passage", "start", "end", "quote", "source")
)
_SHOWN = 5  # faults of one kind that are named


@dataclass(frozen=True, slots=True)
class Soundness:
    """What was found: `faults` are wrong, `notes` are not; `nquads` is the content as built."""

    version: str
    nquads: bytes
    passages: int
    changes: int
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def examine(home: Home, generation: str) -> Soundness:
    """Examine a generation. Raises StoreError where it cannot be read at all."""
    about, quads = home.about(generation), home.open(generation)
    nquads = sorted_nquads(quads)
    faults, notes, changes = [], [], 0
    digests, written = digests_of(nquads), home.digests(generation)
    if (version := version_over(digests)) != about["version"]:
        faults.append(f"the content is that of version {version}, not {about['version']} as recorded")
    odd = sorted(name for name in {**digests, **written} if digests.get(name) != written.get(name))
    faults += _few([f"{name} is not what was written" for name in odd], "graphs")
    passages, wrong = _passages(quads)
    faults += _few(wrong, "passages")
    if isinstance(home, Generations):
        changes, bad, remarks = _journal(home, generation)
        faults += bad
        notes += remarks
        notes += _few([f"{word}; a start takes longer without it" for word in home.damaged(generation)], "graph files")
    return Soundness(str(about["version"]), nquads, passages, changes, tuple(faults), tuple(notes))


def differences(found: bytes, expected: bytes) -> tuple[str, ...]:
    """Return in words how quads differ from what they should be, graph by graph."""
    there, due = set(found.splitlines()), set(expected.splitlines())
    counted: dict[str, list[int]] = {}
    for side, lines in enumerate((due - there, there - due)):
        for quad in ox.parse(b"\n".join(sorted(lines)), ox.RdfFormat.N_QUADS):
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else "the default graph"
            counted.setdefault(name, [0, 0])[side] += 1
    return tuple(
        f"{name}: {missing} fact(s) missing, {extra} too many, against what its documents give"
        for name, (missing, extra) in sorted(counted.items())
    )


def _passages(quads: ox.Store) -> tuple[int, list[str]]:
    """Count the passages, and name those whose quote is not what stands in the text between start and end."""
    wrong, count = [], 0
    texts: dict[str, str] = {}
    for found in quads.quads_for_pattern(None, _TYPE, _PASSAGE, None):
        count += 1
        start, end, quote, source = (_value(quads, found, edge) for edge in (_START, _END, _QUOTE, _SOURCE))
        if not (start.isdecimal() and end.isdecimal() and source):
            wrong.append(f"{_name(found.subject)}: has no start, end or source")
            continue
        if source not in texts:
            texts[source] = _text(quads, source)
        if texts[source][int(start) : int(end)] != quote:
            wrong.append(f"{_name(found.subject)}: the text there does not read “{quote}”")
    return count, sorted(wrong)


def _value(quads: ox.Store, passage: ox.Quad, edge: ox.NamedNode) -> str:
    found = quads.quads_for_pattern(passage.subject, edge, None, passage.graph_name)
    return next((_name(quad.object) for quad in found), "")


def _text(quads: ox.Store, document: str) -> str:
    node = ox.NamedNode(document)
    return next((_name(quad.object) for quad in quads.quads_for_pattern(node, _TEXT, None, node)), "")


def _name(term: object) -> str:
    return str(term.value) if isinstance(term, (ox.NamedNode, ox.Literal)) else str(term)


def _journal(generations: Generations, generation: str) -> tuple[int, list[str], list[str]]:
    """Count the changes by users; name what is wrong with them, and what is only left over."""
    faults, notes = [], []
    journal = generations.journal(generation)
    own, count, end = ox.Store(), 0, 0
    try:
        for end, changes in journal.entries():  # noqa: B007 - the last end counts
            count += 1
            try:
                patch.apply(own, changes)
            except (SyntaxError, ValueError) as error:
                faults.append(f"the journal's change {count} cannot be made: {error}")
    except StoreError as error:
        faults.append(str(error))
    else:
        if rest := journal.rest(end):
            notes.append(f"{len(rest)} bytes of a change that was never acknowledged; the next change cuts them off")
    touched = sorted(Snapshot.of(own, generations.fixed(generation).__contains__).fixed)
    derived = generations.digests(generation).keys()
    faults += [f"the journal changes {name}, which is derived from documents" for name in touched if name in derived]
    notes += [
        f"the journal holds {name}, a name that is kept for what documents derive; the next build leaves it out"
        for name in touched
        if name not in derived
    ]
    return count, faults, notes


def _few(faults: list[str], things: str) -> list[str]:
    return faults if len(faults) <= _SHOWN else [*faults[:_SHOWN], f"and {len(faults) - _SHOWN} more {things}"]
