"""A large answer as the body of a WSGI response: what comes first, and the pieces after it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from kg.errors import QueryError

if TYPE_CHECKING:
    from kg.store import Pieces


class LargeBody:
    """Yields bytes as they come, or a QueryError where they are cut off; `close` does without the rest.

    `size` is how many came so far, `failed` why there were no more.
    """

    def __init__(self, beginning: bytes, rest: Pieces) -> None:
        self._beginning = beginning
        self._rest = rest
        self.size = 0
        self.failed: QueryError | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in chain((self._beginning,), self._rest):
                self.size += len(piece)
                yield piece
        except QueryError as error:
            self.failed = error
            raise

    def close(self) -> None:
        """Called by the server when it is done, or the client has gone."""
        self._rest.close()
