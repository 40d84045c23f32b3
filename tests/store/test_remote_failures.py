"""How a service can fail, and what it is called: not there or not now 503, silent 504, no answer at all 502."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from kg.errors import (
    QueryError,
    ResultTooLargeError,
    StoreError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
    ZerenError,
)
from kg.store.address import Address
from kg.store.login import Login
from kg.store.manifest import BUILDING, WHOLE, Manifest
from kg.store.remote import RemoteStore
from kg.store.service import Service
from kg.store.upstream import Upstream
from tests.conftest import Run
from tests.store.services import free_port
from web.problem import status_of

Said = tuple[int, str, bytes]
Play = Callable[[BaseHTTPRequestHandler], Said]
NAME = "https://w3id.org/zeren/id/graph/store"
MANIFEST = Manifest(WHOLE, {"format": 1, "version": "v"}, "me", {"x:g": "0"}).triples(NAME)
STATE = b"""{"head": {"vars": ["state", "about"]}, "results": {"bindings": [
    {"state": {"type": "literal", "value": "whole"}, "about": {"type": "literal", "value": "{}"}}]}}"""
JSON = "application/sparql-results+json"


@contextmanager
def playing(play: Play) -> Iterator[str]:
    """Run a service that answers what `play` says: status, media type, body."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                status, media_type, body = play(self)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                if status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="store"')
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"sparql+http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def but(said: Said, *, seconds: float = 0) -> Play:
    """Say this to every query of a reader; the store's own state is answered as it should be."""

    def play(request: BaseHTTPRequestHandler) -> Said:
        if request.command == "GET":
            return 200, "application/n-triples", MANIFEST
        if b"storeState" in request.sent:  # type: ignore[attr-defined]
            return 200, JSON, STATE
        time.sleep(seconds)
        return said

    return play


@pytest.mark.parametrize(
    ("said", "error", "status"),
    [
        ((500, "text/plain", b"out of order"), UpstreamError, 502),
        ((501, "text/plain", b""), UpstreamError, 502),
        ((301, "text/plain", b""), UpstreamError, 502),
        ((401, "text/plain", b""), UpstreamError, 502),
        ((403, "text/plain", b""), UpstreamError, 502),
        ((404, "text/html", b"<h1>no</h1>"), UpstreamError, 502),
        ((200, "text/html", b"<h1>Welcome</h1>"), UpstreamError, 502),
        ((200, JSON, b'{"head":'), UpstreamError, 502),
        ((200, JSON, b"\xff\xfe"), UpstreamError, 502),
        ((503, "text/plain", b"overloaded"), UpstreamUnavailableError, 503),
        ((429, "text/plain", b""), UpstreamUnavailableError, 503),
        ((504, "text/plain", b""), UpstreamTimeoutError, 504),
        ((400, "text/plain", b"line 3: no"), QueryError, 400),
        ((200, JSON, b'{"head":{"vars":[]},"results":{"bindings":[]}}' + b" " * 5000), ResultTooLargeError, 413),
    ],
)
def test_failures_are_told_apart(said: Said, error: type[ZerenError], status: int) -> None:
    with playing(but(said)) as address:
        store = RemoteStore(Address.parse(address), seconds=5, max_bytes=2000)
        with pytest.raises(error) as raised:
            store.select("SELECT * { ?s ?p ?o }")
    assert (type(raised.value).__mro__[1] is not StoreError or error is UpstreamError, status_of(raised.value)) == (
        True,
        status,
    )


def test_silence_is_a_timeout() -> None:
    with playing(but((200, JSON, STATE), seconds=1.5)) as address:
        store = RemoteStore(Address.parse(address), seconds=0.4)
        begun = time.monotonic()
        with pytest.raises(UpstreamTimeoutError):
            store.select("SELECT * { ?s ?p ?o }")
        assert time.monotonic() - begun < 1.4


