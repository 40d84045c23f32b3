"""The ontology at /ontology: a reference page for people, Turtle, RDF/XML or JSON-LD for programs."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from kg.outputs import reference
from web.i18n import language
from web.words import words

ontology = Blueprint("ontology", __name__)
_HTML = "text/html"


@ontology.get("/ontology")
def show() -> Response:
    """Send the ontology in the format that `?format=` or the Accept header asks for; a page for people."""
    form = request.args.get("format") or _accepted()
    if form is None:
        answer = Response(_page(), mimetype=_HTML)
    elif form in reference.MEDIA_TYPES:
        content = reference.serialized(form)
        answer = Response(content, content_type=f"{reference.MEDIA_TYPES[form]}; charset=utf-8")
    else:
        abort(400, description=f"format is one of {', '.join(reference.MEDIA_TYPES)}, not {form}")
    answer.vary.add("Accept")
    return answer


def _accepted() -> str | None:
    """Return the format that the Accept header prefers to HTML, None where it prefers HTML or does not care."""
    offered = [_HTML, *reference.MEDIA_TYPES.values()]
    wanted = request.accept_mimetypes.best_match(offered, default=_HTML)
    return next((form for form, media_type in reference.MEDIA_TYPES.items() if media_type == wanted), None)


def _page() -> str:
    return render_template(
        "ontology.html",
        words=words("ontology"),
        about=reference.about(),
        terms=reference.terms(),
        schemes=reference.schemes(),
        formats=reference.MEDIA_TYPES,
        namespace=reference.NAMESPACE,
        short=reference.with_prefix,
        anchors=_anchors(),
        other="en" if language() == "zh" else "zh",
    )


def _anchors() -> dict[str, reference.Entry]:
    """Return every term of this page by its IRI, for links between them."""
    entries = [entry for kind in reference.terms().values() for entry in kind]
    entries += [entry for scheme in reference.schemes() for entry in (scheme.entry, *(e for _, e in scheme.concepts))]
    return {entry.iri: entry for entry in entries}
