"""The places of a keeper's workers: no place is lost, and no client has them all."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryTimeoutError
from kg.store.places import Place, Places
from kg.store.rendezvous import place


def test_the_place_given_back_last_is_taken_first(tmp_path: Path) -> None:
    places = Places(tmp_path, 3, 1, 1)
    first, second = places.take(), places.take()
    places.give_back(second)
    places.give_back(first)
    assert places.take() is first


def test_who_waits_is_served_in_turn_and_who_gives_up_loses_no_place(tmp_path: Path) -> None:
    places = Places(tmp_path, 1, 1, 5)

    async def many() -> int:
        taken = places.take()
        waiting = [asyncio.create_task(places.taken()) for _ in range(20)]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
        places.give_back(taken)
        served = 0
        for task in waiting[1::2]:
            places.give_back(await task)
            served += 1
        return served

    assert asyncio.run(many()) == 10
    assert places.take() is not None


def test_who_is_cancelled_in_the_moment_it_is_served_gives_the_place_back(tmp_path: Path) -> None:
    places = Places(tmp_path, 1, 1, 0.2)

    async def moment() -> None:
        taken = places.take()
        task = asyncio.create_task(places.taken())
        await asyncio.sleep(0.01)
        places.give_back(taken)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(moment())
    assert places.take() is not None


def test_threads_share_places_and_those_without_are_told(tmp_path: Path) -> None:
    places = Places(tmp_path, 1, 1, 0.1)
    taken = places.take()
    with pytest.raises(QueryTimeoutError, match="no worker was free"):
        places.take()
    with pytest.raises(QueryTimeoutError, match="no worker was free"):
        asyncio.run(places.taken())
    threading.Timer(0.03, places.give_back, (taken,)).start()
    assert places.take() is taken


def test_places_lead_to_the_keepers_workers(tmp_path: Path) -> None:
    assert [place(tmp_path, number).name for number in range(2)] == ["worker-0", "worker-1"]


def test_one_place_is_left_for_the_others(tmp_path: Path) -> None:
    places = Places(tmp_path, 4, 1, 0.05)
    held = [places.take("greedy") for _ in range(3)]
    with pytest.raises(QueryTimeoutError):
        places.take("greedy")
    last = places.take("modest")
    places.give_back(last)
    places.give_back(held.pop())
    assert places.take("greedy") is not last, "one that was not its own"


def test_who_has_the_fewest_is_next(tmp_path: Path) -> None:
    places = Places(tmp_path, 3, 1, 1)
    order: list[str] = []

    async def wait(client: str) -> None:
        await places.taken(client)
        order.append(client)

    async def many() -> None:
        held = [places.take("a"), places.take("a"), places.take("b")]
        waiting = [asyncio.create_task(wait(client)) for client in ("a", "a", "b", "c", "d")]
        await asyncio.sleep(0.01)
        for taken in held:
            places.give_back(taken)
            await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()

    asyncio.run(many())
    assert order == ["c", "a", "b"]


def test_with_one_worker_clients_take_turns(tmp_path: Path) -> None:
    places = Places(tmp_path, 1, 1, 1)
    order: list[str] = []

    async def ask(client: str) -> None:
        taken = await places.taken(client)
        order.append(client)
        await asyncio.sleep(0.001)
        places.give_back(taken)

    async def many() -> None:
        await asyncio.gather(*(ask(client) for client in "aaaabb"))

    asyncio.run(many())
    assert "".join(order) == "aababa", "nobody waits for all of another's"


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_whoever_comes_and_goes_no_place_is_lost_and_no_share_is_passed(clients: Sequence[str], workers: int) -> None:
    places = Places(Path(), workers, 1, 5)
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def ask(client: str) -> None:
        taken: Place = await places.taken(client)
        running[client] += 1
        most[client] = max(most[client], running[client])
        try:
            await asyncio.sleep(0)
        finally:
            running[client] -= 1
            places.give_back(taken)

    async def many() -> None:
        tasks = [asyncio.create_task(ask(client)) for client in clients]
        await asyncio.sleep(0)
        for task in tasks[::4]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(many())
    assert all(count <= max(1, workers - 1) for count in most.values())
    assert len({id(places.take(f"new {n}")) for n in range(workers)}) == workers
