"""A store that answers from killable processes: it starts a keeper, sends it questions, and ends it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import (
    ForeignHostError,
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
from kg.store.foreign import Clause, mentions
from kg.store.pieces import LoopRest, Rest
from kg.store.places import Places
from kg.store.reach import Reach
from kg.store.rendezvous import SharedVersion
from kg.store.results import rows, to_json

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import LoopPieces, Pieces, Row
    from kg.store.limits import Limits
    from kg.store.writing import Change

_ERRORS: dict[str, type[QueryError]] = {
    "form": QueryFormError,
    "format": QueryFormatError,
    "too-large": ResultTooLargeError,
    "query": QueryError,
    "foreign": ForeignHostError,
    "read-only": ReadOnlyGraphError,
    "no-graph": GraphNotFoundError,
    "timeout": QueryTimeoutError,
    "crashed": QueryCrashedError,
}
_GRACE_SECONDS = 10.0  # what a change may take beyond its time limit: to be written down, and shown to readers
# A worker's memory goes back to the system with its process, so malloc need not hurry: with large pages, and without
# giving back and asking again in every query, queries took 15 to 25 percent less processor. Only glibc listens.
_MALLOC = {
    "GLIBC_TUNABLES": ":".join(
        f"glibc.malloc.{name}"
        for name in ("hugetlb=1", "trim_threshold=268435456", "mmap_threshold=268435456", "top_pad=67108864")
    )
}


class KeeperStore:
    """A `kg.store.Store` whose queries run in a keeper's workers; `seconds` is the limit that they keep.

    It may be used from many threads, but of one process: a worker ends when one of its askers hangs up. What other
    hosts give (`reach`) is fetched before a worker is asked: none waits for them. What asks them is parsed before,
    without them.
    """

    def __init__(
        self,
        folder: Path,
        workers: int,
        seconds: float,
        queue_seconds: float = 10.0,
        *,
        counting: bool = False,
        reach: Reach | None = None,
    ) -> None:
        self._counting = counting
        self._reach = reach or Reach()
        self._changes = str(folder / "changes")
        self._seconds = seconds
        self._queue_seconds = queue_seconds
        self._shared_version = SharedVersion(folder)
        self._places = Places(folder, workers, seconds, queue_seconds)
        self.is_kept: Callable[[], bool] = lambda: True  # whether the keeper is still there, where that can be told

    def close(self) -> None:
        """Hang up; nothing may be asked any more."""
        self._places.close()

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
        client: str = "",
    ) -> Answer:
        """See `kg.store.Store.answer`; `prefixes` need not be declared in the query."""
        described = {name: to_json(term) for name, term in (bindings or {}).items()}
        asked = _options(tuple(media_types), _listed(graphs), _listed(named_graphs), union, base)
        asked |= {"bindings": described, "prefixes": dict(prefixes or {})}
        filled = query
        if mentions(query):
            filled = self._filled(query, base, prefixes, client=client)
        answer = self._told(wire.headed({"counting": self._counting, "options": asked}), filled, client)
        return answer if filled is query else replace(answer, version="")

    def _filled(
        self,
        text: str,
        base: str | None,
        prefixes: Mapping[str, str] | None = None,
        *,
        client: str = "",
        update: bool = False,
    ) -> str:
        """Return a text with what other hosts gave; malformed, it is refused before any is asked."""
        found = self._told(_trial(base, prefixes, update=update), text, client)
        return self._reach.filled(text, _clauses(found.body))

    def _told(self, head: bytes, query: str, client: str) -> Answer:
        question = wire.message(head, query.encode())
        place = self._places.take(client)
        more: Rest | None = None
        try:
            said, body = place.line.ask(question)
            more = Rest(place, self._places) if "streamed" in said else None
        finally:
            if more is None:
                self._places.give_back(place)
        return _answer(said, body, more)

    async def answered(
        self,
        query: str,
        *,
        media_types: Sequence[str] = (),
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        base: str | None = None,
        client: str = "",
    ) -> tuple[Answer, LoopPieces | None]:
        """See `kg.store.LoopStore.answered`."""
        if graphs is None and named_graphs is None:
            head = _heading(self._counting, tuple(media_types), union, base)
        else:
            options = _options(tuple(media_types), _listed(graphs), _listed(named_graphs), union, base)
            head = wire.headed({"counting": self._counting, "options": options})
        if not mentions(query):
            return await self._loop_told(head, query, client)
        found, _ = await self._loop_told(_trial(base), query, client)
        filled = await asyncio.to_thread(self._reach.filled, query, _clauses(found.body))
        answer, more = await self._loop_told(head, filled, client)
        return answer if filled is query else replace(answer, version=""), more

    async def _loop_told(self, head: bytes, query: str, client: str) -> tuple[Answer, LoopPieces | None]:
        place = await self._places.taken(client)
        try:
            said, body = await place.loop_line.ask(wire.message(head, query.encode()))
        except BaseException:
            self._places.give_back(place)
            raise
        if "streamed" in said:
            return _answer(said, body), LoopRest(place, self._places)
        if self._places.give_back(place):
            await asyncio.sleep(0)  # who has it now asks first: its worker has nothing to do
        return _answer(said, body), None

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
        if asked.text and mentions(asked.text, update=True):
            asked = replace(asked, text=self._filled(asked.text, asked.base, update=True))
        return self._made(asked, body)

    def _made(self, asked: Change, body: bytes = b"") -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            self._wait_for_the_turn(connection)
            wire.patient(connection, self._seconds + _GRACE_SECONDS)
            try:
                wire.send(connection, asdict(asked), body)
                head, _ = wire.receive(connection)
            except (OSError, EOFError) as error:
                why = "it was not heard of in time" if isinstance(error, BlockingIOError) else error
                raise StoreError(f"the change may or may not have been made: {why}") from None
        if "error" in head:
            raise _error(head)
        return bool(head["created"])

    def _wait_for_the_turn(self, connection: socket.socket) -> None:
        """Changes are made one after another: say nothing of ours before it is its turn, so that it cannot be made."""
        wire.patient(connection, self._queue_seconds)
        try:
            connection.connect(self._changes)
            wire.receive(connection)
        except BlockingIOError:
            raise QueryTimeoutError(
                "the store is busy with other changes; ask again later; nothing was changed"
            ) from None
        except (OSError, EOFError) as error:
            raise StoreError(f"the store takes no changes: {error}; nothing was changed") from None


Graphs = tuple[str, ...] | None


def _listed(graphs: Sequence[str] | None) -> Graphs:
    return None if graphs is None else tuple(graphs)


def _options(
    media_types: tuple[str, ...], graphs: Graphs, named: Graphs, union: bool, base: str | None
) -> dict[str, Any]:
    return {"media_types": media_types, "graphs": graphs, "named_graphs": named, "union": union, "base": base}


@lru_cache(maxsize=64)
def _heading(counting: bool, media_types: tuple[str, ...], union: bool, base: str | None) -> bytes:
    """Return the head of a question as it travels; most questions of a program have the same."""
    return wire.headed({"counting": counting, "options": _options(media_types, None, None, union, base)})


def _trial(base: str | None, prefixes: Mapping[str, str] | None = None, *, update: bool = False) -> bytes:
    """Return the head of the question whether a text is well-formed, and what it asks of other hosts."""
    return wire.headed({"trial": {"base": base, "prefixes": dict(prefixes or {}), "update": update}})


def _clauses(answer: bytes) -> list[Clause]:
    return [Clause(**clause) for clause in json.loads(answer)]


def _answer(head: Mapping[str, Any], body: bytes, more: Pieces | None = None) -> Answer:
    """Return what a worker said."""
    if "error" in head:
        raise _error(head)
    return Answer(body, head["media_type"], head["version"], more, head.get("rows"))


def _error(head: Mapping[str, Any]) -> ZerenError:
    if head["error"] == "syntax":
        return QuerySyntaxError(head["message"], head["line"], head["column"])
    if head["error"] == "store":
        return StoreError(head["message"])
    return _ERRORS[head["error"]](head["message"])


@contextmanager
def kept(
    store: Path,
    *,
    workers: int,
    limits: Limits,
    counting: bool = False,
    reach: Reach | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[KeeperStore]:
    """Start a keeper on the store folder, yield a store that asks it, and end every process at the end.

    With `counting` answers say how many rows they have; `reach` says which other hosts they may ask, by default none.
    `meanwhile` is called once the keeper has begun to read the store.

    Raises StoreError if there is no readable store.
    """
    with tempfile.TemporaryDirectory(prefix="zeren-") as folder:
        command = [sys.executable, "-m", "kg.store.keeper", str(store), folder]
        command += ["--workers", str(workers), "--seconds", str(limits.seconds)]
        command += ["--memory", str(limits.memory), "--result", str(limits.result), "--hold", str(limits.hold)]
        command += ["--rows", str(limits.rows)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=_MALLOC | os.environ) as keeper:
            assert keeper.stdin and keeper.stdout  # noqa: S101 - for the type checker
            try:
                with _ending_in_order():
                    meanwhile()
                    said = keeper.stdout.readline().decode().strip()
                if said != "ready":
                    raise StoreError(said or "the query service did not start")
                asking = KeeperStore(Path(folder), workers, limits.seconds, counting=counting, reach=reach)
                asking.is_kept = lambda: keeper.poll() is None
                with closing(asking):
                    yield asking
            finally:
                keeper.stdin.close()  # the lifeline: keeper and workers end with it
                _end(keeper)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM end this process as an exception does meanwhile, so that whoever was started is ended as well."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(keeper: subprocess.Popen[bytes]) -> None:
    try:
        keeper.wait(timeout=2)
    except subprocess.TimeoutExpired:
        keeper.kill()
