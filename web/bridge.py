"""The pages, which are Flask's (WSGI), under a server that speaks ASGI: in threads, as long as one is being made.

A thread is never held by a client: requests are read before it begins, and answers are sent after it ended, a large
one in pieces. (Bridges that send from the thread let some slow readers hold every thread there is.)
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import HTTPException

from web import problem
from web.asgi import (
    NOT_IN_PIECES,
    Bodies,
    Receive,
    Scope,
    Send,
    body_of,
    client_of,
    encoded,
    headers_of,
    must_be_whole,
    send_whole,
)
from web.security import HEADERS
from web.writing import largest_body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_WHOLE_BYTES = 1 << 20  # an answer up to this size is taken out of the thread whole
_UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    rest: Iterator[bytes] | None
    closing: Any

    @property
    def has_length(self) -> bool:
        """Whether a client is told how many bytes come."""
        return any(name == b"content-length" for name, _ in self.headers)


class Bridge:
    """An ASGI application that runs a WSGI application in `threads`.

    `config` says how large a request may be, and `bodies` has room for all there are.
    """

    def __init__(self, application: WSGIApplication, threads: int, config: Mapping[str, Any], bodies: Bodies) -> None:
        self._application = application
        self._config = config
        self._bodies = bodies
        self._threads = ThreadPoolExecutor(threads, "page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        try:
            largest = largest_body(self._config, headers_of(scope).get("authorization"))
            with self._bodies.room(client_of(scope)) as room:
                body = await body_of(receive, largest, room)
                response = await loop.run_in_executor(self._threads, self._run, _environ(scope, body))
        except HTTPException as error:
            await _refuse(send, error.code or 500, error.description or "", dict(error.get_headers()))
            return
        except Exception:  # noqa: BLE001 - the outermost edge: the client gets a problem, the log the traceback
            _log.exception("%s %s", scope["method"], scope["path"])
            await _refuse(send, 500, "")
            return
        if response.rest is None:
            await send_whole(send, response.status, response.headers, response.body)
            return
        try:
            if must_be_whole(scope) and not response.has_length:
                await _refuse(send, 413, NOT_IN_PIECES)
            else:
                await self._stream(response, response.rest, send)
        except Exception:  # noqa: BLE001 - without its last chunk the client can tell that this is not all
            _log.exception("%s %s", scope["method"], scope["path"])
        finally:
            await loop.run_in_executor(self._threads, response.closing)

    async def _stream(self, response: _Response, rest: Iterator[bytes], send: Send) -> None:
        loop = asyncio.get_running_loop()
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        piece: bytes | None = response.body
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await loop.run_in_executor(self._threads, next, rest, None)
        await send({"type": "http.response.body", "body": b""})

    def _run(self, environ: WSGIEnvironment) -> _Response:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
            begun[:] = [(status, headers)]

        pieces: Iterable[bytes] = self._application(environ, start_response)
        closing = getattr(pieces, "close", lambda: None)
        iterator = iter(pieces)
        body = bytearray()
        try:
            for piece in iterator:
                body += piece
                if len(body) > _WHOLE_BYTES:
                    break
            else:
                closing()
                return _response(begun, bytes(body), None, closing)
        except BaseException:
            closing()
            raise
        return _response(begun, bytes(body), iterator, closing)


def _response(
    begun: list[tuple[str, list[tuple[str, str]]]], body: bytes, rest: Iterator[bytes] | None, closing: Any
) -> _Response:
    [(status, headers)] = begun
    sent = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return _Response(int(status[:3]), sent, body, rest, closing)


async def _refuse(send: Send, status: int, detail: str, said: Mapping[str, str] | None = None) -> None:
    headers = HEADERS | dict(said or {}) | {"Content-Type": problem.MEDIA_TYPE}
    await send_whole(send, status, encoded(headers), problem.details(status, detail))


def _environ(scope: Scope, body: bytes) -> WSGIEnvironment:
    """Return the request as PEP 3333 has it."""
    host, port = scope.get("server") or ("localhost", 80)
    path = scope.get("raw_path") or scope["path"].encode()
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client_of(scope),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers_of(scope).items():
        if "_" not in name:  # `x_y` must not pass for `X-Y`
            environ[_UNPREFIXED.get(name, f"HTTP_{name.upper().replace('-', '_')}")] = value
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
