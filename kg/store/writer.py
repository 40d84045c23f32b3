"""The disposable process that makes one change: on its own copy of the quads, into the journal, and gone."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
from typing import Any, NoReturn

from kg.errors import (
    ForeignHostError,
    GraphNotFoundError,
    QueryError,
    QueryFormError,
    QuerySyntaxError,
    ReadOnlyGraphError,
    StoreError,
    ZerenError,
)
from kg.store import wire
from kg.store.generations import Generations
from kg.store.limits import Limits
from kg.store.memory import Memory
from kg.store.worker import TALK_SECONDS, confine
from kg.store.writing import Change, Content, change

_KINDS: dict[type[ZerenError], str] = {
    QuerySyntaxError: "syntax",
    ReadOnlyGraphError: "read-only",
    GraphNotFoundError: "no-graph",
    QueryFormError: "form",
    ForeignHostError: "foreign",
    QueryError: "query",
    StoreError: "store",
}


class Writer:
    """One change under way: the process that makes it, and the connection that waits to hear of it.

    `lifeline` is a pipe whose writing end nobody but this process and the writer holds: the writer ends with us.
    """

    def __init__(
        self,
        connection: socket.socket,
        generations: Generations,
        memory: Memory,
        limits: Limits,
        lifeline: tuple[int, int],
    ) -> None:
        self._connection = connection
        wire.patient(connection, TALK_SECONDS)
        self._before = memory.version
        # Here, not in the process that is gone with the change: so only the first one waits until all is counted.
        _ = memory.size
        self._reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._reading)
            _end_with(lifeline)
            _make(connection, writing, generations, memory, limits)
        os.close(writing)

    def finish(self, status: int, version: str) -> None:
        """Tell the asker what came of it, its process having ended with `status` and readers seeing `version`."""
        with os.fdopen(self._reading, "rb") as pipe:
            told = pipe.read()
        if told:
            reply: dict[str, Any] = json.loads(told)
        elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            reply = {"error": "timeout", "message": "the change was stopped at the time limit; nothing was changed"}
        elif version == self._before:
            reply = {"error": "crashed", "message": "the change ended its process; nothing was changed"}
        else:
            reply = {
                "error": "store",
                "message": "its process ended before it could say whether the change was made",
            }
        with self._connection as connection:
            try:
                wire.send(connection, {"version": version, **reply})
            except OSError:  # the client has gone; what was changed stays changed
                return


def next_in_turn(changes: socket.socket) -> socket.socket | None:
    """Return the connection of who asks for a change and was told that it is its turn; None if nobody asks.

    Who has gone meanwhile is passed over: it has not yet said what it wanted, and was told that nothing was changed.
    """
    while select.select([changes.fileno()], [], [], 0)[0]:
        connection, _ = changes.accept()
        try:
            wire.send(connection, {"turn": True})
        except OSError:
            connection.close()
        else:
            return connection
    return None


def _end_with(lifeline: tuple[int, int]) -> None:
    """Let this process end when the other end of its lifeline does, whatever it is doing."""
    reading, writing = lifeline
    os.close(writing)
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(reading, fcntl.F_SETFL, fcntl.fcntl(reading, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([reading], [], [], 0)[0]:  # it had ended before
        os._exit(1)


def _make(
    connection: socket.socket, telling: int, generations: Generations, memory: Memory, limits: Limits
) -> NoReturn:
    confine(limits)
    try:
        head, body = wire.receive(connection)
        try:
            reply = _changed(Change.of(head), body, generations, memory, limits)
        except ZerenError as error:
            kind = next(_KINDS[base] for base in type(error).__mro__ if base in _KINDS)
            reply = {"error": kind, "message": str(error)}
            reply |= {"line": error.line, "column": error.column} if isinstance(error, QuerySyntaxError) else {}
        except OSError as error:
            reply = {
                "error": "store",
                "message": f"the change could not be written: {error.strerror}; nothing was changed",
            }
        except Exception as error:  # noqa: BLE001 - the outermost edge: a fault of ours is told, not swallowed
            reply = {"error": "store", "message": f"zeren failed: {type(error).__name__}: {error}"}
        os.write(telling, json.dumps(reply).encode())
        os._exit(0)
    finally:
        os._exit(1)


def _changed(asked: Change, body: bytes, generations: Generations, memory: Memory, limits: Limits) -> dict[str, Any]:
    with generations.locked():
        if generations.current() != memory.generation:
            raise StoreError("the store has just been built anew; ask again")
        memory.catch_up()  # with what another service on the same store has changed meanwhile
        content = Content(memory.quads, memory.size, generations.fixed(memory.generation))
        done = change(content, asked, body, limits.seconds)
        if done.patch:
            generations.journal(memory.generation).append(done.patch)
    return {"created": done.created}
