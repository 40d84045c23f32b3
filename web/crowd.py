"""How many requests of one client, and of all, are answered at a time; who comes on top is told to come back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

_RETRY_SECONDS = 1


class Crowd:
    """Those who are being answered: at most `each` requests of one client, at most `everybody` in all."""

    def __init__(self, each: int, everybody: int) -> None:
        self._each = each
        self._everybody = everybody
        self._clients: Counter[str] = Counter()
        self._count = 0
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Let a request of `client` in; TooManyRequests (429) or ServiceUnavailable (503) if there are too many."""
        with self._lock:
            if self._clients[client] >= self._each:
                raise TooManyRequests(f"{self._each} of your requests are being answered", retry_after=_RETRY_SECONDS)
            if self._count >= self._everybody:
                raise ServiceUnavailable("too many requests are being answered", retry_after=_RETRY_SECONDS)
            self._clients[client] += 1
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
                self._clients[client] -= 1
                if not self._clients[client]:
                    del self._clients[client]
