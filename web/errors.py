"""What a failure becomes: a page for people, problem details for programs (RFC 9457), never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, default_exceptions

from kg.errors import NotFoundError, ZerenError
from web import problem
from web.i18n import say

if TYPE_CHECKING:
    from flask import Flask

# What a person reads for a status: the keys of title and text among the messages.
_WORDS = {
    400: ("bad_request", None),
    404: ("not_found", "no_address"),
    405: ("method", None),
    413: ("too_large", None),
    421: ("wrong_host", "wrong_host_text"),
    503: ("unavailable", "unavailable_text"),
}


def register(app: Flask) -> None:
    """Translate every error of `app`."""
    app.register_error_handler(ZerenError, _failed)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _broken)


def _failed(error: ZerenError) -> Response:
    nearest = error.nearest if isinstance(error, NotFoundError) else ()
    return _answer(problem.status_of(error), str(error), nearest=nearest, more=problem.place_of(error))


def _refused(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    own_words = error.description != default_exceptions.get(error.code, HTTPException).description
    answer = _answer(error.code, str(error.description) if own_words else "")
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers.setdefault(name, value)
    return answer


def _broken(error: Exception) -> Response:
    # The outermost edge: whatever went wrong inside, the reader gets a page and the log gets the traceback.
    if current_app.testing:
        raise error
    current_app.logger.exception("%s %s", request.method, request.path)
    return _refused(InternalServerError())


def _answer(
    status: int, detail: str, *, nearest: tuple[str, ...] = (), more: dict[str, object] | None = None
) -> Response:
    if _for_people():
        title, text = _WORDS.get(status, ("fault", "fault_text") if status >= 500 else ("bad_request", None))
        page = render_template(
            "error.html",
            status=status,
            title=say(f"error.{title}"),
            text="" if detail or not text else say(f"error.{text}"),
            detail=detail,
            nearest=nearest,
        )
        return Response(page, status, mimetype="text/html")
    told = {**(more or {}), **({"nearest": list(nearest)} if nearest else {})}
    return Response(problem.details(status, detail, **told), status, mimetype=problem.MEDIA_TYPE)


def _for_people() -> bool:
    """Tell whether the client asked for HTML by name; programs ask for anything else, or for anything at all."""
    if request.path.startswith(("/sparql", "/graphs")) or "/data/" in request.path:
        return False
    return any(media_type == "text/html" for media_type, _ in request.accept_mimetypes)
