"""The store's folder: one generation of quads at a time, each built aside and taken up whole, or not at all.

.zeren/current        the name of the generation that counts
.zeren/000001/quads/  Oxigraph's own files
.zeren/000001/graphs/ the same quads graph by graph, for filling memory fast (kg.store.graphfiles)
.zeren/000001/about.json
.zeren/000001/graphs.json  the hash of each graph, and how many were replaced since the quads were loaded whole
.zeren/lock           held by the one process that writes
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.graph.iris import DEFAULT_BASE, Derived, inferred
from kg.store import graphfiles, laying, patch
from kg.store.digests import digests_of, version_over
from kg.store.journal import Journal, sync_folder
from kg.store.patch import Snapshot

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of a generation: their hashes by name, and how many were replaced since all were loaded."""

    digests: Mapping[str, str]
    replaced: int = 0


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

    def digests(self, generation: str) -> Mapping[str, str]:
        """Return the hash of each graph of a generation as built, by its name. StoreError if it is damaged."""
        return self._graphs(generation).digests

    def version(self, generation: str) -> str:
        """Return the hash over the content of a generation."""
        return str(self.about(generation)["version"])

    def fill(self, quads: ox.Store, generation: str, between: Callable[[], None] = lambda: None) -> bool:
        """Fill memory with a generation's quads from their copy; False if it is not whole, and `quads` of no use.

        `between` is called now and then.
        """
        try:
            graphfiles.load(quads, self.folder / generation / "graphs", self.digests(generation), between)
        except graphfiles.DamagedError:
            return False
        return True

    def damaged(self, generation: str) -> list[str]:
        """Return what is wrong with the copy that memory is filled from."""
        return graphfiles.damaged(self.folder / generation / "graphs", self.digests(generation).values())

    def open(self, generation: str) -> ox.Store:
        """Return a generation's quads, on disk, for reading only."""
        try:
            return ox.Store.read_only(str(self.folder / generation / "quads"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.folder}: the store is damaged ({error}); build it again: zeren build") from None

    def journal(self, generation: str) -> Journal:
        """Return the journal of what was changed in a generation since it was built."""
        return Journal(self.folder / generation / "journal")

    def fixed(self, generation: str) -> Derived:
        """Return the names of the graphs that are derived from documents; all others are their users' own."""
        about = self.about(generation)
        base, documents = about.get("base", DEFAULT_BASE), [document["iri"] for document in about.get("documents", ())]
        return Derived(base, frozenset([*documents, *map(inferred, documents)]))

    def write(
        self,
        nquads: bytes | Path,
        about: dict[str, Any],
        *,
        based_on: str | None = None,
        journal: Iterable[bytes] | None = None,
    ) -> str:
        """Write N-Quads (sorted, or a file of them) as the next generation and make it current; return its name.

        What users wrote is carried over, or is what `journal` (its patches) says. Whatever ends this early leaves the
        generation that was current as it was. Raises StoreError where it cannot be written, or was made from a
        generation (`based_on`) that is no longer the current one.
        """

        def fill(partial: Path) -> Graphs:
            laying.lay(partial / "quads", nquads)
            return Graphs(graphfiles.lay(partial / "graphs", nquads))

        return self._next(fill, about, based_on, journal)

    def change(self, nquads: bytes | Path, replaced: Collection[str], about: dict[str, Any], *, based_on: str) -> str:
        """Write the generation that has these quads in the place of some graphs of the one it is `based_on`.

        Their own graphs are replaced in any case. What has not changed is shared with that one on the disk. All else as
        `write`.
        """

        def fill(partial: Path) -> Graphs:
            before, quads = self._graphs(based_on), partial / "quads"
            new = graphfiles.lay(partial / "graphs", nquads)
            out = before.digests.keys() & {*replaced, *new}
            kept = {name: digest for name, digest in before.digests.items() if name not in out}
            graphfiles.relay(self.folder / based_on / "graphs", partial / "graphs", kept.values())
            laying.relay(self.open(based_on), quads, nquads, out)
            after = Graphs({**kept, **new}, before.replaced + len(out))
            if after.replaced <= len(after.digests):
                return after
            laying.renew(quads)
            return Graphs(after.digests)

        return self._next(fill, about, based_on)

    def _next(
        self,
        fill: Callable[[Path], Graphs],
        about: dict[str, Any],
        based_on: str | None,
        journal: Iterable[bytes] | None = None,
    ) -> str:
        """Make the next generation of the quads that `fill` puts into its folder."""
        with self.locked():
            before = self.current()
            if based_on is not None and before != based_on:
                raise StoreError(f"{self.folder}: another zeren has written here meanwhile; try again")
            name = f"{int(before or 0) + 1:06d}"
            partial = self.folder / name
            shutil.rmtree(partial, ignore_errors=True)
            try:
                partial.mkdir()
                _describe(partial, fill(partial), about)
                for changes in self._own(before, self.fixed(name)) if journal is None else journal:
                    Journal(partial / "journal").append(changes)
                write_whole(self.folder / "current", f"{name}\n".encode())
            except BaseException as error:
                # What failed still holds the new store open, which may write files while they are being removed.
                traceback.clear_frames(error.__traceback__)
                shutil.rmtree(partial, ignore_errors=True)
                if isinstance(error, (OSError, SyntaxError)):
                    reason = error.strerror if isinstance(error, OSError) else None
                    raise StoreError(f"{self.folder}: cannot be written: {reason or error}") from None
                raise
            self._drop_all_but({name, before})
            return name

    def _graphs(self, generation: str) -> Graphs:
        try:
            graphs = json.loads((self.folder / generation / "graphs.json").read_text("utf-8"))
            return Graphs(graphs["digests"], graphs["replaced"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise StoreError(f"{self.folder}: the store is damaged ({error}); build it again: zeren build") from None

    def _own(self, before: str | None, fixed: Derived) -> list[bytes]:
        """Return what users wrote, to hand on: what is left of one journal is the first entry of the next.

        What an older zeren let them write into graphs that are derived now (`fixed`) is left out.

        A build holds only what documents derive, so even where it is damaged nothing of the users' is lost.
        """
        if before is None:
            return []
        own = ox.Store()
        for _, changes in self.journal(before).entries():
            patch.apply(own, changes)
        kept = Snapshot.of(ox.Store(), bool).patch_to(Snapshot.of(own, fixed.__contains__))
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


def version_of(nquads: bytes | Path) -> str:
    """Return the version that quads are, of sorted lines, each once."""
    return version_over(digests_of(nquads))


def _describe(partial: Path, graphs: Graphs, about: dict[str, Any]) -> None:
    described = {"format": FORMAT, "version": version_over(graphs.digests), **about}
    for name, content in (("about", described), ("graphs", asdict(graphs))):
        write_whole(partial / f"{name}.json", json.dumps(content, ensure_ascii=False, indent=1).encode())


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
