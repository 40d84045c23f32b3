"""The changes made to a generation since it was built: appended and synced before they are acknowledged.

An entry is a line `zeren LENGTH SHA256` and a patch of that many bytes (`kg.store.patch`). What a crash left unfinished
at the end fails its check, was never acknowledged, and is cut off by the next writer.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

_HEAD = re.compile(rb"zeren (\d{1,15}) ([0-9a-f]{64})\n")


class Journal:
    """The journal file of one generation."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield each whole entry after byte `start`: the offset of its end, and its patch."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(start)
            while head := _HEAD.fullmatch(file.readline(128)):
                patch = file.read(int(head[1]))
                if len(patch) != int(head[1]) or hashlib.sha256(patch).hexdigest().encode() != head[2]:
                    return
                yield file.tell(), patch

    def append(self, patch: bytes) -> int:
        """Add one entry after the last whole one and sync it; return the offset of its end. OSError if it cannot be."""
        end = max((offset for offset, _ in self.entries()), default=0)
        entry = b"zeren %d %s\n" % (len(patch), hashlib.sha256(patch).hexdigest().encode()) + patch
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            file.truncate(end)
            file.seek(end)
            try:
                file.write(entry)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # a full disk must not leave half an entry in the next one's way
                raise
        return end + len(entry)
