"""How a question and its answer travel between processes: a JSON head, then the bytes of the body, both with length."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_LENGTHS = struct.Struct("!II")
_LENGTH = struct.Struct("!I")
_TIME = struct.Struct("@ll")  # struct timeval
_CHUNK = 65536
_AHEAD = 1 << 20  # bytes
_SHORT = 512  # bytes of a head that comes again and again, and is remembered
_encode = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` makes one in every call

Head = Mapping[str, Any]


def patient(connection: socket.socket, seconds: float) -> None:
    """Let each send and receive take so many seconds at most; then it raises BlockingIOError.

    The kernel keeps the time: Python's own timeouts cost a poll for each call.
    """
    limit = _TIME.pack(int(seconds), int(seconds % 1 * 1_000_000))
    connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def headed(head: Head) -> bytes:
    """Return a head as it travels."""
    return _encode(head).encode()


def message(head: Head | bytes, body: bytes = b"") -> bytes:
    """Return one message as it travels; its head may be `headed` already."""
    encoded = head if isinstance(head, bytes) else headed(head)
    return b"".join((_LENGTHS.pack(len(encoded), len(body)), encoded, body))


def send(connection: socket.socket, head: Head | bytes, body: bytes = b"") -> None:
    """Send one message; OSError if the other side is gone."""
    connection.sendall(message(head, body))


def send_piece(connection: socket.socket, piece: bytes) -> None:
    """Send a piece of a streamed answer; an empty one is its end."""
    connection.sendall(_LENGTH.pack(len(piece)) + piece)


def receive_piece(connection: socket.socket) -> bytes:
    """Receive a piece; empty at the end. EOFError if the other side ended before."""
    (size,) = _LENGTH.unpack(_whole(connection, _LENGTH.size))
    return bytes(_whole(connection, size))


def receive(connection: socket.socket) -> tuple[Head, bytes]:
    """Receive one message; EOFError if the other side ended before it was whole."""
    head_length, body_length = _LENGTHS.unpack(_whole(connection, _LENGTHS.size))
    whole = _whole(connection, head_length + body_length)
    return _head(bytes(whole[:head_length])), bytes(whole[head_length:])


def receive_alone(connection: socket.socket) -> tuple[Head, bytes]:
    """The same for a message that nothing follows before it is answered: what is there may be taken at once."""
    received = connection.recv(_CHUNK)
    begin = _LENGTHS.size
    if len(received) < begin:
        received += _whole(connection, begin - len(received))
    head_length, body_length = _LENGTHS.unpack_from(received)
    end = begin + head_length + body_length
    if len(received) < end:
        received += _whole(connection, end - len(received))
    return _head(received[begin : begin + head_length]), received[begin + head_length :]


def _head(encoded: bytes) -> Head:
    return _remembered(encoded) if len(encoded) <= _SHORT else json.loads(encoded)


@lru_cache(maxsize=128)
def _remembered(encoded: bytes) -> Head:
    head: Head = json.loads(encoded)
    return head


def _whole(connection: socket.socket, size: int) -> bytes | bytearray:
    """Receive so many bytes and no more: what follows is the first piece of a streamed answer."""
    received = connection.recv(min(size, _CHUNK)) if size else b""
    if len(received) == size:  # nearly always: a small message comes in one piece
        return received
    if not received:
        raise EOFError("the connection ended inside a message")
    whole = bytearray(size)
    whole[: len(received)] = received
    view = memoryview(whole)[len(received) :]
    while view.nbytes:
        count = connection.recv_into(view)
        if not count:
            raise EOFError("the connection ended inside a message")
        view = view[count:]
    return whole


class Incoming(asyncio.Protocol):
    """What the other side sends, in an event loop: taken in the amounts that are wanted.

    No more than `_AHEAD` bytes come in before somebody wants them.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.transport: asyncio.Transport
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
        received, end = self._received, _LENGTHS.size
        while len(received) < end:
            await self._more(end)
        head_length, body_length = _LENGTHS.unpack_from(received)
        begin, end = end + head_length, end + head_length + body_length
        while len(received) < end:
            await self._more(end)
        whole = self._taken(end)
        return _head(whole[_LENGTHS.size : begin]), whole[begin:]

    async def piece(self) -> bytes:
        """Return a piece of a streamed answer, empty at the end; see `message`."""
        while len(self._received) < _LENGTH.size:
            await self._more(_LENGTH.size)
        (size,) = _LENGTH.unpack(self._taken(_LENGTH.size))
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
        self._wanted, self._enough = size, asyncio.get_running_loop().create_future()
        return self._enough

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _wake(self) -> None:
        enough, self._enough = self._enough, None
        if enough is not None and not enough.done():
            enough.set_result(None)
