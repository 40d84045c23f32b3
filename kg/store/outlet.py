"""An answer on its way out of a worker: held back while it is small, so that it may still fail whole, then streamed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from kg.errors import ResultTooLargeError
from kg.store import wire
from kg.store.engine import Sink

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PIECE = 65536


class Outlet(Sink):
    """Holds back `hold` bytes; beyond them it sends what there is and streams the rest, `most` bytes in all."""

    def __init__(self, connection: socket.socket, version: str, hold: int, most: int) -> None:
        super().__init__()
        self._connection = connection
        self._head = {"version": version, "media_type": "", "streamed": True}
        self._hold = hold
        self._most = most
        self._written = 0
        self.streaming = False

    def begin(self, media_type: str) -> None:
        """Take notice of the media type."""
        self._head["media_type"] = media_type

    def write(self, chunk: ReadableBuffer) -> int:
        """Take some bytes; ResultTooLargeError beyond the limit, OSError if the client has gone."""
        size = super().write(chunk)
        self._written += size
        if self._written > self._most:
            raise ResultTooLargeError(f"the result is larger than {self._most:,} bytes, the limit; add a LIMIT")
        if self.tell() > (_PIECE if self.streaming else self._hold):
            self._pass_on()
        return size

    def finish(self) -> None:
        """Send what is left of a streamed answer, and its end."""
        if self.tell():
            self._pass_on()
        wire.send_piece(self._connection, b"")

    def _pass_on(self) -> None:
        if self.streaming:
            wire.send_piece(self._connection, self.getvalue())
        else:
            self.streaming = True
            wire.send(self._connection, self._head, self.getvalue())
        self.seek(0)
        self.truncate()
