"""A store that answers from killable processes: it starts a keeper, sends it questions, and ends it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
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


class KeeperStore:
    """A `kg.store.Store` whose queries run in a keeper's workers; `seconds` is the limit that they keep."""

    def __init__(self, folder: Path, seconds: float, queue_seconds: float = 10.0) -> None:
        self._questions = str(folder / "questions")
        self._changes = str(folder / "changes")
        self._version = folder / "version"
        self._seconds = seconds
        self._queue_seconds = queue_seconds

    @property
    def version(self) -> str:
        """The content's version."""
        try:
            return self._version.read_text("ascii")
        except OSError as error:
            raise StoreError(f"the query service does not answer: {error}") from None

    def answer(
        self,
        query: str,
        *,
        media_types: Sequence[str] = (),
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
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
            "prefixes": dict(prefixes or {}),
        }
        head, body = self._talk(question)
        if "error" in head:
            raise _error(head)
        return Answer(body, head["media_type"], head["version"])

    def select(
        self,
        query: str,
        *,
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
    ) -> list[Row]:
        """See `kg.store.Store.select`."""
        return rows(self.answer(query, media_types=("application/json",), bindings=bindings, graphs=graphs).body)

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

    def _talk(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        while True:  # each turn but the last met a worker that has since ended
            head, body = self._asked(question)
            if "stale" not in head:
                return head, body

    def _asked(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with socket.socket(socket.AF_UNIX) as connection:
            # A worker's time limit is the kernel's; beyond it and the longest wait for a free one, none was free.
            wire.patient(connection, self._queue_seconds + self._seconds)
            begun = time.monotonic()
            try:
                connection.connect(self._questions)
                wire.send(connection, question)
                return wire.receive(connection)
            except (TimeoutError, BlockingIOError):
                raise QueryTimeoutError("no worker was free for too long; ask again later") from None
            except (EOFError, ConnectionResetError, BrokenPipeError):
                raise self._ended(time.monotonic() - begun) from None
            except OSError as error:
                raise StoreError(f"the query service does not answer: {error}") from None

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
        command += ["--memory", str(limits.memory), "--result", str(limits.result)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
            assert keeper.stdin and keeper.stdout  # noqa: S101 - for the type checker
            try:
                said = keeper.stdout.readline().decode().strip()
                if said != "ready":
                    raise StoreError(said or "the query service did not start")
                yield KeeperStore(Path(folder), limits.seconds)
            finally:
                keeper.stdin.close()  # the lifeline: keeper and workers end with it
                _end(keeper)


def _end(keeper: subprocess.Popen[bytes]) -> None:
    try:
        keeper.wait(timeout=2)
    except subprocess.TimeoutExpired:
        keeper.kill()
