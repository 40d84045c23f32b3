"""The vocabulary's own terms on a page: labels in its language, and the stylesheet of how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from kg.outputs.display import Term, display
from web.i18n import language

# The line styles that pages draw as samples, and the colours that the still drawing uses.
LINES = ("Lead", "Responsible", "Assist", "Participate", "Guide", "Supervise", "coOwnsWith")
FILLS = ("Organization",)
_VOCABULARY = "https://w3id.org/zeren/ns#"


def last_part(iri: object) -> str:
    """Return what stands after the last # or / of an IRI."""
    return str(iri).rpartition("#")[2].rpartition("/")[2]


def label(term: object) -> str:
    """Return the label of a term of the vocabulary in the language of the page; the end of an unknown IRI."""
    found = display().term(term)
    return found.label(language()) if found else last_part(term)


def word(term: object) -> str:
    """Return the word of a term (`lead` for zr:Lead), by which JSON and stylesheet know it."""
    return display().word(term)


def stylesheet() -> Response:
    """Send the stylesheet that ontology/display.ttl amounts to: `.line-lead` for lines, `.fill-organization` for areas."""
    terms = {name: display().term(_VOCABULARY + name) for name in (*LINES, *FILLS)}
    rules = [rule for name, term in terms.items() if term for rule in _rules(term, "line" if name in LINES else "fill")]
    return Response("\n".join(rules) + "\n", mimetype="text/css", headers={"Cache-Control": "max-age=3600"})


def _rules(term: Term, kind: str) -> Iterator[str]:
    paint = "stroke" if kind == "line" else "fill"
    style = term.style
    rule = f"{paint}:{style['colour']}"
    if kind == "line":
        rule += f";stroke-width:{style['width']}px;stroke-dasharray:{style['dashes'] or 'none'}"
    yield f".{kind}-{term.word}{{{rule}}}"
    if "darkColour" in style:
        yield f"@media(prefers-color-scheme:dark){{.{kind}-{term.word}{{{paint}:{style['darkColour']}}}}}"
