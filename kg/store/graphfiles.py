"""Each graph of a generation in a file of its own, named by its hash: memory is filled from these.

graphs/SHA-256.nt.gz    its triples as sorted N-Triples, in one or more members of gzip

Reading them takes a seventh of the time that reading Oxigraph's own files takes. They are a copy, though, and may be
missing or damaged: whoever fills memory then falls back on those. A graph that has not changed is the same file in the
next generation, as a hard link.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from kg.store.digests import triples_of

_LEVEL = 1  # graphs repeat themselves: a better level takes twice the time and saves a tenth
_MOST_TOGETHER = 100_000  # lines that are sorted at a time, or one graph's
_HELD_BYTES = 32 << 20  # of all graphs together, before what is there is written


class DamagedError(Exception):
    """A graph file that is missing, or holds something else than what it is named after."""


def lay(folder: Path, nquads: bytes | Path) -> dict[str, str]:
    """Write the graphs of N-Quads (sorted lines, each once) and return their hashes, the default graph's as `""`.

    OSError where it cannot be written.
    """
    folder.mkdir(exist_ok=True)
    files: dict[bytes, _GraphFile] = {}
    held = 0
    for name, triple in triples_of(nquads):
        if name not in files:
            files[name] = _GraphFile(folder / f"{len(files)}.part")
        files[name].take(triple)
        held += len(triple)
        if held > _HELD_BYTES:
            _flush(files.values())
            held = 0
    _flush(files.values())
    return {name.decode("utf-8", "replace"): file.finish() for name, file in files.items()}


def relay(before: Path, folder: Path, digests: Iterable[str]) -> None:
    """Take over graphs that have not changed, those that are there."""
    folder.mkdir(exist_ok=True)
    for digest in digests:
        old, new = _file(before, digest), _file(folder, digest)
        try:
            os.link(old, new)
        except FileExistsError:
            continue
        except FileNotFoundError:
            return
        except OSError:  # a file system without hard links
            shutil.copyfile(old, new)


def load(quads: ox.Store, folder: Path, digests: Mapping[str, str], between: Callable[[], None] = lambda: None) -> None:
    """Fill memory with the graphs of these names and hashes; `between` is called now and then.

    DamagedError if one of them cannot be had.
    """
    for nquads in families(digests, lambda name: _quads(folder, name, digests[name])):
        between()
        # What was written here was read strictly before; once is enough.
        quads.load(nquads, ox.RdfFormat.N_QUADS, lenient=True)


def families(names: Iterable[str], lines_of: Callable[[str], list[bytes]]) -> Iterator[bytes]:
    """Yield N-Quads in the order in which memory is to be filled, some graphs' at a time; `lines_of` gives one graph's.

    A graph is loaded with those named after it, as derived ones are, and all of them line by line: memory lies in the
    order in which it is filled, and with all that is said of one thing in one place, in whatever graph, queries took a
    sixth less time than graph by graph. In the opposite order the gain was gone.
    """
    lines: list[bytes] = []
    first = ""
    for name in sorted(names, key=lambda name: (not name, name)):  # the default graph last: it begins every name
        if lines and (len(lines) > _MOST_TOGETHER or not name.startswith(first)):
            yield b"\n".join(sorted(lines))
            lines = []
        if not lines:
            first = name
        lines += lines_of(name)
    yield b"\n".join(sorted(lines))


def _quads(folder: Path, name: str, digest: str) -> list[bytes]:
    """Return a graph's lines as N-Quads."""
    end = f" <{name}> .".encode() if name else b" ."
    return [line[:-2] + end for line in _triples(folder, digest).splitlines()]


def damaged(folder: Path, digests: Iterable[str]) -> list[str]:
    """Return what is wrong with the files of graphs with these hashes."""
    wrong = []
    for digest in sorted(set(digests)):
        try:
            _triples(folder, digest)
        except DamagedError as error:
            wrong.append(str(error))
    return wrong


def _triples(folder: Path, digest: str) -> bytes:
    file = _file(folder, digest)
    try:
        triples = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedError(f"{file.name} cannot be read: {error}") from None
    if hashlib.sha256(triples).hexdigest() != digest:
        raise DamagedError(f"{file.name} holds another graph")
    return triples


def _file(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.nt.gz"


def _flush(files: Iterable[_GraphFile]) -> None:
    for file in files:
        file.flush()


class _GraphFile:
    """A graph on its way into its file, which is open only while something is written to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self._held: list[bytes] = []

    def take(self, triple: bytes) -> None:
        self._held.append(triple)

    def flush(self) -> None:
        if self._held:
            lines = b"".join(self._held)
            self._held.clear()
            self._digest.update(lines)
            with self._path.open("ab") as file:
                file.write(gzip.compress(lines, _LEVEL, mtime=0))

    def finish(self) -> str:
        digest = self._digest.hexdigest()
        self._path.replace(_file(self._path.parent, digest))
        return digest
