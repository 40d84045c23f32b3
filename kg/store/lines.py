"""Connections to the worker at one place: one for threads, one for an event loop, kept from question to question."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import NoReturn

from kg.errors import QueryCrashedError, QueryError, QueryTimeoutError, StoreError
from kg.store import leash, wire
from kg.store.incoming import Incoming

_GRACE_SECONDS = 2.0  # beyond the time limit: a large answer still has to travel
_PATIENCE_SECONDS = 10.0  # how long a worker's place may stay without one

Message = tuple[wire.Head, bytes]
_STALE: wire.Head = {"stale": True}  # what a worker says that has nothing more to say


class _Worker:
    """Who is at the other end: where it is found, and what it means that it went in the middle of a question."""

    def __init__(self, address: Path, seconds: float) -> None:
        self.address = str(address)
        self.seconds = seconds
        self.patience = seconds + _GRACE_SECONDS

    def missing(self, error: OSError) -> NoReturn:
        raise StoreError(f"the query service is not there: {error}") from None

    def silent(self) -> NoReturn:
        raise StoreError("the query service does not answer in time") from None

    def never_begins(self) -> StoreError:
        return StoreError("the query service does not answer: its workers end before they begin")

    def ended(self, begun: float) -> QueryError:
        """Return the error for a worker that ended over the question that it was given when it was `begun`."""
        if time.monotonic() - begun >= self.seconds:
            return QueryTimeoutError(f"the query was stopped after {self.seconds:g} s, the time limit")
        return QueryCrashedError(
            "the query ended its process: it needs more memory, or is nested deeper, than one query may be"
        )

    def cut_off(self) -> NoReturn:
        raise QueryTimeoutError("the result was cut off: it came to a limit of time, size or memory") from None


class Line:
    """A connection for threads, made again for the worker's successor."""

    def __init__(self, address: Path, seconds: float) -> None:
        self._worker = _Worker(address, seconds)
        self._connection: socket.socket | None = None
        self._leash: socket.socket | None = None

    def ask(self, message: bytes) -> Message:
        """Send a question and return the answer's head and body.

        Raises the QueryError that fits where the worker ended over it, StoreError where there is none.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                head, body = self._asked(message)
            except (BrokenPipeError, ConnectionResetError):
                self.hang_up()  # the worker went before it read the question
                continue
            if "stale" not in head:
                return head, body
            self.hang_up()
        raise self._worker.never_begins()

    def piece(self) -> bytes:
        """Return the next piece of a streamed answer, empty at its end; QueryTimeoutError where it is cut off."""
        if self._connection is None:
            self._worker.cut_off()
        try:
            return wire.receive_piece(self._connection)
        except (EOFError, OSError):
            self._worker.cut_off()

    def hang_up(self) -> None:
        """End the connection; the next question makes another."""
        if self._connection is not None and self._leash is not None:
            self._connection.close()
            self._leash.close()
            self._connection = None

    def _asked(self, message: bytes) -> Message:
        connection = self._connected()
        begun = time.monotonic()
        try:
            connection.sendall(message)
            return wire.receive(connection)
        except EOFError:
            self.hang_up()
            raise self._worker.ended(begun) from None
        except BlockingIOError:
            self.hang_up()
            self._worker.silent()

    def _connected(self) -> socket.socket:
        if self._connection is None:
            try:
                self._connection, self._leash = leash.connected(self._worker.address)
            except OSError as error:
                self._worker.missing(error)
            wire.patient(self._connection, self._worker.patience)
        return self._connection


class LoopLine:
    """The same for an event loop: whoever waits here may be cancelled, and the worker then ends (kg.store.worker).

    It has no patience of its own: the worker's alarm ends what takes too long.
    """

    def __init__(self, address: Path, seconds: float) -> None:
        self._worker = _Worker(address, seconds)
        self._incoming: Incoming | None = None
        self._leash: socket.socket | None = None

    async def ask(self, message: bytes) -> Message:
        """See `Line.ask`."""
        until = 0.0
        while True:
            incoming = self._incoming
            if incoming is None or incoming.ended is not None:  # the worker may have gone since
                incoming = await self._connected()
            begun = time.monotonic()
            try:
                incoming.send(message)
                head, body = await incoming.message()
            except OSError:
                head = _STALE
            except EOFError:
                self.hang_up()
                raise self._worker.ended(begun) from None
            except asyncio.CancelledError:
                self.hang_up()
                raise
            if "stale" not in head:
                return head, body
            self.hang_up()
            until = until or begun + _PATIENCE_SECONDS
            if time.monotonic() > until:
                raise self._worker.never_begins()

    async def piece(self) -> bytes:
        """See `Line.piece`."""
        if self._incoming is None:
            self._worker.cut_off()
        try:
            # Of a worker that has gone, what it said may still be here.
            return await self._incoming.piece()
        except (EOFError, OSError):
            self._worker.cut_off()

    def hang_up(self) -> None:
        """See `Line.hang_up`."""
        if self._incoming is not None and self._leash is not None:
            self._incoming.transport.abort()
            self._leash.close()
            self._incoming = None

    async def _connected(self) -> Incoming:
        self.hang_up()
        try:
            connection, self._leash = leash.connected(self._worker.address)
        except OSError as error:
            self._worker.missing(error)
        loop = asyncio.get_running_loop()
        try:
            _, self._incoming = await loop.create_unix_connection(lambda: Incoming(connection), sock=connection)
        except BaseException:
            connection.close()
            self._leash.close()
            raise
        return self._incoming
