"""The endpoint /sparql: SPARQL 1.1 Protocol, query and update, by GET, form POST and direct POST.

https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from kg.store.writing import UPDATE, Change
from web import writing
from web.negotiation import FORM, Parameters, body_text, content_type, wanted_media_types
from web.service import description

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from kg.store import Store

sparql_blueprint = Blueprint("sparql", __name__)

SPARQL_QUERY = "application/sparql-query"
SPARQL_UPDATE = "application/sparql-update"


@sparql_blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> AnyResponse:
    """Answer a query, make an update, or say what this service is.

    Beside the protocol's parameters, `format` names a format for those who cannot set a header.
    """
    parameters = Parameters.of_request()
    if request.method == "GET":
        return _query(parameters.one("query"), parameters) if request.query_string else _introduction()
    if request.mimetype == FORM:
        return _form(parameters)
    if request.mimetype == SPARQL_QUERY:
        return _query(body_text("the query"), parameters)
    if request.mimetype == SPARQL_UPDATE:
        return _update(body_text("the update"), parameters)
    raise UnsupportedMediaType(f"POST {SPARQL_QUERY}, {SPARQL_UPDATE}, or a form with `query` or `update` as {FORM}")


def _form(parameters: Parameters) -> AnyResponse:
    if "update" not in parameters:
        return _query(parameters.one("query"), parameters)
    if "query" in parameters:
        raise BadRequest("a request is a query or an update, not both")
    return _update(parameters.one("update"), parameters)


def _query(query: str, parameters: Parameters) -> AnyResponse:
    store: Store = current_app.extensions["zeren"]
    default, named = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
    dataset = bool(default or named)  # a dataset in the request replaces the whole dataset
    answer = store.answer(
        query,
        media_types=wanted_media_types(parameters.all("format")),
        graphs=default if dataset else None,
        named_graphs=named if dataset else None,
        union=current_app.config["DEFAULT_GRAPH"] == "union",
    )
    response = Response(answer.body, content_type=content_type(answer.media_type))
    response.vary.add("Accept")
    return response


def _update(update: str, parameters: Parameters) -> AnyResponse:
    using, named = parameters.all("using-graph-uri"), parameters.all("using-named-graph-uri")
    writing.change(Change(UPDATE, update, using=tuple(using), using_named=tuple(named)))
    return Response(status=204)


def _introduction() -> AnyResponse:
    """Lead people to the page, and tell programs what the service can do."""
    if request.accept_mimetypes.best_match(["text/turtle", "application/ld+json", "text/html"]) == "text/html":
        return redirect(url_for("zh.query"), 303)
    return description()
