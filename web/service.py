"""What this service is and holds, for programs: the SPARQL service description, in any RDF format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, redirect, request, url_for
from rdflib import RDF, Graph, Namespace, URIRef

from kg.store.formats import FORMATS, GRAPH, for_media_type
from web.negotiation import content_type, wanted_media_types

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from kg.store import Store
    from kg.store.formats import Format
    from web.measures import Measures

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
# https://www.w3.org/ns/formats/: the names there of the formats here.
_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "trig": "TriG",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
}
_RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}


service_blueprint = Blueprint("service", __name__)


@service_blueprint.get("/sparql")
def introduction() -> AnyResponse:
    """Lead people who open the endpoint to the page, and tell programs what it can do."""
    if request.accept_mimetypes.best_match(["text/turtle", "application/ld+json", "text/html"]) == "text/html":
        return redirect(url_for("zh.query"), 303)
    return description()


@service_blueprint.get("/metrics")
def metrics() -> Response:
    """Return the counters for Prometheus."""
    measures: Measures = current_app.extensions["measures"]
    return Response(measures.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


@service_blueprint.get("/healthz")
def healthz() -> Response:
    """Say that this process lives."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@service_blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether questions are answered; StoreError (503) if they are not."""
    store: Store = current_app.extensions["zeren"]
    store.answer("ASK { }")
    return Response("ready\n", content_type="text/plain; charset=utf-8")


def description() -> Response:
    """Return the service description (https://www.w3.org/TR/sparql11-service-description/)."""
    chosen = _chosen()
    body = _described().serialize(format=_RDFLIB[chosen.name])
    response = Response(body, content_type=content_type(chosen.media_type))
    response.vary.add("Accept")
    return response


def _chosen() -> Format:
    for media_type in wanted_media_types(request.headers.get("Accept")):
        found = for_media_type(media_type, GRAPH)
        if found and found.name in _RDFLIB:
            return found
    return next(f for f in FORMATS if f.name == "turtle")


def _described() -> Graph:
    endpoint = URIRef(f"{request.host_url}sparql")
    graph = Graph()
    graph.bind("sd", SD)
    service = URIRef(f"{endpoint}#service")
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, endpoint))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    if current_app.config["WRITE_TOKEN"]:
        graph.add((service, SD.supportedLanguage, SD.SPARQL11Update))
    if current_app.config["DEFAULT_GRAPH"] == "union":
        graph.add((service, SD.feature, SD.UnionDefaultGraph))
    for known in FORMATS:
        graph.add((service, SD.resultFormat, _FORMATS[_NAMES[known.name]]))
    dataset, default = URIRef(f"{request.base_url}#dataset"), URIRef(f"{request.base_url}#default-graph")
    graph.add((service, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    return graph
