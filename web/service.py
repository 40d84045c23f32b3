"""What this service is and holds, for programs: service description, VoID and DCAT, health, counters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, request, url_for
from rdflib import DCAT, DCTERMS, FOAF, RDF, VOID, Graph, Literal, Namespace, URIRef

from kg.store.formats import FORMATS
from web import rdf
from web.tags import has, tag_of, tagged, unchanged

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from kg.store import Store
    from web.measures import Measures

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
ZR = Namespace("https://w3id.org/zeren/ns#")
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
_TITLE = "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX zr: <https://w3id.org/zeren/ns#> "
_DOCUMENTS = (
    _TITLE + "SELECT DISTINCT ?document ?title { ?document a zr:WorkPlan ; dcterms:title ?title } ORDER BY ?document"
)
# A bound all the same: the description is made in this process, in one piece, and beyond that nobody reads it.
_GRAPHS = "SELECT ?graph WHERE { GRAPH ?graph { } } ORDER BY ?graph LIMIT 100000"
_COUNTS = "SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) { ?s ?p ?o }"

service_blueprint = Blueprint("service", __name__)


@service_blueprint.get("/sparql")
def introduction() -> AnyResponse:
    """Lead people who open the endpoint to the page, and tell programs what it can do."""
    if request.accept_mimetypes.best_match(["text/turtle", "application/ld+json", "text/html"]) == "text/html":
        return redirect(url_for("zh.query"), 303)
    return rdf.sent(_service())


@service_blueprint.get("/.well-known/void")
def void() -> Response:
    """Describe the data set in VoID and DCAT."""
    tag = tag_of(_store().version, request.host_url, request.headers.get("Accept"))
    return unchanged(tag) if has(tag) else tagged(rdf.sent(_dataset()), tag)


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
    _store().answer("ASK { }")
    return Response("ready\n", content_type="text/plain; charset=utf-8")


def _store() -> Store:
    store: Store = current_app.extensions["zeren"]
    return store


def _service() -> Graph:
    """Return the service description (https://www.w3.org/TR/sparql11-service-description/)."""
    endpoint = URIRef(f"{request.host_url}sparql")
    graph = Graph()
    graph.bind("sd", SD)
    service = endpoint + "#service"
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, endpoint))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    if current_app.config["WRITE_TOKEN"]:
        graph.add((service, SD.supportedLanguage, SD.SPARQL11Update))
    if current_app.config["DEFAULT_GRAPH"] == "union":
        graph.add((service, SD.feature, SD.UnionDefaultGraph))
    if current_app.config["FEDERATED"]:
        graph.add((service, SD.feature, SD.BasicFederatedQuery))
    for known in FORMATS:
        graph.add((service, SD.resultFormat, _FORMATS[_NAMES[known.name]]))
    dataset, default = endpoint + "#dataset", endpoint + "#default-graph"
    graph.add((service, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    for row in _store().select(_GRAPHS):
        name = URIRef(str(row["graph"]))
        named = URIRef(f"{request.host_url}graphs?{urlencode({'graph': name})}")  # where it can be read
        graph.add((dataset, SD.namedGraph, named))
        graph.add((named, RDF.type, SD.NamedGraph))
        graph.add((named, SD.name, name))
    return graph


def _dataset() -> Graph:
    """Return what the store holds (https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/)."""
    dataset, endpoint = URIRef(f"{request.base_url}#dataset"), URIRef(f"{request.host_url}sparql")
    graph = Graph()
    counts = _store().select(_COUNTS)[0]
    for kind in (VOID.Dataset, DCAT.Dataset):
        graph.add((dataset, RDF.type, kind))
    graph.add((dataset, DCTERMS.title, Literal("责任图谱", lang="zh")))
    graph.add((dataset, DCTERMS.title, Literal("Responsibility graph", lang="en")))
    graph.add((dataset, DCTERMS.description, Literal("政府文件中的任务、责任单位和责任依据。", lang="zh")))
    about = Literal("Tasks in government documents: who is responsible for them, and where it is written.", lang="en")
    graph.add((dataset, DCTERMS.description, about))
    document = URIRef(request.base_url)
    graph.add((document, RDF.type, VOID.DatasetDescription))
    graph.add((document, FOAF.primaryTopic, dataset))
    graph.add((dataset, VOID.sparqlEndpoint, endpoint))
    graph.add((dataset, VOID.uriSpace, Literal(str(current_app.config["BASE"]))))
    graph.add((dataset, VOID.vocabulary, URIRef(str(ZR))))
    graph.add((dataset, VOID.triples, counts["triples"]))
    graph.add((dataset, VOID.distinctSubjects, counts["subjects"]))
    for row in _store().select(_DOCUMENTS):
        graph.add((dataset, DCTERMS.hasPart, row["document"]))
        graph.add((row["document"], DCTERMS.title, row["title"]))
    access, distribution = endpoint + "#service", endpoint + "#distribution"
    graph.add((dataset, DCAT.distribution, distribution))
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCAT.accessURL, endpoint))
    graph.add((distribution, DCAT.accessService, access))
    graph.add((access, RDF.type, DCAT.DataService))
    graph.add((access, DCTERMS.title, Literal("SPARQL")))
    graph.add((access, DCAT.endpointURL, endpoint))
    graph.add((access, DCAT.endpointDescription, URIRef(f"{request.host_url}openapi.json")))
    graph.add((access, DCAT.servesDataset, dataset))
    return graph
