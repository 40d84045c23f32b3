"""A process that answers questions one at a time and can be killed at any moment: no query outlives its time.

The time limit is the kernel's alarm with its default action, which ends the process even inside native code; the
memory limit is the process's own address space; and but for letting askers in, the process may open nothing, neither
file nor socket, so SERVICE reaches nobody. It ends as well when an asker hangs up: nobody wants the answer any more,
and an idle worker is soon replaced.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from typing import Any, NoReturn, Self

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
from kg.store.foreign import clauses, emptied
from kg.store.leash import taken
from kg.store.limits import Limits
from kg.store.outlet import Outlet

_KINDS: dict[type[QueryError], str] = {
    QuerySyntaxError: "syntax",
    QueryFormError: "form",
    ForeignHostError: "foreign",
    QueryFormatError: "format",
    ResultTooLargeError: "too-large",
}
_NUMBER = struct.Struct("!Q")
_NICENESS = 5
if sys.platform == "linux":
    _Poll = select.epoll  # who may open nothing may not even tell `poll` what to watch
else:
    _Poll = select.poll
TALK_SECONDS = 10.0  # how long one side waits for the other to send or take bytes


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
    _yield_to_others()
    stop = _StopRequest()
    listener.setblocking(False)
    connections: dict[int, tuple[socket.socket, socket.socket]] = {}
    poll = _Poll()
    for watched in (lifeline, listener.fileno()):
        poll.register(watched, select.POLLIN)
    with sealed() as seal:
        while not stop.asked:
            for ready, _ in poll.poll():
                if ready == lifeline:
                    os._exit(0)
                if ready == listener.fileno():
                    with seal.lifted():
                        _welcome(listener, connections, poll)
                    continue
                with stop:
                    staying = _serve(connections[ready][0], engine, limits, epoch)
                if not staying:
                    poll.unregister(ready)
                    for end in connections.pop(ready):
                        end.close()
    os._exit(0)


def _welcome(listener: socket.socket, connections: dict[int, tuple[socket.socket, socket.socket]], poll: _Poll) -> None:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:  # a retiring worker of the same place was quicker
        return
    wire.patient(connection, TALK_SECONDS)
    try:
        leash = taken(connection)
    except (OSError, EOFError):  # who connected has gone again
        connection.close()
        return
    connections[connection.fileno()] = connection, leash
    poll.register(connection, select.POLLIN)


class _StopRequest:
    """SIGTERM: at once when idle, after the answer when one is being made."""

    def __init__(self) -> None:
        self.asked = False
        self._busy = False
        signal.signal(signal.SIGTERM, self._heard)

    def __enter__(self) -> None:
        self._busy = True

    def __exit__(self, *_: object) -> None:
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


def _yield_to_others() -> None:
    """Let who hands out questions and answers go first: it needs little, and workers without a question do nothing.

    A worker waits for who runs just now, as well (Linux): with fewer changes of process all get on faster.
    """
    os.nice(_NICENESS)
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _address_space() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - not a file of the user's
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # macOS has no /proc and does not enforce the limit either
        return None


def _serve(connection: socket.socket, engine: Engine, limits: Limits, epoch: Epoch) -> bool:
    """Answer one question; tell whether the client is still there."""
    try:
        head, query = wire.receive(connection)
        if epoch.over:  # this worker was told to go, but a question came first: it is for the next one
            wire.send(connection, {"stale": True})
            return False
        outlet = Outlet(connection, engine.version, limits, counting=head.get("counting", False))
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        try:
            told = _answer(engine, outlet, str(query, "utf-8"), head)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if not outlet.streaming:
            if "error" in told:
                wire.send(connection, {"version": engine.version, **told})
            else:
                wire.send(connection, _heading(engine.version, told["media_type"], outlet.rows), outlet.body)
        elif "error" in told:
            return False  # the client has a part already: that nothing more comes tells it that there was more
        else:
            outlet.finish()
    except (OSError, EOFError):
        return False
    return True


@lru_cache(maxsize=64)
def _heading(version: str, media_type: str, rows: int | None) -> bytes:
    """Return the head of an answer as it travels; few are different."""
    return wire.headed({"version": version, "media_type": media_type, "rows": rows})


def _answer(engine: Engine, outlet: Outlet, query: str, head: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if "trial" in head:
            media_type = _tried(engine, outlet, query, **head["trial"])
        else:
            media_type = engine.run(outlet, query=query, **head["options"])
        outlet.end()
    except QueryError as error:
        place = {"line": error.line, "column": error.column} if isinstance(error, QuerySyntaxError) else {}
        return {"error": _KINDS.get(type(error), "query"), "message": str(error), **place}
    except MemoryError:
        return {"error": "query", "message": "the query needs more memory than one query may use"}
    return {"media_type": media_type}


def _tried(
    engine: Engine, outlet: Outlet, text: str, *, base: str | None, prefixes: Mapping[str, str], update: bool
) -> str:
    """Write what a text asks of other hosts. QuerySyntaxError if it is malformed, which is told before any is asked."""
    engine.parse(emptied(text, update=update), base, prefixes, update=update)
    outlet.write(json.dumps([asdict(found) for found in clauses(text, base, prefixes, update=update)]).encode())
    return "application/json"


class sealed:  # noqa: N801 - used as a verb: `with sealed():`
    """Lets this process open nothing meanwhile, neither file nor socket: SERVICE and LOAD reach nobody."""

    def __init__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_NOFILE)

    def __enter__(self) -> Self:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, self._before[1]))
        return self

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, self._before)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Lift the seal for a moment."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()
