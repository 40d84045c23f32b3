"""A store that is a SPARQL 1.1 service elsewhere: the same questions, asked over HTTP, the same errors back."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kg.errors import ForeignHostError, ResultTooLargeError, UpstreamError, UpstreamUnavailableError
from kg.graph.iris import DEFAULT_BASE, Derived, Iris
from kg.store import Answer
from kg.store.address import Address
from kg.store.binding import bound, iri
from kg.store.columns import headed
from kg.store.foreign import clauses, mentions
from kg.store.formats import GRAPH, ROWS, Format, choose
from kg.store.limits import too_many
from kg.store.manifest import WHOLE, Manifest, state_query
from kg.store.owned import OwnGraphs
from kg.store.reach import Reach
from kg.store.results import rows
from kg.store.service import Service
from kg.store.syntax import complaint, complaint_elsewhere
from kg.store.tally import Tally
from kg.store.tokens import check_size, form, keywords, plain
from kg.store.upstream import Reply, Upstream

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row
    from kg.store.writing import Change

_FITS = {"SELECT": ROWS, "ASK": ROWS, "CONSTRUCT": GRAPH, "DESCRIBE": GRAPH}
_JSON = "application/sparql-results+json"
_ACCEPT = {ROWS: f"{_JSON}, application/json;q=0.5", GRAPH: "application/n-triples, text/turtle;q=0.8"}
_FORM = "application/x-www-form-urlencoded"
_LOOK_SECONDS = 1.0  # a new build is seen by readers within this time
_NO_GRAPH = "urn:x-zeren:no-graph"  # a dataset of no graphs at all has no form in the protocol
_BLANK = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')  # no label, but Virtuoso's way
_CUT = ("X-SPARQL-MaxRows", "X-SQL-State")  # how Virtuoso says that rows are missing


class RemoteStore:
    """A `kg.store.Store` on a service.

    `seconds` is how long one answer may take, `max_bytes` how large it may be, `max_rows` how long (0: any length).
    """

    def __init__(
        self,
        address: Address,
        base: str = DEFAULT_BASE,
        *,
        seconds: float = 60.0,
        max_bytes: int | None = None,
        max_rows: int = 0,
        reach: Reach | None = None,
    ) -> None:
        self._address = address
        self._base = base
        self._upstream = Upstream(address.query, seconds, max_bytes=max_bytes)
        self._max_rows = max_rows
        self._marker = Iris(base).graph("store")
        self._reach = reach or Reach()
        self._own = OwnGraphs(address, base, seconds=seconds)
        self._seen: _Held | None = None

    @property
    def version(self) -> str:
        """The content's version."""
        return self._held().version

    def answer(
        self,
        query: str,
        *,
        media_types: Sequence[str] = (),
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        client: str = "",  # noqa: ARG002 - the service has places of its own
    ) -> Answer:
        """See `kg.store.Store.answer`; `prefixes` need not be declared in the query.

        Raises UpstreamError of the kind that fits where the service fails.
        """
        text = plain(query)
        asked = form(text)
        if asked not in _FITS:
            raise complaint(query, "nothing is asked")
        check_size(text)
        words = keywords(text)
        text, unfilled = self._reach.filled(text, clauses(text, base, prefixes)) if mentions(text) else text, text
        if "SERVICE" in keywords(text):
            raise ForeignHostError("SERVICE is off: a query here reaches no other host")
        chosen = choose(tuple(media_types), _FITS[asked])
        held = self._held()
        parameters = [("query", _declared(base, prefixes) + (text if bindings is None else bound(text, bindings)))]
        if graphs is not None or named_graphs is not None or "FROM" not in words:
            parameters += self._dataset(held, graphs, named_graphs, union=union)
        reply = self._upstream.ask(
            "POST", body=urlencode(parameters).encode(), Content_Type=_FORM, Accept=_ACCEPT[_FITS[asked]]
        )
        content = _content(query, reply, chosen, lines_before=1 if base or prefixes else 0, most=self._max_rows)
        return Answer(content, chosen.media_type, held.version if text is unfilled else "")

    def select(
        self,
        query: str,
        *,
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
    ) -> list[Row]:
        """See `kg.store.Store.select`."""
        return rows(self.answer(query, media_types=(_JSON,), bindings=bindings, graphs=graphs).body)

    def change(self, asked: Change, body: bytes = b"") -> bool:
        """Make a change to the graphs of users on the service; tell whether it created a graph.

        Raises what `kg.store.owned.OwnGraphs.change` does, and UpstreamUnavailableError while the store is being built.
        """
        self._seen = None
        manifest = self._held().manifest
        derived = Derived(self._base, manifest.graphs.keys() | manifest.writing)
        if asked.text:
            text = plain(asked.text)
            found = clauses(text, asked.base, update=True) if mentions(text, update=True) else []
            filled = self._reach.filled(text, found)
            if "SERVICE" in keywords(filled):
                raise ForeignHostError("SERVICE is off: a change here reaches no other host")
            asked = replace(asked, text=filled)
        try:
            return self._own.change(asked, body, derived)
        finally:
            self._seen = None

    def _dataset(
        self, seen: _Held, graphs: Sequence[str] | None, named_graphs: Sequence[str] | None, *, union: bool
    ) -> list[tuple[str, str]]:
        """Return the dataset as the protocol names it: a request that names a part of it names all of it."""
        held = sorted(seen.manifest.graphs.keys() | seen.own)
        if self._address.union == "service" and union and graphs is None and named_graphs is None:
            return []
        if graphs is None:
            graphs = held if union else ()
        default = [("default-graph-uri", graph) for graph in graphs or (_NO_GRAPH,)]
        return default + [("named-graph-uri", graph) for graph in (held if named_graphs is None else named_graphs)]

    def _held(self) -> _Held:
        """Return what the store holds; raises UpstreamUnavailableError while it is being built."""
        seen = self._seen
        if seen and time.monotonic() - seen.at < _LOOK_SECONDS:
            return seen
        at = time.monotonic()
        state, about, change = self._state()
        if state != WHOLE:
            raise UpstreamUnavailableError(
                f"{self._address}: holds no finished build: one is under way, or was cut short (zeren build goes on)"
            )
        same = seen and (seen.about, seen.change) == (about, change)
        held = replace(seen, at=at) if seen and same else self._looked(at, about, change)
        self._seen = held
        return held

    def _looked(self, at: float, about: str, change: str) -> _Held:
        manifest = Service(self._address, self._base).manifest()
        if manifest is None or manifest.state != WHOLE:
            raise UpstreamUnavailableError(f"{self._address}: is being built; ask again")
        return _Held(at, about, change, manifest, self._own.names() if change else frozenset())

    def _state(self) -> tuple[str, str, str]:
        """Return the state of the store, what it says of itself, and the name of the last change by users."""
        query = state_query(self._marker, self._own.change_query())
        named = [("query", query), ("default-graph-uri", _NO_GRAPH)]
        named += [("named-graph-uri", name) for name in (self._marker, self._own.registry)]
        reply = self._upstream.ask("POST", body=urlencode(named).encode(), Content_Type=_FORM, Accept=_JSON)
        found = rows(_content(query, reply, choose((_JSON,), ROWS)))
        if not found:
            return "", "", ""
        return (
            str(found[0]["state"]),
            str(found[0]["about"]),
            "-".join(str(row["change"]) for row in found if "change" in row),
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """What the store holds, as seen at a moment (`at`, of the monotonic clock): built graphs, and users' own."""

    at: float
    about: str
    change: str
    manifest: Manifest
    own: frozenset[str]

    @property
    def version(self) -> str:
        """The version of the build, and the name of the last change."""
        return f"{self.manifest.version}-{self.change}" if self.change else self.manifest.version


def _declared(base: str | None, prefixes: Mapping[str, str] | None) -> str:
    """Return declarations as one line to stand before a query, or nothing."""
    declared = [f"BASE {iri(base)}"] if base else []
    declared += [f"PREFIX {name}: {iri(namespace)}" for name, namespace in sorted((prefixes or {}).items())]
    return " ".join(declared) + "\n" * bool(declared)


def _content(query: str, reply: Reply, chosen: Format, *, lines_before: int = 0, most: int = 0) -> bytes:
    """Return the body of a reply in the chosen format. Raises QueryError or UpstreamError.

    ResultTooLargeError if it has more than so many rows or triples (0: any number).
    """
    if reply.status == 400:
        raise complaint_elsewhere(query, reply.said(), lines_before=lines_before)
    if reply.status != 200:
        raise UpstreamError(f"the store answered {reply.status}, which is no answer: {reply.said()}")
    if any(name in reply.headers for name in _CUT):
        raise ResultTooLargeError("the service gives only a part of the result, so nothing of it is given: add a LIMIT")
    try:
        return _rows(query, reply, chosen, most) if chosen.fits == ROWS else _graph(reply, chosen, most)
    except (SyntaxError, ValueError) as error:
        raise UpstreamError(f"the store sent {reply.media_type} that cannot be read: {error}") from None


def _rows(query: str, reply: Reply, chosen: Format, most: int) -> bytes:
    import pyoxigraph as ox

    if reply.media_type not in (_JSON, "application/json"):
        raise UpstreamError(f"the store sent {reply.media_type} where rows were asked for: {reply.said()}")
    if form(query) == "ASK" and b'"boolean"' not in reply.body:  # Virtuoso gives a row, or none
        return _boolean(bool(rows(reply.body)), chosen)
    wanted = ox.QueryResultsFormat.from_media_type(chosen.media_type)
    body = _BLANK.sub(rb"\1", headed(query, reply.body))
    if most and len(body) > most:
        tally = Tally(_JSON)
        tally.take(body)
        if tally.rows > most:
            raise too_many(most)
    return ox.parse_query_results(body, ox.QueryResultsFormat.JSON).serialize(format=wanted) or b""


def _boolean(value: bool, chosen: Format) -> bytes:
    import pyoxigraph as ox

    said = b'{"head":{},"boolean":true}' if value else b'{"head":{},"boolean":false}'
    wanted = ox.QueryResultsFormat.from_media_type(chosen.media_type)
    return ox.parse_query_results(said, ox.QueryResultsFormat.JSON).serialize(format=wanted) or b""


def _graph(reply: Reply, chosen: Format, most: int) -> bytes:
    import pyoxigraph as ox

    sent = ox.RdfFormat.from_media_type(reply.media_type)
    if sent is None:
        raise UpstreamError(f"the store sent {reply.media_type} where a graph was asked for: {reply.said()}")
    triples = [quad.triple for quad in ox.parse(reply.body, sent)]
    if most and len(triples) > most:
        raise too_many(most)
    return ox.serialize(triples, format=ox.RdfFormat.from_media_type(chosen.media_type)) or b""
