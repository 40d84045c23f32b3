"""An answer on its way out of a worker: held back while it is small, so that it may still fail whole, then streamed."""

from __future__ import annotations

import fcntl
import socket
from typing import TYPE_CHECKING

from kg.errors import ResultTooLargeError
from kg.store import wire
from kg.store.engine import Sink
from kg.store.tally import Tally

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PIECE = 65536


class Outlet(Sink):
    """Holds back `hold` bytes; beyond them it sends what there is and streams the rest, `most` bytes in all."""

    def __init__(
        self, connection: socket.socket, version: str, hold: int, most: int, *, counting: bool = False
    ) -> None:
        super().__init__()
        self._connection = connection
        self._head = {"version": version, "media_type": "", "streamed": True}
        self._hold = hold
        self._most = most
        self._written = 0
        self._counting = counting
        self._tally: Tally | None = None
        self.streaming = False

    def begin(self, media_type: str, *, solutions: bool = False) -> None:
        """Take notice of the media type, and count solutions if that is wanted."""
        self._head["media_type"] = media_type
        self._tally = Tally(media_type) if solutions and self._counting else None

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
        wire.send_piece(self._connection, b"" if self.rows is None else b"%d" % self.rows)

    def taken(self) -> bytes:
        """Return what is held, and count what is in it."""
        held = self.getvalue()
        if self._tally:
            self._tally.take(held)
            self.rows = self._tally.rows
        return held

    def _pass_on(self) -> None:
        if self.streaming:
            wire.send_piece(self._connection, self.taken())
        else:
            self.streaming = True
            # From here on a failing send tells that the asker has gone, and a signal could mean that there is room.
            fcntl.fcntl(self._connection, fcntl.F_SETFL, 0)
            wire.send(self._connection, self._head, self.taken())
        self.seek(0)
        self.truncate()
