"""A store as one file: what was built, what was changed since, and the checks by which both are known to be whole.

A gzip'd tar that any tool opens, the same bytes for the same store:
  about.json   what the generation says of itself, and of each part its length and SHA-256
  quads.nq     the quads as built, sorted N-Quads
  journal      the changes made since, as `kg.store.journal` keeps them
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import StoreError
from kg.store import patch
from kg.store.generations import Generations, version_of
from kg.store.journal import Journal
from kg.store.patch import Snapshot
from kg.store.service import Service

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.home import Home

FORMAT = 2
_ABOUT, _QUADS, _JOURNAL = "about.json", "quads.nq", "journal"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: what the generation says of itself, its quads, and the patches of its journal."""

    about: Mapping[str, Any]
    nquads: bytes
    journal: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, home: Home, generation: str) -> Backup:
        """Take a generation whole. Raises StoreError where it is damaged."""
        about, nquads = home.about(generation), sorted_nquads(home.open(generation))
        if version_of(nquads) != about["version"]:
            raise StoreError("the store is damaged, so it is not backed up: zeren check says more")
        return cls(about, nquads, tuple(_changes(home, generation)))

    def written(self) -> bytes:
        """Return the file."""
        journal = b"".join(Journal.entry(patch) for patch in self.journal)
        parts = {_QUADS: self.nquads, _JOURNAL: journal}
        checks = {name: {"bytes": len(part), "sha256": _sha256(part)} for name, part in parts.items()}
        head = {"zeren_backup": FORMAT, "store": dict(self.about), "parts": checks}
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, part in {_ABOUT: _json(head), **parts}.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(part)
                tar.addfile(entry, io.BytesIO(part))
        return gzip.compress(packed.getvalue(), compresslevel=6, mtime=0)

    @classmethod
    def read(cls, content: bytes, name: str) -> Backup:
        """Read the file and check all of it; `name` is for messages. Raises StoreError for one that is not whole."""
        parts = _unpacked(content, name)
        try:
            head = json.loads(parts[_ABOUT])
            known, checks, about = head["zeren_backup"], head["parts"], head["store"]
        except (KeyError, ValueError, TypeError):
            raise StoreError(f"{name}: is no backup of zeren's") from None
        if known != FORMAT:
            raise StoreError(f"{name}: was written by another version of zeren (backup format {known})")
        for part in (_QUADS, _JOURNAL):
            if checks.get(part, {}).get("sha256") != _sha256(parts.get(part, b"")):
                raise StoreError(f"{name}: is damaged: {part} is not what was written")
        if version_of(parts[_QUADS]) != about.get("version"):
            raise StoreError(f"{name}: is damaged: the quads are not those of version {about.get('version')}")
        return cls(about, parts[_QUADS], _patches(parts[_JOURNAL], name))

    def restore(self, home: Home) -> str:
        """Make the store hold what the backup does, users' changes included; return the generation.

        Raises StoreError where it cannot be written, or is remote and users' changes have no graph to go to there.
        """
        about = {key: value for key, value in self.about.items() if key not in ("format", "version")}
        if isinstance(home, Generations):
            return home.write(self.nquads, about, journal=self.journal)
        own = _made(self.journal)
        generation = home.write(self.nquads, about)
        if isinstance(home, Service):
            home.own.restore(own)
        return generation


def _changes(home: Home, generation: str) -> list[bytes]:
    """Return what users changed: as it was written down, or on a service all of it as one change."""
    if isinstance(home, Generations):
        return [changes for _, changes in home.journal(generation).entries()]
    if not isinstance(home, Service):
        return []
    import pyoxigraph as ox

    own = Snapshot.of(ox.Store(), bool).patch_to(Snapshot.of(home.own.quads(), lambda _: False))
    return [own] if own else []


def _made(journal: Iterable[bytes]) -> ox.Store:
    import pyoxigraph as ox

    quads = ox.Store()
    for changes in journal:
        patch.apply(quads, changes)
    if any(True for _ in quads.quads_for_pattern(None, None, None, ox.DefaultGraph())):
        raise StoreError("the backup holds changes to the graph without a name: restore it into a folder")
    return quads


def sorted_nquads(quads: ox.Store) -> bytes:
    """Return quads as they are built: each line once, sorted."""
    import pyoxigraph as ox

    lines = (quads.dump(format=ox.RdfFormat.N_QUADS) or b"").split(b"\n")
    return b"\n".join(sorted({line for line in lines if line})) + b"\n"


def load(path: Path) -> Backup:
    """Read a backup from a file. Raises StoreError where it cannot be read or is not whole."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None
    return Backup.read(content, str(path))


def _unpacked(content: bytes, name: str) -> dict[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as tar:
            return {entry.name: part.read() for entry in tar if (part := tar.extractfile(entry))}
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        raise StoreError(f"{name}: is damaged, or no backup of zeren's") from None


def _patches(journal: bytes, name: str) -> tuple[bytes, ...]:
    found, end = [], 0
    for end, changes in Journal.read(io.BytesIO(journal)):  # noqa: B007 - the last end counts
        found.append(changes)
    if end != len(journal):
        raise StoreError(f"{name}: is damaged: its journal ends within an entry")
    return tuple(found)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _sha256(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()
