"""What a change adds and removes, as lines: the one form in which changes are kept, replayed and passed on.

A <s> <p> <o> <g> .    a quad added          G <g>    a graph created
D <s> <p> <o> <g> .    a quad removed        X <g>    a graph dropped
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

_ADD, _DELETE, _CREATE, _DROP = b"A ", b"D ", b"G ", b"X "
_BLANK = b"_:"  # how a blank node begins, or something within a literal


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The graphs that may be changed, as sets of N-Triples lines, and the others as their bytes."""

    own: dict[str, frozenset[bytes]]
    fixed: dict[str, bytes]

    @classmethod
    def of(cls, quads: ox.Store, is_fixed: Callable[[str], bool], among: Collection[str] | None = None) -> Snapshot:
        """Take a snapshot, of these graphs only if they are named; the default graph's name is the empty string."""
        own = {"": _lines(quads, ox.DefaultGraph())} if among is None or "" in among else {}
        fixed = {}
        for graph in quads.named_graphs():
            name = graph.value
            if among is not None and name not in among:
                continue
            if is_fixed(name):
                fixed[name] = quads.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
            else:
                own[name] = _lines(quads, graph)
        return cls(own, fixed)

    def size(self) -> int:
        """Return how many quads are in it."""
        return sum(map(len, self.own.values())) + sum(lines.count(b"\n") for lines in self.fixed.values())

    def patch_to(self, after: Snapshot) -> bytes:
        """Return the patch that makes this snapshot's own graphs those of `after`: removals first, sorted."""
        removed, added = [], []
        for name in sorted(self.own.keys() | after.own.keys()):
            before_lines, after_lines = self.own.get(name, frozenset()), after.own.get(name, frozenset())
            removed += [_DELETE + _quad(line, name) for line in sorted(before_lines - after_lines)]
            added += [_ADD + _quad(line, name) for line in sorted(after_lines - before_lines)]
        dropped = [_DROP + _iri(name) for name in sorted(self.own.keys() - after.own.keys())]
        created = [_CREATE + _iri(name) for name in sorted(after.own.keys() - self.own.keys())]
        return b"".join(line + b"\n" for line in (*removed, *dropped, *created, *added))


def growth(patch: bytes) -> int:
    """Return by how many quads a store grows with a patch that was made for what it holds."""
    return _count(patch, _ADD) - _count(patch, _DELETE)


def apply(quads: ox.Store, patch: bytes) -> None:
    """Make a patch's changes; blank nodes keep the labels that they have in it."""
    lines = patch.split(b"\n")
    for quad in _parsed(lines, _DELETE):
        quads.remove(quad)
    for line in lines:
        if line.startswith(_DROP):
            quads.remove_graph(_node(line))
        elif line.startswith(_CREATE):
            quads.add_graph(_node(line))
    added = [line for line in lines if line.startswith(_ADD)]
    # `load` is quicker, but gives other labels to blank nodes; written by a strict reader, the lines need none again.
    plain = b"\n".join(line[len(_ADD) :] for line in added if _BLANK not in line)
    quads.load(plain, ox.RdfFormat.N_QUADS, lenient=True)
    quads.extend(_parsed((line for line in added if _BLANK in line), _ADD))


def _count(patch: bytes, kind: bytes) -> int:
    return patch.startswith(kind) + patch.count(b"\n" + kind)


def _lines(quads: ox.Store, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> frozenset[bytes]:
    written = quads.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
    return frozenset(line for line in written.split(b"\n") if line)


def _quad(line: bytes, graph: str) -> bytes:
    return line.removesuffix(b".") + _iri(graph) + b" ." if graph else line


def _iri(graph: str) -> bytes:
    return b"<" + graph.encode() + b">"


def _node(line: bytes) -> ox.NamedNode:
    return ox.NamedNode(line[len(_DROP) :].strip(b"<> \r").decode())


def _parsed(lines: Iterable[bytes], kind: bytes) -> Iterable[ox.Quad]:
    return ox.parse(b"\n".join(line[len(kind) :] for line in lines if line.startswith(kind)), ox.RdfFormat.N_QUADS)
