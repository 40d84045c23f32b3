"""The running service: a keeper with the quads, granian with the pages, and one process over both that ends them."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import resource
import signal
import socket
import sys
import threading
import time
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kg.errors import ZerenError
from kg.settings import BY_NAME, MEBIBYTE
from kg.store.client import KeeperStore

if TYPE_CHECKING:
    from kg.context import Context
    from kg.store import Store

_PORTS_TRIED = 100
_END_SECONDS = 2
_SHORTEST_TOKEN = 16
_BACKLOG = 4096  # connections that wait to be taken in
_MOST_CONNECTIONS, _OTHER_FILES = 20_000, 200


class ServingError(ZerenError):
    """A service that cannot start: an address that cannot be had, a token that is none."""

    exit_code = 69


def serve_store(run: Context, *, show: bool) -> None:
    """Serve until SIGINT or SIGTERM, and `show` it in the browser where there is a screen.

    Raises ServingError where the address cannot be had.
    """
    settings = run.settings
    port = free_port(settings.host, settings.port)
    store = run.kept_store(meanwhile=_prepare)
    url = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}/"
    server = Granian(
        "zeren",
        address=settings.host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        backlog=_BACKLOG,
        backpressure=_connections(),
        workers_kill_timeout=_END_SECONDS,
        log_level=LogLevels.error,
    )
    server.on_startup(lambda: _end_with(store))
    server.on_startup(lambda: _say_where(url, port, settings.port, show=show))
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
    server.serve(target_loader=partial(_application, store, config, settings.access_log), wrap_loader=False)
    if isinstance(store, KeeperStore) and not store.is_kept():
        raise ServingError("the process that holds the quads has ended, and so does the service; see the system's log")


def _end_with(store: Store) -> None:
    """Let a closed terminal end the service, and the end of the keeper: without it nothing could be answered."""

    def end(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def look(*_: object) -> None:
        if isinstance(store, KeeperStore) and not store.is_kept():
            end()

    signal.signal(signal.SIGHUP, end)
    signal.signal(signal.SIGCHLD, look)


def _end_without(parent: int) -> None:
    """End this process when the first one has gone: killed, it cannot end those that it has started."""
    while os.getppid() == parent:
        time.sleep(_END_SECONDS / 2)
    os.kill(os.getpid(), signal.SIGKILL)


def free_port(host: str, port: int) -> int:
    """Return `port`, or the next one that is free on `host`; 0 stands for any. ServingError if there is none."""
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
                return int(trial.getsockname()[1])
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServingError(f"{host}: cannot be listened on: {error.strerror or error}") from None
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
    """Load what a worker of granian's will want, while the quads are being read: it is forked from this process."""
    importlib.import_module("web.app")
    importlib.import_module("uvloop")


def _application(store: Store, config: dict[str, object], access_log: Path | None) -> Any:
    from web.app import create_service

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=_end_without, args=(os.getppid(),), daemon=True).start()
    log = None if access_log is None else access_log.open("a", encoding="utf-8")
    service = create_service(store, config={**config, "ACCESS_LOG": log})
    # All that is here is for good. Collecting it among the garbage of requests takes up to 50 ms, in which all wait.
    gc.collect()
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
