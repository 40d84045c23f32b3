"""What keeps the pages safe: strict headers, no foreign host names, no large requests, nothing to write to."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from flask import Flask, Response, abort, current_app, request

# vis-network draws on a canvas and styles its frame through CSSOM, which style-src does not govern.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FOR_PROGRAMS = ("/sparql", "/graphs", "/data/", "/id/", "/.well-known/", "/openapi.json")
_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def protect(app: Flask) -> None:
    """Put the guards on every request and every answer of `app`."""
    app.before_request(_known_host)
    app.after_request(_with_headers)


def _known_host() -> None:
    """Refuse a foreign Host: a page whose name was rebound to 127.0.0.1 could read this one (DNS rebinding)."""
    if not is_known(request.host, current_app.config["HOSTS"]):
        abort(421)


def is_known(host: str, hosts: Collection[str] | None) -> bool:
    """Tell whether a Host header names this server; `hosts` None lets any name pass."""
    return hosts is None or _name(host) in hosts


@lru_cache(maxsize=256)
def _name(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).strip("[]").lower()


def cors(origin: str | None, methods: str) -> dict[str, str]:
    """Return the headers that let pages of another origin use these methods; none where no origin is allowed.

    https://fetch.spec.whatwg.org/#http-cors-protocol
    """
    if not origin:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match",
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
    }


def _with_headers(response: Response) -> Response:
    headers = HEADERS
    if request.path.startswith(_FOR_PROGRAMS):
        headers = headers | cors(current_app.config["ALLOW_ORIGIN"], _METHODS)
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response
