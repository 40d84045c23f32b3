"""Reading: from a document as published to a plan of its responsibilities."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.reading.printout import outline_text as outline_text
    from kg.reading.reader import read_bytes as read_bytes
    from kg.reading.reader import read_file as read_file
    from kg.reading.reader import read_text as read_text

_WHERE = {"outline_text": "printout", "read_bytes": "reader", "read_file": "reader", "read_text": "reader"}

__all__ = ["outline_text", "read_bytes", "read_file", "read_text"]


# The process that only takes a document's text out of its format starts in half the time without the reader.
def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
