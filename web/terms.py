"""The vocabulary's own terms on a page: labels in its language, and the stylesheet of how they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Response

from kg.outputs.display import Term, display
from web.i18n import language, messages, say

# Line styles that pages draw as samples, and colours of the still drawing, where widths say something else.
LINES = ("Lead", "Responsible", "Assist", "Participate", "Guide", "Supervise")
STROKES = ("coOwnsWith",)
FILLS = ("Organization",)
# What the question `names` calls the kinds of things, where the ontology has another word.
_CLASSES = {"document": "workplan", "policy": "policydocument"}
_PART = re.compile(r"/(?:[tsi]|co|declaration)/(.+)$")
VOCABULARY = "https://w3id.org/zeren/ns#"


def short(iri: object) -> str:
    """Return what tells an IRI apart: of a part of a document its place in it, else what stands at its end."""
    part = _PART.search(str(iri))
    return part[1] if part else last_part(iri)


def last_part(iri: object) -> str:
    """Return what stands after the last # or / of an IRI."""
    return str(iri).rpartition("#")[2].rpartition("/")[2]


def label(term: object) -> str:
    """Return the label of a term of the vocabulary in the language of the page; the end of an unknown IRI."""
    found = display().term(_CLASSES.get(str(term), term))
    if found:
        return found.label(language())
    name = last_part(term)
    return say(f"property.{name}") if f"property.{name}" in messages() else name


def word(term: object) -> str:
    """Return the word of a term (`lead` for zr:Lead), by which JSON and stylesheet know it."""
    return display().word(term)


def order(term: object) -> float:
    """Return the place of a term in legends and lists; terms without one come last."""
    found = display().term(term)
    return float(found.style.get("order", 99)) if found else 99.0


def stylesheet() -> Response:
    """Send the stylesheet that ontology/display.ttl amounts to.

    `.line-lead` for a role's line, `.stroke-coownswith` for the colour of a line, `.fill-organization` of an area.
    """
    rules = [
        rule
        for kind, names in (("line", LINES), ("stroke", STROKES), ("fill", FILLS))
        for name in names
        for rule in _rules(display().by_iri[VOCABULARY + name], kind)
    ]
    return Response("\n".join(rules) + "\n", mimetype="text/css", headers={"Cache-Control": "no-cache"})


def _rules(term: Term, kind: str) -> Iterator[str]:
    paint = "fill" if kind == "fill" else "stroke"
    style = term.style
    rule = f"{paint}:{style['colour']}"
    if kind == "line":
        rule += f";stroke-width:{style['width']}px;stroke-dasharray:{style['dashes'] or 'none'}"
    yield f".{kind}-{term.word}{{{rule}}}"
    if "darkColour" in style:
        yield f"@media(prefers-color-scheme:dark){{.{kind}-{term.word}{{{paint}:{style['darkColour']}}}}}"
