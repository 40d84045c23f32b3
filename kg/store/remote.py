"""A store that is a SPARQL 1.1 service elsewhere: the same questions, asked over HTTP, the same errors back."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kg.errors import QueryError, QueryFormError, ResultTooLargeError, UpstreamError, UpstreamUnavailableError
from kg.graph.iris import DEFAULT_BASE, Iris
from kg.store import Answer
from kg.store.address import Address
from kg.store.binding import bound, iri
from kg.store.formats import GRAPH, ROWS, Format, choose
from kg.store.manifest import WHOLE, Manifest, state_query
from kg.store.results import rows
from kg.store.service import Service
from kg.store.syntax import complaint
from kg.store.tokens import check_size, form, keywords, plain
from kg.store.upstream import Reply, Upstream

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row

_FITS = {"SELECT": ROWS, "ASK": ROWS, "CONSTRUCT": GRAPH, "DESCRIBE": GRAPH}
_JSON = "application/sparql-results+json"
_ACCEPT = {ROWS: f"{_JSON}, application/json;q=0.5", GRAPH: "application/n-triples, text/turtle;q=0.8"}
_FORM = "application/x-www-form-urlencoded"
_LOOK_SECONDS = 1.0  # a new build is seen by readers within this time
_PLACE = re.compile(r"error at (\d+):")  # how Oxigraph says it; others have their own words
_NO_GRAPH = "urn:x-zeren:no-graph"  # a dataset of no graphs at all has no form in the protocol
_CUT = ("X-SPARQL-MaxRows", "X-SQL-State")  # how Virtuoso says that rows are missing


class RemoteStore:
    """A `kg.store.Store` on a service; `seconds` is how long one answer may take, `max_bytes` how large it may be."""

    def __init__(
        self, address: Address, base: str = DEFAULT_BASE, *, seconds: float = 60.0, max_bytes: int | None = None
    ) -> None:
        self._address = address
        self._base = base
        self._upstream = Upstream(address.query, seconds, max_bytes=max_bytes)
        self._marker = Iris(base).graph("store")
        self._seen: tuple[float, str, Manifest] | None = None

    @property
    def version(self) -> str:
        """The content's version."""
        return self._manifest().version

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
        if "SERVICE" in words:
            raise QueryFormError("SERVICE is off: a query here reaches no other host")
        chosen = choose(media_types, _FITS[asked])
        manifest = self._manifest()
        parameters = [("query", _declared(base, prefixes) + (text if bindings is None else bound(text, bindings)))]
        if graphs is not None or named_graphs is not None or "FROM" not in words:
            parameters += self._dataset(manifest, graphs, named_graphs, union=union)
        reply = self._upstream.ask(
            "POST", body=urlencode(parameters).encode(), Content_Type=_FORM, Accept=_ACCEPT[_FITS[asked]]
        )
        content = _content(query, reply, chosen, lines_before=1 if base or prefixes else 0)
        return Answer(content, chosen.media_type, manifest.version)

    def select(
        self,
        query: str,
        *,
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
    ) -> list[Row]:
        """See `kg.store.Store.select`."""
        return rows(self.answer(query, media_types=(_JSON,), bindings=bindings, graphs=graphs).body)

    def _dataset(
        self, manifest: Manifest, graphs: Sequence[str] | None, named_graphs: Sequence[str] | None, *, union: bool
    ) -> list[tuple[str, str]]:
        """Return the dataset as the protocol names it: a request that names a part of it names all of it."""
        held = sorted(manifest.graphs)
        if self._address.union == "service" and union and graphs is None and named_graphs is None:
            return []
        if graphs is None:
            graphs = held if union else ()
        default = [("default-graph-uri", graph) for graph in graphs or (_NO_GRAPH,)]
        return default + [("named-graph-uri", graph) for graph in (held if named_graphs is None else named_graphs)]

    def _manifest(self) -> Manifest:
        """Return what the store holds; raises UpstreamUnavailableError while it is being built."""
        if self._seen and time.monotonic() - self._seen[0] < _LOOK_SECONDS:
            return self._seen[2]
        state, about = self._state()
        if state != WHOLE:
            raise UpstreamUnavailableError(
                f"{self._address}: holds no finished build: one is under way, or was cut short (zeren build goes on)"
            )
        if self._seen and self._seen[1] == about:
            manifest = self._seen[2]
        else:
            found = Service(self._address, self._base).manifest()
            if found is None or found.state != WHOLE:
                raise UpstreamUnavailableError(f"{self._address}: is being built; ask again")
            manifest = found
        self._seen = (time.monotonic(), about, manifest)
        return manifest

    def _state(self) -> tuple[str, str]:
        query = state_query(self._marker)
        named = [("query", query), ("default-graph-uri", _NO_GRAPH), ("named-graph-uri", self._marker)]
        reply = self._upstream.ask("POST", body=urlencode(named).encode(), Content_Type=_FORM, Accept=_JSON)
        found = rows(_content(query, reply, choose((_JSON,), ROWS)))
        return (str(found[0]["state"]), str(found[0]["about"])) if found else ("", "")


def _declared(base: str | None, prefixes: Mapping[str, str] | None) -> str:
    """Return declarations as one line to stand before a query, or nothing."""
    declared = [f"BASE {iri(base)}"] if base else []
    declared += [f"PREFIX {name}: {iri(namespace)}" for name, namespace in sorted((prefixes or {}).items())]
    return " ".join(declared) + "\n" * bool(declared)


def _content(query: str, reply: Reply, chosen: Format, *, lines_before: int = 0) -> bytes:
    """Return the body of a reply in the chosen format. Raises QueryError or UpstreamError."""
    if reply.status == 400:
        raise _complaint(query, reply.said(), lines_before)
    if reply.status != 200:
        raise UpstreamError(f"the store answered {reply.status}, which is no answer: {reply.said()}")
    if any(name in reply.headers for name in _CUT):
        raise ResultTooLargeError("the service gives only a part of the result, so nothing of it is given: add a LIMIT")
    try:
        return _rows(reply, chosen) if chosen.fits == ROWS else _graph(reply, chosen)
    except (SyntaxError, ValueError) as error:
        raise UpstreamError(f"the store sent {reply.media_type} that cannot be read: {error}") from None


def _complaint(query: str, said: str, lines_before: int) -> QueryError:
    place = _PLACE.match(said)
    if place is None:
        return QueryError(f"the service says: {said}")
    return complaint(query, f"error at {int(place[1]) - lines_before}:{said[place.end() :]}")


def _rows(reply: Reply, chosen: Format) -> bytes:
    import pyoxigraph as ox

    if reply.media_type not in (_JSON, "application/json"):
        raise UpstreamError(f"the store sent {reply.media_type} where rows were asked for: {reply.said()}")
    wanted = ox.QueryResultsFormat.from_media_type(chosen.media_type)
    return ox.parse_query_results(reply.body, ox.QueryResultsFormat.JSON).serialize(format=wanted) or b""


def _graph(reply: Reply, chosen: Format) -> bytes:
    import pyoxigraph as ox

    sent = ox.RdfFormat.from_media_type(reply.media_type)
    if sent is None:
        raise UpstreamError(f"the store sent {reply.media_type} where a graph was asked for: {reply.said()}")
    triples = [quad.triple for quad in ox.parse(reply.body, sent)]
    return ox.serialize(triples, format=ox.RdfFormat.from_media_type(chosen.media_type)) or b""
