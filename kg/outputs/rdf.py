"""The store as RDF, in any format, always in the same order."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.store.engine import RDF_FORMATS
from kg.store.xml import checked


def serialize(quads: ox.Store, form: str, graphs: Sequence[str] | None, prefixes: Mapping[str, str]) -> bytes:
    """Return the quads of `graphs` (of all, if None) in the format named `form` (see `kg.store.formats`).

    Sorted by their N-Quads line, so that the same content gives the same bytes. Formats that know no graphs hold the
    union, each triple once.
    """
    rdf_format = RDF_FORMATS[form]
    chosen = quads if graphs is None else _of(quads, graphs)
    if rdf_format.supports_datasets:
        lines = _sorted_lines(chosen, ox.RdfFormat.N_QUADS)
    else:
        lines = _sorted_lines((quad.triple for quad in chosen), ox.RdfFormat.N_TRIPLES)
    if form in ("nquads", "ntriples"):
        return lines
    ordered = ox.parse(lines, ox.RdfFormat.N_QUADS)
    statements = ordered if rdf_format.supports_datasets else (quad.triple for quad in ordered)
    return _written(statements, form, prefixes)


def convert(lines: bytes, form: str, prefixes: Mapping[str, str]) -> bytes:
    """Return N-Triples or N-Quads in the format named `form`, in the order of their lines, each once.

    Formats that know no graphs hold the union.
    """
    ordered = b"".join(sorted({line + b"\n" for line in lines.split(b"\n") if line}))
    quads = ox.parse(ordered, ox.RdfFormat.N_QUADS)
    rdf_format = RDF_FORMATS[form]
    # Triples of two graphs are not next to each other; a dictionary forgets the second and keeps the order.
    statements = quads if rdf_format.supports_datasets else dict.fromkeys(quad.triple for quad in quads)
    return _written(statements, form, prefixes)


def _written(statements: Iterable[ox.Quad] | Iterable[ox.Triple], form: str, prefixes: Mapping[str, str]) -> bytes:
    written = io.BytesIO()
    ox.serialize(statements, checked(written, form), RDF_FORMATS[form], prefixes=dict(prefixes))
    return written.getvalue()


def _of(quads: ox.Store, graphs: Sequence[str]) -> Iterable[ox.Quad]:
    return (q for graph in graphs for q in quads.quads_for_pattern(None, None, None, ox.NamedNode(graph)))


def _sorted_lines(statements: Iterable[ox.Quad] | Iterable[ox.Triple], rdf_format: ox.RdfFormat) -> bytes:
    written = ox.serialize(statements, format=rdf_format) or b""
    return b"".join(sorted({line + b"\n" for line in written.split(b"\n") if line}))
