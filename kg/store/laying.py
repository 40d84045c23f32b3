"""How the quads of a generation come onto the disk: loaded whole, or shared with the one before but for some graphs.

Oxigraph's files are never changed once they are written, so two generations may hold the same ones, as hard links: each
takes away its own name only. A graph that is taken out leaves its words behind in them, so after many changes all is
loaded anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import pyoxigraph as ox

NQuads = bytes | Path


def lay(folder: Path, nquads: NQuads) -> None:
    """Make a folder of these quads. OSError where it cannot be written, SyntaxError where they are none."""
    _load(ox.Store(str(folder)), nquads)


def relay(before: ox.Store, folder: Path, nquads: NQuads, replaced: Collection[str]) -> None:
    """Make a folder of the quads of `before`, these in the place of the `replaced` graphs; else as `lay`."""
    before.backup(str(folder))
    quads = ox.Store(str(folder))
    for name in sorted(replaced):
        quads.remove_graph(ox.NamedNode(name) if name else ox.DefaultGraph())
    _load(quads, nquads)


def renew(folder: Path) -> None:
    """Write the quads of a folder anew, without what was taken out of them before. OSError where that cannot be."""
    dump, old = folder.with_suffix(".nq"), folder.with_suffix(".old")
    ox.Store.read_only(str(folder)).dump(str(dump), ox.RdfFormat.N_QUADS)
    folder.rename(old)
    lay(folder, dump)
    dump.unlink()
    shutil.rmtree(old)


def _load(quads: ox.Store, nquads: NQuads) -> None:
    if isinstance(nquads, bytes):
        quads.bulk_load(nquads, ox.RdfFormat.N_QUADS)
    else:
        quads.bulk_load(path=str(nquads), format=ox.RdfFormat.N_QUADS)
    quads.flush()
