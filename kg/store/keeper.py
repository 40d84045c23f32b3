"""The process that holds the quads in memory and keeps its workers: a dead one is replaced, a new build is taken up.

It is not the web server's process and has no threads, so that forking is safe; it ends when its lifeline does.
"""

from __future__ import annotations

import argparse
import os
import resource
import select
import signal
import socket
import sys
import time
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.engine import Engine
from kg.store.generations import Generations
from kg.store.worker import Limits, work

_LOOK_SECONDS = 0.5  # how often the keeper looks for a new build
_RESPAWN_SECONDS = 0.1  # a worker that dies at once must not make its keeper spin


class Keeper:
    """Workers that share one listening socket, all forked from a process that holds one generation of the store."""

    def __init__(self, store: Path, listener: socket.socket, lifeline: int, size: int, limits: Limits) -> None:
        self._generations = Generations(store)
        self._listener = listener
        self._lifeline = lifeline
        self._size = size
        self._limits = limits
        self._workers: dict[int, float] = {}
        self._own_lifeline = os.pipe()
        self._load()

    def keep(self) -> None:
        """Keep the workers until the lifeline ends or SIGTERM comes."""
        self._fill()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        try:
            while not self._parent_gone():
                self._bury()
                if self._generations.current() not in (None, self._generation):
                    self._renew()
                self._fill()
        finally:
            self._end()

    def _load(self) -> None:
        generation = self._generations.current()
        if generation is None:
            raise StoreError(f"{self._generations.folder}: there is no store here; build one with `zeren build`")
        self._generation = generation
        self._engine = Engine(
            load(self._generations, generation),
            self._generations.version(generation),
            max_bytes=self._limits.result,
        )

    def _parent_gone(self) -> bool:
        readable, _, _ = select.select([self._lifeline, _WAKE[0]], [], [], _LOOK_SECONDS)
        if _WAKE[0] in readable:
            os.read(_WAKE[0], 4096)
        return self._lifeline in readable or _STOPPED

    def _bury(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            born = self._workers.pop(pid, None)
            if born is not None and time.monotonic() - born < _RESPAWN_SECONDS:
                time.sleep(_RESPAWN_SECONDS)

    def _fill(self) -> None:
        while len(self._workers) < self._size:
            pid = os.fork()
            if not pid:
                self._become_worker()
            self._workers[pid] = time.monotonic()

    def _become_worker(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._own_lifeline[1])
        os.close(self._lifeline)
        try:
            work(self._listener, self._own_lifeline[0], self._engine, self._limits)
        finally:
            os._exit(1)

    def _renew(self) -> None:
        """Take up the current generation; workers with the old one finish what they are answering."""
        try:
            self._load()
        except StoreError:  # gone again between looking and reading: the next look decides
            return
        for pid in self._workers:
            os.kill(pid, signal.SIGTERM)
        self._workers.clear()

    def _end(self) -> None:
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)


def load(generations: Generations, generation: str) -> ox.Store:
    """Return a generation in memory; a child reads the disk, so that RocksDB's threads never live in this process."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        try:
            with os.fdopen(writing, "wb") as pipe:
                generations.open(generation).dump(pipe, ox.RdfFormat.N_QUADS)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    quads = ox.Store()
    with os.fdopen(reading, "rb") as pipe:
        quads.load(pipe, ox.RdfFormat.N_QUADS)
    _, status = os.waitpid(pid, 0)
    if status:
        raise StoreError(f"{generations.folder}: the store cannot be read; build it again with `zeren build`")
    return quads


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGCHLD, lambda *_: None)


def main(arguments: list[str] | None = None) -> int:
    """Run a keeper: `python -m kg.store.keeper STORE SOCKET ...`, started by `kg.store.client`."""
    parser = argparse.ArgumentParser(prog="kg.store.keeper", description=main.__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("socket", type=Path)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--memory", type=int, required=True, help="bytes")
    parser.add_argument("--result", type=int, required=True, help="bytes")
    given = parser.parse_args(arguments)
    _listen_to_signals()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(given.socket))
        given.socket.chmod(0o600)
        listener.listen(128)
        limits = Limits(given.seconds, given.memory, given.result)
        try:
            Keeper(given.store, listener, sys.stdin.fileno(), given.workers, limits).keep()
        except StoreError as error:
            sys.stdout.write(f"{error}\n")
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
