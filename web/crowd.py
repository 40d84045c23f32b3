"""How many requests of one client, and of all, are answered at a time; who comes on top is told to come back."""

from __future__ import annotations

from collections import Counter

from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

_RETRY_SECONDS = 1


class Crowd:
    """Those who are being answered, all in one event loop: at most `each` of one client, at most `everybody` in all."""

    def __init__(self, each: int, everybody: int) -> None:
        self._each = each
        self._everybody = everybody
        self._clients: Counter[str] = Counter()
        self._count = 0

    def admitted(self, client: str) -> _Admitted:
        """Let a request of `client` in; TooManyRequests (429) or ServiceUnavailable (503) if there are too many."""
        return _Admitted(self, client)

    def enter(self, client: str) -> None:
        """Count a request in, if there is room for it."""
        if self._clients[client] >= self._each:
            raise TooManyRequests(f"{self._each} of your requests are being answered", retry_after=_RETRY_SECONDS)
        if self._count >= self._everybody:
            raise ServiceUnavailable("too many requests are being answered", retry_after=_RETRY_SECONDS)
        self._clients[client] += 1
        self._count += 1

    def leave(self, client: str) -> None:
        """Count it out."""
        self._count -= 1
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]


class _Admitted:
    def __init__(self, crowd: Crowd, client: str) -> None:
        self._crowd = crowd
        self._client = client

    def __enter__(self) -> None:
        self._crowd.enter(self._client)

    def __exit__(self, *_: object) -> None:
        self._crowd.leave(self._client)
