"""What organisations are called on a page: as their document prints them, the full name one hover away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from web.asking import ask

if TYPE_CHECKING:
    from kg.store import Row

Names = dict[tuple[str, str], str]


def printed(row: Row, column: str = "organization") -> str:
    """Return the name of the organisation in `column`, as printed most often in the row's document."""
    key = (str(row.get("document", "")), str(row[column]))
    return printed_names().get(key) or str(row.get(f"{column}Label") or row[column])


def printed_names() -> Names:
    """Return the form in which each document names each organisation most often; asked once for each page."""
    if "printed_names" not in g:
        rows = ask("names-as-printed")
        # The question puts the most frequent form first; the others must not replace it.
        g.printed_names = {(str(r["document"]), str(r["organization"])): str(r["name"]) for r in reversed(rows)}
    return dict(g.printed_names)
