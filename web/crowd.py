"""How many requests of one client, and of all, are answered at a time; who comes on top is told to come back."""

from __future__ import annotations

from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

_RETRY_SECONDS = 1


class Crowd:
    """Those who are being answered, all in one event loop: at most `each` of one client, at most `everybody` in all."""

    def __init__(self, each: int, everybody: int) -> None:
        self._each = each
        self._everybody = everybody
        self._clients: dict[str, int] = {}
        self._count = 0

    def enter(self, client: str) -> None:
        """Count a request in; TooManyRequests (429) or ServiceUnavailable (503) if there are too many."""
        count = self._clients.get(client, 0)
        if count >= self._each:
            raise TooManyRequests(f"{self._each} of your requests are being answered", retry_after=_RETRY_SECONDS)
        if self._count >= self._everybody:
            raise ServiceUnavailable("too many requests are being answered", retry_after=_RETRY_SECONDS)
        self._clients[client] = count + 1
        self._count += 1

    def leave(self, client: str) -> None:
        """Count it out."""
        self._count -= 1
        count = self._clients[client] - 1
        if count:
            self._clients[client] = count
        else:
            del self._clients[client]
