"""The store's folder: one generation of quads at a time, each built aside and taken up whole, or not at all.

.zeren/current        the name of the generation that counts
.zeren/000001/quads/  Oxigraph's own files
.zeren/000001/about.json
.zeren/lock           held by the one process that writes
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.graph.iris import DEFAULT_BASE, SHARED_GRAPHS, Iris, inferred
from kg.store import patch
from kg.store.journal import Journal, sync_folder
from kg.store.patch import Snapshot

FORMAT = 1


class Generations:
    """The generations in one folder."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def current(self) -> str | None:
        """Return the name of the generation that counts, or None where nothing was built."""
        try:
            return (self.folder / "current").read_text("ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{self.folder}: cannot be read as a store: {error}") from None

    def about(self, generation: str) -> dict[str, Any]:
        """Return what a generation says of itself: format, version, documents. StoreError if it is damaged."""
        try:
            about: dict[str, Any] = json.loads((self.folder / generation / "about.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.folder}: the store is damaged ({error}); build it again: zeren build") from None
        if about.get("format") != FORMAT:
            raise StoreError(f"{self.folder}: written by another version of zeren; build it again: zeren build")
        return about

    def version(self, generation: str) -> str:
        """Return the hash over the content of a generation."""
        return str(self.about(generation)["version"])

    def open(self, generation: str) -> ox.Store:
        """Return a generation's quads, on disk, for reading only."""
        try:
            return ox.Store.read_only(str(self.folder / generation / "quads"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.folder}: the store is damaged ({error}); build it again: zeren build") from None

    def journal(self, generation: str) -> Journal:
        """Return the journal of what was changed in a generation since it was built."""
        return Journal(self.folder / generation / "journal")

    def fixed(self, generation: str) -> frozenset[str]:
        """Return the names of the graphs that are derived from documents; all others are their users' own."""
        about = self.about(generation)
        names = Iris(about.get("base", DEFAULT_BASE))
        documents = [document["iri"] for document in about.get("documents", ())]
        shared = map(names.graph, SHARED_GRAPHS)
        return frozenset([*documents, *(inferred(document) for document in documents), *shared])

    def write(
        self,
        nquads: bytes,
        about: dict[str, Any],
        *,
        based_on: str | None = None,
        journal: Iterable[bytes] | None = None,
    ) -> str:
        """Write N-Quads as the next generation and make it the current one; return its name.

        What users wrote is carried over, or is what `journal` (its patches) says. Whatever ends this early leaves the
        generation that was current as it was. Raises StoreError where it cannot be written, or was made from a
        generation (`based_on`) that is no longer the current one.
        """
        with self.locked():
            before = self.current()
            if based_on is not None and before != based_on:
                raise StoreError(f"{self.folder}: another zeren has written here meanwhile; try again")
            name = f"{int(before or 0) + 1:06d}"
            partial = self.folder / name
            shutil.rmtree(partial, ignore_errors=True)
            try:
                self._fill(partial, nquads, about)
                for changes in self._own(before) if journal is None else journal:
                    Journal(partial / "journal").append(changes)
                write_whole(self.folder / "current", f"{name}\n".encode())
            except BaseException as error:
                shutil.rmtree(partial, ignore_errors=True)
                if isinstance(error, OSError):
                    raise StoreError(f"{self.folder}: cannot be written: {error.strerror or error}") from None
                raise
            self._drop_all_but({name, before})
            return name

    def _fill(self, partial: Path, nquads: bytes, about: dict[str, Any]) -> None:
        partial.mkdir()
        try:
            quads = ox.Store(str(partial / "quads"))
            quads.load(nquads, ox.RdfFormat.N_QUADS)
            quads.flush()
        except (OSError, SyntaxError) as error:
            raise StoreError(f"{partial}: cannot be written: {error}") from None
        described = {"format": FORMAT, "version": version_of(nquads), **about}
        write_whole(partial / "about.json", json.dumps(described, ensure_ascii=False, indent=1).encode())

    def _own(self, before: str | None) -> list[bytes]:
        """Return what users wrote, to hand on: what is left of one journal is the first entry of the next.

        A build holds only what documents derive, so even where it is damaged nothing of the users' is lost.
        """
        if before is None:
            return []
        own = ox.Store()
        for _, changes in self.journal(before).entries():
            patch.apply(own, changes)
        kept = Snapshot.of(ox.Store(), bool).patch_to(Snapshot.of(own, lambda _: False))
        return [kept] if kept else []

    def _drop_all_but(self, kept: set[str | None]) -> None:
        # The one before stays, for readers that were about to open it.
        for generation in self.folder.iterdir():
            if generation.is_dir() and generation.name.isdigit() and generation.name not in kept:
                shutil.rmtree(generation, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to write here; raises StoreError if another process has it."""
        self._claim()
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(f"{self.folder}: another zeren is writing here; try again when it has ended") from None
            yield

    def _claim(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            foreign = [p.name for p in self.folder.iterdir() if not (self.folder / "lock").exists()]
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be a store: {error.strerror}") from None
        if foreign:
            raise StoreError(f"{self.folder}: holds other files ({foreign[0]}); name an empty folder with --store")


def version_of(nquads: bytes) -> str:
    """Return the version that quads are: a hash over them as sorted lines, each once."""
    return hashlib.sha256(nquads).hexdigest()[:16]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers, and a crash, see the old content or the new, never a part. OSError if it fails."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)
