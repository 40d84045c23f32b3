"""Where a keeper and those who ask it meet: the folder of its sockets, and the version that both can see."""

from __future__ import annotations

import mmap
from pathlib import Path

_SIZE = 64  # bytes, more than any version has


def place(folder: Path, number: int) -> Path:
    """Return the socket of the worker at one place; a worker that dies is replaced at the same."""
    return folder / f"worker-{number}"


class SharedVersion:
    """The version of the content that is answered from, in memory that a keeper writes and others read.

    Reading it costs a copy of some bytes, so that every request can ask whether an answer given before still holds.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "version"
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SIZE)
        self._last = (b"", "")  # what was read last, and what it means

    def publish(self, version: str) -> None:
        """Say that answers come from this version now."""
        self._shared[:] = version.encode("ascii").ljust(_SIZE, b"\0")

    def read(self) -> str:
        """Return the version that answers come from now."""
        now = self._shared[:]
        before, version = self._last
        if now != before:
            version = now.rstrip(b"\0").decode("ascii", "replace")
            self._last = (now, version)
        return version
