"""Why a fact holds, at /why?s=…&p=…&o=…: its proof as a page, as JSON, or as PROV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, json, render_template, request

from kg.errors import NotFoundError
from kg.explaining import Reason, Reasons, provenance, records
from web.asking import ask, store
from web.derived import derived
from web.i18n import PREFIXES, language
from web.terms import label
from web.words import words

if TYPE_CHECKING:
    from rdflib.term import Identifier, Node

    from kg.explaining import Proof


why = Blueprint("why", __name__)
_HTML, _JSON, _TURTLE = "text/html", "application/json", "text/turtle"
_FORMATS = {"html": _HTML, "json": _JSON, "turtle": _TURTLE}


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the page shows it; `sentence` is the number of its sentence, `again` that it was shown before."""

    triple: tuple[tuple[str, str], ...]
    reason: str
    given: bool
    sentence: int | None
    again: bool
    premises: tuple[Step, ...]


@why.get("/why")
def show() -> Response:
    """Send the proofs of one fact, one for each document that gives it, as a page, as JSON or as PROV in Turtle."""
    found = reasons().of(*_asked())
    media_type = _wanted()
    if media_type == _JSON:
        answer = Response(json.dumps(records(found), ensure_ascii=False, indent=1), mimetype=_JSON)
    elif media_type == _TURTLE:
        answer = Response(provenance(found), content_type=f"{_TURTLE}; charset=utf-8")
    else:
        page = render_template("why.html", words=words("why"), fact=_fact(found[0]), proofs=[_shown(r) for r in found])
        answer = Response(page, mimetype=_HTML)
    answer.vary.add("Accept")
    return answer


@why.post("/why")
def facts() -> Response:
    """Send the inferred facts behind an answer of the SPARQL page, for each of its rows, with where each is proved."""
    found = derived(request.get_json(silent=True), reasons())
    told = {"rows": [[_told(fact) for fact in row] for row in found.rows], "complete": found.complete}
    return Response(json.dumps(told, ensure_ascii=False), mimetype=_JSON)


def _told(fact: tuple[Node, Node, Node]) -> dict[str, str]:
    subject, predicate, value = fact
    ends = {"subject": str(subject), "value": str(value), "label": label(predicate)}
    return ends | {"property": str(predicate), "href": why_url(*fact)}


def why_url(subject: object, predicate: object, value: object) -> str:
    """Return the address of the page that says why, in this request's language."""
    return f"{PREFIXES[language()]}/why?{urlencode({'s': subject, 'p': predicate, 'o': value})}"


def _asked() -> tuple[Identifier, Identifier, Identifier]:
    """Return the fact asked for; `o` is an IRI or a text. NotFoundError where the graph has no such fact."""
    from rdflib import URIRef

    missing = [name for name in ("s", "p", "o") if not request.args.get(name)]
    if missing:
        abort(400, description=f"the parameters are s, p and o, each an IRI (o may be a text); {missing[0]} is missing")
    subject, predicate, value = (request.args[name] for name in ("s", "p", "o"))
    for row in reasons().facts(URIRef(subject)):
        if str(row["property"]) == predicate and str(row["value"]) == value:
            return URIRef(subject), URIRef(predicate), row["value"]
    raise NotFoundError(f"the graph does not say: {subject} {predicate} {value}")


def reasons() -> Reasons:
    """Return the application's proofs, which remember the closures drawn for one version of its store."""
    extensions: dict[str, Any] = current_app.extensions
    return extensions.setdefault("zeren-reasons", Reasons(store(), current_app.config["BASE"]))  # type: ignore[no-any-return]


def _wanted() -> str:
    form = request.args.get("format")
    if form is not None:
        return _FORMATS.get(form) or abort(400, description=f"format is one of {', '.join(_FORMATS)}, not {form}")
    return request.accept_mimetypes.best_match([_HTML, _JSON, _TURTLE], default=_HTML) or _HTML


def _fact(reason: Reason) -> tuple[tuple[str, str], ...]:
    return _terms(reason, reason.proof.conclusion)


def _terms(reason: Reason, triple: tuple[Node, Node, Node]) -> tuple[tuple[str, str], ...]:
    """Return subject, property and value, each as its IRI (or text) and its name."""
    wording = reason.wording(language())
    edge = wording.edge(triple[1])
    return (str(triple[0]), wording.name(triple[0])), (str(triple[1]), edge), (str(triple[2]), wording.name(triple[2]))


def _shown(reason: Reason) -> dict[str, Any]:
    sentences = reason.proof.sentences()
    numbers = {sentence.passage: number for number, sentence in enumerate(sentences, start=1)}
    return {
        "document": reason.document,
        "title": reason.wording(language()).document() if reason.document else "",
        "status": _status(reason.document),
        "tree": _step(reason, reason.proof, numbers, set()),
        "sentences": sentences,
    }


def _status(document: str | None) -> str | None:
    """Return the status of a document (征求意见稿), which stands wherever its content does."""
    rows = ask("documents", document=document) if document else []
    return str(rows[0]["status"]) if rows and "status" in rows[0] else None


def _step(reason: Reason, proof: Proof, numbers: dict[str, int], seen: set[tuple[Node, Node, Node]]) -> Step:
    again = proof.conclusion in seen and bool(proof.premises)
    seen.add(proof.conclusion)
    return Step(
        _terms(reason, proof.conclusion),
        reason.wording(language()).reason(proof),
        proof.source is not None,
        numbers[proof.sentence.passage] if proof.sentence else None,
        again,
        () if again else tuple(_step(reason, premise, numbers, seen) for premise in proof.premises),
    )
