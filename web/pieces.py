"""A large answer as the body of a WSGI response: what comes first, and the pieces after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.store import Pieces


class LargeBody:
    """Yields bytes as they come, or a QueryError where they are cut off; `close` does without the rest."""

    def __init__(self, beginning: bytes, rest: Pieces) -> None:
        self._beginning = beginning
        self._rest = rest

    def __iter__(self) -> Iterator[bytes]:
        yield self._beginning
        yield from self._rest

    def close(self) -> None:
        """Called by the server when it is done, or the client has gone."""
        self._rest.close()
