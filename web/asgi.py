"""A request as ASGI brings it: its headers, its body up to a limit, and whether the client is still there.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout, ServiceUnavailable

if TYPE_CHECKING:
    from kg.store.patience import Patience

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]
# The extension by which a server takes a response in one piece: a function of status, headers `as_sent` and body, which
# tells whether it has.
WHOLE = "zeren.whole"
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_BODY_SECONDS = 30.0  # in which a request must have arrived
NOT_IN_PIECES = "the result is too large for HTTP/1.0, which has no way to send it: use HTTP/1.1, or add a LIMIT"
_RETRY_SECONDS = 5


class ClientGoneError(Exception):
    """The client left before it had its answer."""


class Bodies:
    """The bodies of all requests under way, each held until its request is answered.

    They have `most` bytes in all; those of one client have half of that.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._clients: Counter[str] = Counter()

    def room(self, client: str) -> Room:
        """Return room for one of them; what it took is given back in the end."""
        return Room(self, client)

    def take(self, client: str, size: int) -> None:
        """Take room for so many bytes more; ServiceUnavailable if there is none."""
        if self._held + size > self._most or self._clients[client] + size > self._most // 2:
            raise ServiceUnavailable("too many large requests are under way", retry_after=_RETRY_SECONDS)
        self._held += size
        self._clients[client] += size

    def give_back(self, client: str, size: int) -> None:
        """Give room back."""
        self._held -= size
        self._clients[client] -= size
        if not self._clients[client]:
            del self._clients[client]


class Room:
    """What one body takes of the room for all."""

    __slots__ = ("_bodies", "_client", "_size")

    def __init__(self, bodies: Bodies, client: str) -> None:
        self._bodies = bodies
        self._client = client
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bodies.give_back(self._client, self._size)

    def take(self, size: int) -> None:
        """See `Bodies.take`."""
        self._bodies.take(self._client, size)
        self._size += size


async def body_of(receive: Receive, largest: int, room: Room) -> bytes:
    """Return a request's body, for which there must be room.

    RequestEntityTooLarge if it has more than `largest` bytes, ServiceUnavailable if there is no room, RequestTimeout if
    it dawdles, BadRequest if it broke off.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":  # what came is a part, and a part of a change is another one
                    raise BadRequest("the request broke off")
                piece = message.get("body", b"")
                if len(body) + len(piece) > largest:
                    raise RequestEntityTooLarge(f"a request may have {largest:,} bytes")
                room.take(len(piece))
                body += piece
                more = message.get("more_body", False)
    except TimeoutError:
        raise RequestTimeout(f"the request did not arrive within {_BODY_SECONDS:g} s") from None
    return bytes(body)


class WhileWanted:
    """Cancels what is done meanwhile when the client leaves, and makes it a ClientGoneError.

    The body must have been read before: from then on a server has nothing to say but that. Most answers are out before
    it is worth listening: `patience` says when it is.
    """

    def __init__(self, receive: Receive, patience: Patience[WhileWanted]) -> None:
        self._receive = receive
        self._patience = patience
        self._listener: asyncio.Task[None] | None = None
        self._gone = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._patience.begin(self)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._patience.end(self)
        if self._listener is not None:
            self._listener.cancel()
        if self._gone and kind is asyncio.CancelledError and self._task is not None:
            self._task.uncancel()
            raise ClientGoneError from None

    def is_late(self) -> None:
        """Begin to listen."""
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._task is not None:
            self._task.cancel()


def joined(headers: Headers) -> Mapping[bytes, bytes]:
    """Return headers by their names, which ASGI has in small letters; several of one name are joined."""
    found = dict(headers)
    if len(found) != len(headers):
        found.clear()
        for name, value in headers:
            found[name] = b"%s, %s" % (found[name], value) if name in found else value
    return found


def headers_of(scope: Scope) -> dict[str, str]:
    """Return a request's headers as text, `joined`."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in joined(scope["headers"]).items()}


def client_of(scope: Scope) -> str:
    """Return the client's address, empty where the server does not know it."""
    return str(scope["client"][0]) if scope.get("client") else ""


def must_be_whole(scope: Scope) -> bool:
    """Tell whether the client could not tell an answer in pieces that was cut off from a whole one: HTTP/1.0."""
    return bool(scope["http_version"] == "1.0")


def encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as they are sent."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def as_sent(headers: Headers) -> bytes:
    """Return headers as they travel (RFC 9112)."""
    return b"".join([b"%s: %s\r\n" % header for header in headers])


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a whole response."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
