"""What a query or a change asks of other hosts: refused or fetched, and put where it was asked.

No process that holds the store ever opens a connection: SERVICE becomes the VALUES that the service gave, LOAD the
triples that the document holds, and both then run under the seal of every other query (kg.store.worker). So a host
that this text hides from us is one that nobody can reach.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from kg.errors import ForeignHostError, QueryError, QueryTimeoutError, ResultTooLargeError, UpstreamError
from kg.store.elsewhere import Elsewhere
from kg.store.foreign import MOST, Clause
from kg.store.hosts import OPTION, Hosts

_AT_ONCE = 3  # of the server's threads: a service that asks itself must find others free
_SLOTS = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be asked of other hosts: which, for how many seconds in all, and how many bytes each may give."""

    hosts: Hosts = field(default_factory=Hosts)
    seconds: float = 10.0
    max_bytes: int = 16 * 2**20

    def filled(self, text: str, clauses: Sequence[Clause]) -> str:
        """Return the text with what other hosts gave in place of its SERVICE and LOAD clauses; its lines stay.

        Raises ForeignHostError before anything is asked, unless all of them name a host that is allowed; UpstreamError
        of the kind that fits where one does not give what it was asked for.
        """
        addresses = {clause: self._address(clause) for clause in clauses}
        asked = [clause for clause in clauses if not clause.nested]
        if len(asked) > MOST:
            raise QueryError(f"other hosts are asked more than {MOST} times")
        if not asked:
            return text
        with _slot():
            elsewhere = Elsewhere(self.seconds, self.max_bytes)
            parts, last = [], 0
            for clause in asked:
                lines = "\n" * text.count("\n", clause.start, clause.end)
                parts += [text[last : clause.start], _given(elsewhere, clause, addresses[clause]), lines]
                last = clause.end
            return "".join([*parts, text[last:]])

    def _address(self, clause: Clause) -> str:
        """Return the address to ask; of what may come to nothing (LOAD SILENT) an empty one where none is allowed.

        ForeignHostError unless its host is allowed.
        """
        if clause.unknown:
            raise ForeignHostError(
                f"{clause.unknown}: which host that is must stand in the text as an IRI, and be allowed ({OPTION})"
            )
        try:
            return self.hosts.address(clause.iri)
        except ForeignHostError:
            if clause.silent and not clause.query:
                return ""
            raise


def _given(elsewhere: Elsewhere, clause: Clause, address: str) -> str:
    if not address:
        return "INSERT DATA {}"
    try:
        if clause.query:
            return elsewhere.solutions(address, clause.query)
        return elsewhere.triples(address, clause.iri, clause.graph)
    except (UpstreamError, ResultTooLargeError):
        if not clause.silent:
            raise
        return "VALUES () { () }" if clause.query else "INSERT DATA {}"


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(blocking=False):
        raise QueryTimeoutError(f"{_AT_ONCE} others are being answered with the help of other hosts; ask again later")
    try:
        yield
    finally:
        _SLOTS.release()
