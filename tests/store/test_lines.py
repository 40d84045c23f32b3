"""Lines to workers: what a worker said before it went is heard."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from kg.errors import QueryCrashedError, QueryTimeoutError, StoreError
from kg.store import wire
from kg.store.lines import Line, LoopLine

PIECES = (b"a" * 70_000, b"b" * 2_000_000, b"c")


def streamed(*, whole: bool) -> bytes:
    """Return what a worker sends of a large answer, and its end if it came to that."""
    pieces = b"".join(len(piece).to_bytes(4, "big") + piece for piece in PIECES)
    return wire.message({"streamed": True}, b"begin") + pieces + (bytes(8) if whole else b"")


async def heard(address: Path, said: bytes, *, pieces: int) -> list[bytes]:
    """Ask a worker that says so much and goes; take its pieces when it has long gone."""

    async def worker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)  # the leash, and the beginning of the question
        writer.write(said)
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(worker, address):
        line = LoopLine(address, 5)
        try:
            await line.ask(wire.message({"query": "ASK {}"}))
            taken = []
            for _ in range(pieces):
                await asyncio.sleep(0.05)
                taken.append(await line.piece())
            return taken
        finally:
            line.hang_up()


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


def test_a_line_for_threads_takes_what_is_its_own_and_leaves_the_rest(tmp_path: Path) -> None:
    """A late reader finds the head, the beginning and the pieces all at once."""
    said = wire.message({"streamed": True}, b"begin") + b"\0\0\0\3abc\0\0\0\2de" + bytes(8)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "w"))
        listener.listen()
        line = Line(tmp_path / "w", 5)

        line._connected()
        worker, _ = listener.accept()
        with worker:
            worker.sendall(said)
            assert line.ask(b"?") == ({"streamed": True}, b"begin")
            assert [line.piece(), line.piece(), line.piece()] == [b"abc", b"de", b""]
        line.hang_up()
