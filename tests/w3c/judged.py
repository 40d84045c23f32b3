"""What comes of one test: nothing if it passes, else why it fails."""

from __future__ import annotations

import re

import pyoxigraph as ox

from tests.w3c.asked import CSV, JSON, ROW_FORMATS, TSV, XML, Asked, MalformedError, RefusedError, given, parsed
from tests.w3c.manifest import BAD_QUERY, BAD_UPDATE, QUERY, QUERY_SYNTAX, UPDATE, UPDATE_SYNTAX, Case, State, content
from tests.w3c.results import parsed_rows, rows_of_graph, same_csv, same_graph, same_rows

_MEDIA_TYPES = {"srx": XML, "srj": JSON, "csv": CSV, "tsv": TSV}
_ORDER = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
# What follows an ORDER BY of the outermost query; one inside a subquery orders nothing.
_END = re.compile(r"\}[^{}]*$")


def failure(case: Case, asked: Asked) -> str | None:
    """Run one test and return None, or why it fails."""
    text = content(case.request).decode()
    try:
        if case.kind == QUERY:
            return _query(case, text, asked)
        if case.kind == UPDATE:
            return _update(case, text, asked)
        asked.load(State())
        if case.kind in (UPDATE_SYNTAX, BAD_UPDATE):
            asked.update(text, case.request)
        else:
            asked.query(text, case.request, JSON)
    except MalformedError as error:
        return None if case.kind in (BAD_QUERY, BAD_UPDATE) else f"refused as malformed: {error}"
    except RefusedError as error:
        # Understood is all that is asked of the syntax; SERVICE, LOAD and missing graphs come later.
        return None if case.kind in (QUERY_SYNTAX, UPDATE_SYNTAX) else f"refused: {error}"
    return None if case.kind in (QUERY_SYNTAX, UPDATE_SYNTAX) else "taken, though malformed"


def _query(case: Case, text: str, asked: Asked) -> str | None:
    assert case.result
    asked.load(case.before)
    ending = case.result.rpartition(".")[2]
    media_type = _MEDIA_TYPES.get(ending, JSON)
    body = asked.query(text, case.request, media_type)
    if media_type == CSV:
        return None if same_csv(content(case.result), body) else "another answer"
    if ending in _MEDIA_TYPES:
        expected = parsed_rows(content(case.result), ROW_FORMATS[media_type])
    else:
        quads = parsed(case.result)
        told = rows_of_graph(quads)
        if told is None:
            actual_graph = ox.parse(body, ox.RdfFormat.N_TRIPLES)
            return None if same_graph(quads, actual_graph) else "another graph"
        expected = told
    actual = parsed_rows(body, ROW_FORMATS[media_type])
    if isinstance(expected, bool) or isinstance(actual, bool):
        return None if expected is actual else f"{actual}, not {expected}"
    ordered = bool((end := _END.search(text)) and _ORDER.search(end[0]))
    same = same_rows(expected, actual, ordered=ordered, lax=case.lax)
    return None if same else f"other solutions: {actual}, not {expected}"[:500]


def _update(case: Case, text: str, asked: Asked) -> str | None:
    asked.load(case.before)
    asked.update(text, case.request)
    return None if same_graph(given(case.after), asked.quads()) else "other graphs"
