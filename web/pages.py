"""The addresses of the pages. The same pages stand twice: in Chinese at /, in English under /en."""

from __future__ import annotations

from flask import Blueprint

from web import data, network, overview, query_page, search, thing

pages = Blueprint("pages", __name__)
pages.add_url_rule("/", "overview", overview.show)
pages.add_url_rule("/network", "network", network.show)
pages.add_url_rule("/network.json", "network_json", network.as_json)
pages.add_url_rule("/search", "search", search.show)
pages.add_url_rule("/query", "query", query_page.show)
pages.add_url_rule("/page/<path:path>", "thing", thing.show)
pages.add_url_rule("/data/<path:path>", "data", data.show)
pages.add_url_rule("/id/<path:path>", "id", data.dereference)
