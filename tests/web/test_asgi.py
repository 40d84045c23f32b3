"""The service under ASGI: who dawdles, does not read, or leaves holds up nobody; a page gets its request whole."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from tests.conftest import serving
from tests.web.test_sparql import RUNAWAY, ask, get
from web.asgi import Bodies, Message, body_of
from web.bridge import Bridge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST = 100
CONFIG = {"WRITE_TOKEN": "t" * 16, "REQUEST_LIMIT": LARGEST, "MAX_CONTENT_LENGTH": 10 * LARGEST}
LOG = "access.log"
DEADLINE = 1.0  # seconds in which an honest request is answered whatever others do


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asgi")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    options = ["--store", str(folder / "store"), "--time-limit", "20", "--access-log", str(folder / LOG)]
    with serving(*options) as (address, _):
        ask(address, "/en/")  # what the first page costs is none of the others' doing
        yield address


def connected(served: str) -> socket.socket:
    parts = urlsplit(served)
    return socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=20)


def is_quick(served: str, path: str) -> bool:
    begun = time.monotonic()
    reply = ask(served, path)
    return reply.status == 200 and time.monotonic() - begun < DEADLINE


def test_who_leaves_takes_the_query_along(served: str, folder: Path) -> None:
    with ExitStack() as leaving:
        for _ in range(8):  # twice as many as there are workers
            client = leaving.enter_context(connected(served))
            client.sendall(f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        time.sleep(0.5)
    assert get(served, "ASK {}").status == 200  # long before the time limit
    until = time.monotonic() + 5
    while time.monotonic() < until and statuses(folder).count(499) < 8:
        time.sleep(0.05)
    assert statuses(folder).count(499) == 8


def statuses(folder: Path) -> list[int]:
    return [json.loads(line)["status"] for line in (folder / LOG).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("path", ["/sparql", "/why", "/graphs?default"])
def test_bodies_that_do_not_come_hold_nobody_up(served: str, path: str) -> None:
    with ExitStack() as waiting:
        for _ in range(40):
            client = waiting.enter_context(connected(served))
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            client.sendall(f"{head}Content-Length: 500\r\n\r\nSELECT".encode())
        assert is_quick(served, "/en/")
        assert is_quick(served, "/sparql?query=ASK%20%7B%7D")


@pytest.mark.parametrize(
    "path", ["/vis/vis-network.min.js", "/sparql?query=" + quote("SELECT * { ?a ?b ?c . ?d ?e ?f }")]
)
def test_answers_that_nobody_reads_hold_nobody_up(served: str, path: str) -> None:
    with ExitStack() as waiting:
        for _ in range(12 if path.startswith("/vis") else 2):
            client = waiting.enter_context(connected(served))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert client.recv(12) == b"HTTP/1.1 200"
        assert is_quick(served, "/en/")
        assert is_quick(served, "/sparql?query=ASK%20%7B%7D")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_to_an_old_client_nothing_is_streamed(served: str, method: str) -> None:
    large, small = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 500000", "ASK { ?a ?b ?c }"
    for query, status in ((large, b"413"), (small, b"200")):
        with connected(served) as client:
            client.sendall(f"{method} /sparql?query={quote(query)} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            said = b"".join(iter(lambda: client.recv(1 << 16), b""))
        assert said.split()[1] == status
        assert b"content-length:" in said.lower()
        assert (b"HTTP/1.1, or add a LIMIT" in said) == (status == b"413" and method == "GET")


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    told["BODY"] = environ["wsgi.input"].read().decode("latin-1")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


def bridged(
    path: str = "/",
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    room: int = 20 * LARGEST,
    **more: Any,
) -> list[Message]:
    """Return what a bridge to `echo` sends."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST" if body else "GET",
        "scheme": "http",
        "path": path,
        "query_string": b"a=%E4%BB%BB",
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 80),
        **more,
    }
    pieces = [body[n : n + 7] for n in range(0, len(body), 7)] or [b""]
    coming = [
        {"type": "http.request", "body": piece, "more_body": n < len(pieces) - 1} for n, piece in enumerate(pieces)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Bridge(echo, 1, CONFIG, Bodies(room))(scope, receive, send))
    return sent


