"""How a question and its answer travel between processes: a JSON head, then the bytes of the body, both with length."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTHS = struct.Struct("!II")
_LENGTH = struct.Struct("!I")
_TIME = struct.Struct("@ll")  # struct timeval
_CHUNK = 65536


def patient(connection: socket.socket, seconds: float) -> None:
    """Let each send and receive take so many seconds at most; then it raises BlockingIOError.

    The kernel keeps the time: Python's own timeouts cost a poll for each call.
    """
    limit = _TIME.pack(int(seconds), int(seconds % 1 * 1_000_000))
    connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def message(head: dict[str, Any], body: bytes = b"") -> bytes:
    """Return one message as it travels."""
    encoded = json.dumps(head, ensure_ascii=False).encode()
    return _LENGTHS.pack(len(encoded), len(body)) + encoded + body


def send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one message; OSError if the other side is gone."""
    connection.sendall(message(head, body))


def send_piece(connection: socket.socket, piece: bytes) -> None:
    """Send a piece of a streamed answer; an empty one is its end."""
    connection.sendall(_LENGTH.pack(len(piece)) + piece)


def receive_piece(connection: socket.socket) -> bytes:
    """Receive a piece; empty at the end. EOFError if the other side ended before."""
    (size,) = _LENGTH.unpack(_whole(connection, b"", _LENGTH.size))
    return bytes(_whole(connection, b"", size))


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Receive one message; EOFError if the other side ended before it was whole."""
    received = connection.recv(_CHUNK)
    while len(received) < _LENGTHS.size:
        received += _more(connection, _LENGTHS.size - len(received))
    head_length, body_length = _LENGTHS.unpack_from(received)
    start = _LENGTHS.size + head_length
    whole = _whole(connection, received, start + body_length)
    return json.loads(whole[_LENGTHS.size : start]), bytes(whole[start:])


def _whole(connection: socket.socket, received: bytes, size: int) -> bytes | bytearray:
    if len(received) == size:  # nearly always: a small message comes in one piece
        return received
    whole = bytearray(size)
    whole[: len(received)] = received
    view = memoryview(whole)[len(received) :]
    while view.nbytes:
        count = connection.recv_into(view)
        if not count:
            raise EOFError("the connection ended inside a message")
        view = view[count:]
    return whole


def _more(connection: socket.socket, size: int) -> bytes:
    chunk = connection.recv(size)
    if not chunk:
        raise EOFError("the connection ended inside a message")
    return chunk
