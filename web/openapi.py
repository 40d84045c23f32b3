"""The HTTP interface described for programs, at /openapi.json (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json

from kg import __version__
from kg.outputs.reference import MEDIA_TYPES
from kg.store.formats import FORMATS, GRAPH, GRAPH_FORMATS, ROW_FORMATS
from web import data

openapi_blueprint = Blueprint("openapi", __name__)

Part = dict[str, Any]

PROBLEM = "application/problem+json"
_ROWS = tuple(f.media_type for f in FORMATS if f.fits != GRAPH)
_GRAPHS = tuple(f.media_type for f in FORMATS if f.fits == GRAPH)
_DESCRIPTIONS = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
_TEXT: Part = {"type": "string"}
_IRI: Part = {"type": "string", "format": "iri", "examples": ["http://example.org/own"]}
_ANYTHING: Part = {}
_QUESTION = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 10"
_CHANGE = "INSERT DATA { GRAPH <http://example.org/own> { <http://example.org/a> <http://example.org/b> 1 } }"


@openapi_blueprint.get("/openapi.json")
def openapi() -> Response:
    """Send the description."""
    return Response(json.dumps(description(), ensure_ascii=False), content_type="application/json")


def description() -> Part:
    """Return the description: the paths for programs; pages for people are not among them, but for the search."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "zeren 责任图谱",
            "version": __version__,
            "summary": "Who is responsible for what, with whom, and where it is written",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/sparql": {"get": _ask(), "post": _ask_or_change()},
            "/graphs": _graph(
                [_query("graph", "The graph's IRI.", _IRI), _query("default", "The graph without a name.")]
            ),
            "/graphs/{name}": _graph([_in_path("name", "The rest of the graph's IRI, which is this address.")]),
            "/id/{path}": {"get": _dereference()},
            "/data/{path}": {"get": _facts()},
            "/search": {"get": _search()},
            "/why": {"get": _why(), "post": _why_of_an_answer()},
            "/checks": {"get": _checks()},
            "/ontology": {"get": _ontology()},
            "/network.json": {"get": _operation("Organisations, tasks and their roles", _ok("application/json"))},
            "/.well-known/void": {
                "get": _operation("What is held, in VoID and DCAT", _ok(*_DESCRIPTIONS) | {"304": _unchanged()})
            },
            "/healthz": {"get": _operation("Whether the server lives", _ok("text/plain"))},
            "/readyz": {"get": _operation("Whether questions are answered", _ok("text/plain"))},
            "/metrics": {"get": _operation("Counters for Prometheus", _ok("text/plain"))},
            "/openapi.json": {"get": _operation("This description", _ok("application/json"))},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"problem": {"description": "What is wrong", "content": {PROBLEM: {"schema": _PROBLEM}}}},
        },
    }


# https://www.rfc-editor.org/rfc/rfc9457
_PROBLEM: Part = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": ["integer", "null"], "description": "Of a malformed query, from 1."},
        "column": {"type": ["integer", "null"]},
        "nearest": {"type": "array", "items": {"type": "string"}, "description": "Names close to an unknown one."},
    },
}


def _ask() -> Part:
    parameters = [
        _query(
            "query", "A SPARQL 1.1 query; without it the service describes itself.", {**_TEXT, "examples": [_QUESTION]}
        ),
        *_dataset(),
    ]
    responses = _ok(*_ROWS, *_GRAPHS) | {"303": {"description": "To the page, for people"}, "304": _unchanged()}
    return _operation("Ask by SPARQL 1.1", responses, parameters)


def _ask_or_change() -> Part:
    form = {
        "type": "object",
        "properties": {"query": _TEXT, "update": _TEXT, **{part["name"]: part["schema"] for part in _dataset()}},
    }
    body = {
        "application/sparql-query": {"schema": {**_TEXT, "examples": [_QUESTION]}},
        "application/sparql-update": {"schema": {**_TEXT, "examples": [_CHANGE]}},
        "application/x-www-form-urlencoded": {"schema": form},
    }
    several = {"type": "array", "items": _IRI}
    parameters = [
        *_dataset(),
        _query("using-graph-uri", "Of an update: graphs whose union its WHERE asks.", several),
        _query("using-named-graph-uri", "Of an update: graphs that GRAPH in its WHERE may name.", several),
    ]
    responses = _ok(*_ROWS, *_GRAPHS) | {"204": {"description": "Changed"}, "304": _unchanged()}
    operation = _operation("Ask, or change with a token", responses, parameters)
    return operation | {"requestBody": {"required": True, "content": body}, "security": [{}, {"token": []}]}


