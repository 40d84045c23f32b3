"""Whether two results say the same: literals by value, blank nodes by isomorphism, order where one is asked for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# Types derived from xsd:integer count as integers: Oxigraph keeps their value, not which of them it was.
_INTEGERS = (
    *("integer", "int", "long", "short", "byte", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    *("nonNegativeInteger", "nonPositiveInteger", "negativeInteger", "positiveInteger"),
)
_FLOATS = ("float", "double")
_HERE = "urn:row:"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = dict[str, Term]


def same_graph(expected: Iterable[ox.Quad], actual: Iterable[ox.Quad]) -> bool:
    """Tell whether two sets of quads are isomorphic."""
    return _canonical(map(_normal_quad, expected)) == _canonical(map(_normal_quad, actual))


def same_rows(expected: Sequence[Row], actual: Sequence[Row], *, ordered: bool = False, lax: bool = False) -> bool:
    """Tell whether two sequences of solutions are the same; `lax` allows fewer of what is expected several times."""
    if lax:
        return len(actual) <= len(expected) and _canonical(_quads(expected, lax=True)) == _canonical(
            _quads(actual, lax=True)
        )
    return _canonical(_quads(expected, ordered=ordered)) == _canonical(_quads(actual, ordered=ordered))


def same_csv(expected: bytes, actual: bytes) -> bool:
    """Tell whether two CSV results are the same; numbers by value, `_:` names by isomorphism."""
    tables = [list(csv.reader(io.StringIO(text.decode(), newline=""))) for text in (expected, actual)]
    (head, *lines), (actual_head, *actual_lines) = tables
    # Columns by name: the order of those of `SELECT *` is nowhere laid down.
    return sorted(head) == sorted(actual_head) and same_rows(
        [dict(zip(head, map(_from_csv, line), strict=True)) for line in lines],
        [dict(zip(actual_head, map(_from_csv, line), strict=True)) for line in actual_lines],
    )


def parsed_rows(body: bytes, form: ox.QueryResultsFormat) -> bool | list[Row]:
    """Return the solutions, or the boolean, of a results document."""
    found = ox.parse_query_results(body, form)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in found]


def rows_of_graph(quads: Sequence[ox.Quad]) -> bool | list[Row] | None:
    """Return the solutions that a graph describes in the words of SPARQL 1.0's tests, or None if it describes none."""
    edges: dict[str, list[tuple[Term, Term]]] = {}
    for quad in quads:
        edges.setdefault(quad.predicate.value, []).append((quad.subject, quad.object))
    if not any(isinstance(o, ox.NamedNode) and o.value == f"{RS}ResultSet" for _, o in edges.get(f"{_RDF}type", [])):
        return None
    for _, told in edges.get(f"{RS}boolean", []):
        return isinstance(told, ox.Literal) and told.value == "true"
    names, values = dict(edges.get(f"{RS}variable", [])), dict(edges.get(f"{RS}value", []))
    index = {row: int(getattr(number, "value", 0)) for row, number in edges.get(f"{RS}index", [])}
    rows: dict[Term, Row] = {row: {} for _, row in edges.get(f"{RS}solution", [])}
    for row, binding in edges.get(f"{RS}binding", []):
        rows[row][getattr(names[binding], "value", "")] = values[binding]
    return [rows[row] for row in sorted(rows, key=lambda row: index.get(row, 0))]


def _quads(rows: Sequence[Row], *, ordered: bool = False, lax: bool = False) -> list[ox.Quad]:
    """Return solutions as quads: one node per solution, with its place or with how often it occurs."""
    normal = [frozenset((name, _normal(term)) for name, term in row.items()) for row in rows]
    counted = list(enumerate(normal)) if ordered else [(count, row) for row, count in Counter(normal).items()]
    found = []
    for n, (told, row) in enumerate(counted):
        node = ox.BlankNode(f"row{n}")
        said: list[tuple[str, Term]] = [*row, ("", ox.Literal(0 if lax else told))]
        found += [ox.Quad(node, ox.NamedNode(_HERE + name), term) for name, term in said]
    return found


def _canonical(quads: Iterable[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, dataset))


def _normal_quad(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, _normal(quad.object), quad.graph_name)


def _normal(term: Term) -> Term:
    """Return the literal that stands for all of the same value."""
    if not isinstance(term, ox.Literal):
        return term
    name = term.datatype.value.removeprefix(XSD)
    try:
        if name in _INTEGERS:
            return ox.Literal(str(int(term.value)), datatype=ox.NamedNode(f"{XSD}integer"))
        if name == "decimal":
            return ox.Literal(f"{Decimal(term.value).normalize():f}", datatype=term.datatype)
        if name in _FLOATS:
            return ox.Literal(f"{float(term.value):.9g}", datatype=term.datatype)
        if name == "boolean":
            return ox.Literal(str(term.value in ("true", "1")), datatype=term.datatype)
    except (ValueError, InvalidOperation):  # a literal that its type does not allow is itself
        return term
    return term


def _from_csv(cell: str) -> Term:
    if cell.startswith("_:"):
        return ox.BlankNode(cell[2:])
    try:
        return ox.Literal(f"{float(cell):.9g}")
    except ValueError:
        return ox.Literal(cell)
