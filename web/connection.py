"""The HTTP server: uvicorn's, with bounds. A request comes soon and has a head of a fair size, or its connection ends.

What cannot be read as HTTP is told so in problem details, as everything else that goes wrong is.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import socket
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from kg.store.patience import Patience
from web import problem
from web.asgi import WHOLE, as_sent, encoded, send_whole
from web.security import HEADERS

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from web.asgi import Application, Receive, Scope, Send

HEAD_SECONDS = 10.0  # in which a request's head must arrive
STALL_SECONDS = 10.0  # in which a client must take something of what it is sent
LARGEST_HEAD = 1 << 16  # bytes
LARGEST_ADDRESS = 64_000  # bytes of an address alone: a query by GET
MOST_HEADERS = 100
_FINISH_SECONDS, _END_SECONDS = 1, 2.5  # for answers under way; then for everything


class Lobby(Patience["Connection"]):
    """The connections on which a request is awaited, who has waited longest first; at most `most` connections in all.

    Whoever holds many of them keeps nobody out: a newcomer takes the place of who has waited longest.
    """

    def __init__(self, most: int) -> None:
        super().__init__(HEAD_SECONDS)
        self._most = most

    def enter(self, connection: Connection, others: int) -> None:
        """Let a connection wait; if there are too `others` many beside it, another has to go, or it has itself."""
        if others >= self._most:
            first = self.first or connection
            self.end(first)
            first.transport.abort()
            if first is connection:
                return
        self.begin(connection)


class Connection(HttpToolsProtocol):
    """One client's connection; `lobby` is where it waits."""

    def __init__(self, *given: Any, lobby: Lobby, **named: Any) -> None:
        super().__init__(*given, **named)
        self._lobby = lobby
        self._in_head = False  # a part of a request's head has come
        self._piece = 0  # bytes that came last
        self._came = 0  # bytes of the head in pieces after its first
        self._left = 0, 0.0  # bytes that the client had not taken when that was last looked at, and when that was
        self._is_refused = False  # the client was told that this is over, and may take its time to hear it
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it wait for its first request."""
        others = len(self.connections)
        super().connection_made(transport)
        self._lobby.enter(self, others)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._lobby.end(self)
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that does not end is too large at some point."""
        if self._is_refused:
            return
        self._piece = len(data)
        if self._in_head:
            self._came += self._piece
        super().data_received(data)
        if self._in_head:
            self._lobby.begin(self)
            if self._came > LARGEST_HEAD:
                self._refuse(431, _TOO_LARGE)

    def on_message_begin(self) -> None:
        """Await the rest of its head."""
        self._in_head = True
        self._came = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Let the application answer; a head that is too large it never sees."""
        self._in_head = False
        self._lobby.end(self)
        refusal = self._refusal()
        if refusal is None:
            super().on_headers_complete()
            # https://asgi.readthedocs.io/en/latest/extensions.html
            extensions: dict[str, Any] = {WHOLE: partial(self._send_whole, self.cycle)}
            self.scope["extensions"] = extensions
            return
        application, self.app, self.url = self.app, refusal, b"/"
        try:
            super().on_headers_complete()
        finally:
            self.app = application

    def pause_writing(self) -> None:
        """Watch whether the client goes on taking what is sent: whoever sends it waits meanwhile."""
        super().pause_writing()
        self._left = self._untaken(), self.loop.time()
        self._watch = self.loop.call_later(STALL_SECONDS, self._look)

    def resume_writing(self) -> None:
        """See `pause_writing`."""
        self._stop_watching()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Answer the next request, which may have come already, or wait for it."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._lobby.begin(self)

    def is_late(self) -> None:
        """End it, as no request has come; but not while the client is still taking the last answer."""
        if self._watch is not None or self._goes_on():
            self._lobby.begin(self)
        else:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP."""
        self._in_head = False
        self._refuse(400, msg)

    def _send_whole(self, cycle: RequestResponseCycle, status: int, headers: bytes, body: bytes) -> bool:
        """Send a response in one piece, `headers` as they travel: most answers are small, and this is half the way.

        False where the client has not yet taken what came before: then it is to be sent the usual way, which waits.
        """
        if self.flow.write_paused and not cycle.disconnected:
            return False
        if cycle.disconnected:
            return True
        dated = _dated(*self.server_state.default_headers)
        closing = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], dated, headers, closing, b"\r\n", body)))
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if closing:
            self.transport.close()
        cycle.on_response()
        return True

    def _look(self) -> None:
        if self._goes_on():
            self._watch = self.loop.call_later(STALL_SECONDS, self._look)
        else:
            self.transport.abort()

    def _goes_on(self) -> bool:
        """Tell whether the client has taken something of what is left since this was asked last.

        It is given the benefit of the doubt where that was just now.
        """
        (left, looked), now = self._left, self.loop.time()
        if left and now - looked < STALL_SECONDS / 2:
            return True
        self._left = self._untaken(), now
        return 0 < self._left[0] != left

    def _untaken(self) -> int:
        """Return how many bytes the client has not taken, with those that the system holds and passes on in jumps."""
        held = bytes(4)
        with suppress(OSError, ValueError):  # where the system does not say
            held = fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, held)
        return self.transport.get_write_buffer_size() + int.from_bytes(held, sys.byteorder)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _refusal(self) -> Application | None:
        """Return what answers a request whose head is too large, None if it is not."""
        if len(self.url) > LARGEST_ADDRESS:
            return _Refusal(414, f"an address may have {LARGEST_ADDRESS:,} bytes; send a longer query by POST")
        if len(self.headers) > MOST_HEADERS:
            return _Refusal(431, f"a request may have {MOST_HEADERS} headers")
        if self._came + self._piece > LARGEST_HEAD < sum(len(name) + len(value) for name, value in self.headers):
            return _Refusal(431, _TOO_LARGE)
        return None

    def _refuse(self, status: int, detail: str) -> None:
        """End the connection with a problem, or without a word where it would come in the middle of an answer."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
            return
        body = problem.details(status, detail)
        headers = as_sent(_headers(len(body)))
        self.transport.write(STATUS_LINE[status] + headers + b"\r\n" + body)
        # Were it closed at once, what is still on its way here would make the system take the answer back.
        self.transport.write_eof()
        self._is_refused = True
        self._lobby.begin(self)

    def _unsupported_upgrade_warning(self) -> None:
        """Answer in HTTP/1.1 who would rather speak another protocol; what came after that would not be understood."""
        self.cycle.keep_alive = False


@lru_cache(maxsize=2)
def _dated(*headers: tuple[bytes, bytes]) -> bytes:
    """Return what stands in every response, as it travels; it is another each second."""
    return as_sent(headers)


_TOO_LARGE = f"the head of a request may have {LARGEST_HEAD:,} bytes"


class _Refusal:
    """An application that answers every request with the same problem, and ends the connection."""

    def __init__(self, status: int, detail: str) -> None:
        self._status = status
        self._body = problem.details(status, detail)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send_whole(send, self._status, _headers(len(self._body)), self._body)


def _headers(size: int) -> list[tuple[bytes, bytes]]:
    told = {"Content-Type": problem.MEDIA_TYPE, "Content-Length": str(size), "Connection": "close"}
    return encoded(HEADERS | told)


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Tell what is our fault from what clients do: of that the access log tells."""
    return record.exc_info is not None


class Server(uvicorn.Server):
    """uvicorn with our connections, at most `connections` of them; `over` ends what the answers come from."""

    def __init__(
        self, service: Application, connections: int, *, begun: Callable[[], None], over: Callable[[], None]
    ) -> None:
        self._lobby = Lobby(connections)
        self._begun = begun
        self._over = over
        protocol: Any = partial(Connection, lobby=self._lobby)
        config = uvicorn.Config(
            service,
            loop="uvloop",
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_FINISH_SECONDS,
        )
        super().__init__(config)
        logging.getLogger("uvicorn.error").addFilter(_is_a_fault)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it has begun."""
        await super().startup(sockets)
        self._begun()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in time, whoever is still waiting for whatever: threads cannot be stopped, but their process can."""
        last = threading.Timer(_END_SECONDS, os._exit, [0])
        last.daemon = True
        last.start()
        await super().shutdown(sockets)
        self._over()
