"""Quads set aside on disk, a sorted run for each graph, and merged: so memory does not grow with the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from heapq import merge
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from kg.errors import StoreError

_AT_ONCE = 100  # runs read side by side; a process may have some thousand files open


class Spill:
    """A folder of runs, gone with the `with` block that it is used in."""

    def __init__(self) -> None:
        self._numbers = count()

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="zeren-")
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def put(self, nquads: bytes) -> Path:
        """Set N-Quads aside as a run: its lines sorted, each once. StoreError where that cannot be."""
        return self._written(sorted({line + b"\n" for line in nquads.split(b"\n") if line}))

    def merged(self, runs: Sequence[Path]) -> Path:
        """Return one run of the lines of all, in order and each once."""
        while len(runs) > 1:
            groups = (runs[start : start + _AT_ONCE] for start in range(0, len(runs), _AT_ONCE))
            runs = [self._written(_side_by_side(group)) for group in groups]
        return runs[0] if runs else self._written(())

    def _written(self, lines: Iterable[bytes]) -> Path:
        path = Path(self._folder.name, f"{next(self._numbers)}.nq")
        try:
            with path.open("wb") as file:
                file.writelines(lines)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from None
        return path


def _side_by_side(runs: Iterable[Path]) -> Iterator[bytes]:
    with ExitStack() as open_files:
        before = b""
        # A line is a quad and ends with a full stop, so none is the beginning of another, and \n sorts nothing anew.
        for line in merge(*(open_files.enter_context(path.open("rb")) for path in runs)):
            if line != before:
                yield line
            before = line
