"""XML that every reader can read: Oxigraph writes signs that XML cannot hold, and names that are none.

https://www.w3.org/TR/xml/#charsets
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, cast

from kg.errors import QueryFormatError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_FORMATS = frozenset({"xml", "rdfxml"})
_NO_NAME = rb"<oxprefix: "  # a property whose IRI does not end in a name; in a text `<` would be written otherwise
_FAULT = re.compile(_NO_NAME + rb"|[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_OVERLAP = len(_NO_NAME) - 1  # bytes of a fault that may stand at the end of what was written before


def checked(sink: IO[bytes], form: str) -> IO[bytes]:
    """Return where Oxigraph may write what is to be had in the format named `form`.

    A write raises QueryFormatError (406) for what XML cannot hold.
    """
    return cast("IO[bytes]", _Checked(sink)) if form in _FORMATS else sink


class _Checked:
    """What is between Oxigraph and where its XML goes."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._before = b""

    def write(self, chunk: ReadableBuffer) -> int:
        """Pass it on; a carriage return as a reference, as readers would make a line feed of it."""
        piece = bytes(chunk)
        both = self._before + piece
        fault = _FAULT.search(both)
        if fault is not None:
            raise QueryFormatError(f"the result has {_named(fault[0])}, which XML cannot hold; ask for another format")
        self._before = both[-_OVERLAP:]
        self._sink.write(piece.replace(b"\r", b"&#13;"))
        return len(piece)

    def flush(self) -> None:
        """Pass that on as well."""
        self._sink.flush()


def _named(fault: bytes) -> str:
    if fault == _NO_NAME:
        return "a property whose IRI does not end in a name"
    return f"the sign U+{ord(fault.decode()):04X}"