def _graph(parameters: list[Part]) -> Part:
    body = {"required": True, "content": {media_type: {"schema": _TEXT} for media_type in _GRAPHS}}
    done = {"201": {"description": "Created"}, "204": {"description": "Changed"}}
    token: Part = {"security": [{"token": []}]}
    reading = [*parameters, _query("format", "A format by name.", {"type": "string", "enum": list(GRAPH_FORMATS)})]
    return {
        "get": _operation("Read a graph", _ok(*_GRAPHS) | {"304": _unchanged()}, reading),
        "put": _operation("Replace a graph", done, parameters) | {"requestBody": body} | token,
        "post": _operation("Add to a graph", done, parameters) | {"requestBody": body} | token,
        "delete": _operation("Take a graph away", done, parameters) | token,
    }


def _dereference() -> Part:
    found = {"303": {"description": "To the page or the data, by Accept"}}
    return _operation("Look up the IRI of a thing", found, [_in_path("path", "What follows the base in the IRI.")])


def _facts() -> Part:
    named = _query("format", "A format by name.", {"type": "string", "enum": list(data.MEDIA_TYPES)})
    found = _ok(*data.MEDIA_TYPES.values())
    return _operation("The facts of a thing", found, [_in_path("path", "What follows the base in the IRI."), named])


def _search() -> Part:
    return _operation("Find by name or words", _ok("text/html"), [_query("q", "A name, a part of one, or words.")])


def _why() -> Part:
    parameters = [_query("s", "Of the fact: its subject.", _IRI), _query("p", "Its property.", _IRI)]
    parameters += [_query("o", "Its value, an IRI or a text.")]
    return _operation("Why a fact holds", _ok("text/html", "application/json", "text/turtle"), parameters)


def _why_of_an_answer() -> Part:
    rows = {"type": "array", "items": {"type": "object"}, "description": "Bindings of SPARQL results in JSON."}
    of_rows = {"type": "object", "required": ["query", "rows"], "properties": {"query": _TEXT, "rows": rows}}
    of_a_graph = {"type": "object", "required": ["turtle"], "properties": {"turtle": _TEXT}}
    body = {"application/json": {"schema": {"oneOf": [of_rows, of_a_graph]}}}
    operation = _operation("The inferred facts behind the rows of an answer, or in a graph", _ok("application/json"))
    return operation | {"requestBody": {"required": True, "content": body}}


def _checks() -> Part:
    document = _query("document", "One document's IRI; without it all, if they are few.", _IRI)
    return _operation("What the shapes find in documents", _ok("text/html", "application/json"), [document])


def _ontology() -> Part:
    named = _query("format", "A format by name.", {"type": "string", "enum": list(MEDIA_TYPES)})
    return _operation("The ontology", _ok("text/html", *MEDIA_TYPES.values()), [named])


def _dataset() -> list[Part]:
    several = {"type": "array", "items": _IRI}
    formats = {"type": "string", "enum": [*ROW_FORMATS, *GRAPH_FORMATS]}
    return [
        _query("default-graph-uri", "Graphs whose union is the default graph.", several),
        _query("named-graph-uri", "Graphs that GRAPH may name.", several),
        _query("format", "A format by name, for those who cannot set the header Accept.", formats),
    ]


def _operation(summary: str, responses: Part, parameters: list[Part] | None = None) -> Part:
    refused = {"4XX": {"$ref": "#/components/responses/problem"}, "503": {"$ref": "#/components/responses/problem"}}
    return {"summary": summary, "parameters": parameters or [], "responses": responses | refused}


def _ok(*media_types: str) -> Part:
    return {"200": {"description": "Found", "content": dict.fromkeys(media_types, _ANYTHING)}}


def _unchanged() -> Part:
    return {"description": "The client has it already (If-None-Match)"}


def _query(name: str, text: str, schema: Part = _TEXT) -> Part:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _in_path(name: str, text: str) -> Part:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": _TEXT}
