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

    Findings = list[tuple[Row, tuple[ValidationResult, ...] | None]]

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
    found = [(row, None if several else reasons().doubts(str(row["document"]))) for row in rows]
    if request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html") == "text/html":
        answer = Response(_page(found, several=several), mimetype="text/html")
    else:
        told = [
            {"document": str(row["document"]), "results": all_ and [asdict(result) for result in all_]}
            for row, all_ in found
        ]
        answer = Response(json.dumps(told, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.vary.add("Accept")
    return answer


def _page(found: Findings, *, several: bool) -> str:
    return render_template("checks.html", words=words("checks"), found=found, severities=_SEVERITIES, several=several)
