"""What comes from a worker in an event loop (see `kg.store.wire`); a worker itself does without asyncio."""

from __future__ import annotations

import asyncio
import socket

from kg.store.wire import LENGTH, LENGTHS, Head, read_head

_AHEAD = 1 << 20  # bytes


class Incoming(asyncio.Protocol):
    """What the other side sends, in an event loop: taken in the amounts that are wanted.

    No more than `_AHEAD` bytes come in before somebody wants them.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.transport: asyncio.Transport
        self._loop = asyncio.get_running_loop()
        self._connection = connection
        self.ended: Exception | None = None
        self._received = bytearray()
        self._wanted = 0
        self._enough: asyncio.Future[None] | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take notice of the way back."""
        self.transport = transport  # type: ignore[assignment]  # a stream's is one that reads and writes

    def data_received(self, data: bytes) -> None:
        """Keep what came, and wake who waits for it."""
        self._received += data
        if self._enough is not None:
            if len(self._received) >= self._wanted:
                self._wake()
        elif len(self._received) > _AHEAD:
            self.transport.pause_reading()
            self._paused = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits that nothing more comes."""
        self.ended = exc or EOFError("the connection ended")
        self._wake()

    def send(self, message: bytes) -> None:
        """Send a message, the first since the last was answered: at once, while a loop sends only at its next turn."""
        try:
            sent = self._connection.send(message)
        except BlockingIOError:
            sent = 0
        if sent < len(message):
            self.transport.write(message[sent:])

    async def message(self) -> tuple[Head, bytes]:
        """Return one message; EOFError or OSError if the other side ended before it was whole."""
        received, end = self._received, LENGTHS.size
        while len(received) < end:
            await self._more(end)
        head_length, body_length = LENGTHS.unpack_from(received)
        begin, end = end + head_length, end + head_length + body_length
        while len(received) < end:
            await self._more(end)
        whole = self._taken(end)
        return read_head(whole[LENGTHS.size : begin]), whole[begin:]

    async def piece(self) -> bytes:
        """Return a piece of a streamed answer, empty at the end; see `message`."""
        while len(self._received) < LENGTH.size:
            await self._more(LENGTH.size)
        (size,) = LENGTH.unpack(self._taken(LENGTH.size))
        while len(self._received) < size:
            await self._more(size)
        return self._taken(size)

    def _more(self, size: int) -> asyncio.Future[None]:
        """Return what is done once so many bytes are here, or no more come."""
        if self.ended is not None:
            raise self.ended
        if self._paused:
            self.transport.resume_reading()
            self._paused = False
        self._wanted, self._enough = size, self._loop.create_future()
        return self._enough

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _wake(self) -> None:
        enough, self._enough = self._enough, None
        if enough is not None and not enough.done():
            enough.set_result(None)
