"""vis-network, the library that draws the network in the browser, served from the wheel of pyvis that carries it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, abort, send_from_directory

# Its stylesheet dresses only navigation buttons and editing, which the page does not use.
FILES = frozenset({"vis-network.min.js"})
_FOLDER = "templates/lib/vis-9.1.2"


@cache
def folder() -> Path:
    """Return where pyvis keeps vis-network 9.1.2; found without importing pyvis, which takes seconds."""
    spec = find_spec("pyvis")
    assert spec is not None  # noqa: S101 - a dependency of this package
    assert spec.origin is not None  # noqa: S101
    return Path(spec.origin).parent / _FOLDER


def send(name: str) -> Response:
    """Send one file of vis-network; answers 404 for any other name."""
    if name not in FILES:
        abort(404)
    return send_from_directory(folder(), name, max_age=86_400)
