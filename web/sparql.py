"""The endpoint /sparql: SPARQL 1.1 Protocol, query and update, by GET, form POST and direct POST.

https://www.w3.org/TR/sparql11-protocol/

It stands beside Flask as plain ASGI: a cheap query spends more time in a framework's request than in the store, a
stream that is cut off can be told from a whole one, and a client that leaves takes its query with it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
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
from kg.store.patience import Patience
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
    as_sent,
    body_of,
    encoded,
    send_whole,
)
from web.cache import AnswerCache, Kept, lasts
from web.coding import coded
from web.crowd import Crowd
from web.exchange import PATH, Reply, Request, heading
from web.measures import Measures
from web.negotiation import FORM, Parameters, utf8, wanted_media_types
from web.security import HEADERS, cors, is_known
from web.writing import largest_body, permit

if TYPE_CHECKING:
    from kg.store import Answer, LoopPieces, Store

SPARQL_QUERY = "application/sparql-query"
SPARQL_UPDATE = "application/sparql-update"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_ALLOW = ", ".join(_METHODS)
_OK = 200
_TAKE_SECONDS = 10.0  # in which a client must take a piece of a large answer
_LISTEN_SECONDS = 0.1  # after which it is worth listening for a client that leaves
_LARGE_BYTES = 1 << 17
_CLIENT_CLOSED = 499  # what nginx notes of a client that left
_log = logging.getLogger(__name__)


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
        self._always_sent = as_sent(self._always)
        self._ask = store.answered if isinstance(store, LoopStore) else self._in_a_thread
        self._cache = AnswerCache(config["CACHE"])
        self._crowd = Crowd(config["CLIENT_LIMIT"], config["QUEUE_LIMIT"])
        self._measures = measures
        self._bodies = bodies
        self._unheard: Patience[WhileWanted] = Patience(_LISTEN_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to /sparql; one without a question is for the pages, which say what this is."""
        method = scope["method"]
        if scope["path"] != PATH or (method in ("GET", "HEAD") and not scope["query_string"]):
            await self._inner(scope, receive, send)
            return
        begun = time.perf_counter()
        request = Request(scope)
        reply = await self._reply(request, receive, send)
        # Who has the whole answer finds it in the log.
        self._measures.count(request.operation, reply.status, time.perf_counter() - begun, cached=reply.cached)
        if self._measures.has_log:
            self._note(request, reply, time.perf_counter() - begun)
        await self._finish(request, reply, send)

    async def _reply(self, request: Request, receive: Receive, send: Send) -> Reply:
        """Return the reply; if it is a large one, it is on its way already."""
        try:
            self._check(request)
            if request.method != "POST":
                return await self._admitted(request, receive, send)
            largest = largest_body(self._config, request.authorization)
            with self._bodies.room(request.client) as room:
                request.body = await body_of(receive, largest, room)
                return await self._admitted(request, receive, send)
        except ClientGoneError:
            return Reply(_CLIENT_CLOSED)
        except ZerenError as error:
            return _problem(problem.status_of(error), str(error), place=problem.place_of(error))
        except HTTPException as error:
            return _refusal(error)
        except Exception:  # noqa: BLE001 - the outermost edge: the client gets a problem, the log the traceback
            _log.exception("%s %s", request.method, PATH)
            return _problem(500, "")

    def _check(self, request: Request) -> None:
        if not is_known(request.host, self._hosts):
            raise MisdirectedRequest("this server is not called by that name")
        if request.method not in _METHODS:
            raise MethodNotAllowed(_METHODS, f"{PATH} takes {_ALLOW}")

    async def _admitted(self, request: Request, receive: Receive, send: Send) -> Reply:
        if request.method == "OPTIONS":
            return Reply(204, headers=[(b"allow", _ALLOW.encode())])
        self._crowd.enter(request.client)
        try:
            if (known := self._known(request)) is not None:
                return known
            with WhileWanted(receive, self._unheard):
                text, parameters, updating = _understood(request)
                reply = await (self._update if updating else self._query)(text, parameters, request)
                if reply.more is not None:
                    await self._stream(request, reply, reply.more, send)
                return reply
        finally:
            self._crowd.leave(request.client)

    def _known(self, request: Request) -> Reply | None:
        """Return an answer that was given before to this very request, which then need not be taken apart."""
        if request.tags or len(request.body) > _LARGE_BYTES or not self._cache.capacity:
            return None
        key = request.key(self._store.version)
        kept = self._cache.get(key)
        if kept is None:
            return None
        request.operation, request.text = "query", kept.query
        headers = heading(key, kept.media_type, kept.coding)
        return Reply(200, kept.body, headers, cached=True, rows=kept.rows)

    async def _query(self, query: str, parameters: Parameters, request: Request) -> Reply:
        request.operation, request.text = "query", query
        is_lasting = lasts(query)
        if is_lasting and request.tags and request.has(key := request.key(self._store.version)):
            return Reply(304, headers=heading(key), cached=True)
        default, named = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
        dataset = bool(default or named)  # a dataset in the request replaces the whole dataset
        answer, more = await self._ask(
            query,
            media_types=wanted_media_types(request.accept, parameters.all("format")),
            graphs=default if dataset else None,
            named_graphs=named if dataset else None,
            union=self._union,
            base=request.url,
            client=request.client,
        )
        # What other hosts had a part in has no version; neither that nor what differs each time is kept.
        key = request.key(answer.version) if is_lasting and answer.version else ""
        if more is not None:
            if request.whole:
                more.close()
                raise ResultTooLargeError(NOT_IN_PIECES)
            return Reply(200, answer.body, heading(key, answer.media_type), more=more)
        body, coding = answer.body, ""
        if request.codings:
            body, coding = await _coded(body, request.codings)
        if key:
            if self._cache.capacity:
                self._cache.put(key, Kept(body, answer.media_type, coding, query, answer.rows))
            if request.tags == "*":
                return Reply(304, headers=heading(key))
        return Reply(200, body, heading(key, answer.media_type, coding), rows=answer.rows)

    async def _update(self, update: str, parameters: Parameters, request: Request) -> Reply:
        request.operation, request.text = "update", update
        using, named = parameters.all("using-graph-uri"), parameters.all("using-named-graph-uri")
        store = permit(self._store, self._token, request.authorization)
        change = Change(UPDATE, update, using=tuple(using), using_named=tuple(named), base=request.url)
        await asyncio.to_thread(store.change, change)
        return Reply(204)

    async def _in_a_thread(self, query: str, **options: Any) -> tuple[Answer, None]:
        return await asyncio.to_thread(self._store.answer, query, **options), None

    async def _stream(self, request: Request, reply: Reply, more: LoopPieces, send: Send) -> None:
        """Send a large reply in pieces, all but its end."""
        try:
            if request.method == "HEAD":
                return
            headers = [*self._always, *reply.headers]
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

    async def _finish(self, request: Request, reply: Reply, send: Send) -> None:
        """Send a reply, or the end of a large one; one that was cut off gets none, so that the client can tell."""
        if reply.status == _CLIENT_CLOSED:
            return
        if reply.more is not None and request.method != "HEAD":
            if reply.status == _OK:
                await send({"type": "http.response.body", "body": b""})
            return
        body = b"" if request.method == "HEAD" else reply.body
        headers = reply.headers
        if reply.more is None and reply.status not in (204, 304):
            headers = (*headers, (b"content-length", b"%d" % reply.size))
        at_once = request.send_whole
        if at_once is None or not at_once(reply.status, self._always_sent + as_sent(headers), body):
            await send_whole(send, reply.status, (*self._always, *headers), body)

    def _note(self, request: Request, reply: Reply, seconds: float) -> None:
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


