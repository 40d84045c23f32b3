"""What one query may use, and no more."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import ResultTooLargeError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: `seconds` to run, `memory` and `result` in bytes, `rows` solutions or triples (0: any).

    A result up to `hold` bytes is given whole or not at all; a larger one is streamed.
    """

    seconds: float
    memory: int
    result: int
    hold: int = 16 * 2**20
    rows: int = 0


def too_many(most: int) -> ResultTooLargeError:
    """Return the error for a result of more solutions or triples than are given."""
    return ResultTooLargeError(f"the result has more than {most:,} rows, the limit; add a LIMIT")
