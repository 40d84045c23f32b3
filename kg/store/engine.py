"""Oxigraph, the one door to it: a query runs in this process and comes back as bytes, or as one of our errors.

Nothing here stops a runaway query: strangers' queries go through `kg.store.worker`, whose process can be killed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from operator import itemgetter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import ForeignHostError, QueryError
from kg.store import Answer
from kg.store.columns import ordered, star
from kg.store.formats import DEFAULT_MEDIA_TYPES, GRAPH, ROWS, choose
from kg.store.limits import too_many
from kg.store.results import rows, to_json
from kg.store.syntax import complaint
from kg.store.xml import checked

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row

_RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_NO_QUADS = ox.Store()  # what a query says of its columns, it says of nothing just as well


class Engine:
    """A set of quads in Oxigraph that answers queries in this process (a `kg.store.Store`)."""

    def __init__(self, quads: ox.Store, version: str) -> None:
        self._quads = quads
        self._version = version

    @property
    def version(self) -> str:
        """The content's version."""
        return self._version

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
        client: str = "",  # noqa: ARG002 - there are no places here to be shared
    ) -> Answer:
        """See `kg.store.Store.answer`."""
        described = {name: to_json(term) for name, term in (bindings or {}).items()}
        sink = Sink()
        media_type = self.run(
            sink,
            query=query,
            media_types=media_types,
            bindings=described,
            graphs=graphs,
            named_graphs=named_graphs,
            union=union,
            base=base,
        )
        return Answer(sink.getvalue(), media_type, self._version)

    def select(
        self,
        query: str,
        *,
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
    ) -> list[Row]:
        """See `kg.store.Store.select`."""
        return rows(self.answer(query, media_types=("application/json",), bindings=bindings, graphs=graphs).body)

    def parse(
        self,
        text: str,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        *,
        update: bool = False,
    ) -> None:
        """Raise the QueryError that fits unless this is a query, or an update.

        It runs where there is nothing, and what comes of that is no matter.
        """
        try:
            if update:
                ox.Store().update(text, base_iri=base)
            else:
                _NO_QUADS.query(text, base_iri=base, prefixes=dict(prefixes or {}))
        except SyntaxError as error:
            raise complaint(text, str(error), updating=update) from None
        except (OSError, ValueError, RuntimeError):
            return

    def run(
        self,
        sink: Sink,
        *,
        query: str,
        media_types: Sequence[str] = (),
        bindings: Mapping[str, Mapping[str, str]] | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> str:
        """Write the answer into `sink` and return its media type.

        `bindings` are SPARQL results JSON term objects; `prefixes` need not be declared in the query.
        """
        try:
            result = self._quads.query(
                _with_columns(query, base, prefixes) if "*" in query else query,
                base_iri=base,
                prefixes=dict(prefixes or {}),
                use_default_graph_as_union=union and graphs is None,
                default_graph=None if graphs is None else [ox.NamedNode(g) for g in graphs],
                named_graphs=None if named_graphs is None else [ox.NamedNode(g) for g in named_graphs],
                substitutions={ox.Variable(name): _term(term) for name, term in (bindings or {}).items()},
            )
            return _serialize(sink, result, media_types or DEFAULT_MEDIA_TYPES, prefixes or {})
        except SyntaxError as error:
            raise complaint(query, str(error)) from None
        except OSError as error:
            # kg.store.worker lets a query open nothing, and only SERVICE wants to.
            if "os error 24" in str(error):
                raise ForeignHostError("SERVICE is off: a query here reaches no other host") from None
            raise QueryError(f"the query could not be answered: {error}") from None
        except (ValueError, RuntimeError) as error:
            raise QueryError(f"the query could not be answered: {error}") from None


class Sink(io.BytesIO):
    """Where an answer is written to; it is told the media type before the first byte."""

    rows: int | None = None  # how many solutions or triples were written, where that is known
    most_rows = 0  # how many triples it takes; 0: any number

    def begin(self, media_type: str, *, solutions: bool = False) -> None:
        """Take notice of what is about to be written, and whether it is a table of solutions."""


def _with_columns(query: str, base: str | None, prefixes: Mapping[str, str] | None) -> str:
    """Return the query, SELECT * spelled out in reading order; one that cannot be answered is left as it is."""
    found = star(query)
    if found is None:
        return query
    try:
        result = _NO_QUADS.query(query, base_iri=base, prefixes=dict(prefixes or {}))
    except (SyntaxError, OSError, ValueError, RuntimeError):
        return query
    columns = [variable.value for variable in result.variables] if isinstance(result, ox.QuerySolutions) else []
    return ordered(query, *found, columns) if len(columns) > 1 else query


def _serialize(
    sink: Sink,
    result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    media_types: Sequence[str],
    prefixes: Mapping[str, str],
) -> str:
    chosen = choose(tuple(media_types), GRAPH if isinstance(result, ox.QueryTriples) else ROWS)
    sink.begin(chosen.media_type, solutions=isinstance(result, ox.QuerySolutions))
    target = checked(sink, chosen.name)
    if isinstance(result, ox.QueryTriples):
        numbers = count()
        permitted = chain(islice(result, sink.most_rows), _beyond(result, sink.most_rows)) if sink.most_rows else result
        triples = map(itemgetter(0), zip(permitted, numbers, strict=False))  # counted without a loop of Python's
        ox.serialize(triples, target, RDF_FORMATS[chosen.name], prefixes=dict(prefixes))
        sink.rows = next(numbers)
    else:
        result.serialize(target, _RESULT_FORMATS[chosen.name])
    return chosen.media_type


def _beyond(result: Iterable[ox.Triple], most: int) -> Iterator[ox.Triple]:
    for _ in result:
        raise too_many(most)
    yield from ()


def _term(term: Mapping[str, str]) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    if term["type"] == "bnode":
        return ox.BlankNode(term["value"])
    if "xml:lang" in term:
        return ox.Literal(term["value"], language=term["xml:lang"])
    datatype = term.get("datatype")
    return ox.Literal(term["value"], datatype=ox.NamedNode(datatype) if datatype else None)
