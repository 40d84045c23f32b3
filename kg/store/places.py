"""The places of a keeper's workers: who wants to ask takes one that is free, the one given back last first.

The worker that answered last is still warm: taking turns made a query cost a quarter more. One client never has all
places: its slow queries would keep everybody else waiting for as long as a query may take.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from concurrent.futures import Future
from pathlib import Path

from kg.errors import QueryTimeoutError
from kg.store.lines import Line, LoopLine
from kg.store.rendezvous import place


class Place:
    """One worker's place, with a line to it for threads and one for an event loop; only one of them is in use."""

    def __init__(self, address: Path, seconds: float) -> None:
        self.line = Line(address, seconds)
        self.loop_line = LoopLine(address, seconds)
        self.client = ""  # who has it


class Places:
    """All the places of a keeper, for threads and for an event loop alike; `client` names who asks."""

    def __init__(self, folder: Path, workers: int, seconds: float, queue_seconds: float) -> None:
        self._free = [Place(place(folder, number), seconds) for number in reversed(range(workers))]
        self._share = max(1, workers - 1)
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[Future[Place]]] = {}
        self._lock = threading.Lock()
        self._queue_seconds = queue_seconds

    def take(self, client: str = "") -> Place:
        """Return a place when one is free; QueryTimeoutError if none is in time."""
        found = self._free_or_promised(client)
        if isinstance(found, Place):
            return found
        try:
            return found.result(self._queue_seconds)
        except TimeoutError:
            return self._late(found)

    async def taken(self, client: str = "") -> Place:
        """Return a place when one is free, without blocking the event loop; QueryTimeoutError if none is in time."""
        found = self._free_or_promised(client)
        if isinstance(found, Place):
            return found
        try:
            async with asyncio.timeout(self._queue_seconds):
                return await asyncio.wrap_future(found)
        except TimeoutError:
            return self._late(found)
        except asyncio.CancelledError:
            if not self._withdrawn(found):
                self.give_back(found.result())
            raise

    def give_back(self, free: Place) -> None:
        """Let the next one have it: of those who wait and have not their share, the one who has the fewest."""
        with self._lock:
            self._held[free.client] -= 1
            if not self._held[free.client]:
                del self._held[free.client]
            while (client := self._next()) is not None:
                queue = self._waiting.pop(client)
                promise = queue.popleft()
                if queue:
                    self._waiting[client] = queue  # behind the others
                if promise.set_running_or_notify_cancel():
                    promise.set_result(self._let(free, client))
                    return
            self._free.append(free)

    def close(self) -> None:
        """Hang up; nothing may be asked any more."""
        with self._lock:
            for free in self._free:
                free.line.hang_up()

    def _free_or_promised(self, client: str) -> Place | Future[Place]:
        with self._lock:
            if self._free and self._held[client] < self._share:
                return self._let(self._free.pop(), client)
            promise: Future[Place] = Future()
            self._waiting.setdefault(client, deque()).append(promise)
            return promise

    def _let(self, free: Place, client: str) -> Place:
        free.client = client
        self._held[client] += 1
        return free

    def _next(self) -> str | None:
        """Return the client whose turn it is; among equals the one who has waited longest."""
        below = (client for client in self._waiting if self._held[client] < self._share)
        return min(below, key=self._held.__getitem__, default=None)

    def _late(self, promise: Future[Place]) -> Place:
        if self._withdrawn(promise):
            message = f"no worker was free within {self._queue_seconds:g} s; ask again later"
            raise QueryTimeoutError(message) from None
        return promise.result()

    def _withdrawn(self, promise: Future[Place]) -> bool:
        """Do without the place; False if it was given in the same moment."""
        with self._lock:
            return promise.cancelled() or promise.cancel()