def _understood(request: Request) -> tuple[str, Parameters, bool]:
    """Return what a request asks, by GET, direct POST or form, and whether that is an update."""
    parameters = Parameters(request.query_string, request.body if request.media_type == FORM else b"")
    if request.method != "POST":
        return parameters.one("query"), parameters, False
    if request.media_type == SPARQL_QUERY:
        return utf8(request.body, "the query"), parameters, False
    if request.media_type == SPARQL_UPDATE:
        return utf8(request.body, "the update"), parameters, True
    if request.media_type != FORM:
        known = f"{SPARQL_QUERY}, {SPARQL_UPDATE}, or a form with `query` or `update` as {FORM}"
        raise UnsupportedMediaType(f"POST {known}")
    if "update" not in parameters:
        return parameters.one("query"), parameters, False
    if "query" in parameters:
        raise BadRequest("a request is a query or an update, not both")
    return parameters.one("update"), parameters, True


async def _coded(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Return a body in the best coding; a large one is compressed beside the loop, which others wait for."""
    if len(body) > _LARGE_BYTES:
        return await asyncio.to_thread(coded, body, accepted)
    return coded(body, accepted)


def _problem(
    status: int, detail: str, *, place: Mapping[str, object] | None = None, said: Mapping[str, str] | None = None
) -> Reply:
    headers = encoded({"Content-Type": problem.MEDIA_TYPE, **(said or {})})
    return Reply(status, problem.details(status, detail, **(place or {})), headers)


def _refusal(error: HTTPException) -> Reply:
    said = {name: value for name, value in error.get_headers() if not name.startswith("Content-")}
    return _problem(error.code or 500, error.description or "", said=said)