def told(sent: list[Message]) -> dict[str, str]:
    found: dict[str, str] = json.loads(sent[1]["body"])
    return found


def test_a_request_comes_through_whole() -> None:
    environ = told(bridged("/任务/x", body="“乙”".encode() * 5, headers={"content-type": "text/plain", "x-more": "1"}))
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/任务/x"
    assert (environ["QUERY_STRING"], environ["CONTENT_TYPE"], environ["HTTP_X_MORE"]) == (
        "a=%E4%BB%BB",
        "text/plain",
        "1",
    )
    assert environ["BODY"].encode("latin-1").decode() == "“乙”" * 5
    assert environ["CONTENT_LENGTH"] == "45"


def test_a_path_is_decoded_once_and_may_be_any_bytes() -> None:
    assert told(bridged("?", raw_path=b"/%ff%2541?x"))["PATH_INFO"].encode("latin-1") == b"/\xff%41"


def test_a_header_cannot_pass_for_another() -> None:
    assert "HTTP_X_FORWARDED_FOR" not in told(bridged(headers={"x_forwarded_for": "1.2.3.4"}))
    assert told(bridged(headers={"accept": "text/html"}))["HTTP_ACCEPT"] == "text/html"


def test_a_body_that_is_too_large_is_refused_and_who_may_write_may_send_more() -> None:
    for body, token, status in (
        (LARGEST, "", 200),
        (LARGEST + 1, "", 413),
        (LARGEST + 1, "x" * 16, 413),
        (10 * LARGEST, "t" * 16, 200),
        (10 * LARGEST + 1, "t" * 16, 413),
    ):
        sent = bridged(body=b"x" * body, headers={"authorization": f"Bearer {token}"})
        assert sent[0]["status"] == status


def test_all_bodies_together_have_their_bound_and_room_comes_back() -> None:
    bodies = Bodies(4 * LARGEST)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * LARGEST}

    async def hold(clients: str) -> None:
        with ExitStack() as held:
            for client in clients:
                assert len(await body_of(receive, LARGEST, held.enter_context(bodies.room(client)))) == LARGEST

    async def begin_and_break_off() -> None:
        coming: list[Message] = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]

        async def breaking() -> Message:
            return coming.pop(0)

        with pytest.raises(BadRequest), bodies.room("a") as room:
            await body_of(breaking, LARGEST, room)

    asyncio.run(begin_and_break_off())
    for clients in ("aabb", "aabc"):
        asyncio.run(hold(clients))
    for too_many in ("aabbc", "aaa"):  # one client has half of the room
        with pytest.raises(ServiceUnavailable):
            asyncio.run(hold(too_many))
    asyncio.run(hold("bbaa"))


def test_a_page_says_when_to_come_back() -> None:
    sent = bridged(body=b"x" * (2 * LARGEST + 1), headers={"authorization": f"Bearer {'t' * 16}"}, room=2 * LARGEST)
    assert sent[0]["status"] == 503
    assert dict(sent[0]["headers"])[b"retry-after"] == b"5"


@pytest.mark.parametrize(
    ("version", "headers", "expected"),
    [
        ("1.1", [], [2_000_000, 2_000_000, 2_000_000, 0]),
        ("1.0", [("Content-Length", "6000000")], [2_000_000, 2_000_000, 2_000_000, 0]),
        ("1.0", [], None),
    ],
    ids=["pieces", "of a length", "refused"],
)
def test_a_large_answer_comes_in_pieces_that_can_be_told_from_a_part_and_is_closed(
    version: str, headers: list[tuple[str, str]], expected: list[int] | None
) -> None:
    closed = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            yield from [b"x" * 2_000_000] * 3

        def close(self) -> None:
            closed.append(True)

    def large(_: WSGIEnvironment, start_response: StartResponse) -> Pieces:
        start_response("200 OK", headers)
        return Pieces()

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "http_version": version,
    }
    asyncio.run(Bridge(large, 1, CONFIG, Bodies(LARGEST))(scope, receive, send))
    bodies = [message["body"] for message in sent[1:]]
    if expected is None:
        assert (sent[0]["status"], len(bodies)) == (413, 1)
        assert b"HTTP/1.1" in bodies[0]
    else:
        assert [len(body) for body in bodies] == expected
    assert not sent[-1].get("more_body")
    assert closed == [True]
