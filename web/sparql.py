"""The endpoint /sparql: SPARQL 1.1 Protocol, query operation, by GET, form POST and direct POST; read-only.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from kg.store.formats import DEFAULT_MEDIA_TYPES, FORMATS, by_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from kg.store import Store

sparql_blueprint = Blueprint("sparql", __name__)

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_MOST_PARAMETERS = 1000


@sparql_blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> AnyResponse:
    """Answer one query; the parameters are those of the protocol, and `format` for those who cannot set a header."""
    if not request.query_string and request.method == "GET" and request.accept_mimetypes.accept_html:
        return redirect(url_for("zh.query"), 303)
    parameters = _parameters()
    if any(name == "update" for name, _ in parameters):
        raise Forbidden("this endpoint is read-only: it answers queries and takes no updates")
    store: Store = current_app.extensions["zeren"]
    answer = store.answer(
        _query(parameters),
        media_types=_media_types(_all(parameters, "format")),
        graphs=_all(parameters, "default-graph-uri"),
        named_graphs=_named_graphs(parameters),
    )
    response = Response(answer.body, content_type=_content_type(answer.media_type))
    response.vary.add("Accept")
    return response


def _parameters() -> list[tuple[str, str]]:
    """Return the parameters, decoded exactly once and strictly: a damaged IRI must not become another."""
    parameters = _decoded(request.query_string, "the query string")
    if request.method == "GET":
        return parameters
    if request.mimetype == FORM:
        return parameters + _decoded(request.get_data(), "the form")
    if request.mimetype == QUERY:
        return [*parameters, ("query", _utf8(request.get_data(), "the query"))]
    if request.mimetype == UPDATE:
        return [*parameters, ("update", "")]
    raise UnsupportedMediaType(f"POST a query as {QUERY}, or a form with the field `query` as {FORM}")


def _decoded(encoded: bytes, what: str) -> list[tuple[str, str]]:
    try:
        text = encoded.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise BadRequest(f"{what} is not percent-encoded UTF-8") from None
    except ValueError:
        raise BadRequest(f"{what} has more than {_MOST_PARAMETERS} parameters") from None


def _utf8(content: bytes, what: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{what} is not UTF-8: byte {error.start} cannot be read") from None


def _query(parameters: Iterable[tuple[str, str]]) -> str:
    queries = [value for name, value in parameters if name == "query"]
    if len(queries) != 1:
        raise BadRequest("there must be exactly one parameter `query`" + (", not several" if queries else ""))
    return queries[0]


def _all(parameters: Iterable[tuple[str, str]], wanted: str) -> list[str] | None:
    return [value for name, value in parameters if name == wanted] or None


def _named_graphs(parameters: list[tuple[str, str]]) -> list[str] | None:
    # A dataset in the request replaces the whole dataset: with default graphs only, no graph is named.
    named = _all(parameters, "named-graph-uri")
    return [] if named is None and _all(parameters, "default-graph-uri") else named


def _media_types(formats: list[str] | None) -> list[str]:
    """Return the media types wanted, best first: the parameter `format` by name, else the Accept header."""
    if formats:
        try:
            return [by_name(name).media_type for name in formats]
        except KeyError:
            names = ", ".join(f.name for f in FORMATS)
            raise BadRequest(f"no format is called {formats[0]!r}; there are {names}") from None
    if "Accept" not in request.headers:
        return list(DEFAULT_MEDIA_TYPES)
    accepted = sorted(request.accept_mimetypes, key=lambda wanted: -wanted[1])
    return [media_type for wanted, quality in accepted if quality > 0 for media_type in _expanded(wanted.lower())]


def _expanded(wanted: str) -> list[str]:
    wanted = wanted.partition(";")[0].strip()
    if wanted == "*/*":
        return list(DEFAULT_MEDIA_TYPES)
    if wanted.endswith("/*"):
        return [f.media_type for f in FORMATS if f.media_type.startswith(wanted[:-1])]
    return [wanted]


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
