"""The SPARQL page: a place to write a query, examples to start from, the answer in the page."""

from __future__ import annotations

from flask import render_template

from kg.questions.catalogue import catalogue


def show() -> str:
    """Show the SPARQL page."""
    return render_template("query.html", questions=list(catalogue().questions.values()))
