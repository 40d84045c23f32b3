"""A process that answers questions one at a time and can be killed at any moment: no query outlives its time.

The time limit is the kernel's alarm with its default action, which ends the process even inside native code; the
memory limit is the process's own address space; and while a query runs the process may open nothing, neither file nor
socket, so SERVICE reaches nobody. It ends as well when the asker hangs up: nobody wants the answer any more.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import resource
import select
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from kg.errors import (
    ForeignHostError,
    QueryError,
    QueryFormatError,
    QueryFormError,
    QuerySyntaxError,
    ResultTooLargeError,
)
from kg.store import wire
from kg.store.engine import Engine
from kg.store.outlet import Outlet

_KINDS: dict[type[QueryError], str] = {
    QuerySyntaxError: "syntax",
    QueryFormError: "form",
    ForeignHostError: "foreign",
    QueryFormatError: "format",
    ResultTooLargeError: "too-large",
}
_NUMBER = struct.Struct("!Q")
TALK_SECONDS = 10.0  # how long one side waits for the other to send or take bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: `seconds` to run, `memory` and `result` in bytes.

    A result up to `hold` bytes is given whole or not at all; a larger one is streamed.
    """

    seconds: float
    memory: int
    result: int
    hold: int = 16 * 2**20


class Epoch:
    """A number that a keeper and its workers share: a worker made in an earlier epoch must not answer any more."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _NUMBER.size)
        self._own = 0

    @property
    def over(self) -> bool:
        """Whether another epoch has begun since this process was made."""
        return self._own != int(_NUMBER.unpack_from(self._shared)[0])

    def advance(self) -> None:
        """Begin the next one; who is forked from now on belongs to it."""
        self._own += 1
        _NUMBER.pack_into(self._shared, 0, self._own)


def work(listener: socket.socket, lifeline: int, engine: Engine, limits: Limits, epoch: Epoch) -> NoReturn:
    """Answer who connects to `listener` until `lifeline` ends or SIGTERM comes; runs in a process of its own."""
    confine(limits)
    stop = _StopRequest()
    listener.setblocking(False)
    connections: dict[int, socket.socket] = {}
    poll = select.poll()
    for watched in (lifeline, listener.fileno()):
        poll.register(watched, select.POLLIN)
    while not stop.asked:
        for ready, _ in poll.poll():
            if ready == lifeline:
                os._exit(0)
            if ready == listener.fileno():
                _welcome(listener, connections, poll)
                continue
            with stop.held():
                staying = _serve(connections[ready], engine, limits, epoch)
            if not staying:
                poll.unregister(ready)
                connections.pop(ready).close()
    os._exit(0)


def _welcome(listener: socket.socket, connections: dict[int, socket.socket], poll: select.poll) -> None:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:  # a retiring worker of the same place was quicker
        return
    wire.patient(connection, TALK_SECONDS)
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    connections[connection.fileno()] = connection
    poll.register(connection, select.POLLIN)


class _StopRequest:
    """SIGTERM: at once when idle, after the answer when one is being made."""

    def __init__(self) -> None:
        self.asked = False
        self._busy = False
        signal.signal(signal.SIGTERM, self._heard)

    @contextmanager
    def held(self) -> Iterator[None]:
        self._busy = True
        yield
        self._busy = False

    def _heard(self, *_: object) -> None:
        self.asked = True
        if not self._busy:
            os._exit(0)


def confine(limits: Limits) -> None:
    """Give this process its limits, and its own end when it comes to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    for ending in (signal.SIGALRM, signal.SIGIO):
        signal.signal(ending, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = _address_space()
    if used:
        resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory, used + limits.memory))
    # What native code prints as it dies is no message to the user; the client is told in words.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    os.close(quiet)


def _address_space() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - not a file of the user's
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # macOS has no /proc and does not enforce the limit either
        return None


def _serve(connection: socket.socket, engine: Engine, limits: Limits, epoch: Epoch) -> bool:
    """Answer one question; tell whether the client is still there."""
    try:
        head, _ = wire.receive(connection)
        if epoch.over:  # this worker was told to go, but a question came first: it is for the next one
            wire.send(connection, {"stale": True})
            return False
        counting = head.pop("count", False)
        outlet = Outlet(connection, engine.version, limits.hold, limits.result, counting=counting)
        with _alarm(limits.seconds), _listening(connection), sealed():
            told = _answer(engine, outlet, head)
        if not outlet.streaming:
            body = b"" if "error" in told else outlet.taken()
            wire.send(connection, {"version": engine.version, "rows": outlet.rows, **told}, body)
        elif "error" in told:
            return False  # the client has a part already: that nothing more comes tells it that there was more
        else:
            outlet.finish()
    except (OSError, EOFError):
        return False
    return True


def _answer(engine: Engine, outlet: Outlet, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"media_type": engine.run(outlet, **question)}
    except QueryError as error:
        place = {"line": error.line, "column": error.column} if isinstance(error, QuerySyntaxError) else {}
        return {"error": _KINDS.get(type(error), "query"), "message": str(error), **place}
    except MemoryError:
        return {"error": "query", "message": "the query needs more memory than one query may use"}


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def _listening(connection: socket.socket) -> Iterator[None]:
    """End this process when the asker hangs up: by a signal of the kernel's, so even inside native code (Linux)."""
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(connection, fcntl.F_SETFL, 0)


@contextmanager
def sealed() -> Iterator[None]:
    """Let this process open nothing meanwhile, neither file nor socket: SERVICE and LOAD reach nobody."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
