"""A large answer, put aside on disk until it is whole: then it has a length, or else the client gets the error.

granian ends a response that breaks off as if it were complete, so sending pieces as they come would make a cut answer
look like a whole one (measured with granian 2.8.7: curl saw no difference).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.store import Pieces

_CHUNK = 1 << 20


class Spool:
    """The whole of an answer as a WSGI response; a server calls `close` when it is done, or the client has gone."""

    def __init__(self, beginning: bytes, rest: Pieces) -> None:
        """Take the answer in; QueryError if it is cut off, OSError if the disk is full."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        try:
            self._file.write(beginning)
            for piece in rest:
                self._file.write(piece)
        except BaseException:
            rest.close()
            self._file.close()
            raise
        self.size = self._file.tell()
        self._file.seek(0)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._file.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
