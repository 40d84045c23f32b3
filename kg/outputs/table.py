"""Answers as tables: aligned for the terminal (Chinese counts two columns), or as JSON, CSV and TSV for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kg.outputs.display import display, with_prefix

if TYPE_CHECKING:
    from kg.questions.catalogue import Column, Question
    from kg.store import Row

FORMATS = ("table", "json", "csv", "tsv")


def rows_as(
    form: str, rows: Sequence[Row], question: Question, *, language: str = "zh", width: int | None = None
) -> str:
    """Return the answer to `question` in one of FORMATS, without a final line break.

    The table is for people: labels as headings, captions instead of IRIs, no empty columns, cut to `width` columns by
    wrapping (None: as wide as it needs). The other forms are for programs: every column under its name.
    """
    if form == "table":
        return _for_people(rows, question, language, width)
    if form == "json":
        return json.dumps(records(rows, question), ensure_ascii=False, indent=1)
    return _delimited(records(rows, question), question, "," if form == "csv" else "\t")


def records(rows: Sequence[Row], question: Question) -> list[dict[str, Any]]:
    """Return one JSON object per row, every column of the question in order; what is not bound is None."""
    return [{column.name: _value(row, column) for column in question.columns} for row in rows]


def from_results(body: bytes, *, width: int | None = None) -> str:
    """Return SPARQL 1.1 Query Results JSON as an aligned table; the answer to an ASK as true or false."""
    results = json.loads(body)
    if "boolean" in results:
        return "true" if results["boolean"] else "false"
    names = results["head"]["vars"]
    cells = [[_short(row.get(name)) for name in names] for row in results["results"]["bindings"]]
    return aligned(names, cells, width=width)


def aligned(headings: Sequence[str], cells: Sequence[Sequence[str]], *, width: int | None = None) -> str:
    """Return a table whose columns align in a terminal; numbers stand to the right.

    With `width`, long cells are wrapped so that no line is longer (in terminal columns).
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="")
    for number, heading in enumerate(headings):
        figures = bool(cells) and all(_is_number(row[number]) for row in cells)
        table.add_column(Text(heading), justify="right" if figures else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console = Console(file=io.StringIO(), width=width or 1_000_000, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(table)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    return "\n".join(lines).strip("\n")


def _for_people(rows: Sequence[Row], question: Question, language: str, width: int | None) -> str:
    shown = [c for c in question.columns if c.kind != "caption" and any(c.name in row for row in rows)]
    cells = [[_cell(row, column, language) for column in shown] for row in rows]
    return aligned([column.label.of(language) for column in shown], cells, width=width)


def _cell(row: Row, column: Column, language: str) -> str:
    term = row.get(column.name)
    caption = row.get(f"{column.name}Label")
    if term is None:
        return ""
    if caption is not None:
        return str(caption)
    if column.kind == "term":
        return display().label(term, language)
    return str(term)


def _value(row: Row, column: Column) -> Any:
    from rdflib.term import Literal

    term = row.get(column.name)
    if column.kind == "term" and term is not None:
        return display().word(term)
    value = term.toPython() if isinstance(term, Literal) else term
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | None) else str(value)


def _delimited(rows: Sequence[dict[str, Any]], question: Question, delimiter: str) -> str:
    output = io.StringIO()
    writer = csv.writer(output, delimiter=delimiter, lineterminator="\n")
    writer.writerow([column.name for column in question.columns])
    writer.writerows(row.values() for row in rows)
    return output.getvalue().removesuffix("\n")


def _short(term: dict[str, str] | None) -> str:
    """Return a term of SPARQL results JSON as people read it: a literal's text, an IRI with its prefix."""
    if term is None:
        return ""
    if term["type"] == "uri":
        return with_prefix(term["value"])
    return f"_:{term['value']}" if term["type"] == "bnode" else term["value"]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdigit() and text.isascii()
