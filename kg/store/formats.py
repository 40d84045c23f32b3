"""The formats in which an answer can be had: their short names, media types, and the query forms they fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kg.errors import QueryFormatError

ROWS = "rows"
GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `name` on the command line, `media_type` over HTTP, `fits` rows (SELECT, ASK) or graph."""

    name: str
    media_type: str
    fits: str
    also: tuple[str, ...] = ()


FORMATS = (
    Format("json", "application/sparql-results+json", ROWS, ("application/json",)),
    Format("xml", "application/sparql-results+xml", ROWS, ("application/xml", "text/xml")),
    Format("csv", "text/csv", ROWS),
    Format("tsv", "text/tab-separated-values", ROWS),
    Format("turtle", "text/turtle", GRAPH, ("application/x-turtle",)),
    Format("trig", "application/trig", GRAPH),
    Format("ntriples", "application/n-triples", GRAPH, ("text/plain",)),
    Format("nquads", "application/n-quads", GRAPH),
    Format("rdfxml", "application/rdf+xml", GRAPH, ("application/xml", "text/xml")),
    Format("jsonld", "application/ld+json", GRAPH, ("application/json",)),
)

ROW_FORMATS = tuple(f.name for f in FORMATS if f.fits == ROWS)
GRAPH_FORMATS = tuple(f.name for f in FORMATS if f.fits == GRAPH)
_BY_NAME = {f.name: f for f in FORMATS}
DEFAULT_MEDIA_TYPES = ("application/sparql-results+json", "text/turtle")


def by_name(name: str) -> Format:
    """Return the format called `name`; KeyError if there is none."""
    return _BY_NAME[name]


@lru_cache(maxsize=256)
def for_media_type(media_type: str, fits: str) -> Format | None:
    """Return the format that `media_type` names for results of the form `fits`, or None."""
    for candidate in FORMATS:
        if candidate.fits == fits and media_type in (candidate.media_type, *candidate.also):
            return candidate
    return None


@lru_cache(maxsize=256)
def choose(media_types: tuple[str, ...], fits: str) -> Format:
    """Return the format of the first of `media_types` that holds results of the form `fits`.

    Raises QueryFormatError if none does.
    """
    asked = media_types or DEFAULT_MEDIA_TYPES
    for media_type in asked:
        chosen = for_media_type(media_type, fits)
        if chosen:
            return chosen
    possible = ", ".join(f"{f.name} ({f.media_type})" for f in FORMATS if f.fits == fits)
    gives = "rows (SELECT, ASK)" if fits == ROWS else "a graph (CONSTRUCT, DESCRIBE)"
    raise QueryFormatError(
        f"the query gives {gives}, which {', '.join(asked)} cannot hold; it can be had as {possible}"
    )
