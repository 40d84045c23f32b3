"""The endpoint /sparql: SPARQL 1.1 Protocol, query and update, by GET, form POST and direct POST.

https://www.w3.org/TR/sparql11-protocol/

It stands beside Flask as plain ASGI: a cheap query spends more time in a framework's request than in the store, a
stream that is cut off can be told from a whole one, and a client that leaves takes its query with it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    MisdirectedRequest,
    UnsupportedMediaType,
)

from kg.errors import QueryError, ResultTooLargeError, ZerenError
from kg.store import LoopStore
from kg.store.writing import UPDATE, Change
from web import problem
from web.asgi import (
    NOT_IN_PIECES,
    Application,
    Bodies,
    ClientGoneError,
    Receive,
    Scope,
    Send,
    WhileWanted,
    body_of,
    client_of,
    encoded,
    headers_of,
    must_be_whole,
    send_whole,
)
from web.cache import AnswerCache, Kept, lasts
from web.coding import coded
from web.crowd import Crowd
from web.measures import Measures
from web.negotiation import FORM, Parameters, content_type, utf8, wanted_media_types
from web.security import HEADERS, cors, is_known
from web.writing import largest_body, permit

if TYPE_CHECKING:
    from kg.store import Answer, LoopPieces, Store

PATH = "/sparql"
SPARQL_QUERY = "application/sparql-query"
SPARQL_UPDATE = "application/sparql-update"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_ALLOW = ", ".join(_METHODS)
_OK = 200
_TAKE_SECONDS = 10.0  # in which a client must take a piece of a large answer
_LARGE_BYTES = 1 << 17
_CLIENT_CLOSED = 499  # what nginx notes of a client that left
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reply:
    """What is sent back, and what of it is worth a line in the log; `more` comes after the body."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cached: bool = False
    more: LoopPieces | None = None
    rows: int | None = None
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Take the size of what there is; more may come."""
        self.size = len(self.body)


class SparqlEndpoint:
    """An ASGI application that answers /sparql itself and hands everything else on."""

    def __init__(
        self, inner: Application, store: Store, config: Mapping[str, Any], measures: Measures, bodies: Bodies
    ) -> None:
        self._inner = inner
        self._store = store
        self._hosts = config["HOSTS"]
        self._union = config["DEFAULT_GRAPH"] == "union"
        self._token = config["WRITE_TOKEN"]
        self._config = config
        self._always = encoded(HEADERS | cors(config["ALLOW_ORIGIN"], _ALLOW))
        self._in_loop = store if isinstance(store, LoopStore) else None
        self._cache = AnswerCache(config["CACHE"])
        self._crowd = Crowd(config["CLIENT_LIMIT"], config["QUEUE_LIMIT"])
        self._measures = measures
        self._bodies = bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to /sparql; one without a question is for the pages, which say what this is."""
        method = scope["method"]
        if scope["path"] != PATH or (method in ("GET", "HEAD") and not scope["query_string"]):
            await self._inner(scope, receive, send)
            return
        begun = time.perf_counter()
        request = _Request(scope)
        reply = await self._reply(request, receive, send)
        # Who has the whole answer finds it in the log.
        self._note(request, reply, time.perf_counter() - begun)
        await self._finish(request, reply, send)

    async def _reply(self, request: _Request, receive: Receive, send: Send) -> Reply:
        """Return the reply; if it is a large one, it is on its way already."""
        try:
            self._check(request)
            if request.method != "POST":
                return await self._admitted(request, receive, send)
            largest = largest_body(self._config, request.authorization)
            with self._bodies.room() as room:
                request.body = await body_of(receive, largest, room)
                return await self._admitted(request, receive, send)
        except ClientGoneError:
            return Reply(_CLIENT_CLOSED)
        except ZerenError as error:
            return _problem(problem.status_of(error), str(error), **problem.place_of(error))
        except HTTPException as error:
            return _refusal(error)
        except Exception:  # noqa: BLE001 - the outermost edge: the client gets a problem, the log the traceback
            _log.exception("%s %s", request.method, PATH)
            return _problem(500, "")

    async def _admitted(self, request: _Request, receive: Receive, send: Send) -> Reply:
        with WhileWanted(receive), self._crowd.admitted(request.client):
            reply = await self._answered(request)
            if reply.more is not None:
                await self._stream(request, reply, reply.more, send)
            return reply

    def _check(self, request: _Request) -> None:
        if not is_known(request.host, self._hosts):
            raise MisdirectedRequest("this server is not called by that name")
        if request.method not in _METHODS:
            raise MethodNotAllowed(_METHODS, f"{PATH} takes {_ALLOW}")

    async def _answered(self, request: _Request) -> Reply:
        if request.method == "OPTIONS":
            return Reply(204, headers={"Allow": _ALLOW})
        return self._known(request) or await self._understood(request)

    def _known(self, request: _Request) -> Reply | None:
        """Return an answer that was given before to this very request, which then need not be taken apart."""
        if request.tags or len(request.body) > _LARGE_BYTES:
            return None
        key = _key(self._store.version, request)
        kept = self._cache.get(key)
        if kept is None:
            return None
        request.operation, request.text = "query", kept.query
        return _kept_reply(kept, key, cached=True)

    async def _understood(self, request: _Request) -> Reply:
        """Answer what a request asks, by GET, direct POST or form."""
        parameters = Parameters(request.query_string, request.body if request.media_type == FORM else b"")
        if request.method != "POST":
            return await self._query(parameters.one("query"), parameters, request)
        if request.media_type == SPARQL_QUERY:
            return await self._query(utf8(request.body, "the query"), parameters, request)
        if request.media_type == SPARQL_UPDATE:
            return await self._update(utf8(request.body, "the update"), parameters, request)
        if request.media_type != FORM:
            known = f"{SPARQL_QUERY}, {SPARQL_UPDATE}, or a form with `query` or `update` as {FORM}"
            raise UnsupportedMediaType(f"POST {known}")
        if "update" not in parameters:
            return await self._query(parameters.one("query"), parameters, request)
        if "query" in parameters:
            raise BadRequest("a request is a query or an update, not both")
        return await self._update(parameters.one("update"), parameters, request)

    async def _query(self, query: str, parameters: Parameters, request: _Request) -> Reply:
        request.operation, request.text = "query", query
        key = _key(self._store.version, request) if lasts(query) else ""
        if key and request.has(key):
            return Reply(304, headers=_heading(key), cached=True)
        default, named = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
        dataset = bool(default or named)  # a dataset in the request replaces the whole dataset
        answer, more = await self._asked(
            query,
            request.client,
            media_types=wanted_media_types(request.accept, parameters.all("format")),
            graphs=default if dataset else None,
            named_graphs=named if dataset else None,
            union=self._union,
            base=request.url,
        )
        # What other hosts had a part in has no version; neither that nor what differs each time is kept.
        key = _key(answer.version, request) if key and answer.version else ""
        if more is not None and request.whole:
            more.close()
            raise ResultTooLargeError(NOT_IN_PIECES)
        if more is not None:
            return Reply(200, answer.body, _heading(key) | _typed(answer.media_type), more=more)
        body, coding = await _coded(answer.body, request.codings)
        kept = Kept(body, answer.media_type, coding, query, answer.rows)
        if key:
            self._cache.put(key, kept)
        if key and request.tags == "*":
            return Reply(304, headers=_heading(key))
        return _kept_reply(kept, key)

    async def _update(self, update: str, parameters: Parameters, request: _Request) -> Reply:
        request.operation, request.text = "update", update
        using, named = parameters.all("using-graph-uri"), parameters.all("using-named-graph-uri")
        store = permit(self._store, self._token, request.authorization)
        change = Change(UPDATE, update, using=tuple(using), using_named=tuple(named), base=request.url)
        await asyncio.to_thread(store.change, change)
        return Reply(204)

    async def _asked(self, query: str, client: str, **options: Any) -> tuple[Answer, LoopPieces | None]:
        if self._in_loop is not None:
            return await self._in_loop.answered(query, **options, client=client)
        return await asyncio.to_thread(self._store.answer, query, **options), None

    async def _stream(self, request: _Request, reply: Reply, more: LoopPieces, send: Send) -> None:
        """Send a large reply in pieces, all but its end."""
        try:
            if request.method == "HEAD":
                return
            headers = self._always + encoded(reply.headers)
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            await _taken(send, reply.body)
            async for piece in more:
                await _taken(send, piece)
                reply.size += len(piece)
            reply.rows = more.rows
        except QueryError as error:
            reply.status = problem.status_of(error)  # for the log: what was sent cannot be taken back
        finally:
            more.close()

    async def _finish(self, request: _Request, reply: Reply, send: Send) -> None:
        """Send a reply, or the end of a large one; one that was cut off gets none, so that the client can tell."""
        if reply.status == _CLIENT_CLOSED:
            return
        if reply.more is not None and request.method != "HEAD":
            if reply.status == _OK:
                await send({"type": "http.response.body", "body": b""})
            return
        if reply.more is None and reply.status not in (204, 304):
            reply.headers["Content-Length"] = str(reply.size)
        body = b"" if request.method == "HEAD" else reply.body
        await send_whole(send, reply.status, self._always + encoded(reply.headers), body)

    def _note(self, request: _Request, reply: Reply, seconds: float) -> None:
        self._measures.count(request.operation, reply.status, seconds, cached=reply.cached)
        self._measures.note(
            client=request.client,
            operation=request.operation,
            text=request.text,
            status=reply.status,
            seconds=seconds,
            size=reply.size,
            rows=reply.rows,
        )


