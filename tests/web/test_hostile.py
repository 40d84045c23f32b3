"""Whatever a client asks, sends or leaves unsent: the next honest query is answered within a second."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.conftest import serving
from tests.web.hostile import ENDLESS, SHAPES
from tests.web.test_sparql import DIRECT, TASK, Reply, ask, codes, get

PERMITTED = {200, 400, 403, 413, 503}
SECONDS = 0.5  # one query
LONG = [pytest.param(size, marks=pytest.mark.long) for size in (4_000, 999_000)]
HEAD = b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sparql-query\r\n"
LARGE = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 9000000"})


@pytest.fixture(scope="module")
def hostile(seed_folder: Path) -> Iterator[str]:
    """Return the address of a service that stops queries soon."""
    with serving("--store", str(seed_folder), "--time-limit", str(SECONDS)) as (address, _):
        yield address


@pytest.fixture(autouse=True)
def and_the_next_is_answered(hostile: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Ask what nobody has asked before, after each test."""
    yield
    honest(hostile, request.node.name)


def honest(address: str, name: str) -> None:
    begun = time.monotonic()
    assert codes(get(address, f"{TASK} # {quote(name)[:500]} {begun}")) == ["20.1"]
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("size", [64_000, *LONG])
@pytest.mark.parametrize("name", SHAPES)
def test_every_operator_deep_and_long(hostile: str, name: str, size: int) -> None:
    try:
        reply = ask(hostile, method="POST", body=SHAPES[name](size).encode()[:999_999], **DIRECT)
    except (OSError, HTTPException):  # a stream that was cut off, as can be told
        return
    assert reply.status in PERMITTED, reply.body
    assert b"Traceback" not in reply.body


@pytest.mark.parametrize("name", ENDLESS)
def test_answers_without_end(hostile: str, name: str) -> None:
    begun = time.monotonic()
    try:
        reply = get(hostile, ENDLESS[name])
    except (OSError, HTTPException):  # a stream that was cut off, as can be told
        reply = Reply(503, {}, b"")
    assert reply.status in PERMITTED
    assert time.monotonic() - begun < SECONDS + 2


def most(count: int) -> int:
    """Return how many connections this machine lets one process have, at most `count`."""
    return min(count, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 100)


@pytest.mark.parametrize(
    ("count", "beginning"),
    [
        (3000, b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "),
        (1000, b""),
        (300, HEAD + b"Content-Length: 100000\r\n\r\nSELECT"),
        (300, HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nSELEC\r\n"),
        (300, b"PUT /graphs?graph=a:a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n<a:"),
        (15, b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 300),
    ],
    ids=["headers", "nothing", "body", "chunks", "graph", "pipeline"],
)
def test_requests_that_do_not_come(hostile: str, count: int, beginning: bytes) -> None:
    there = (urlsplit(hostile).hostname or "", urlsplit(hostile).port or 0)
    with ExitStack() as stack:
        for _ in range(most(count)):
            try:
                connection = stack.enter_context(socket.create_connection(there, timeout=1))
                connection.sendall(beginning)
            except OSError:  # no more are let in
                break
        honest(hostile, "meanwhile")


@pytest.mark.long
def test_who_does_not_read_keeps_no_worker(hostile: str) -> None:
    there = (urlsplit(hostile).hostname or "", urlsplit(hostile).port or 0)
    with ExitStack() as stack:
        for _ in range(4):
            connection = stack.enter_context(socket.create_connection(there, timeout=5))
            connection.sendall(f"GET /sparql?{LARGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        time.sleep(SECONDS + 11)
        honest(hostile, "meanwhile")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: " + b"a/b," * 50_000 + b"\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: " + b'"x",' * 50_000 + b"\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"y" * 5_000_000 + b"\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: \xff\xfe\r\nAuthorization: \xff\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: \xe4\xbb\xbb\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/9.9\r\n\r\n",
        b"GET http://127.0.0.1/sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /sparql?" + b"query=" * 2_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /sparql?" + b"a=b&" * 5_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /sparql?query=%E4%BB HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /id/%FF%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n" * 100_000,
        bytes(100_000),
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 99999999999999999999\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nContent-Length: 6\r\n\r\nASK {}",
        HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nASK {}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nASK {}",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\nASK {}",
        HEAD + b"Expect: nothing\r\nContent-Length: 6\r\n\r\nASK {}",
    ],
    ids=lambda sent: repr(sent[-40:]),
)
def test_headers_and_requests_that_are_none(hostile: str, sent: bytes) -> None:
    there = (urlsplit(hostile).hostname or "", urlsplit(hostile).port or 0)
    with socket.create_connection(there, timeout=2) as connection:
        try:
            connection.sendall(sent)
            said = connection.recv(4096)
        except OSError:  # it was cut off, or never answered
            said = b""
    assert b"Traceback" not in said
    assert not said.startswith(b"HTTP/1.1 500")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xff\xfe\x00", DIRECT),
        ("ASK {}".encode("utf-16"), DIRECT),
        (b"query=%FF%FE", {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"query=" + b"%" * 100_000, {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"a=b&" * 200_000, {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"ASK {}", {"Content-Type": "text/plain"}),
        (b"ASK {}", {"Content-Type": "multipart/form-data; boundary=x"}),
        (b"ASK {}", {"Content-Type": "application/sparql-query; charset=utf-16"}),
        (b"ASK {}", {"Content-Type": ";" * 10_000}),
        (b"{" * 500_000, {"Content-Type": "application/json"}),
        (b"\x1f\x8b" + bytes(1000), DIRECT),
    ],
    ids=lambda part: repr(part)[:30],
)
def test_bodies_that_are_none(hostile: str, body: bytes, headers: dict[str, str]) -> None:
    reply = ask(hostile, method="POST", body=body, **headers)
    assert reply.status in {200, 400, 413, 415}
    assert b"Traceback" not in reply.body
