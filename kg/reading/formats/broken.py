"""What is wrong with a document, said without its name, which the process that reads it is not told."""

from __future__ import annotations


class BrokenError(Exception):
    """A document that its format cannot read: `str(error)` says what was expected, what was found and what to do."""
