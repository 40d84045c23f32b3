"""The running service: this process with the pages, the keeper that it starts with the quads; both end together."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import resource
import signal
import socket
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.errors import ZerenError
from kg.settings import BY_NAME, MEBIBYTE
from kg.store.client import KeeperStore

if TYPE_CHECKING:
    from kg.context import Context
    from kg.store import Store
    from web.asgi import Application

_PORTS_TRIED = 100
_BACKLOG = 2048  # connections that wait to be taken in, as uvicorn has it
_SHORTEST_TOKEN = 16
_MOST_CONNECTIONS, _OTHER_FILES = 20_000, 200


class ServingError(ZerenError):
    """A service that cannot start: an address that cannot be had, a token that is none."""

    exit_code = 69


def serve_store(run: Context, *, show: bool) -> None:
    """Serve until SIGINT or SIGTERM, and `show` it in the browser where there is a screen.

    Raises ServingError where the address cannot be had.
    """
    settings = run.settings
    listener = _listening(settings.host, settings.port)
    port = listener.getsockname()[1]
    url = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}/"
    store = run.kept_store(meanwhile=_prepare)
    config: dict[str, object] = {
        "BASE": settings.base,
        "HOSTS": _names(settings.host),
        "DEFAULT_GRAPH": settings.default_graph,
        "WRITE_TOKEN": _token(settings.write_token_file, settings.write_token),
        "CACHE": settings.cache * MEBIBYTE,
        "CLIENT_LIMIT": settings.client_limit,
        "QUEUE_LIMIT": settings.queue_limit,
        "REQUEST_LIMIT": settings.request_limit * MEBIBYTE,
        "MAX_CONTENT_LENGTH": settings.change_limit * MEBIBYTE,
        "ALLOW_ORIGIN": settings.allow_origin or None,
        "FEDERATED": bool(settings.allow_host),
    }
    from web.connection import Server  # not before the keeper has begun: that, too, takes its time

    service = _service(store, config, settings.access_log)
    is_lost = False

    def begun() -> None:
        _say_where(url, port, settings.port, show=show)
        _end_with(store)

    def over() -> None:
        nonlocal is_lost
        is_lost = _is_lost(store)
        run.close()

    for ending in (signal.SIGINT, signal.SIGTERM):  # the server heeds them, and raises them once more at its end
        signal.signal(ending, lambda *_: None)
    Server(service, _connections(), begun=begun, over=over).run([listener])
    if is_lost:
        raise ServingError("the process that holds the quads has ended, and so does the service; see the system's log")


def _end_with(store: Store) -> None:
    """Let signals end the service, a closed terminal, and the keeper's end: without it nothing can be answered."""

    def end(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def look(*_: object) -> None:
        if _is_lost(store):
            end()

    signal.signal(signal.SIGHUP, end)
    signal.signal(signal.SIGCHLD, look)
    look()


def _is_lost(store: Store) -> bool:
    return isinstance(store, KeeperStore) and not store.is_kept()


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `port`, or at the next one that is free on `host`; 0 stands for any.

    ServingError if there is none.
    """
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0]
            listener = socket.socket(family, kind, protocol)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
                listener.listen(_BACKLOG)
            except OSError:
                listener.close()
                raise
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServingError(f"{host}: cannot be listened on: {error.strerror or error}") from None
        else:
            return listener
    raise ServingError(f"no port from {port} to {port + _PORTS_TRIED - 1} is free on {host}; name another with --port")


def _connections() -> int:
    """Return how many connections can be held at a time: whoever holds all of them keeps everybody else out.

    Those on which no request comes end after some seconds, so there should be many.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = _MOST_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, _MOST_CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(files - _OTHER_FILES, files // 2)


def _say_where(url: str, port: int, asked: int, *, show: bool) -> None:
    if asked not in (0, port):
        click.echo(f"port {asked} is taken, so this is on {port}", err=True)
    click.echo(f"责任图谱 {url}  (Ctrl-C ends it)")
    # Without a screen `webbrowser` would start a text browser in this very terminal.
    if show and (sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(url)


def _prepare() -> None:
    """Load what the service will want, while the quads are being read."""
    for name in ("web.app", "web.connection", "uvloop"):
        importlib.import_module(name)
    gc.collect()  # what is left stays, see `_service`


def _service(store: Store, config: dict[str, object], access_log: Path | None) -> Application:
    from web.app import create_service

    log = None if access_log is None else access_log.open("a", encoding="utf-8")
    service = create_service(store, config={**config, "ACCESS_LOG": log})
    # All that is here is for good. Collecting it among the garbage of requests takes up to 50 ms, in which all wait.
    gc.freeze()
    return service


def _names(host: str) -> tuple[str, ...]:
    """Return the names that requests may call this server by."""
    from web.security import LOOPBACK

    return LOOPBACK if host in LOOPBACK else (*LOOPBACK, host)


def _token(path: Path | None, given: str) -> str | None:
    """Return the token in the file, else the one given, None if there is neither.

    ServingError if it is too short to be one.
    """
    if path is None:
        return _checked(given, BY_NAME["write_token"].variable) if given else None
    try:
        return _checked(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ServingError(f"{path}: the token cannot be read: {error}") from None


def _checked(given: str, where: str) -> str:
    token = given.strip()
    if len(token) < _SHORTEST_TOKEN:
        raise ServingError(
            f"{where}: a token has {_SHORTEST_TOKEN} characters or more; make one with: openssl rand -hex 32"
        )
    return token
