"""What is wrong, doubtful or unsaid in a document: SHACL over its stated graph, before anything is inferred."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.graph import ontology
from kg.graph.passages import passage_of
from kg.graph.vocabulary import ZR
from kg.plan import Severity
from kg.resources import ontology_dir

_SEVERITIES = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
_RANK = {Severity.VIOLATION: 0, Severity.WARNING: 1, Severity.INFO: 2}
_LABELS = (ZR.code, RDFS.label, ZR.asWritten, ZR.indicator, ZR.action, ZR.quote)


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One thing to look at: what (`focus`, an IRI, and its `label`), why in two languages, and where it is written.

    `code` names the shape (`target-unit`); `path` is the property concerned, `value` the offending value; `passage` is
    the IRI of the text, with its code-point offsets and quote. All but focus, code and messages may be None.
    """

    severity: Severity
    code: str
    focus: str
    label: str
    path: str | None
    value: str | None
    message_zh: str
    message_en: str
    passage: str | None
    start: int | None
    end: int | None
    quote: str | None

    def message(self, language: str = "zh") -> str:
        """Return the message in `zh` or `en`."""
        return self.message_en if language == "en" else self.message_zh


def validate(stated: Graph) -> tuple[ValidationResult, ...]:
    """Check a stated graph against `ontology/shapes.ttl`; the worst first, then in the order of the text."""
    import pyshacl

    data = Graph()
    data += stated
    data += _subclasses()
    _, report, _ = pyshacl.validate(data, shacl_graph=_shapes(), inplace=True, meta_shacl=False, advanced=False)
    if not isinstance(report, Graph):  # pyshacl hands back its error instead of raising it
        raise report
    results = {_result(report, node, stated) for node in report.subjects(RDF.type, SH.ValidationResult)}
    return tuple(sorted(results, key=_order))


@lru_cache(maxsize=1)
def _shapes() -> Graph:
    return ontology.read_turtle(ontology_dir() / "shapes.ttl")


@lru_cache(maxsize=1)
def _subclasses() -> Graph:
    """Return the class hierarchy, which SHACL needs to see that a collective is an organisation."""
    graph = Graph()
    for triple in ontology.axioms().triples((None, RDFS.subClassOf, None)):
        graph.add(triple)
    return graph


def _order(result: ValidationResult) -> tuple[int, int, str, str, str]:
    return _RANK[result.severity], result.start or 0, result.focus, result.code, result.value or ""


def _result(report: Graph, node: Node, stated: Graph) -> ValidationResult:
    focus = _required(report, node, SH.focusNode)
    value = report.value(node, SH.value)
    source = report.value(node, SH.sourceConstraint) or _required(report, node, SH.sourceShape)
    # The report repeats the message of a SPARQL constraint in one language only; the shapes have both.
    messages = {m.language: str(m) for m in _shapes().objects(source, SH.message) if isinstance(m, Literal)}
    path = report.value(node, SH.resultPath)
    # A number is no place in the text, but what bears it is.
    bearer = min(stated.subjects(None, focus), key=str, default=None) if isinstance(focus, Literal) else None
    passage = passage_of(stated, value) or passage_of(stated, bearer or focus)
    return ValidationResult(
        severity=_SEVERITIES[URIRef(str(_required(report, node, SH.resultSeverity)))],
        code=str(source).rpartition("#")[2],
        focus=str(focus),
        label=_label(stated, focus),
        path=str(path) if isinstance(path, URIRef) else None,
        value=None if value is None else str(value),
        message_zh=messages.get("zh", ""),
        message_en=messages.get("en", ""),
        passage=None if passage is None else str(passage),
        start=_integer(stated, passage, ZR.start),
        end=_integer(stated, passage, ZR.end),
        quote=None if passage is None else str(stated.value(passage, ZR.quote)),
    )


def _required(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    value = graph.value(subject, predicate)
    if value is None:
        raise LookupError(f"a SHACL result without {predicate}")
    return value


def _label(stated: Graph, node: Node) -> str:
    labels = (stated.value(node, predicate) for predicate in _LABELS)
    return str(next((label for label in labels if label is not None), node))


def _integer(stated: Graph, node: Node | None, predicate: URIRef) -> int | None:
    value = stated.value(node, predicate) if node is not None else None
    return value.toPython() if isinstance(value, Literal) and isinstance(value.toPython(), int) else None
