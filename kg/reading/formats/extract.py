"""What taking the text out of a document comes to: the text and what could not be read, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a document, and the pages (from 1) that hold a picture and no text."""

    text: str
    pictures: tuple[int, ...] = ()


class BrokenError(Exception):
    """A document that its format cannot read: `str(error)` says what was expected, what was found and what to do.

    Without its name, which the process that reads it is not told.
    """
