"""The endpoint /sparql: SPARQL 1.1 Protocol, query and update, by GET, form POST and direct POST.

https://www.w3.org/TR/sparql11-protocol/

It stands beside Flask as plain WSGI: a cheap query spends more time in a framework's request than in the store
(DESIGN.md, queries run in worker processes).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    MisdirectedRequest,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from kg.errors import ZerenError
from kg.store.writing import UPDATE, Change
from web import problem
from web.cache import AnswerCache, Kept
from web.coding import coded
from web.crowd import Crowd
from web.measures import Measures
from web.negotiation import FORM, Parameters, content_type, utf8, wanted_media_types
from web.security import HEADERS, is_known
from web.spool import Spool
from web.writing import permit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from kg.store import Store

PATH = "/sparql"
SPARQL_QUERY = "application/sparql-query"
SPARQL_UPDATE = "application/sparql-update"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_ALLOW = ", ".join(_METHODS)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reply:
    """What is sent back, and what of it is worth a line in the log."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    operation: str = "none"
    text: str = ""
    cached: bool = False
    spool: Spool | None = None

    @property
    def size(self) -> int:
        """The length of the body in bytes."""
        return len(self.body) if self.spool is None else self.spool.size


class SparqlEndpoint:
    """A WSGI application that answers /sparql itself and hands everything else on."""

    def __init__(self, inner: WSGIApplication, store: Store, config: Mapping[str, Any], measures: Measures) -> None:
        self._inner = inner
        self._store = store
        self._hosts = config["HOSTS"]
        self._union = config["DEFAULT_GRAPH"] == "union"
        self._token = config["WRITE_TOKEN"]
        self._largest = config["MAX_CONTENT_LENGTH"]
        self._origin = config["ALLOW_ORIGIN"]
        self._cache = AnswerCache(config["CACHE"])
        self._crowd = Crowd(config["CLIENT_LIMIT"], config["QUEUE_LIMIT"])
        self._measures = measures

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request to /sparql; one without a question is for the pages, which say what this is."""
        request = _Request(environ, self._largest)
        if request.path != PATH or (request.method in ("GET", "HEAD") and not request.query_string):
            return self._inner(environ, start_response)
        begun = time.perf_counter()
        reply = self._reply(request)
        seconds = time.perf_counter() - begun
        self._measures.count(reply.operation, reply.status, seconds, cached=reply.cached)
        self._measures.note(
            client=request.client,
            operation=reply.operation,
            text=reply.text,
            status=reply.status,
            seconds=seconds,
            size=reply.size,
        )
        return self._send(request, reply, start_response)

    def _reply(self, request: _Request) -> Reply:
        try:
            self._check(request)
            if request.method == "OPTIONS":
                return Reply(204, headers={"Allow": _ALLOW})
            with self._crowd.admitted(request.client):
                return self._answered(request)
        except ZerenError as error:
            return _problem(problem.status_of(error), str(error), **problem.place_of(error))
        except HTTPException as error:
            refused = _problem(error.code or 500, error.description or "")
            refused.headers |= {k: v for k, v in error.get_headers() if not k.startswith("Content-")}
            return refused
        except Exception:  # noqa: BLE001 - the outermost edge: the client gets a problem, the log the traceback
            _log.exception("%s %s", request.method, PATH)
            return _problem(500, "")

    def _check(self, request: _Request) -> None:
        if not is_known(request.host, self._hosts):
            raise MisdirectedRequest("this server is not called by that name")
        if request.method not in _METHODS:
            raise MethodNotAllowed(_METHODS, f"{PATH} takes {_ALLOW}")

    def _answered(self, request: _Request) -> Reply:
        parameters = Parameters(request.query_string, request.body if request.media_type == FORM else b"")
        if request.method != "POST":
            return self._query(parameters.one("query"), parameters, request)
        if request.media_type == SPARQL_QUERY:
            return self._query(utf8(request.body, "the query"), parameters, request)
        if request.media_type == SPARQL_UPDATE:
            return self._update(utf8(request.body, "the update"), parameters, request)
        if request.media_type != FORM:
            known = f"{SPARQL_QUERY}, {SPARQL_UPDATE}, or a form with `query` or `update` as {FORM}"
            raise UnsupportedMediaType(f"POST {known}")
        if "update" not in parameters:
            return self._query(parameters.one("query"), parameters, request)
        if "query" in parameters:
            raise BadRequest("a request is a query or an update, not both")
        return self._update(parameters.one("update"), parameters, request)

    def _query(self, query: str, parameters: Parameters, request: _Request) -> Reply:
        default, named = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
        dataset = bool(default or named)  # a dataset in the request replaces the whole dataset
        media_types = wanted_media_types(request.accept, parameters.all("format"))
        asked = repr((query, default, named, media_types, request.codings, request.host))
        key = _key(self._store.version, asked)
        headers = {"Vary": "Accept, Accept-Encoding", "ETag": f'"{key}"', "Cache-Control": "no-cache"}
        if request.has(key):
            return Reply(304, headers=headers, operation="query", text=query, cached=True)
        kept = self._cache.get(key)
        cached = kept is not None
        if kept is None:
            answer = self._store.answer(
                query,
                media_types=media_types,
                graphs=default if dataset else None,
                named_graphs=named if dataset else None,
                union=self._union,
                base=request.url,
            )
            if answer.more is not None:
                headers["Content-Type"] = content_type(answer.media_type)
                return Reply(200, b"", headers, "query", query, spool=Spool(answer.body, answer.more))
            body, coding = coded(answer.body, request.codings)
            kept = Kept(body, answer.media_type, coding)
            key = _key(answer.version, asked)
            headers["ETag"] = f'"{key}"'
            self._cache.put(key, kept)
        headers["Content-Type"] = content_type(kept.media_type)
        if kept.coding:
            headers["Content-Encoding"] = kept.coding
        return Reply(200, kept.body, headers, "query", query, cached)

    def _update(self, update: str, parameters: Parameters, request: _Request) -> Reply:
        using, named = parameters.all("using-graph-uri"), parameters.all("using-named-graph-uri")
        permit(self._store, self._token, request.authorization).change(
            Change(UPDATE, update, using=tuple(using), using_named=tuple(named), base=request.url)
        )
        return Reply(204, operation="update", text=update)

    def _send(self, request: _Request, reply: Reply, start_response: StartResponse) -> Iterable[bytes]:
        headers = HEADERS | reply.headers
        if self._origin:
            headers |= {"Access-Control-Allow-Origin": self._origin}
            headers |= {"Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match"}
            headers |= {"Access-Control-Allow-Methods": _ALLOW, "Access-Control-Expose-Headers": "ETag"}
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(reply.size)
        start_response(f"{reply.status} {problem.phrase(reply.status)}", list(headers.items()))
        if request.method == "HEAD":
            if reply.spool is not None:
                reply.spool.close()
            return [b""]
        return [reply.body] if reply.spool is None else reply.spool


class _Request:
    """What the endpoint needs of a request, taken from the WSGI environment."""

    def __init__(self, environ: WSGIEnvironment, largest: int) -> None:
        self._environ = environ
        self._largest = largest
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ.get("PATH_INFO", "")
        self.query_string = environ.get("QUERY_STRING", "").encode("latin-1")
        self.host: str = environ.get("HTTP_HOST", "")
        self.client: str = environ.get("REMOTE_ADDR", "")
        self.accept: str | None = environ.get("HTTP_ACCEPT")
        self.authorization: str | None = environ.get("HTTP_AUTHORIZATION")
        self.codings: str = environ.get("HTTP_ACCEPT_ENCODING", "")
        self.media_type: str = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()

    @property
    def url(self) -> str:
        """The address of the endpoint as the client called it: relative IRIs start from there."""
        return f"{self._environ['wsgi.url_scheme']}://{self.host}{PATH}"

    def has(self, tag: str) -> bool:
        """Tell whether the client has the answer with this entity tag already."""
        tags = self._environ.get("HTTP_IF_NONE_MATCH", "")
        return tags == "*" or f'"{tag}"' in tags

    @cached_property
    def body(self) -> bytes:
        """The request's body; RequestEntityTooLarge if it is over the limit."""
        length = self._environ.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > self._largest:
            raise RequestEntityTooLarge(f"a request may have {self._largest:,} bytes")
        body: bytes = self._environ["wsgi.input"].read(int(length) if length.isdigit() else self._largest + 1)
        if len(body) > self._largest:
            raise RequestEntityTooLarge(f"a request may have {self._largest:,} bytes")
        return body


def _key(version: str, asked: str) -> str:
    return f"{version}-{hashlib.sha256(asked.encode()).hexdigest()[:24]}"


def _problem(status: int, detail: str, **more: object) -> Reply:
    return Reply(status, problem.details(status, detail, **more), {"Content-Type": problem.MEDIA_TYPE})
