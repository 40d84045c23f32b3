"""The pieces of a streamed answer, as they come from a worker; its place is free again when nobody wants more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from kg.errors import QueryError
from kg.store.places import Place, Places


class _Taken:
    """A place that is given back once."""

    def __init__(self, place: Place, places: Places) -> None:
        self._place: Place | None = place
        self._places = places
        self.rows: int | None = None

    def _give_back(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            self._places.give_back(place)


class Rest(_Taken):
    """The pieces after the first, for threads (`kg.store.Pieces`)."""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._place is None:
            raise StopIteration
        line = self._place.line
        try:
            piece = line.piece()
            self.rows = None if piece else _number(line.piece())
        except QueryError:
            self.close()
            raise
        if not piece:
            self._give_back()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Do without what is left: the worker notices that nobody listens."""
        if self._place is not None:
            self._place.line.hang_up()
        self._give_back()

    def __del__(self) -> None:
        self.close()


class LoopRest(_Taken):
    """The same for an event loop (`kg.store.LoopPieces`)."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._place is None:
            raise StopAsyncIteration
        line = self._place.loop_line
        try:
            piece = await line.piece()
            self.rows = None if piece else _number(await line.piece())
        except BaseException:
            self.close()
            raise
        if not piece:
            self._give_back()
            raise StopAsyncIteration
        return piece

    def close(self) -> None:
        """See `Rest.close`."""
        if self._place is not None:
            self._place.loop_line.hang_up()
        self._give_back()


def _number(said: bytes) -> int | None:
    """Return how many rows an answer had, which is said after its end; None where nobody counted."""
    return int(said) if said else None
