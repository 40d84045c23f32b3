"""Who waits in an event loop is told in time, in turn and once, by one timer for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from kg.store.patience import Patience

SECONDS = 0.05


class Waiting:
    """Notes that it was told."""

    def __init__(self, told: list[Waiting], then: Callable[[Waiting], None] = lambda _: None) -> None:
        self._told = told
        self._then = then

    def is_late(self) -> None:
        self._told.append(self)
        self._then(self)


def test_who_is_late_is_told_once_and_in_turn_and_who_has_gone_is_not() -> None:
    told: list[Waiting] = []
    patience: Patience[Waiting] = Patience(SECONDS)
    waiting = [Waiting(told) for _ in range(20)]

    async def wait() -> None:
        for waiter in waiting:
            patience.begin(waiter)
        for waiter in waiting[::2]:
            patience.end(waiter)
        assert patience.first is waiting[1]
        await asyncio.sleep(3 * SECONDS)

    asyncio.run(wait())
    assert told == waiting[1::2]
    assert patience.first is None


def test_to_begin_again_gives_no_more_time_but_after_the_end() -> None:
    told: list[Waiting] = []
    patience: Patience[Waiting] = Patience(2 * SECONDS)
    again, anew = Waiting(told), Waiting(told)

    async def wait() -> float:
        begun = time.monotonic()
        patience.begin(again)
        patience.begin(anew)
        await asyncio.sleep(SECONDS)
        patience.begin(again)
        patience.end(anew)
        patience.begin(anew)
        while len(told) < 2:
            await asyncio.sleep(0.001)
        return time.monotonic() - begun

    assert asyncio.run(wait()) > 2.9 * SECONDS
    assert told == [again, anew]


def test_who_is_told_may_wait_once_more() -> None:
    told: list[Waiting] = []
    patience: Patience[Waiting] = Patience(0.005)

    async def wait() -> None:
        patience.begin(Waiting(told, patience.begin))
        while len(told) < 5:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(wait(), 10))


def test_many_need_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = 0
    told: list[Waiting] = []
    patience: Patience[Waiting] = Patience(SECONDS)

    async def wait() -> None:
        loop = asyncio.get_running_loop()
        later = loop.call_later

        def counted(delay: float, *given: Callable[[], None]) -> asyncio.TimerHandle:
            nonlocal timers
            timers += 1
            return later(delay, *given)

        monkeypatch.setattr(loop, "call_later", counted)
        for _ in range(1000):
            patience.begin(Waiting(told))
        assert timers == 1
        while len(told) < 1000:
            await asyncio.sleep(0.01)

    asyncio.run(wait())


def test_it_goes_on_in_another_loop_and_after_a_fault() -> None:
    told: list[Waiting] = []
    patience: Patience[Waiting] = Patience(SECONDS)

    def fail(_: Waiting) -> None:
        raise ValueError("in a waiter")

    async def begin() -> None:
        patience.begin(Waiting(told, fail))

    async def wait() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        patience.begin(Waiting(told))
        while len(told) < 2:
            await asyncio.sleep(0.001)

    asyncio.run(begin())
    asyncio.run(asyncio.wait_for(wait(), 10))
