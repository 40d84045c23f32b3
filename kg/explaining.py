"""The command that says why: the proof of a triple, down to the sentences that it stands on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import click

from kg.context import Context, options, store_options
from kg.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Identifier, Node

    from kg.graph.explanation import Explanation
    from kg.graph.explanation import Proof as Proof  # noqa: PLC0414 - passed on to the web
    from kg.graph.knowledge import Given
    from kg.graph.reporting import Kind as Kind  # noqa: PLC0414
    from kg.graph.validation import ValidationResult as ValidationResult  # noqa: PLC0414
    from kg.graph.wording import Wording
    from kg.store import Row, Store

_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_ALIGNED = (
    "SELECT ?c WHERE { <https://w3id.org/zeren/ns#Document> <http://www.w3.org/2000/01/rdf-schema#subClassOf> ?c }"
)
_HOLDING = "SELECT ?graph ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } }"
_AT_ONCE = 8  # documents whose closure is kept, about 10 MB each


@dataclass(frozen=True, slots=True)
class Reason:
    """One proof of a triple: in which document, and the words for it in Chinese and English."""

    document: str
    proof: Proof
    zh: Wording
    en: Wording

    def wording(self, language: str) -> Wording:
        """Return the words in `zh` or `en`."""
        return self.en if language == "en" else self.zh


@dataclass(slots=True)
class _Closed:
    given: Given
    explanation: Explanation
    zh: Wording
    en: Wording
    doubts: tuple[ValidationResult, ...] | None = None


class Reasons:
    """The proofs of a store's triples; a document's closure is drawn again here, once for each version of the store."""

    def __init__(self, store: Store, base: str) -> None:
        self._store = store
        self._base = base
        self._version = ""
        self._closed: dict[str, _Closed] = {}
        self._drawing = Lock()

    def of(self, subject: Identifier, predicate: Identifier, value: Identifier) -> list[Reason]:
        """Return a proof of the triple for each document that gives it; raises NotFoundError where none does."""
        from rdflib import URIRef

        from kg.graph.iris import Iris

        triple = (URIRef(subject), URIRef(predicate), value)
        graphs = [str(row["graph"]) for row in self.facts(subject) if _is(row, predicate, value)]
        if Iris(self._base).graph("counterparts") in graphs:
            return [self._counterpart(triple)]
        documents = dict.fromkeys(graph.removesuffix("/inferred") for graph in graphs if "/graph/" not in graph)
        if not documents:
            raise NotFoundError(f"no document says or implies: {' '.join(term.n3() for term in triple)}")
        return [self._reason(document, triple) for document in documents]

    def facts(self, subject: Identifier) -> list[Row]:
        """Return what the graph says of a subject, with the graph of each fact."""
        from kg.questions.catalogue import run

        return run(self._store, "facts", thing=str(subject))

    def is_inferred(self, triple: tuple[Node, Node, Node]) -> bool:
        """Tell whether the triple is in a graph of inferences; one look-up."""
        from kg.graph.iris import Iris

        bindings: dict[str, Identifier] = dict(zip("spo", triple, strict=True))  # type: ignore[arg-type]
        graphs = [str(row["graph"]) for row in self._store.select(_HOLDING, bindings=bindings)]
        return any(graph.endswith("/inferred") or graph == Iris(self._base).graph("counterparts") for graph in graphs)

    def doubts(self, document: str) -> tuple[ValidationResult, ...]:
        """Return what validation finds wrong, doubtful or unsaid in a document; about a second the first time."""
        from kg.graph.validation import validate

        known = self._known(document)
        if known.doubts is None:
            known.doubts = validate(known.given.stated)
        return known.doubts

    def kinds(self, document: str) -> tuple[Kind, ...]:
        """Return the same by the shape that found it, the worst first."""
        from kg.graph.reporting import kinds

        return kinds(self.doubts(document))

    def _reason(self, document: str, triple: tuple[Node, Node, Node]) -> Reason:
        known = self._known(document)
        try:
            proof = known.explanation.of(triple)
        except NotFoundError as error:
            raise StoreError(f"the store was built by another version of zeren ({error}); build it again") from None
        return Reason(document, proof, known.zh, known.en)

    def _counterpart(self, triple: tuple[Node, Node, Node]) -> Reason:
        from kg.graph.counterparts import premises
        from kg.graph.explanation import Proof
        from kg.graph.wording import Wording

        rows = [row for end in (triple[0], triple[2]) for row in self.facts(end)]  # type: ignore[arg-type]
        documents = dict.fromkeys(str(r["graph"]) for r in rows if str(r["property"]).endswith("#jurisdiction"))
        known = [self._known(document) for document in documents if "/graph/" not in document]
        steps = []
        for premise in premises([each.given.stated for each in known], triple, self._base):
            holder = next(each for each in known if each.given.source(premise))
            steps.append(holder.explanation.of(premise))
        facts = _union(graph for each in known for graph in (each.given.stated, each.given.registry))
        proof = Proof(triple, step="counterpart", premises=tuple(steps))
        return Reason("", proof, Wording(facts, "zh"), Wording(facts, "en"))

    def _known(self, document: str) -> _Closed:
        with self._drawing:
            if self._version != self._store.version:
                self._version, self._closed = self._store.version, {}
            known = self._closed.pop(document, None) or self._draw(document)
            self._closed[document] = known
            while len(self._closed) > _AT_ONCE:
                self._closed.pop(next(iter(self._closed)))
            return known

    def _draw(self, document: str) -> _Closed:
        from rdflib import URIRef

        from kg.graph.explanation import Explanation
        from kg.graph.iris import Iris
        from kg.graph.knowledge import Given, Knowledge
        from kg.graph.wording import Wording

        names = Iris(self._base)
        spine = self._graph(names.graph("spine"))
        given = Given.of(self._graph(document), URIRef(document), base=self._base, spine=spine)
        aligned = bool(self._store.select(_ALIGNED, graphs=(names.graph("ontology"),)))
        knowledge = Knowledge.of(given, alignment=aligned)
        facts = _union((given.stated, given.registry, knowledge.computed))
        return _Closed(given, Explanation(knowledge), Wording(facts, "zh"), Wording(facts, "en"))

    def _graph(self, name: str) -> Graph:
        from rdflib import Graph

        content = self._store.answer(_EVERYTHING, media_types=("application/n-triples",), graphs=(name,)).body
        return Graph().parse(data=content, format="nt")


def facts_of_rows(query: str, rows: Iterable[Mapping[str, Identifier]]) -> Iterator[list[tuple[Node, Node, Node]]]:
    """Yield the triples that each row of a query stands for, by the patterns of its WHERE that the row fills."""
    from kg.graph.instances import instances, patterns

    found = patterns(query)
    return (instances(found, row) for row in rows)


def facts_of_graph(turtle: str) -> list[tuple[Node, Node, Node]]:
    """Return the triples of a graph in Turtle, in a fixed order; none where it cannot be read."""
    from rdflib import BNode, Graph

    try:
        graph = Graph().parse(data=turtle, format="turtle")
    except Exception:  # noqa: BLE001 - rdflib's parser raises several unrelated kinds
        return []
    return sorted(triple for triple in graph if not any(isinstance(term, BNode) for term in triple))


def _union(graphs: Iterable[Graph]) -> Graph:
    from rdflib import Graph

    union = Graph()
    for graph in graphs:
        union += graph
    return union


def _is(row: Row, predicate: Identifier, value: Identifier) -> bool:
    return str(row["property"]) == str(predicate) and row["value"] == value


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("value", metavar="[OBJECT]", required=False)
@click.option("--document", help="One document only: its title, its number or a part of the title.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "prov")),
    default="text",
    show_default=True,
    help="A tree for people, JSON, or the proof as PROV in Turtle.",
)
@store_options
@options("lang")
@click.pass_obj
def explain(run: Context, *, subject: str, predicate: str, value: str | None, document: str | None, form: str) -> None:
    """Say why the graph holds a fact: each step, its rule in words, and the sentences it comes down to.

    SUBJECT and OBJECT are names, codes or IRIs; PREDICATE is a label, a name or an IRI
    of the ontology. Without OBJECT, every value is explained.

    \b
    Examples:
      zeren explain 区卫健局 共担 区市场监管局
      zeren explain 区交通运输局 leads 2.2
      zeren explain 7.1 zr:underCampaign --lang en
    """
    from kg.graph.terms import property_called

    store = run.store()
    within = _document(store, document)
    edge = property_called(predicate)
    start = _thing(store, subject, within)
    reasons = Reasons(store, run.settings.base)
    values = _values(store, reasons.facts(start), edge, value, within)
    if not values:
        raise NotFoundError(f"the graph does not say what {subject} {predicate}{f' {value}' if value else ''} is")
    found = [reason for each in values for reason in reasons.of(start, edge, each)]
    shown = [reason for reason in found if within in (None, reason.document)]
    if not shown:
        raise NotFoundError(f"{document} neither says nor implies it")
    click.echo(_told(shown, form, run.settings.lang))


def _document(store: Store, name: str | None) -> str | None:
    from kg.questions.lookup import find

    return None if name is None else find(store, name, kinds=("document",)).iri


def _thing(store: Store, name: str, document: str | None) -> Identifier:
    from rdflib import URIRef

    from kg.graph.terms import expanded
    from kg.questions.lookup import find

    return expanded(name) or URIRef(find(store, name, document=document).iri)


def _values(
    store: Store, facts: Iterable[Row], edge: Identifier, name: str | None, document: str | None
) -> list[Identifier]:
    """Return the values of a property, or the one that a name means, read literally or as a thing or a class."""
    from rdflib import RDF

    from kg.graph.terms import class_called

    values = list(dict.fromkeys(row["value"] for row in facts if str(row["property"]) == str(edge)))
    if name is None:
        return values
    literally = [value for value in values if str(value) == name]
    if literally:
        return literally
    meant = class_called(name) if edge == RDF.type else _thing(store, name, document)
    return [value for value in values if value == meant]


def records(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return proofs as JSON objects (see `kg.graph.telling.record`), each with its document."""
    from kg.graph.telling import record

    return [{"document": r.document or None, **record(r.proof, r.zh, r.en)} for r in reasons]


def provenance(reasons: Iterable[Reason]) -> str:
    """Return proofs as PROV, in Turtle."""
    from rdflib import URIRef

    from kg.graph.provenance import proof_graph

    graphs = (proof_graph(r.proof, URIRef(r.document or str(r.proof.conclusion[0])), (r.zh, r.en)) for r in reasons)
    return _union(graphs).serialize(format="turtle")


def _told(reasons: list[Reason], form: str, language: str) -> str:
    from kg.graph.telling import tree

    if form == "json":
        return json.dumps(records(reasons), ensure_ascii=False, indent=1)
    if form == "prov":
        return provenance(reasons)
    return "\n\n".join(tree(r.proof, r.wording(language), _highlight) for r in reasons)


def _highlight(quote: str) -> str:
    """Return a quote that stands out, on a terminal by colour too (click takes that out elsewhere)."""
    return click.style(f"【{quote}】", fg="yellow")
