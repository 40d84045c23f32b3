"""The places of a keeper's workers: who wants to ask takes one that is free, the one given back last first.

The worker that answered last is still warm: taking turns made a query cost a quarter more. One client never has all
places: its slow queries would keep everybody else waiting for as long as a query may take.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from kg.errors import QueryTimeoutError
from kg.store.lines import Line, LoopLine
from kg.store.patience import Patience
from kg.store.rendezvous import place


class Place:
    """One worker's place, with a line to it for threads and one for an event loop; only one of them is in use."""

    def __init__(self, address: Path, seconds: float) -> None:
        self.line = Line(address, seconds)
        self.loop_line = LoopLine(address, seconds)
        self.client = ""  # who has it


class _Turn:
    """A place promised to a task: in its own loop it needs no lock of threads, nor a wake-up of the loop."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self.place: asyncio.Future[Place] = self._loop.create_future()

    def is_late(self) -> None:
        """Let who waits wait no longer."""
        if not self.place.done():
            self.place.set_exception(self._places.busy())

    def keep(self, free: Place) -> bool:
        """Give the place to who waits; False if nobody waits any more."""
        if threading.get_ident() == self._thread:
            return self._set(free)
        try:
            self._loop.call_soon_threadsafe(self._set_or_give_back, free)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _set(self, free: Place) -> bool:
        if self.place.done():
            return False
        self.place.set_result(free)
        return True

    def _set_or_give_back(self, free: Place) -> None:
        if not self._set(free):
            self._places.give_back(free)


class _Promise(Future[Place]):
    """A place promised to a thread."""

    def keep(self, free: Place) -> bool:
        """See `_Turn.keep`."""
        if not self.set_running_or_notify_cancel():
            return False
        self.set_result(free)
        return True


class Places:
    """All the places of a keeper, for threads and for an event loop alike; `client` names who asks."""

    def __init__(self, folder: Path, workers: int, seconds: float, queue_seconds: float) -> None:
        self._free = [Place(place(folder, number), seconds) for number in reversed(range(workers))]
        self._share = max(1, workers - 1)
        self._held: dict[str, int] = {}
        self._waiting: dict[str, deque[_Turn | _Promise]] = {}
        self._lock = threading.Lock()
        self._patience: Patience[_Turn] = Patience(queue_seconds)

    def take(self, client: str = "") -> Place:
        """Return a place when one is free; QueryTimeoutError if none is in time."""
        with self._lock:
            if (free := self._let(client)) is not None:
                return free
            promise = _Promise()
            self._waiting.setdefault(client, deque()).append(promise)
        try:
            return promise.result(self._patience.seconds)
        except TimeoutError:
            if promise.cancel():
                raise self.busy() from None
            return promise.result()

    async def taken(self, client: str = "") -> Place:
        """Return a place when one is free, without blocking the event loop; QueryTimeoutError if none is in time."""
        with self._lock:
            if (free := self._let(client)) is not None:
                return free
            turn = _Turn(self)
            self._waiting.setdefault(client, deque()).append(turn)
        self._patience.begin(turn)
        try:
            return await turn.place
        except asyncio.CancelledError:
            if not turn.place.cancelled() and turn.place.exception() is None:
                self.give_back(turn.place.result())
            raise
        finally:
            self._patience.end(turn)

    def give_back(self, free: Place) -> bool:
        """Let the next one have it: of those who wait and have not their share, the one who has the fewest.

        Returns whether there was one.
        """
        with self._lock:
            held = self._held[free.client] - 1
            if held:
                self._held[free.client] = held
            else:
                del self._held[free.client]
            while self._waiting and (client := self._next()) is not None:
                queue = self._waiting.pop(client)
                waiting = queue.popleft()
                if queue:
                    self._waiting[client] = queue  # behind the others
                before = free.client
                free.client = client
                if waiting.keep(free):
                    self._held[client] = self._held.get(client, 0) + 1
                    return True
                free.client = before
            self._free.append(free)
            return False

    def close(self) -> None:
        """Hang up; nothing may be asked any more."""
        with self._lock:
            for free in self._free:
                free.line.hang_up()

    def busy(self) -> QueryTimeoutError:
        """Return the error for who has waited in vain."""
        return QueryTimeoutError(f"no worker was free within {self._patience.seconds:g} s; ask again later")

    def _let(self, client: str) -> Place | None:
        held = self._held.get(client, 0)
        if not self._free or held >= self._share:
            return None
        self._held[client] = held + 1
        free = self._free.pop()
        free.client = client
        return free

    def _next(self) -> str | None:
        """Return the client whose turn it is; among equals the one who has waited longest."""
        below = (client for client in self._waiting if self._held.get(client, 0) < self._share)
        return min(below, key=lambda client: self._held.get(client, 0), default=None)
