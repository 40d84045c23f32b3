"""The graphs as such, at /graphs: SPARQL 1.1 Graph Store HTTP Protocol, named by parameter or by address.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import time
import uuid
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, g, request
from rdflib.term import URIRef
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from kg.errors import GraphNotFoundError
from kg.store.formats import GRAPH, GRAPH_FORMATS, by_name, for_media_type
from kg.store.results import rows
from kg.store.writing import DELETE, POST, PUT, Change
from web.negotiation import Parameters, content_type, wanted_media_types
from web.pieces import LargeBody
from web.problem import status_of
from web.tags import has, tag_of, tagged, unchanged
from web.writing import permit

if TYPE_CHECKING:
    from kg.store import Store
    from web.measures import Measures

graphs_blueprint = Blueprint("graphs", __name__)
METHODS = ["GET", "PUT", "POST", "DELETE"]
_ALLOW = ", ".join(["HEAD", "OPTIONS", *METHODS])
# A graph may be empty; Virtuoso finds one only by what is in it.
_EXISTS = "SELECT ?graph WHERE { { GRAPH ?graph { } } UNION { GRAPH ?graph { ?s ?p ?o } } } LIMIT 1"
_JSON = "application/sparql-results+json"
DEFAULT = ""  # the graph that has no name


@graphs_blueprint.before_request
def methods() -> Response | None:
    """Say what can be done with a graph to who asks for that (OPTIONS)."""
    if request.method != "OPTIONS":
        return None
    response = Response(status=204, headers={"Allow": _ALLOW})
    del response.headers["Content-Type"]
    return response


@graphs_blueprint.before_request
def begin() -> None:
    """Remember when."""
    g.begun = time.perf_counter()


@graphs_blueprint.after_request
def note(response: Response) -> Response:
    """Count and note a request once it is answered; a large answer, once its last piece was given."""
    if request.method != "OPTIONS":
        measures: Measures = current_app.extensions["measures"]
        operation = "graph-read" if request.method in ("GET", "HEAD") else "graph-write"
        begun = g.get("begun", time.perf_counter())  # one with a foreign Host never began
        response.call_on_close(partial(_note, measures, operation, _client(), begun, response))
    return response


def _note(measures: Measures, operation: str, client: str, begun: float, response: Response) -> None:
    body, status, size = response.response, response.status_code, response.content_length or 0
    if isinstance(body, LargeBody):
        size = body.size
        status = status_of(body.failed) if body.failed else status  # what was sent cannot be taken back
    seconds = time.perf_counter() - begun
    measures.count(operation, status, seconds, cached=False)
    measures.note(client=client, operation=operation, text=None, status=status, seconds=seconds, size=size, rows=None)


@graphs_blueprint.route("/graphs", methods=METHODS)
def indirect() -> Response:
    """Serve the graph that `?graph=IRI` or `?default` names; POST without either makes a graph with a new name."""
    parameters = Parameters(request.query_string)
    if "default" in parameters and "graph" in parameters:
        raise BadRequest("a request names the default graph or `graph`, not both")
    if "default" in parameters:
        return _serve(DEFAULT)
    if "graph" in parameters:
        return _serve(_absolute(parameters.one("graph")))
    if request.method == "POST":
        return _new()
    raise BadRequest("name a graph: ?graph=IRI, or ?default")


@graphs_blueprint.route("/graphs/<path:name>", methods=METHODS)
def direct(name: str) -> Response:
    """Serve the graph whose IRI is this very address."""
    return _serve(_absolute(f"{request.host_url}graphs/{name}"))


def _serve(graph: str) -> Response:
    if request.method in ("GET", "HEAD"):
        return _read(graph)
    if request.method == "DELETE":
        _change(Change(DELETE, graph=graph))
        return Response(status=204)
    operation = PUT if request.method == "PUT" else POST
    return Response(status=201 if _write(operation, graph) else 204)


def _new() -> Response:
    graph = f"{request.host_url}graphs/{uuid.uuid4()}"
    _write(POST, graph)
    return Response(status=201, headers={"Location": graph})


def _read(graph: str) -> Response:
    store: Store = current_app.extensions["zeren"]
    wanted = wanted_media_types(request.headers.get("Accept"), request.args.getlist("format"))
    known = tag_of(store.version, graph, wanted)
    if has(known):
        return unchanged(known)
    if graph and not _exists(store, graph):
        raise GraphNotFoundError(f"there is no graph {graph}")
    answer = store.answer(
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        media_types=wanted,
        graphs=[graph] if graph else None,
        union=False,
        client=_client(),
    )
    body = answer.body if answer.more is None else LargeBody(answer.body, answer.more)
    response = Response(body, content_type=content_type(answer.media_type))
    return tagged(response, tag_of(answer.version, graph, wanted))


def _exists(store: Store, graph: str) -> bool:
    bindings = {"graph": URIRef(graph)}
    return bool(rows(store.answer(_EXISTS, media_types=(_JSON,), bindings=bindings, client=_client()).whole()))


def _write(operation: str, graph: str) -> bool:
    """Put what was sent into a graph; tell whether it was created."""
    if request.mimetype == "multipart/form-data":
        files = [(_known(file.mimetype), file.read()) for _, file in request.files.items(multi=True)]
        parts = tuple((media_type, len(content)) for media_type, content in files)
        return _change(Change(operation, graph=graph, parts=parts), b"".join(content for _, content in files))
    # Content without a type is taken for Turtle, which is what people send with curl and forget to say.
    media_type = _known(request.mimetype or "text/turtle")
    return _change(Change(operation, graph=graph, media_type=media_type, base=request.base_url), request.get_data())


def _known(media_type: str) -> str:
    if for_media_type(media_type, GRAPH) is None:
        known = ", ".join(by_name(name).media_type for name in GRAPH_FORMATS)
        raise UnsupportedMediaType(f"{media_type} is no RDF format that is read here; there are {known}")
    return media_type


def _change(asked: Change, body: bytes = b"") -> bool:
    token = current_app.config["WRITE_TOKEN"]
    store = permit(current_app.extensions["zeren"], token, request.headers.get("Authorization"))
    return store.change(asked, body)


def _client() -> str:
    return request.remote_addr or ""


def _absolute(iri: str) -> str:
    if ":" not in iri.partition("/")[0] or any(character in iri for character in ' <>"{}|\\^`\n'):
        raise BadRequest(f"{iri!r} is not an absolute IRI")
    return iri
