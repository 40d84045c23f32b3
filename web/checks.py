"""What validation says of each document, at /checks: wrong, doubtful or not said, with the passage; or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, json, render_template, request

from web.asking import ask
from web.why import reasons
from web.words import words

if TYPE_CHECKING:
    from kg.explaining import ValidationResult
    from kg.store import Row

    Findings = list[tuple[Row, tuple[ValidationResult, ...]]]

checks = Blueprint("checks", __name__)
_SEVERITIES = ("violation", "warning", "info")


@checks.get("/checks")
def show() -> Response:
    """Send the findings of every document, or of the one whose IRI is `document`, the worst first."""
    wanted = request.args.get("document")
    rows = [row for row in ask("documents") if wanted in (None, str(row["document"]))]
    found = [(row, reasons().doubts(str(row["document"]))) for row in rows]
    if request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html") == "text/html":
        answer = Response(_page(found), mimetype="text/html")
    else:
        told = [
            {"document": str(row["document"]), "results": [asdict(result) for result in all_]} for row, all_ in found
        ]
        answer = Response(json.dumps(told, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.vary.add("Accept")
    return answer


def _page(found: Findings) -> str:
    return render_template("checks.html", words=words("checks"), found=found, severities=_SEVERITIES)
