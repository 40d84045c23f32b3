"""A small graph about the service, sent in the RDF format that the client likes best."""

from __future__ import annotations

from flask import Response, request
from rdflib import Graph

from kg.store.formats import GRAPH, for_media_type
from web.negotiation import content_type, wanted_media_types

_RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
_TURTLE = "text/turtle"


def sent(graph: Graph) -> Response:
    """Return the graph as Turtle, or as what the Accept header prefers of Turtle, N-Triples, RDF/XML and JSON-LD."""
    media_type, name = _chosen(request.headers.get("Accept"))
    response = Response(graph.serialize(format=_RDFLIB[name]), content_type=content_type(media_type))
    response.vary.add("Accept")
    return response


def _chosen(accept: str | None) -> tuple[str, str]:
    for media_type in wanted_media_types(accept):
        found = for_media_type(media_type, GRAPH)
        if found and found.name in _RDFLIB:
            return found.media_type, found.name
    return _TURTLE, "turtle"
