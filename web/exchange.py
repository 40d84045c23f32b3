"""One request to the endpoint and its reply: what of each the endpoint needs, ready to be read and to be sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from web.asgi import WHOLE, Headers, client_of, encoded, joined, must_be_whole
from web.negotiation import content_type

if TYPE_CHECKING:
    from kg.store import LoopPieces
    from web.asgi import Scope

PATH = "/sparql"

SendWhole = Callable[[int, bytes, bytes], bool]
_NONE: Mapping[str, SendWhole] = {}


class Request:
    """A request to the endpoint."""

    __slots__ = (
        "_digest",
        "_given",
        "accept",
        "body",
        "client",
        "codings",
        "host",
        "method",
        "operation",
        "query_string",
        "scheme",
        "send_whole",
        "tags",
        "text",
        "whole",
    )

    def __init__(self, scope: Scope) -> None:
        self._given = given = joined(scope["headers"])
        self.scheme: str = scope["scheme"]
        self.method: str = scope["method"]
        self.query_string: bytes = scope["query_string"]
        self.client = client_of(scope)
        self.host = given.get(b"host", b"").decode("latin-1")
        accept = given.get(b"accept")
        self.accept = None if accept is None else accept.decode("latin-1")
        self.codings = given.get(b"accept-encoding", b"").decode("latin-1")
        self.tags = given.get(b"if-none-match", b"").decode("latin-1")  # of answers that the client has already
        self.send_whole: SendWhole | None = scope.get("extensions", _NONE).get(WHOLE)
        self.whole = must_be_whole(scope)
        self.body = b""
        self.operation = "none"  # what it turned out to ask, for the log
        self.text: str | None = None
        self._digest = ""

    @property
    def authorization(self) -> str | None:
        """Who asks, if that is said."""
        said = self._given.get(b"authorization")
        return None if said is None else said.decode("latin-1")

    @property
    def media_type(self) -> str:
        """What the body is said to be."""
        return self._given.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()

    @property
    def url(self) -> str:
        """The address of the endpoint as the client called it: relative IRIs start from there."""
        return f"{self.scheme}://{self.host}{PATH}"

    def key(self, version: str) -> str:
        """Return the entity tag of its answer: a hash over all that this depends on, and the content's version."""
        if not self._digest:
            media_type = self._given.get(b"content-type")
            asked = (self.query_string, self.accept, self.codings, self.scheme, self.host, media_type)
            self._digest = digest(asked, self.body)
        return f"{version}-{self._digest}"

    def has(self, tag: str) -> bool:
        """Tell whether the client has the answer with this entity tag already."""
        return bool(self.tags) and f'"{tag}"' in self.tags


class Reply:
    """What is sent back, and what of it is worth a line in the log; `more` comes after the body."""

    __slots__ = ("body", "cached", "headers", "more", "rows", "size", "status")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        headers: Headers = (),
        *,
        cached: bool = False,
        more: LoopPieces | None = None,
        rows: int | None = None,
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers
        self.cached = cached
        self.more = more
        self.rows = rows
        self.size = len(body)  # more may come


def digest(asked: tuple[object, ...], body: bytes = b"") -> str:
    """Return a hash over all that an answer depends on, for its entity tag."""
    return hashlib.blake2b(repr(asked).encode() + body, digest_size=12).hexdigest()


def heading(key: str, media_type: str = "", coding: str = "") -> Headers:
    """Return the headers of an answer with this key, or of one that is not to be kept, and of its content if any."""
    told = _typed(media_type, coding)
    return (*told, _FRESH, (b"etag", b'"%s"' % key.encode("latin-1"))) if key else (*told, _FLEETING)


_FRESH, _FLEETING = (b"cache-control", b"no-cache"), (b"cache-control", b"no-store")


@lru_cache(maxsize=64)
def _typed(media_type: str, coding: str) -> Headers:
    headers = {"Vary": "Accept, Accept-Encoding"}
    if media_type:
        headers["Content-Type"] = content_type(media_type)
    if coding:
        headers["Content-Encoding"] = coding
    return encoded(headers)
