"""What a failure is to a program: a status and problem details in JSON (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus

from kg.errors import (
    AmbiguousError,
    ForeignHostError,
    GraphNotFoundError,
    NotFoundError,
    QueryCrashedError,
    QueryError,
    QueryFormatError,
    QueryFormError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReadOnlyGraphError,
    ResultTooLargeError,
    StoreError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
    ZerenError,
)

MEDIA_TYPE = "application/problem+json"

#: The HTTP status of each error; the nearest class in an error's ancestry counts.
STATUS: dict[type[ZerenError], int] = {
    QuerySyntaxError: 400,
    QueryFormError: 400,
    QueryFormatError: 406,
    ForeignHostError: 403,
    ReadOnlyGraphError: 403,
    GraphNotFoundError: 404,
    ResultTooLargeError: 413,
    QueryTimeoutError: 503,
    QueryCrashedError: 503,
    QueryError: 400,
    NotFoundError: 404,
    AmbiguousError: 404,
    UpstreamError: 502,
    UpstreamUnavailableError: 503,
    UpstreamTimeoutError: 504,
    StoreError: 503,
    ZerenError: 500,
}


def status_of(error: ZerenError) -> int:
    """Return the HTTP status for an error of ours."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def place_of(error: ZerenError) -> dict[str, object]:
    """Return line and column of a malformed query, if the error has them."""
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        return {"line": error.line, "column": error.column}
    return {}


def phrase(status: int) -> str:
    """Return the reason phrase of a status."""
    return HTTPStatus(status).phrase


def details(status: int, detail: str, **more: object) -> bytes:
    """Return the problem details as JSON."""
    title = phrase(status)
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail or title, **more}
    return json.dumps(problem, ensure_ascii=False).encode()
