"""The network page: organisations and tasks, drawn in the browser and readable as a table without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify, render_template, request

from kg.outputs.display import display
from kg.outputs.network import responsibility_network, to_json
from web.addresses import iri_of, page_url, passage_url
from web.asking import ask, store
from web.i18n import say
from web.terms import VOCABULARY, order

if TYPE_CHECKING:
    from flask import Response

# What network.js says itself.
WORDS = ("shown", "nothing_found", "open_page", "open_original", "who", "basis")
BASES = ("Stated", "Declared", "InSentence", "Corrected")


def show() -> str:
    """Show the network of one document (`?document=`, a path; the first if absent)."""
    documents = ask("documents")
    chosen = _chosen()
    document = next((d for d in documents if str(d["document"]) == chosen), documents[0] if documents else None)
    rows = ask("network-assignments", document=document["document"]) if document else []
    return render_template(
        "network.html",
        documents=documents,
        document=document,
        rows=rows,
        roles=list(dict.fromkeys(row["role"] for row in sorted(rows, key=lambda row: order(row["role"])))),
        focus=_focus(),
        words={key: say(f"network.{key}") for key in WORDS},
    )


def as_json() -> Response:
    """Give the network as `kg.outputs.network.to_json` describes it, with the addresses of pages and sentences."""
    found = to_json(responsibility_network(store(), document=_chosen()))
    found["display"]["bases"] = bases()
    for node in found["nodes"]:
        node["page"] = page_url(node["iri"])
    for edge in found["edges"]:
        edge["source"] = passage_url(edge["document"], edge["start"], edge["end"]) if "start" in edge else None
    return jsonify(found)


def bases() -> dict[str, dict[str, object]]:
    """Return how lines differ by where a role comes from, in the form of the network's own styles."""
    terms = [term for name in BASES if (term := display().by_iri.get(f"{VOCABULARY}{name}"))]
    return {term.word: {"label": {"zh": term.zh, "en": term.en}, **term.style} for term in terms}


def _focus() -> str:
    path = request.args.get("focus")
    return iri_of(path) if path else ""


def _chosen() -> str | None:
    path = request.args.get("document")
    return iri_of(path) if path else None
