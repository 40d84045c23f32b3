"""The facts of one thing for programs, and the address of a thing, which leads people and programs apart."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from flask import Response, abort, json, redirect, request

from kg.errors import NotFoundError
from kg.outputs.rdf import convert
from kg.resources import prefixes
from kg.store.formats import by_name
from web.addresses import iri_of
from web.asking import ask, grouped
from web.i18n import to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rdflib.term import Identifier
    from werkzeug.wrappers import Response as AnyResponse

    from kg.store import Row

Triple = tuple["Identifier", "Identifier", "Identifier"]
#: By graph: the triples in which the thing is subject or object.
Facts = dict[str, list[Triple]]

_HTML = "text/html"
_COLUMNS = ("origin", "subject", "property", "value", "graph")


def show(path: str) -> Response:
    """Send the facts of a thing as CSV or in an RDF format, by `?format=` or else by the Accept header."""
    form = request.args.get("format") or _accepted() or "turtle"
    if form not in MEDIA_TYPES:
        abort(400, description=f"format is one of {', '.join(MEDIA_TYPES)}, not {form}")
    facts = facts_of(iri_of(path))
    if not facts:
        raise NotFoundError(f"the graph says nothing of {iri_of(path)}")
    answer = Response(_WRITERS[form](facts), content_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
    answer.vary.add("Accept")
    return answer


def dereference(path: str) -> AnyResponse:
    """Lead from a thing's IRI to its page, or to its data if that is what the client accepts (303)."""
    form = _accepted()
    target = to("data", path=path, format=form) if form else to("thing", path=path)
    answer = redirect(target, 303)
    answer.vary.add("Accept")
    return answer


def facts_of(iri: str) -> Facts:
    """Return the triples about a thing by the graph that holds them; stated and inferred are never mixed."""
    rows = ask("facts", thing=iri) + ask("facts-pointing-at", thing=iri)
    return {
        graph: sorted({_triple(row) for row in found})
        for graph, found in sorted(grouped(rows, lambda row: str(row["graph"])).items())
    }


def origin(graph: str) -> str:
    """Return where the facts of a graph come from: `stated` in a document, `inferred`, or `shared` (curated)."""
    if graph.endswith("/inferred"):
        return "inferred"
    return "shared" if "/graph/" in graph else "stated"


def _triple(row: Row) -> Triple:
    return (row.get("subject", row["thing"]), row["property"], row["thing"] if "subject" in row else row["value"])


def _accepted() -> str | None:
    """Return the format that the Accept header prefers to HTML, None where it prefers HTML or does not care."""
    wanted = request.accept_mimetypes.best_match([_HTML, *_FORMS], default=_HTML)
    return _FORMS.get(wanted)


def _turtle(facts: Facts) -> str:
    from rdflib import Graph

    known, parts = prefixes(), []
    for name, triples in facts.items():
        graph = Graph(bind_namespaces="none")
        for prefix, namespace in known.items():
            graph.bind(prefix, namespace)
        for triple in triples:
            graph.add(triple)
        parts.append(f"# {origin(name)}: <{name}>\n\n{graph.serialize(format='turtle')}")
    return "\n".join(parts)


def _jsonld(facts: Facts) -> str:
    known = prefixes()
    graphs = [{"@id": name, "@graph": _nodes(triples, known)} for name, triples in facts.items()]
    return json.dumps({"@context": known, "@graph": graphs}, ensure_ascii=False, indent=1, sort_keys=False)


def _nodes(triples: Sequence[Triple], known: Mapping[str, str]) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for subject, property_, value in triples:
        node = nodes.setdefault(str(subject), {"@id": str(subject)})
        node.setdefault(_compact(property_, known), []).append(_value(value))
    return list(nodes.values())


def _value(term: Identifier) -> dict[str, str]:
    from rdflib import Literal

    if not isinstance(term, Literal):
        return {"@id": str(term)}
    if term.language:
        return {"@value": str(term), "@language": term.language}
    return {"@value": str(term), **({"@type": str(term.datatype)} if term.datatype else {})}


def _compact(iri: Identifier, known: Mapping[str, str]) -> str:
    text = str(iri)
    return next((f"{p}:{text[len(n) :]}" for p, n in known.items() if text.startswith(n)), text)


def _converted(form: str) -> Callable[[Facts], str]:
    """Return what writes facts in an RDF format that Oxigraph knows."""

    def write(facts: Facts) -> str:
        return convert("\n".join(_quads(facts)).encode(), form, prefixes()).decode()

    return write


def _quads(facts: Facts) -> Iterator[str]:
    """Return the facts as lines of N-Quads."""
    from rdflib import Graph

    for name, triples in facts.items():
        graph = Graph(bind_namespaces="none")
        for triple in triples:
            graph.add(triple)
        for line in graph.serialize(format="nt").split("\n"):
            if line:
                yield f"{line.removesuffix('.')}<{name}> ."


def _csv(facts: Facts) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(_COLUMNS)
    for graph, triples in facts.items():
        writer.writerows((origin(graph), *triple, graph) for triple in triples)
    return sheet.getvalue()


_WRITERS: dict[str, Callable[[Facts], str]] = {
    "turtle": _turtle,
    "jsonld": _jsonld,
    "csv": _csv,
    **{form: _converted(form) for form in ("ntriples", "rdfxml", "nquads", "trig")},
}
MEDIA_TYPES = {form: by_name(form).media_type for form in _WRITERS}
_FORMS = {name: form for form in _WRITERS for name in (by_name(form).media_type, *by_name(form).also)}
