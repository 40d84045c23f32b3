"""One SPARQL service over HTTP: a request and its answer, and every way in which it can fail told apart.

Not reached or not ready is one thing (503), silent is another (504), and an answer that is none a third (502).
"""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from kg import __version__
from kg.errors import ResultTooLargeError, UpstreamError, UpstreamTimeoutError, UpstreamUnavailableError
from kg.store.address import credentials
from kg.store.login import Login

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.2  # doubled after every attempt: 6 s in all
_NOT_NOW = frozenset({408, 425, 429, 502, 503, 504})
_SHORTEST_SECONDS = 0.001  # a timeout of nothing would mean none
_SAID = 300  # characters of what a service says that are passed on


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered: its status, headers and body."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """The type of the body, in lower case and without parameters."""
        return self.headers.get_content_type()

    def said(self) -> str:
        """Return the beginning of the body as one line, for a message."""
        return " ".join(self.body[: 4 * _SAID].decode("utf-8", "replace").split())[:_SAID]


class Upstream:
    """The requests to one URL; connections are kept, one for each thread, and made anew in a forked process.

    An answer is whole `seconds` after it was asked for, however its bytes come. An `anonymous` request gives no name.
    """

    def __init__(self, url: str, seconds: float, *, max_bytes: int | None = None, anonymous: bool = False) -> None:
        self.url = url
        self._parts = urlsplit(url)
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._anonymous = anonymous
        self._credentials = None if anonymous else credentials(self._parts)
        self._local = threading.local()

    def ask_once(self, method: str, *, parameters: str = "", body: bytes = b"", **headers: str) -> Reply:
        """Send one request that may not be sent twice: over a connection of its own, which nobody had closed."""
        self._forget()
        return self.ask(method, parameters=parameters, body=body, **headers)

    def ask(self, method: str, *, parameters: str = "", body: bytes = b"", **headers: str) -> Reply:
        """Send one request; whatever is answered with 2xx, 400 or 404 is a reply.

        Raises UpstreamUnavailableError, UpstreamTimeoutError, UpstreamError or ResultTooLargeError.
        """
        self._local.until = time.monotonic() + self._seconds
        try:
            reply = self._asked(method, parameters, body, headers)
            login = self._login()
            if reply.status == 401 and login and login.heard(reply.headers.get("WWW-Authenticate") or ""):
                self._forget()
                reply = self._asked(method, parameters, body, headers)
        except TimeoutError:
            raise UpstreamTimeoutError(f"{self.url} did not answer within {self._seconds:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise UpstreamUnavailableError(f"{self.url} cannot be reached: {_why(error)}") from None
        if reply.status in (400, 404) or 200 <= reply.status < 300:
            return reply
        raise self._refusal(reply)

    def insist(self, method: str, *, parameters: str = "", body: bytes = b"", **headers: str) -> Reply:
        """Send a request that may be sent twice; try again, ever later, while the service is not there or fails."""
        for attempt in range(ATTEMPTS):
            try:
                return self.ask(method, parameters=parameters, body=body, **headers)
            except (UpstreamUnavailableError, UpstreamTimeoutError, _FailedError):
                if attempt == ATTEMPTS - 1:
                    raise
            time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _asked(self, method: str, parameters: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        target = f"{self._parts.path or '/'}"
        query = "&".join(part for part in (self._parts.query, parameters) if part)
        target += f"?{query}" if query else ""
        login = self._login()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"User-Agent": f"zeren/{__version__}", **named, **(login.header(method, target) if login else {})}
        if getattr(self._local, "process", None) != os.getpid():  # a socket shared after a fork answers the wrong one
            self._local.connection, self._local.process = None, os.getpid()
        fresh = self._local.connection is None
        try:
            return self._exchange(method, target, body, sent)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if fresh:
                raise
            # The service had closed a kept connection before it heard of this request.
            return self._exchange(method, target, body, sent)

    def _exchange(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            return self._reply(method, target, body, headers)
        except BaseException:
            self._forget()  # half used, it can take no other request
            raise

    def _reply(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        connection = self._connection()
        left = max(self._local.until - time.monotonic(), _SHORTEST_SECONDS)
        connection.timeout = left
        if connection.sock is not None:
            connection.sock.settimeout(left)
        connection.response_class = partial(_Response, until=self._local.until)  # type: ignore[assignment]
        connection.request(method, target, body or None, dict(headers))
        response = connection.getresponse()
        limit = self._max_bytes
        content = response.read() if limit is None else response.read(limit + 1)
        if limit is not None and len(content) > limit:
            raise ResultTooLargeError(
                f"the result is larger than {limit:,} bytes, so nothing of it is given: add a LIMIT"
            )
        response.read()
        return Reply(response.status, response.headers, content)

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if kept is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                context = ssl.create_default_context()
                kept = _SecureConnection(host, port, timeout=self._seconds, context=context)
            else:
                kept = _Connection(host, port, timeout=self._seconds)
            self._local.connection = kept
        return kept

    def _forget(self) -> None:
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if kept is not None:
            kept.close()

    def _login(self) -> Login | None:
        if self._credentials is None:
            return None
        if getattr(self._local, "login", None) is None:
            self._local.login = Login(self.url, *self._credentials)
        kept: Login = self._local.login
        return kept

    def _refusal(self, reply: Reply) -> UpstreamError:
        status, said = reply.status, reply.said()
        if status in (401, 403):
            return UpstreamError(
                f"{self.url} refused us ({status}): set ZEREN_STORE_USER and ZEREN_STORE_PASSWORD, or use ~/.netrc"
            )
        if status in (408, 504):
            return UpstreamTimeoutError(f"{self.url} was stopped at its own time limit ({status}): {said}")
        if status in _NOT_NOW:
            return UpstreamUnavailableError(f"{self.url} cannot answer now ({status}): {said}")
        if status >= 500:
            return _FailedError(f"{self.url} failed ({status}): {said}")
        return UpstreamError(f"{self.url} answered {status}, which is no answer: {said}")


class _Response(http.client.HTTPResponse):
    """A response that is whole at a certain time, or not at all: no single read waits beyond it."""

    def __init__(self, sock: socket.socket, *given: Any, until: float, **more: Any) -> None:
        super().__init__(sock, *given, **more)
        self.fp.close()
        self.fp = io.BufferedReader(_Timed(sock, until))


class _Timed(io.RawIOBase):
    """What comes from a socket until a certain time; then TimeoutError."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._until = until

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Read what there is. TimeoutError if nothing comes in time."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Connection(http.client.HTTPConnection):
    """A connection that is closed when its thread or its store is gone."""

    def __del__(self) -> None:
        self.close()


class _SecureConnection(http.client.HTTPSConnection):
    """The same under TLS."""

    def __del__(self) -> None:
        self.close()


class _FailedError(UpstreamError):
    """A service that failed while it answered; it may not the next time."""


def _why(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
