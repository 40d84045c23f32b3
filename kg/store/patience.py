"""How long somebody waits in an event loop: all of one kind equally long, so one timer is enough for them."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

_GRAIN = 0.001  # seconds: a loop's timers are no finer


class Waiter(Protocol):
    """Somebody who waits."""

    def is_late(self) -> None:
        """Be told that the time is over."""


Anyone = TypeVar("Anyone", bound=Waiter)


class Patience(Generic[Anyone]):
    """The waiting of one event loop, each for `seconds`; who has waited longest comes first.

    A timer of its own for everybody would cost more than most of the waiting.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: OrderedDict[Anyone, float] = OrderedDict()  # in a plain one, the first is found slower and slower
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, waiter: Anyone) -> None:
        """Let somebody wait; who does so already is given no more time."""
        if waiter in self._until:
            return
        self._until[waiter] = time.monotonic() + self.seconds
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.get_running_loop()
            self._loop.call_later(self.seconds, self._look)

    def end(self, waiter: Anyone) -> None:
        """Let somebody go, waiting or not."""
        self._until.pop(waiter, None)

    @property
    def first(self) -> Anyone | None:
        """Who has waited longest."""
        return next(iter(self._until), None)

    def _look(self) -> None:
        now = time.monotonic()
        try:
            while (first := self.first) is not None and self._until[first] <= now + _GRAIN:
                self.end(first)
                first.is_late()
        finally:
            loop, self._loop = self._loop, None
            if loop is not None and (first := self.first) is not None:
                self._loop = loop
                loop.call_later(self._until[first] - now, self._look)
