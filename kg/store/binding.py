"""Variables bound to terms inside a query that travels as text: as VALUES, in every group that speaks of them.

A remote service has no substitutions. One VALUES at the end would be joined too late: a FILTER in an inner group sees
only what that group binds. So each group that names the variable gets its own, which for a variable that stands in a
pattern comes to what a substitution comes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.store.tokens import Token, tokens

if TYPE_CHECKING:
    from rdflib.term import Identifier

_FREE = re.compile(r'COALESCE\(STR\((\?\w+)\) = "", true\)')
_BAD_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_LANGUAGE = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(slots=True)
class _Group:
    """One pair of braces: what it is, where it opens, and which variables it names, assigns and may see."""

    kind: str
    start: int
    parent: _Group | None
    end: int = -1
    named: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    projected: set[str] | None = None  # of a subquery: what its group shares with those around it
    choosing: bool = False

    def sees(self, variable: str) -> bool:
        """Tell whether `variable` in here is the one that the whole query means."""
        group: _Group | None = self
        while group is not None:
            if group.projected is not None and not group.projected & {variable, "*"}:
                return False
            group = group.parent
        return True


def bound(query: str, bindings: Mapping[str, Identifier]) -> str:
    """Return the query with `bindings` as VALUES in its groups; its lines stay where they are.

    Raises QueryError for a term that cannot stand in a query (a blank node, an IRI with a space).
    """
    # The questions' way of saying “while it is free” (kg.questions.catalogue); Virtuoso takes it for false.
    query = _FREE.sub(r"!BOUND(\1)", query)
    if not bindings:
        return query
    terms = {name: term(value) for name, value in bindings.items()}
    groups = [group for group in _groups(query) if group.kind == "group"]
    outermost = min(groups, key=lambda group: group.start, default=None)
    if outermost is None:
        return f"{query}\n{_values(terms)}"
    inserted: list[tuple[int, str]] = []
    for group in groups:
        meant = {n: t for n, t in terms.items() if group is outermost or (n in group.named and group.sees(n))}
        first = {name: t for name, t in meant.items() if name not in group.assigned}
        last = {name: t for name, t in meant.items() if name in group.assigned}
        inserted += [(group.start, _values(first)), (group.end, _values(last))]
    return _with(query, sorted(inserted))


def term(value: Identifier) -> str:
    """Return a term as SPARQL writes it. Raises QueryError for one that cannot be written."""
    from rdflib.term import Literal, URIRef

    if isinstance(value, URIRef):
        return iri(str(value))
    if not isinstance(value, Literal):
        raise QueryError("a blank node of a result names nothing in another query")
    return literal(str(value), value.language, value.datatype)


def literal(value: str, language: str | None = None, datatype: str | None = None) -> str:
    """Return a literal as SPARQL writes it. Raises QueryError for one that cannot be written."""
    quoted = f'"{value.translate(_ESCAPES)}"'
    if language:
        if not _LANGUAGE.fullmatch(language):
            raise QueryError(f"{language} is no language tag")
        return f"{quoted}@{language}"
    return f"{quoted}^^{iri(str(datatype))}" if datatype else quoted


def iri(name: str) -> str:
    """Return an IRI as SPARQL writes it. Raises QueryError for one that cannot be written."""
    if _BAD_IRI.search(name):
        raise QueryError(f"{name!r} is not an IRI")
    return f"<{name}>"


def _values(terms: Mapping[str, str]) -> str:
    if not terms:
        return ""
    return f" VALUES ({' '.join(f'?{name}' for name in terms)}) {{ ({' '.join(terms.values())}) }} "


def _with(query: str, inserted: list[tuple[int, str]]) -> str:
    parts, last = [], 0
    for place, text in inserted:
        parts += [query[last:place], text]
        last = place
    return "".join([*parts, query[last:]])


def _groups(query: str) -> Iterator[_Group]:
    """Yield every pair of braces, each when it closes."""
    whole = _Group("query", 0, None)
    group, before = whole, ""
    for token in tokens(query):
        text = token[0].upper()
        if text == "{":
            group.choosing = False
            group = _Group(_kind(group, before), token.end(), group)
        elif text == "}" and group.parent is not None:
            group.end = token.start()
            yield group
            group = group.parent
        else:
            _note(group, token, text, before)
        before = _remembered(text, before, token)


def _remembered(text: str, before: str, token: Token) -> str:
    """Return the word that tells what the next brace opens: its variables may stand between it and VALUES."""
    if before == "CONSTRUCT" and text != "{":  # what comes first is a template, in the short form as well
        return before
    return before if before == "VALUES" and token.lastgroup == "variable" else text


def _kind(around: _Group, before: str) -> str:
    if before == "VALUES":
        return "data"
    if before == "CONSTRUCT" or around.kind == "template":
        return "template"
    # What EXISTS asks is asked for each solution around it, where the variable is bound already.
    return "exists" if before == "EXISTS" or around.kind == "exists" else "group"


def _note(group: _Group, token: Token, text: str, before: str) -> None:
    if text == "SELECT" and group.parent is not None:
        group.kind = "exists" if group.kind == "exists" else "subquery"
        group.projected, group.choosing = set(), True
    elif text in ("WHERE", "FROM"):
        group.choosing = False
    elif token.lastgroup == "variable":
        name = token[0][1:]
        asking = group
        while asking.kind in ("exists", "data") and asking.parent is not None:
            asking = asking.parent
        asking.named.add(name)
        if before == "AS":
            asking.assigned.add(name)
        elif group.choosing and group.projected is not None:
            group.projected.add(name)
    elif text == "*" and before in ("SELECT", "DISTINCT", "REDUCED") and group.projected is not None:
        group.projected.add("*")
