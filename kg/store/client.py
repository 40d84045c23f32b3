"""A store that answers from killable processes: it starts a keeper, sends it questions, and ends it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from kg.errors import (
    GraphNotFoundError,
    QueryCrashedError,
    QueryError,
    QueryFormatError,
    QueryFormError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReadOnlyGraphError,
    ResultTooLargeError,
    StoreError,
    ZerenError,
)
from kg.store import Answer, wire
from kg.store.rendezvous import SharedVersion, place
from kg.store.results import rows, to_json

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row
    from kg.store.worker import Limits
    from kg.store.writing import Change

_ERRORS: dict[str, type[QueryError]] = {
    "form": QueryFormError,
    "format": QueryFormatError,
    "too-large": ResultTooLargeError,
    "query": QueryError,
    "read-only": ReadOnlyGraphError,
    "no-graph": GraphNotFoundError,
    "timeout": QueryTimeoutError,
    "crashed": QueryCrashedError,
}


_GRACE_SECONDS = 2.0  # beyond the time limit: a large answer still has to travel
_PATIENCE_SECONDS = 10.0  # how long a worker's place may stay without one


class KeeperStore:
    """A `kg.store.Store` whose queries run in a keeper's workers; `seconds` is the limit that they keep.

    It may be used from many threads, and in a process forked from the one that made it.
    """

    def __init__(self, folder: Path, workers: int, seconds: float, queue_seconds: float = 10.0) -> None:
        self._made_from = (folder, workers, seconds, queue_seconds)
        self._changes = str(folder / "changes")
        self._seconds = seconds
        self._queue_seconds = queue_seconds
        self._shared_version = SharedVersion(folder)
        self._idle: SimpleQueue[_Line] = SimpleQueue()
        for number in range(workers):
            self._idle.put(_Line(place(folder, number), seconds))

    def __reduce__(self) -> tuple[type[KeeperStore], tuple[Path, int, float, float]]:
        return KeeperStore, self._made_from

    def close(self) -> None:
        """Hang up; nothing may be asked any more."""
        while not self._idle.empty():
            self._idle.get().hang_up()

    @property
    def version(self) -> str:
        """The content's version."""
        return self._shared_version.read()

    def answer(
        self,
        query: str,
        *,
        media_types: Sequence[str] = (),
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> Answer:
        """See `kg.store.Store.answer`; `prefixes` need not be declared in the query."""
        question = {
            "query": query,
            "media_types": list(media_types),
            "bindings": {name: to_json(term) for name, term in (bindings or {}).items()},
            "graphs": None if graphs is None else list(graphs),
            "named_graphs": None if named_graphs is None else list(named_graphs),
            "union": union,
            "base": base,
            "prefixes": dict(prefixes or {}),
        }
        line = self._free_line()
        streamed = False
        try:
            head, body = line.ask(wire.message(question))
            if "error" in head:
                raise _error(head)
            streamed = "streamed" in head
            more = _Rest(line, self._idle) if streamed else None
            return Answer(body, head["media_type"], head["version"], more)
        finally:
            if not streamed:
                self._idle.put(line)

    def select(
        self,
        query: str,
        *,
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
    ) -> list[Row]:
        """See `kg.store.Store.select`."""
        return rows(self.answer(query, media_types=("application/json",), bindings=bindings, graphs=graphs).whole())

    def change(self, asked: Change, body: bytes = b"") -> bool:
        """Make a change, whole and kept, or not at all; tell whether it created a graph.

        Raises QueryError of the kind that fits (ReadOnlyGraphError, GraphNotFoundError, QuerySyntaxError …), or
        StoreError if it cannot be written.
        """
        with socket.socket(socket.AF_UNIX) as connection:
            # Changes are made one after another, so this one may wait for those before it.
            wire.patient(connection, self._queue_seconds + self._seconds)
            try:
                connection.connect(self._changes)
                wire.send(connection, asdict(asked), body)
                head, _ = wire.receive(connection)
            except (TimeoutError, BlockingIOError):
                raise QueryTimeoutError("the store is busy with other changes; ask again later") from None
            except (OSError, EOFError) as error:
                raise StoreError(f"the change may or may not have been made: {error}") from None
        if "error" in head:
            raise _error(head)
        return bool(head["created"])

    def _free_line(self) -> _Line:
        try:
            return self._idle.get(timeout=self._queue_seconds)
        except Empty:
            message = f"no worker was free within {self._queue_seconds:g} s; ask again later"
            raise QueryTimeoutError(message) from None


class _Rest:
    """The pieces of a streamed answer; its line is free again when the last was taken, or nobody wants more."""

    def __init__(self, line: _Line, idle: SimpleQueue[_Line]) -> None:
        self._line: _Line | None = line
        self._idle = idle

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._line is None:
            raise StopIteration
        try:
            piece = self._line.piece()
        except QueryError:
            self.close()
            raise
        if not piece:
            self._free(self._line)
            raise StopIteration
        return piece

    def close(self) -> None:
        """Do without what is left: the worker notices that nobody listens."""
        if self._line is not None:
            self._line.hang_up()
            self._free(self._line)

    def __del__(self) -> None:
        self.close()

    def _free(self, line: _Line) -> None:
        self._line = None
        self._idle.put(line)


class _Line:
    """A connection to the worker at one place, kept from question to question, and made again for its successor."""

    def __init__(self, address: Path, seconds: float) -> None:
        self._address = str(address)
        self._seconds = seconds
        self._connection: socket.socket | None = None

    def ask(self, message: bytes) -> tuple[dict[str, Any], bytes]:
        """Send a question and return the answer's head and body."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                head, body = self._asked(message)
            except (BrokenPipeError, ConnectionResetError):
                self.hang_up()  # the worker went before it read the question
                continue
            if "stale" not in head:
                return head, body
            self.hang_up()
        raise StoreError("the query service does not answer: its workers end before they begin")

    def _asked(self, message: bytes) -> tuple[dict[str, Any], bytes]:
        connection = self._connected()
        begun = time.monotonic()
        try:
            connection.sendall(message)
            return wire.receive(connection)
        except EOFError:
            self.hang_up()
            raise self._ended(time.monotonic() - begun) from None
        except BlockingIOError:
            self.hang_up()
            raise StoreError("the query service does not answer in time") from None

    def piece(self) -> bytes:
        """Return the next piece of a streamed answer, empty at its end; QueryTimeoutError where it is cut off."""
        try:
            return wire.receive_piece(self._connected())
        except (EOFError, OSError):
            raise QueryTimeoutError("the result was cut off: it came to a limit of time, size or memory") from None

    def _connected(self) -> socket.socket:
        if self._connection is None:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(self._address)
            except OSError as error:
                connection.close()
                raise StoreError(f"the query service is not there: {error}") from None
            wire.patient(connection, self._seconds + _GRACE_SECONDS)
            self._connection = connection
        return self._connection

    def hang_up(self) -> None:
        """End the connection; the next question makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ended(self, seconds: float) -> QueryError:
        """Return the error for a worker that ended `seconds` after it was asked."""
        if seconds >= self._seconds:
            return QueryTimeoutError(f"the query was stopped after {self._seconds:g} s, the time limit")
        return QueryCrashedError(
            "the query ended its process: it needs more memory, or is nested deeper, than one query may be"
        )


def _error(head: Mapping[str, Any]) -> ZerenError:
    if head["error"] == "syntax":
        return QuerySyntaxError(head["message"], head["line"], head["column"])
    if head["error"] == "store":
        return StoreError(head["message"])
    return _ERRORS[head["error"]](head["message"])


@contextmanager
def kept(store: Path, *, workers: int, limits: Limits) -> Iterator[KeeperStore]:
    """Start a keeper on the store folder, yield a store that asks it, and end every process at the end.

    Raises StoreError if there is no readable store.
    """
    with tempfile.TemporaryDirectory(prefix="zeren-") as folder:
        command = [sys.executable, "-m", "kg.store.keeper", str(store), folder]
        command += ["--workers", str(workers), "--seconds", str(limits.seconds)]
        command += ["--memory", str(limits.memory), "--result", str(limits.result), "--hold", str(limits.hold)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
            assert keeper.stdin and keeper.stdout  # noqa: S101 - for the type checker
            try:
                said = keeper.stdout.readline().decode().strip()
                if said != "ready":
                    raise StoreError(said or "the query service did not start")
                asking = KeeperStore(Path(folder), workers, limits.seconds)
                with closing(asking):
                    yield asking
            finally:
                keeper.stdin.close()  # the lifeline: keeper and workers end with it
                _end(keeper)


def _end(keeper: subprocess.Popen[bytes]) -> None:
    try:
        keeper.wait(timeout=2)
    except subprocess.TimeoutExpired:
        keeper.kill()
