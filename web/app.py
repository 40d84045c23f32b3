"""The web application: one store, asked by people through pages and by programs through SPARQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Flask

from kg.settings import MEBIBYTE
from web import errors, presentation, security, terms, vis
from web.asgi import Bodies
from web.bridge import Bridge
from web.checks import checks
from web.graphs import graphs_blueprint
from web.i18n import LANGUAGES, PREFIXES
from web.measures import Measures
from web.ontology import ontology
from web.openapi import openapi_blueprint
from web.pages import pages
from web.service import service_blueprint
from web.sparql import SparqlEndpoint
from web.why import why

if TYPE_CHECKING:
    from kg.store import Store
    from web.asgi import Application

_THREADS = 8  # that make pages
_LEAST_BODIES = 256 * MEBIBYTE  # of all requests under way
DEFAULTS: dict[str, object] = {
    "BASE": "https://w3id.org/zeren/id/",
    # Names this server answers to; None answers to any (behind a proxy that checks them itself).
    "HOSTS": security.LOOPBACK,
    # What a query without a dataset asks: the union of all graphs, or the graph without a name (`empty`).
    "DEFAULT_GRAPH": "union",
    # Who sends it may make changes; without one nobody may.
    "WRITE_TOKEN": None,
    # Of the SPARQL endpoint: bytes of answers kept, requests answered at a time for one client and for all, who may
    # ask from a page elsewhere (an origin, or `*`; None: nobody), and where each query is noted.
    "CACHE": 64 * MEBIBYTE,
    "CLIENT_LIMIT": 20,
    "QUEUE_LIMIT": 200,
    "ALLOW_ORIGIN": None,
    # Whether queries may ask other hosts (which of them, the store knows).
    "FEDERATED": False,
    "ACCESS_LOG": None,
    # Bytes of a request, of a change by who has the token (Flask's own name), and of a form's fields.
    "REQUEST_LIMIT": MEBIBYTE,
    "MAX_CONTENT_LENGTH": 64 * MEBIBYTE,
    "MAX_FORM_MEMORY_SIZE": 1_000_000,
    # Files are asked for again and answered with 304: after an upgrade no page wears yesterday's script.
    "SEND_FILE_MAX_AGE_DEFAULT": 0,
}


def create_service(store: Store, *, config: Mapping[str, object] | None = None) -> Application:
    """Return all of it as an ASGI application: the SPARQL endpoint, and the pages in threads beside it."""
    app = create_app(store, config=config)
    bodies = Bodies(max(_LEAST_BODIES, 4 * app.config["MAX_CONTENT_LENGTH"]))
    inner = Bridge(app.wsgi_app, _THREADS, app.config, bodies)
    return SparqlEndpoint(inner, store, app.config, app.extensions["measures"], bodies)


def create_app(store: Store, *, config: Mapping[str, object] | None = None) -> Flask:
    """Return the pages that show `store`; `config` overrides `DEFAULTS` by name."""
    app = Flask("web", static_folder="static")
    app.config.from_mapping(DEFAULTS | dict(config or {}))
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["zeren"] = store
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    presentation.register(app)
    _register(app)
    security.protect(app)
    errors.register(app)
    app.extensions["measures"] = Measures(app.config["ACCESS_LOG"])
    return app


def _register(app: Flask) -> None:
    for name in LANGUAGES:
        prefix = PREFIXES[name] or None
        app.register_blueprint(pages, name=name, url_prefix=prefix)
        for room in (why, checks, ontology):
            app.register_blueprint(room, name=f"{room.name}_{name}", url_prefix=prefix)
    app.add_url_rule("/vis/<name>", "vis", vis.send)
    app.add_url_rule("/display.css", "display", terms.stylesheet)
    app.register_blueprint(service_blueprint)
    app.register_blueprint(graphs_blueprint)
    app.register_blueprint(openapi_blueprint)
