"""The process that holds the quads in memory and keeps its workers: a dead one is replaced, a new build is taken up.

It is not the web server's process and has no threads, so that forking is safe; it ends when its lifeline does.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError
from kg.store.engine import Engine
from kg.store.generations import Generations
from kg.store.limits import Limits
from kg.store.memory import Memory
from kg.store.rendezvous import SharedVersion, place
from kg.store.worker import Epoch, work
from kg.store.writer import Writer, next_in_turn

_LOOK_SECONDS = 0.5  # how often the keeper looks for a new build
_RESPAWN_SECONDS = 0.1  # a worker that dies at once must not make its keeper spin


@dataclass(frozen=True, slots=True)
class Doors:
    """Where questions come in, one place for each worker, and changes; and the pipe that ends with the last user."""

    questions: tuple[socket.socket, ...]
    changes: socket.socket
    lifeline: int


@dataclass(frozen=True, slots=True)
class _Post:
    number: int
    since: float


class _EndedError(Exception):
    """Nobody uses this keeper any more."""


class Keeper:
    """Workers, one for each place, all forked from this process, which holds one generation of the store."""

    def __init__(self, store: Path, doors: Doors, version: SharedVersion, limits: Limits) -> None:
        self._generations = Generations(store)
        self._version = version
        self._doors = doors
        self._limits = limits
        self._workers: dict[int, _Post] = {}
        self._leaving: set[int] = set()  # workers that may still be busy with their last answer
        self._writer: Writer | None = None
        self._epoch = Epoch()
        self._own_lifeline = os.pipe()
        self._memory = self._loaded(self._stop_if_ended)
        self._publish()

    def keep(self) -> None:
        """Keep the workers until the lifeline ends or SIGTERM comes."""
        gc.freeze()  # what is here before workers are forked is for good: their collector need not look at it again
        self._fill()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        try:
            while not self._ended():
                self._bury()
                self._look_at_the_store()
                self._fill()
                self._begin_a_change()
        except _EndedError:
            return
        finally:
            self._end()

    def _loaded(self, between: Callable[[], None]) -> Memory:
        generation = self._generations.current()
        if generation is None:
            raise StoreError(f"{self._generations.folder}: there is no store here; build one with `zeren build`")
        return Memory(self._generations, generation, between)

    def _stop_if_ended(self) -> None:
        if _STOPPED or select.select([self._doors.lifeline], [], [], 0)[0]:
            raise _EndedError

    def _see_to_the_workers(self) -> None:
        """Replace workers that have ended, though the quads of another build are just being read."""
        self._stop_if_ended()
        self._bury()
        self._fill()

    def _publish(self) -> None:
        """Say which content workers answer from; what was answered before from another may be asked again."""
        self._version.publish(self._memory.version)

    def _ended(self) -> bool:
        """Wait for something to do; tell whether it is to end."""
        doors = [self._doors.lifeline, _WAKE[0]]
        doors += [] if self._writer else [self._doors.changes.fileno()]
        readable, _, _ = select.select(doors, [], [], _LOOK_SECONDS)
        if _WAKE[0] in readable:
            os.read(_WAKE[0], 4096)
        return self._doors.lifeline in readable or _STOPPED

    def _bury(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if self._writer and pid == self._writer.pid:
                self._end_the_change(self._writer, status)
                continue
            self._leaving.discard(pid)
            left = self._workers.pop(pid, None)
            if left is not None and time.monotonic() - left.since < _RESPAWN_SECONDS:
                time.sleep(_RESPAWN_SECONDS)

    def _fill(self) -> None:
        taken = {post.number for post in self._workers.values()}
        for number in range(len(self._doors.questions)):
            if number not in taken:
                pid = os.fork()
                if not pid:
                    self._become_worker(number)
                self._workers[pid] = _Post(number, time.monotonic())

    def _become_worker(self, number: int) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._own_lifeline[1])
        os.close(self._doors.lifeline)
        self._doors.changes.close()
        engine = Engine(self._memory.quads, self._memory.version)
        try:
            work(self._doors.questions[number], self._own_lifeline[0], engine, self._limits, self._epoch)
        finally:
            os._exit(1)

    def _look_at_the_store(self) -> None:
        """Take up a new generation, or what another process changed; workers finish what they are answering."""
        if self._generations.current() in (None, self._memory.generation):
            if self._writer is None:
                self._show_changes()
            return
        try:
            self._memory = self._loaded(self._see_to_the_workers)
        except StoreError:  # gone again between looking and reading: the next look decides
            return
        self._retire()
        self._publish()

    def _begin_a_change(self) -> None:
        if self._writer is None and (connection := next_in_turn(self._doors.changes)):
            self._writer = Writer(connection, self._generations, self._memory, self._limits, self._own_lifeline)

    def _end_the_change(self, writer: Writer, status: int) -> None:
        """Show readers what was changed, then tell the asker."""
        self._writer = None
        self._show_changes()
        writer.finish(status, self._memory.version)

    def _show_changes(self) -> None:
        """Bring memory up to the journal; from then on only workers that know it all answer."""
        before = self._memory.version
        with suppress(StoreError):  # damaged while we run: what came before it is shown, who wants to change is told
            self._memory.catch_up()
        if self._memory.version != before:
            self._retire()
            self._publish()
            self._fill()

    def _retire(self) -> None:
        """Let the workers go: idle ones at once, busy ones after their answer."""
        self._epoch.advance()
        for pid in self._workers:
            os.kill(pid, signal.SIGTERM)
        self._leaving |= self._workers.keys()
        self._workers.clear()

    def _end(self) -> None:
        """End whoever works: a query or a change that nobody waits for any more; the journal survives that."""
        writing = {self._writer.pid} if self._writer else set()
        for pid in self._workers.keys() | self._leaving | writing:
            os.kill(pid, signal.SIGKILL)


_WAKE = (-1, -1)
_STOPPED = False


def _stop(*_: object) -> None:
    global _STOPPED  # noqa: PLW0603 - a signal handler has nowhere else to leave word
    _STOPPED = True


def _listen_to_signals() -> None:
    global _WAKE  # noqa: PLW0603
    _WAKE = os.pipe()
    for end in _WAKE:
        os.set_blocking(end, False)
    signal.set_wakeup_fd(_WAKE[1])
    for sent_to_all in (signal.SIGINT, signal.SIGHUP):  # at the terminal; who started this one will end it
        signal.signal(sent_to_all, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGCHLD, lambda *_: None)


def _listening(address: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    address.chmod(0o600)
    listener.listen(128)
    return listener


def main(arguments: list[str] | None = None) -> int:
    """Run a keeper: `python -m kg.store.keeper STORE FOLDER ...`, started by `kg.store.client`."""
    parser = argparse.ArgumentParser(prog="kg.store.keeper", description=main.__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument(
        "folder", type=Path, help="where it makes its sockets, questions and changes, and says its version"
    )
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--memory", type=int, required=True, help="bytes")
    parser.add_argument("--result", type=int, required=True, help="bytes")
    parser.add_argument("--hold", type=int, required=True, help="bytes")
    parser.add_argument("--rows", type=int, required=True, help="0: any number")
    given = parser.parse_args(arguments)
    _listen_to_signals()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limits = Limits(given.seconds, given.memory, given.result, given.hold, given.rows)
    with ExitStack() as stack:
        questions = tuple(stack.enter_context(_listening(place(given.folder, n))) for n in range(given.workers))
        changes = stack.enter_context(_listening(given.folder / "changes"))
        version = SharedVersion(given.folder)
        try:
            Keeper(given.store, Doors(questions, changes, sys.stdin.fileno()), version, limits).keep()
        except _EndedError:
            return 0
        except StoreError as error:
            sys.stdout.write(f"{error}\n")
            return error.exit_code
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # taking the quads apart one by one would take longer than leaving them to the system