def test_nobody_there_is_unavailable(zeren: Run) -> None:
    store = RemoteStore(Address.parse(f"sparql+http://127.0.0.1:{free_port()}/"))
    with pytest.raises(UpstreamUnavailableError, match="refused"):
        store.select("SELECT * { ?s ?p ?o }")
    with pytest.raises(UpstreamUnavailableError, match="no such host"):
        RemoteStore(Address.parse("sparql+http://nowhere.invalid/")).select("SELECT * {}")
    said = zeren("query", "ASK {}", "--store", "sparql+http://nowhere.invalid/")
    assert (said.returncode, said.stdout) == (69, "")
    assert "no such host" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_cut_result_is_no_result() -> None:
    """Virtuoso stops at its own limit of rows and says so in a header only."""

    def play(request: BaseHTTPRequestHandler) -> Said:
        said = but((200, JSON, STATE))(request)
        if request.command == "POST" and b"storeState" not in request.sent:  # type: ignore[attr-defined]
            request.send_response(200)
            request.send_header("X-SPARQL-MaxRows", "1")
            request.send_header("Content-Type", JSON)
            request.send_header("Content-Length", str(len(STATE)))
            request.end_headers()
            request.wfile.write(STATE)
            raise OSError("said all")
        return said

    with playing(play) as address, pytest.raises(ResultTooLargeError, match="LIMIT"):
        RemoteStore(Address.parse(address), seconds=5).select("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize("failure", [(500, "text/plain", b""), (503, "text/plain", b""), (504, "text/plain", b"")])
def test_a_write_is_tried_again_ever_later(failure: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.upstream.FIRST_PAUSE_SECONDS", 0.01)
    asked: list[float] = []

    def play(_: BaseHTTPRequestHandler) -> Said:
        asked.append(time.monotonic())
        return failure if len(asked) < 4 else (204, "text/plain", b"")

    with playing(play) as address:
        Upstream(Address.parse(address).graphs, 5).insist("PUT", parameters="graph=x:g", body=b"")
    pauses = [later - before for before, later in pairwise(asked)]
    assert len(asked) == 4
    assert [pause >= 0.01 * 2**n for n, pause in enumerate(pauses)] == [True] * 3


@pytest.mark.parametrize("refusal", [(401, "text/plain", b""), (400, "text/plain", b""), (415, "text/plain", b"")])
def test_what_will_never_work_is_not_tried_again(refusal: Said) -> None:
    asked: list[str] = []

    def play(request: BaseHTTPRequestHandler) -> Said:
        asked.append(request.command)
        return refusal if request.command == "PUT" else (404, "text/plain", b"")

    with playing(play) as address, pytest.raises(UpstreamError):
        Service(Address.parse(address)).write(b'<x:s> <x:p> "1" <x:g> .\n', {})
    assert asked == ["GET", "PUT"]


def test_a_connection_closed_while_idle_is_made_again() -> None:
    with playing(lambda request: (200, "text/plain", request.command.encode())) as address:
        upstream = Upstream(Address.parse(address).query, 5)
        assert upstream.ask("GET").body == b"GET"
        upstream._local.connection.sock.shutdown(2)
        assert upstream.ask("POST", body=b"x").body == b"POST"


def test_a_connection_that_fell_silent_is_not_used_again() -> None:
    """It had been closed while idle; made again, it was silent, with one request sent and not answered."""
    pauses = iter((0, 1.0, 0))

    def play(request: BaseHTTPRequestHandler) -> Said:
        time.sleep(next(pauses))
        return 200, "text/plain", request.command.encode()

    with playing(play) as address:
        upstream = Upstream(Address.parse(address).query, 0.4)
        assert upstream.ask("GET").body == b"GET"
        upstream._local.connection.sock.shutdown(2)
        with pytest.raises(UpstreamTimeoutError):
            upstream.ask("GET")
        assert upstream.ask("POST", body=b"x").body == b"POST"


@pytest.mark.parametrize("command", [["query", "ASK {}"], ["show", "x"], ["export"], ["serve"]], ids=lambda c: c[0])
def test_a_build_under_way_has_the_documented_exit_code(zeren: Run, command: list[str]) -> None:
    building = Manifest(BUILDING, {"format": 1, "version": "v"}, "me", {"x:g": "0"}).triples(NAME)

    def play(request: BaseHTTPRequestHandler) -> Said:
        if request.command == "GET":
            return 200, "application/n-triples", building
        return 200, JSON, STATE.replace(b"whole", b"building")

    with playing(play) as address:
        said = zeren(*command, "--store", address)
    assert (said.returncode, said.stdout) == (UpstreamUnavailableError.exit_code, "")
    assert "under way" in said.stderr


def _basic(user: str, password: str) -> Play:
    right = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"

    def play(request: BaseHTTPRequestHandler) -> Said:
        return (200, "text/plain", b"in") if request.headers.get("Authorization") == right else (401, "text/plain", b"")

    return play


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEREN_STORE_USER", "任")
    monkeypatch.setenv("ZEREN_STORE_PASSWORD", "secret")
    with playing(_basic("任", "secret")) as address:
        assert Upstream(Address.parse(address).query, 5).ask("GET").body == b"in"
    with playing(_basic("任", "other")) as address, pytest.raises(UpstreamError) as raised:
        Upstream(Address.parse(address).query, 5).ask("GET")
    assert "secret" not in str(raised.value)


def test_credentials_come_from_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ZEREN_STORE_USER", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n", "utf-8")
    netrc.chmod(0o600)
    with playing(_basic("me", "mine")) as address:
        assert Upstream(Address.parse(address).query, 5).ask("GET").body == b"in"
    netrc.write_text("nonsense\n", "utf-8")
    with pytest.raises(StoreError, match="netrc"):
        Upstream("http://127.0.0.1/", 5)


def test_nobody_is_told_a_password_that_was_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEREN_STORE_USER", "me")
    told: list[str | None] = []

    def play(request: BaseHTTPRequestHandler) -> Said:
        told.append(request.headers.get("Authorization"))
        return 200, "text/plain", b""

    with playing(play) as address:
        Upstream(Address.parse(address).query, 5).ask("GET")
    assert told == [None]


def test_a_digest_is_answered_and_a_wrong_one_given_up() -> None:
    login = Login("http://h/x", "me", "mine")
    assert login.header("GET", "/x?y") == {}
    assert login.heard('Digest realm="r", nonce="1", qop="auth", algorithm="MD5"')
    said = login.header("GET", "/x?y")["Authorization"]
    assert 'username="me", realm="r", nonce="1", uri="/x?y"' in said
    assert "mine" not in said
    assert not login.heard('Digest realm="r", nonce="2", qop="auth", algorithm="MD5"')
    assert login.heard('Digest realm="r", nonce="3", stale=true, qop="auth", algorithm="MD5"')
    assert not login.heard("Negotiate")


def test_an_answer_that_comes_drop_by_drop_is_stopped_at_the_time_limit() -> None:
    """Every read succeeds at once, but not the whole of them."""

    def play(request: BaseHTTPRequestHandler) -> Said:
        said = but((200, JSON, STATE))(request)
        if request.command == "POST" and b"storeState" not in request.sent:  # type: ignore[attr-defined]
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n")
            for _ in range(20):
                time.sleep(0.1)
                request.wfile.write(b"X-More: 1\r\n")
            raise OSError("enough")
        return said

    with playing(play) as address:
        store = RemoteStore(Address.parse(address), seconds=0.5)
        begun = time.monotonic()
        with pytest.raises(UpstreamTimeoutError):
            store.select("SELECT * { ?s ?p ?o }")
        assert 0.4 < time.monotonic() - begun < 1.2
