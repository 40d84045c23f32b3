"""Lines to workers and the places they lead to: what a worker said before it went is heard, and no place is lost."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from kg.errors import QueryCrashedError, QueryTimeoutError, StoreError
from kg.store import wire
from kg.store.lines import LoopLine
from kg.store.places import Places
from kg.store.rendezvous import place

PIECES = (b"a" * 70_000, b"b" * 2_000_000, b"c")


def streamed(*, whole: bool) -> bytes:
    """Return what a worker sends of a large answer, and its end if it came to that."""
    pieces = b"".join(len(piece).to_bytes(4, "big") + piece for piece in PIECES)
    return wire.message({"streamed": True}, b"begin") + pieces + (bytes(8) if whole else b"")


async def heard(address: Path, said: bytes, *, pieces: int) -> list[bytes]:
    """Ask a worker that says so much and goes; take its pieces when it has long gone."""

    async def worker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(said)
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(worker, address):
        line = LoopLine(address, 5)
        await line.ask(wire.message({"query": "ASK {}"}))
        taken = []
        for _ in range(pieces):
            await asyncio.sleep(0.05)
            taken.append(await line.piece())
        return taken


def test_pieces_of_a_worker_that_has_gone_are_still_here(tmp_path: Path) -> None:
    assert asyncio.run(heard(tmp_path / "w", streamed(whole=True), pieces=3)) == list(PIECES)


def test_after_them_an_answer_that_was_cut_off_says_so(tmp_path: Path) -> None:
    with pytest.raises(QueryTimeoutError, match="cut off"):
        asyncio.run(heard(tmp_path / "w", streamed(whole=False), pieces=4))


def test_a_worker_that_goes_before_it_answers(tmp_path: Path) -> None:
    with pytest.raises(QueryCrashedError):
        asyncio.run(heard(tmp_path / "w", b"", pieces=0))
    with pytest.raises(StoreError, match="not there"):
        asyncio.run(LoopLine(tmp_path / "nobody", 5).ask(b""))


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
