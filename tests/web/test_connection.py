"""The HTTP server's own bounds: what a request's head may be, who waits, who does not read, and what each is told."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from web import connection
from web.asgi import WHOLE, Application, Receive, Scope, Send, send_whole
from web.connection import LARGEST_ADDRESS, LARGEST_HEAD, MOST_HEADERS, Server

MOST = 20  # connections
LARGE = 8 << 20  # bytes, more than the system takes for a client that does not read


async def application(scope: Scope, _receive: Receive, send: Send) -> None:
    body = bytes(LARGE) if scope["path"] == "/large" else scope["path"].encode()
    await send_whole(send, 200, [(b"content-length", b"%d" % len(body))], body)


@contextmanager
def running(served: Application) -> Iterator[Callable[[], socket.socket]]:
    """Serve an application, and yield what connects to it."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    has_begun = threading.Event()
    server = Server(served, MOST, begun=has_begun.set, over=lambda: None)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    assert has_begun.wait(10)
    try:
        yield lambda: socket.create_connection(address, timeout=10)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def connected() -> Iterator[Callable[[], socket.socket]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "HEAD_SECONDS", 0.5)
        patch.setattr(connection, "STALL_SECONDS", 0.5)
        patch.setattr(connection, "_END_SECONDS", 1e6)  # this process goes on
        with running(application) as connect:
            yield connect


def said(client: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of what comes until the server hangs up."""
    whole = bytearray()
    while piece := client.recv(65536):
        whole += piece
    head, _, body = bytes(whole).partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    return int(line.split()[1]), dict(header.lower().split(": ", 1) for header in headers), body


def get(path: str = "/", *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (get("/" + "a" * LARGEST_ADDRESS), 414),
        (get("/", *("X: y",) * MOST_HEADERS), 431),
        (get("/", "X: " + "y" * LARGEST_HEAD), 431),
        (get("/", "X: " + "y" * 8 * LARGEST_HEAD)[:-4], 431),
        (b"what is this?\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ],
    ids=["address", "many headers", "large header", "header without end", "no HTTP", "no ASCII", "tunnel"],
)
def test_a_head_that_cannot_be_is_told_so(connected: Callable[[], socket.socket], sent: bytes, status: int) -> None:
    with connected() as client:
        client.sendall(sent)
        code, headers, body = said(client)
    assert (code, headers["content-type"], headers["connection"]) == (status, "application/problem+json", "close")
    assert json.loads(body)["status"] == status
    assert headers["x-content-type-options"] == "nosniff"


def test_a_head_up_to_the_limits_is_answered(connected: Callable[[], socket.socket]) -> None:
    path = "/" + "a" * (LARGEST_ADDRESS - 1)
    with connected() as client:
        client.sendall(get(path, *("X: " + "y" * 600,) * (MOST_HEADERS - 2), "Connection: close"))
        assert said(client)[::2] == (200, path.encode())


def test_a_head_may_come_letter_by_letter_but_soon(connected: Callable[[], socket.socket]) -> None:
    whole = get("/slow", "Connection: close")
    with connected() as client:
        for place in range(0, len(whole), 8):
            client.sendall(whole[place : place + 8])
            time.sleep(0.01)
        assert said(client)[0] == 200
    begun = time.monotonic()
    with connected() as client, pytest.raises(OSError, match=r"reset|pipe"):
        while time.monotonic() - begun < 10:
            client.sendall(whole[:1])
            time.sleep(0.05)
    assert time.monotonic() - begun < 5


def test_who_asks_nothing_more_is_let_go(connected: Callable[[], socket.socket]) -> None:
    with connected() as client:
        client.sendall(get())
        begun = time.monotonic()
        assert said(client)[0] == 200
        assert 0.3 < time.monotonic() - begun < 5


def test_a_newcomer_takes_the_place_of_who_has_waited_longest(connected: Callable[[], socket.socket]) -> None:
    with ExitStack() as waiting:
        first, *_ = [waiting.enter_context(connected()) for _ in range(2 * MOST)]
        with connected() as client:
            client.sendall(get("/new", "Connection: close"))
            assert said(client)[::2] == (200, b"/new")
        assert first.recv(1) == b""


def test_who_takes_nothing_is_let_go_and_who_takes_it_slowly_gets_it_all(
    connected: Callable[[], socket.socket],
) -> None:
    with connected() as client:
        client.sendall(get("/large"))
        time.sleep(3)
        assert len(taken(client)) < LARGE
    with connected() as client:
        client.sendall(get("/large"))
        got = 0
        while got < LARGE:
            piece = client.recv(1 << 19)
            assert piece, "it goes on as long as something is taken"
            got += len(piece)
            time.sleep(0.1)


def taken(client: socket.socket) -> bytes:
    """Return what can still be had."""
    whole = bytearray()
    try:
        while piece := client.recv(1 << 20):
            whole += piece
    except ConnectionResetError:
        pass
    return bytes(whole)


def test_requests_that_come_at_once_are_answered_in_turn(connected: Callable[[], socket.socket]) -> None:
    with connected() as client:
        client.sendall(b"".join(get(f"/{n}") for n in range(50)) + get("/last", "Connection: close"))
        _, _, body = said(client)
    answered = [part.rpartition(b"\r\n\r\n")[2] for part in (b"\r\n\r\n" + body).split(b"HTTP/1.1 200 OK")]
    assert answered == [*(f"/{n}".encode() for n in range(50)), b"/last"]


def test_who_asks_on_and_on_and_takes_nothing_is_not_answered_on_and_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_END_SECONDS", 1e6)
    answered = [0]

    async def counting(scope: Scope, _receive: Receive, send: Send) -> None:
        answered[0] += 1
        body = bytes(1 << 16)
        if not scope["extensions"][WHOLE](200, b"content-length: %d\r\n" % len(body), body):
            await send_whole(send, 200, [(b"content-length", b"%d" % len(body))], body)

    with running(counting) as connect, connect() as client:
        client.settimeout(1)
        with suppress(TimeoutError):  # it is not listened to any more
            for _ in range(30):
                client.sendall(get() * 100)
        time.sleep(1.5)
        assert answered[0] < 1000


def test_who_would_rather_speak_http_2_is_answered_and_asks_again(connected: Callable[[], socket.socket]) -> None:
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    with connected() as client:
        client.sendall(get("/upgraded", *upgrade))
        code, headers, body = said(client)
    assert (code, body, headers["connection"]) == (200, b"/upgraded", "close")


def test_answers_under_way_are_finished_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_END_SECONDS", 1e6)
    over: list[Any] = []

    async def slow(scope: Scope, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.3)
        await application(scope, _receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(slow, MOST, begun=lambda: None, over=lambda: over.append(True))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    with socket.create_connection(listener.getsockname(), timeout=10) as client:
        client.sendall(get("/late"))
        time.sleep(0.1)
        server.should_exit = True
        assert said(client)[::2] == (200, b"/late")
    thread.join()
    assert over == [True]
