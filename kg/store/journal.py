"""The changes made to a generation since it was built: appended and synced before they are acknowledged.

An entry is a line `zeren LENGTH SHA256` and a patch of that many bytes (`kg.store.patch`). What a crash left unfinished
at the end fails its check, was never acknowledged, and is cut off by the next writer. Where whole entries follow
one that fails, it is damage: nobody reads or writes beyond it, so that no acknowledged change is lost in silence.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from kg.errors import StoreError

_HEAD = re.compile(rb"zeren (\d{1,15}) ([0-9a-f]{64})\n")


class Journal:
    """The journal file of one generation."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield each whole entry after byte `start`: the offset of its end, and its patch.

        Raises StoreError where whole entries follow that cannot be reached.
        """
        if not self._path.exists():
            return
        end = start
        with self._path.open("rb") as file:
            file.seek(start)
            for end, patch in self.read(file):
                yield end, patch
            file.seek(end)
            rest = file.read()
        if beyond := _whole_beyond(rest):
            raise StoreError(
                f"{self._path}: damaged at byte {end}: {beyond} whole change(s) follow that cannot be reached; "
                f"`zeren check` says more. Restore a backup, or cut the file there (truncate -s {end}) to go on without"
            )

    def rest(self, start: int) -> bytes:
        """Return what stands after byte `start`: after the last whole entry, what a crash left unfinished."""
        return self._path.read_bytes()[start:] if self._path.exists() else b""

    @staticmethod
    def read(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        """Yield each whole entry from where `file` stands: the offset of its end, and its patch."""
        while head := _HEAD.fullmatch(file.readline(128)):
            patch = file.read(int(head[1]))
            if len(patch) != int(head[1]) or hashlib.sha256(patch).hexdigest().encode() != head[2]:
                return
            yield file.tell(), patch

    @staticmethod
    def entry(patch: bytes) -> bytes:
        """Return a patch as an entry."""
        return b"zeren %d %s\n" % (len(patch), hashlib.sha256(patch).hexdigest().encode()) + patch

    def append(self, patch: bytes) -> int:
        """Add one entry after the last whole one and sync it; return the offset of its end. OSError if it cannot be.

        StoreError where the journal is damaged before its end.
        """
        end = max((offset for offset, _ in self.entries()), default=0)
        entry = self.entry(patch)
        created = not self._path.exists()
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.truncate(descriptor, end)
            os.lseek(descriptor, end, os.SEEK_SET)
            # No buffer: it would be written out once more on closing, after the asker was told that this has failed.
            _write_all(descriptor, entry)
            os.fsync(descriptor)
        except OSError:
            os.truncate(descriptor, end)  # a full disk must not leave half an entry in the next one's way
            raise
        finally:
            os.close(descriptor)
        if created:
            sync_folder(self._path.parent)
        return end + len(entry)


def _whole_beyond(rest: bytes) -> int:
    """Count the whole entries that follow one that is not; none where another process has just made that one whole."""
    if any(True for _ in Journal.read(BytesIO(rest))):
        return 0
    count, last = 0, 0
    for head in _HEAD.finditer(rest, 1):
        if head.start() >= last:
            for end, _ in Journal.read(BytesIO(rest[head.start() :])):
                count, last = count + 1, head.start() + end
    return count


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk as well. OSError if that cannot be."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
