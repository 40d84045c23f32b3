"""How a question and its answer travel between processes: a JSON head, then the bytes of the body, both with length."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTHS = struct.Struct("!II")
_DEADLINE = struct.Struct("!d")


def send_deadline(connection: socket.socket, deadline: float) -> None:
    """Tell the asker that its question was taken up and when it will be ended (`time.monotonic`, one clock for all)."""
    connection.sendall(_DEADLINE.pack(deadline))


def receive_deadline(connection: socket.socket) -> float:
    """Wait until the question is taken up; return when it will be ended."""
    return float(_DEADLINE.unpack(exactly(connection, _DEADLINE.size))[0])


def send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one message; OSError if the other side is gone."""
    encoded = json.dumps(head, ensure_ascii=False).encode()
    connection.sendall(_LENGTHS.pack(len(encoded), len(body)) + encoded + body)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Receive one message; EOFError if the other side ended before it was whole."""
    head_length, body_length = _LENGTHS.unpack(exactly(connection, _LENGTHS.size))
    head = json.loads(exactly(connection, head_length))
    return head, exactly(connection, body_length)


def exactly(connection: socket.socket, size: int) -> bytes:
    """Read `size` bytes; EOFError if the connection ends before."""
    received = bytearray(size)
    view = memoryview(received)
    while view.nbytes:
        count = connection.recv_into(view)
        if not count:
            raise EOFError("the connection ended inside a message")
        view = view[count:]
    return bytes(received)
