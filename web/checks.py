"""What validation says of each document, at /checks: wrong, doubtful or not said, with the passage; or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, json, render_template, request

from web.asking import ask
from web.why import reasons
from web.words import words

if TYPE_CHECKING:
    from kg.store import Row

checks = Blueprint("checks", __name__)
_AT_ONCE = 3
_SEVERITIES = ("violation", "warning", "info")


@checks.get("/checks")
def show() -> Response:
    """Send the findings of the one document whose IRI is `document`, or of all if they are few; the worst first."""
    wanted = request.args.get("document")
    rows = [row for row in ask("documents") if wanted in (None, str(row["document"]))]
    # Each takes about a second the first time: of many documents only their titles are shown, to be asked one by one.
    several = len(rows) > _AT_ONCE
    if request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html") == "text/html":
        answer = Response(_page(rows, several=several), mimetype="text/html")
    else:
        told = [{"document": str(row["document"]), "results": None if several else _results(row)} for row in rows]
        answer = Response(json.dumps(told, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.vary.add("Accept")
    return answer


def _results(row: Row) -> list[dict[str, object]]:
    return [asdict(result) for result in reasons().doubts(str(row["document"]))]


def _page(rows: list[Row], *, several: bool) -> str:
    found = [(row, () if several else reasons().kinds(str(row["document"]))) for row in rows]
    return render_template("checks.html", words=words("checks"), found=found, severities=_SEVERITIES, several=several)
