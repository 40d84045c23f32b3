"""Looking for anything by name, short form, part of a name or task number, and in the sentences."""

from __future__ import annotations

from flask import render_template, request

from web.asking import ask

# More rows than a reader looks through; a longer word finds fewer.
SENTENCES = 30


def show() -> str:
    """Show what `?q=` finds: things by name, then sentences that hold the words."""
    words = request.args.get("q", "").strip()[:200]
    return render_template(
        "search.html",
        q=words,
        things=[],
        nearest=[],
        sentences=ask("tasks-mentioning", words=words)[:SENTENCES] if words else [],
    )