async def _taken(send: Send, piece: bytes) -> None:
    """Send a piece; ClientGoneError if the client does not take it: a worker waits meanwhile."""
    try:
        async with asyncio.timeout(_TAKE_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        raise ClientGoneError from None


class _Request:
    """What the endpoint needs of a request."""

    def __init__(self, scope: Scope) -> None:
        self._headers = headers = headers_of(scope)
        self._scheme: str = scope["scheme"]
        self.method: str = scope["method"]
        self.query_string: bytes = scope["query_string"]
        self.host = headers.get("host", "")
        self.client = client_of(scope)
        self.accept = headers.get("accept")
        self.authorization = headers.get("authorization")
        self.codings = headers.get("accept-encoding", "")
        self.media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        self.whole = must_be_whole(scope)
        self.body = b""
        self.operation = "none"  # what it turned out to ask, for the log
        self.text: str | None = None

    @property
    def url(self) -> str:
        """The address of the endpoint as the client called it: relative IRIs start from there."""
        return f"{self._scheme}://{self.host}{PATH}"

    @cached_property
    def digest(self) -> str:
        """A hash over all that the answer depends on, beside what the store holds."""
        asked = (self.query_string, self.accept, self.codings, self._scheme, self.host, self.media_type)
        return hashlib.sha256(repr(asked).encode() + self.body).hexdigest()[:24]

    @property
    def tags(self) -> str:
        """The entity tags of answers that the client has already."""
        return self._headers.get("if-none-match", "")

    def has(self, tag: str) -> bool:
        """Tell whether the client has the answer with this entity tag already."""
        return f'"{tag}"' in self.tags


def _key(version: str, request: _Request) -> str:
    return f"{version}-{request.digest}"


def _heading(key: str) -> dict[str, str]:
    """Return the headers of an answer with this key, or of one that is not to be kept."""
    kept = {"ETag": f'"{key}"', "Cache-Control": "no-cache"} if key else {"Cache-Control": "no-store"}
    return {"Vary": "Accept, Accept-Encoding"} | kept


def _typed(media_type: str, coding: str = "") -> dict[str, str]:
    typed = {"Content-Type": content_type(media_type)}
    return typed | {"Content-Encoding": coding} if coding else typed


def _kept_reply(kept: Kept, key: str, *, cached: bool = False) -> Reply:
    return Reply(200, kept.body, _heading(key) | _typed(kept.media_type, kept.coding), cached, rows=kept.rows)


async def _coded(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Return a body in the best coding; a large one is compressed beside the loop, which others wait for."""
    if accepted and len(body) > _LARGE_BYTES:
        return await asyncio.to_thread(coded, body, accepted)
    return coded(body, accepted)


def _problem(status: int, detail: str, **more: object) -> Reply:
    return Reply(status, problem.details(status, detail, **more), {"Content-Type": problem.MEDIA_TYPE})


def _refusal(error: HTTPException) -> Reply:
    refused = _problem(error.code or 500, error.description or "")
    refused.headers |= {name: value for name, value in error.get_headers() if not name.startswith("Content-")}
    return refused
