"""Entity tags on what programs read beside the endpoint: who has it already is told so, others get it compressed."""

from __future__ import annotations

from flask import Response, request

from web.coding import coded
from web.exchange import digest


def tag_of(version: str, *asked: object) -> str:
    """Return the tag of what is made from a version of the content, and from what was asked; empty without one."""
    if not version:
        return ""
    return f"{version}-{digest((*asked, request.headers.get('Accept-Encoding')))}"


def has(tag: str) -> bool:
    """Tell whether the client has what bears this tag already."""
    return bool(tag) and f'"{tag}"' in request.headers.get("If-None-Match", "")


def unchanged(tag: str) -> Response:
    """Return the answer to who has it already."""
    return _headed(Response(status=304), tag)


def tagged(response: Response, tag: str) -> Response:
    """Return an answer with its tag, compressed if the client takes that; one that comes in pieces stays as it is."""
    if not response.is_streamed:
        body, coding = coded(response.get_data(), request.headers.get("Accept-Encoding", ""))
        response.set_data(body)
        if coding:
            response.headers["Content-Encoding"] = coding
    return _headed(response, tag)


def _headed(response: Response, tag: str) -> Response:
    response.vary.update(("Accept", "Accept-Encoding"))
    if tag:
        response.headers["ETag"] = f'"{tag}"'
    response.headers["Cache-Control"] = "no-cache" if tag else "no-store"
    return response
