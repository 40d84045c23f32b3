"""An answer on its way out of a worker: held back while it is small, so that it may still fail whole, then streamed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from kg.errors import ResultTooLargeError
from kg.store import wire
from kg.store.engine import Sink
from kg.store.limits import Limits, too_many
from kg.store.tally import Tally

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PIECE = 65536


class Outlet(Sink):
    """Holds back what `limits` say; beyond that it sends what there is and streams the rest, as far as they let it."""

    def __init__(self, connection: socket.socket, version: str, limits: Limits, *, counting: bool = False) -> None:
        super().__init__()
        self._connection = connection
        self._version = version
        self._limits = limits
        self._written = 0
        self._counting = counting
        self._media_type = ""
        self._has_rows = False
        self._tally: Tally | None = None
        self.most_rows = limits.rows
        self.streaming = False
        self.body = b""  # of an answer that is not streamed, once it is whole

    def begin(self, media_type: str, *, solutions: bool = False) -> None:
        """Take notice of the media type, and count solutions if that is wanted."""
        self._media_type = media_type
        self._has_rows = solutions and bool(self._counting or self.most_rows)

    def write(self, chunk: ReadableBuffer) -> int:
        """Take some bytes; ResultTooLargeError beyond the limit, OSError if the client has gone."""
        size = super().write(chunk)
        self._written += size
        if self._written > self._limits.result:
            raise ResultTooLargeError(
                f"the result is larger than {self._limits.result:,} bytes, the limit; add a LIMIT"
            )
        if self.tell() > (_PIECE if self.streaming else self._limits.hold):
            self._pass_on()
        return size

    def end(self) -> None:
        """Take notice that all is written. ResultTooLargeError if that is more than it may be after all."""
        if self.streaming:
            self._pass_on()
        else:
            self.body = self.getvalue()
            # A row has a byte at least, so most answers need not be counted to know that they are small enough.
            if self._counting or len(self.body) > self.most_rows:
                self._count(self.body)

    def finish(self) -> None:
        """Send the end of a streamed answer."""
        wire.send_piece(self._connection, b"")
        wire.send_piece(self._connection, b"" if self.rows is None else b"%d" % self.rows)

    def _count(self, piece: bytes) -> None:
        if self._has_rows:
            if self._tally is None:
                self._tally = Tally(self._media_type)
            self._tally.take(piece)
            self.rows = self._tally.rows
            if self.most_rows and self.rows > self.most_rows:
                raise too_many(self.most_rows)

    def _pass_on(self) -> None:
        held = self.getvalue()
        self._count(held)
        if self.streaming:
            if held:
                wire.send_piece(self._connection, held)
        else:
            self.streaming = True
            head = {"version": self._version, "media_type": self._media_type, "streamed": True}
            wire.send(self._connection, head, held)
        self.seek(0)
        self.truncate()
