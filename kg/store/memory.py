"""A generation in memory, with the changes made since it was built; it catches up without loading anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import graphfiles, patch
from kg.store.generations import Generations


class Memory:
    """The quads of one generation; `version` names exactly what they are.

    While it is filled, `between` is called again and again: whoever keeps others waiting meanwhile can see to them.
    """

    def __init__(self, generations: Generations, generation: str, between: Callable[[], None] = lambda: None) -> None:
        self.generation = generation
        self.quads = _loaded(generations, generation, between)
        self._journal = generations.journal(generation)
        self._built = generations.version(generation)
        self._changes = 0
        self._offset = 0
        self._size: int | None = None
        self.catch_up()

    @property
    def version(self) -> str:
        """The version of the build and how many changes were made to it."""
        return f"{self._built}-{self._changes}" if self._changes else self._built

    @property
    def size(self) -> int:
        """How many quads there are; they are counted once, when that is first asked."""
        if self._size is None:
            self._size = len(self.quads)
        return self._size

    def catch_up(self) -> None:
        """Make the changes that stand in the journal and are not yet here."""
        for offset, changes in self._journal.entries(self._offset):
            patch.apply(self.quads, changes)
            self._offset = offset
            self._changes += 1
            if self._size is not None:
                self._size += patch.growth(changes)


def opened(generations: Generations, generation: str) -> ox.Store:
    """Return a generation's quads for reading: on disk as built, in memory if they were changed since."""
    if any(generations.journal(generation).entries()):
        return Memory(generations, generation).quads
    return generations.open(generation)


def _loaded(generations: Generations, generation: str, between: Callable[[], None]) -> ox.Store:
    """Return a generation's quads."""
    quads = ox.Store()
    return quads if generations.fill(quads, generation, between) else _dumped(generations, generation)


def _dumped(generations: Generations, generation: str) -> ox.Store:
    """Return them from Oxigraph's own files; a child reads these: RocksDB's threads must never live in this process."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        try:
            with os.fdopen(writing, "wb") as pipe:
                for nquads in _read(generations, generation):
                    pipe.write(nquads + b"\n")
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    quads = ox.Store()
    with os.fdopen(reading, "rb") as pipe:
        # `load` gives other labels to blank nodes, but a build has none (they are the users', and in the journal);
        # a store that was filled by `extend` answered a third slower.
        quads.load(pipe, ox.RdfFormat.N_QUADS)
    _, status = os.waitpid(pid, 0)
    if status:
        raise StoreError(f"{generations.folder}: the store cannot be read; build it again with `zeren build`")
    return quads


def _read(generations: Generations, generation: str) -> Iterator[bytes]:
    """Yield what Oxigraph's own files hold, in the order in which memory is filled from the copy."""
    stored = generations.open(generation)

    def lines_of(name: str) -> list[bytes]:
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        quads = stored.quads_for_pattern(None, None, None, graph)
        return (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines()

    return graphfiles.families(generations.digests(generation), lines_of)
