"""Work that is counted, not timed: so it comes out the same on any machine."""

from __future__ import annotations

import sys
from collections.abc import Callable


def steps_of(work: Callable[[], object]) -> int:
    """Return how many lines of Python run in `work`, and how many returns."""
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.gettrace()
    sys.settrace(lambda *_: step)  # asked once for each call; `step` then hears of each line
    try:
        work()
    finally:
        sys.settrace(before)
    return count
