"""A remote store at home: what it holds, and how a build is loaded into it graph by graph, taken up again if cut short.

A SPARQL service has no transaction over several requests. So the manifest says `building` before the first graph is
touched and `whole` after the last, and nobody is answered in between.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.errors import StoreError, UpstreamError, UpstreamUnavailableError
from kg.graph.iris import DEFAULT_BASE, Iris
from kg.store.address import Address
from kg.store.digests import version_over
from kg.store.manifest import BUILDING, WHOLE, Manifest, progress, progressed
from kg.store.owned import OwnGraphs
from kg.store.upstream import Reply, Upstream

if TYPE_CHECKING:
    import pyoxigraph as ox

FORMAT = 2
_BATCH = 10_000  # triples in one request
_TURTLE = "text/turtle"  # N-Triples are Turtle, and every service reads Turtle
_READABLE = "application/n-triples, text/turtle;q=0.8"
_SECONDS = 300.0  # how long a service may take for one batch


class Service:
    """The store at one address, as `kg.store.generations.Generations` is the one in a folder."""

    def __init__(self, address: Address, base: str = DEFAULT_BASE) -> None:
        self.folder = address.base
        self._names = Iris(base)
        self._store, self._loading = self._names.graph("store"), self._names.graph("loading")
        self._graphs = Upstream(address.graphs, _SECONDS)
        self.own = OwnGraphs(address, base, seconds=_SECONDS)

    def current(self) -> str | None:
        """Return the version that the service holds, or None where nothing was built.

        UpstreamUnavailableError where a build is under way, or was cut short: what others built is then not to be taken
        for nothing.
        """
        manifest = self.manifest()
        if manifest is not None and manifest.state != WHOLE:
            raise UpstreamUnavailableError(
                f"{self.folder}: a build is under way or was cut short: zeren build takes it up"
            )
        return manifest.version if manifest else None

    def about(self, generation: str) -> dict[str, Any]:
        """Return what the store says of itself. StoreError if it has changed from what it was."""
        manifest = self._based_on(generation, self.manifest())
        if manifest.about.get("format") != FORMAT:
            raise StoreError(f"{self.folder}: written by another version of zeren; build it again: zeren build")
        return dict(manifest.about)

    def version(self, generation: str) -> str:
        """Return the hash over the content, by which a version is called."""
        return generation

    def open(self, generation: str) -> ox.Store:
        """Return a copy of the store's quads. UpstreamError if they are not those that were written."""
        import pyoxigraph as ox

        manifest = self.manifest()
        quads = ox.Store()
        for name, digest in sorted(manifest.graphs.items() if manifest else ()):
            quads.extend(self._whole(name, digest))
        if manifest is None or manifest.version != generation:
            raise StoreError(f"{self.folder}: another zeren has written here meanwhile; try again")
        return quads

    def manifest(self, *, patient: bool = False) -> Manifest | None:
        """Return what the store says of itself, None where nothing was ever built.

        A `patient` reader asks again, ever later, while the service is not there.
        """
        return Manifest.of(self._store, self._ntriples(self._store, patient=patient))

    def digests(self, generation: str) -> Mapping[str, str]:
        """Return the hash of each graph. StoreError if the store has changed from what it was."""
        return self._based_on(generation, self.manifest()).graphs

    def write(self, nquads: bytes | Path, about: dict[str, Any], *, based_on: str | None = None) -> str:
        """Make the store hold these quads, sending only graphs that differ; return their version.

        Cut short at any point, the next call takes it up again. Raises UpstreamError where the service fails for good,
        StoreError where another process builds here at the same time.
        """
        graphs = by_graph(nquads)
        before = self.manifest(patient=True)
        if based_on is not None:
            self._based_on(based_on, before)
        return self._made(graphs, _digests(graphs), about, before)

    def change(self, nquads: bytes | Path, replaced: Collection[str], about: dict[str, Any], *, based_on: str) -> str:
        """Put these quads in the place of the graphs `replaced`; all else as `write`."""
        graphs = by_graph(nquads)
        before = self._based_on(based_on, self.manifest(patient=True))
        kept = {name: digest for name, digest in before.graphs.items() if name not in replaced}
        return self._made(graphs, {**kept, **_digests(graphs)}, about, before)

    def _based_on(self, version: str, manifest: Manifest | None) -> Manifest:
        if manifest is None or manifest.version != version or manifest.state != WHOLE:
            raise StoreError(f"{self.folder}: another zeren has written here meanwhile; try again")
        return manifest

    def _made(
        self, graphs: Mapping[str, bytes], wanted: dict[str, str], about: dict[str, Any], before: Manifest | None
    ) -> str:
        """Make the store hold the graphs with the hashes `wanted`; those that differ are among `graphs`."""
        version = version_over(wanted)
        described = {"format": FORMAT, "version": version, "documents": [], **about}
        target = Manifest(BUILDING, described, str(uuid.uuid4()))
        known = self._known(before)
        ours = known.keys() | (before.writing if before else frozenset())
        changed = [name for name in sorted(wanted) if known.get(name) != wanted[name]]
        gone = sorted(ours - wanted.keys())
        sure = {name: digest for name, digest in known.items() if wanted.get(name) == digest}
        if changed or gone or before is None or before.state != WHOLE or before.about != target.about:
            self._put(self._store, replace(target, graphs=sure, writing=frozenset(changed + gone)))
            self._delete(self._loading)
            for name in changed:
                self._write_graph(name, graphs[name], wanted[name], target.builder)
            for name in gone:
                self._delete(name)
            self._check_alone(target.builder)
            self._put(self._store, replace(target, state=WHOLE, graphs=wanted))
            self._delete(self._loading)
        return version

    def _whole(self, name: str, digest: str) -> list[ox.Quad]:
        """Return a graph's quads. UpstreamError if they are not what was written: Virtuoso cuts graphs silently."""
        import pyoxigraph as ox

        found = list(_quads(self._get(name), name))
        lines = _sorted(ox.serialize((quad.triple for quad in found), format=ox.RdfFormat.N_TRIPLES))
        if hashlib.sha256(lines).hexdigest() != digest:
            raise UpstreamError(
                f"{self.folder}: {name} came otherwise than it was written, {len(found):,} facts of it: "
                "is it larger than the service lets through?"
            )
        return found

    def _known(self, before: Manifest | None) -> dict[str, str]:
        """Return the graphs that are known to be whole, with their hashes, after a build cut short as well."""
        if before is None:
            return {}
        return {
            **before.graphs,
            **(progressed(self._ntriples(self._loading, patient=True)) if before.state == BUILDING else {}),
        }

    def _write_graph(self, name: str, lines: bytes, digest: str, builder: str) -> None:
        self._check_alone(builder)
        method = "PUT"
        for batch in _batches(lines):
            self._send(method, name, batch)
            method = "POST"
        self._send("POST", self._loading, progress({name: digest}))

    def _check_alone(self, builder: str) -> None:
        manifest = self.manifest(patient=True)
        if manifest is None or manifest.builder != builder:
            raise StoreError(f"{self.folder}: another zeren has begun to build here; this one has stopped")

    def _put(self, name: str, manifest: Manifest) -> None:
        self._send("PUT", name, manifest.triples(name))

    def _send(self, method: str, graph: str, triples: bytes) -> None:
        reply = self._graphs.insist(method, parameters=_named(graph), body=triples, Content_Type=_TURTLE)
        if reply.status in (400, 404):
            raise UpstreamError(f"{self._graphs.url} takes no graphs ({reply.status}): {reply.said()}")

    def _delete(self, graph: str) -> None:
        self._graphs.insist("DELETE", parameters=_named(graph))

    def _get(self, graph: str, *, patient: bool = False) -> Reply:
        ask = self._graphs.insist if patient else self._graphs.ask
        return ask("GET", parameters=_named(graph), Accept=_READABLE)

    def _ntriples(self, graph: str, *, patient: bool = False) -> bytes:
        import pyoxigraph as ox

        triples = [quad.triple for quad in _quads(self._get(graph, patient=patient), graph)]
        return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def by_graph(nquads: bytes | Path) -> Mapping[str, bytes]:
    """Return each graph of sorted N-Quads as sorted N-Triples."""
    import pyoxigraph as ox

    found: dict[str, list[ox.Triple]] = {}
    given = nquads if isinstance(nquads, bytes) else nquads.read_bytes()
    for quad in ox.parse(given, ox.RdfFormat.N_QUADS):
        found.setdefault(quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else "", []).append(
            quad.triple
        )
    return {name: _sorted(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)) for name, triples in found.items()}


def _digests(graphs: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(lines).hexdigest() for name, lines in graphs.items()}


def _sorted(lines: bytes | None) -> bytes:
    return b"".join(sorted((lines or b"").splitlines(keepends=True)))


def _quads(reply: Reply, name: str) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    if reply.status == 404:
        return
    graph = ox.NamedNode(name)
    rdf_format = ox.RdfFormat.from_media_type(reply.media_type)
    if reply.status != 200 or rdf_format is None:
        raise UpstreamError(f"{name} was asked for, and came as {reply.status} {reply.media_type}: {reply.said()}")
    try:
        for quad in ox.parse(reply.body, rdf_format):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    except SyntaxError as error:
        raise UpstreamError(f"{name} came as {reply.media_type} that cannot be read: {error}") from None


def _batches(lines: bytes) -> Iterator[bytes]:
    all_lines = lines.splitlines(keepends=True)
    for start in range(0, len(all_lines), _BATCH):
        yield b"".join(all_lines[start : start + _BATCH])


def _named(graph: str) -> str:
    return f"graph={quote(graph, safe='')}"
