"""How a question and its answer travel between processes: a JSON head, then the bytes of the body, both with length."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LENGTHS = struct.Struct("!II")  # of the head and the body, before a message
LENGTH = struct.Struct("!I")  # of a piece, before it
_TIME = struct.Struct("@ll")  # struct timeval
_CHUNK = 65536
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
    return b"".join((LENGTHS.pack(len(encoded), len(body)), encoded, body))


def send(connection: socket.socket, head: Head | bytes, body: bytes = b"") -> None:
    """Send one message; OSError if the other side is gone."""
    connection.sendall(message(head, body))


def send_piece(connection: socket.socket, piece: bytes) -> None:
    """Send a piece of a streamed answer; an empty one is its end."""
    connection.sendall(LENGTH.pack(len(piece)) + piece)


def receive_piece(connection: socket.socket) -> bytes:
    """Receive a piece; empty at the end. EOFError if the other side ended before."""
    (size,) = LENGTH.unpack(_whole(connection, LENGTH.size))
    return bytes(_whole(connection, size))


def receive(connection: socket.socket) -> tuple[Head, bytes]:
    """Receive one message; EOFError if the other side ended before it was whole."""
    head_length, body_length = LENGTHS.unpack(_whole(connection, LENGTHS.size))
    whole = _whole(connection, head_length + body_length)
    return read_head(bytes(whole[:head_length])), bytes(whole[head_length:])


def read_head(encoded: bytes) -> Head:
    """Return a head from what travelled."""
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
