"""Python's cyclic collector kept from looking through all that is loaded while one document is closed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector rest: a closure makes many small tuples and hardly a cycle, and is over in milliseconds.

    A full collection among lexicons and ontology takes longer (75 ms) than the closure itself, and came every second
    document. Whoever found the collector at work starts it again, so that no thread leaves it off.
    """
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()
