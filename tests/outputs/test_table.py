"""Tables align in a terminal, Chinese included, and are whole for programs."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kg.outputs.table import aligned, from_results, records, rows_as
from kg.questions.catalogue import catalogue, run
from kg.store.engine import Engine


def test_chinese_counts_two_columns() -> None:
    lines = aligned(["单位", "n"], [["区市场监管局", "28"], ["a", "1"]]).splitlines()
    assert [line.split()[-1] for line in lines] == ["n", lines[1].strip(), "28", "1"]
    assert len({cell_len(line) for line in lines}) == 1


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=5))
def test_any_text_can_stand_in_a_table(cells: list[list[str]]) -> None:
    assert isinstance(aligned(["a", "[b]"], cells), str)


def test_markup_is_text() -> None:
    assert "[red]x[/red]" in aligned(["n"], [["[red]x[/red]"]])


def test_a_width_is_kept() -> None:
    assert all(cell_len(line) <= 30 for line in aligned(["文"], [["食品安全" * 30]], width=30).splitlines())


def test_a_table_for_people_has_captions_and_labels(seed_store: Engine) -> None:
    question = catalogue().question("led-tasks")
    rows = run(seed_store, "led-tasks")
    shown = rows_as("table", rows, question)
    assert "牵头单位" in shown
    assert "营口市鲅鱼圈区交通运输局" in shown
    assert "https://" not in shown
    assert "Leader" in rows_as("table", rows, question, language="en")


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_delimited_rows_have_every_column(form: str, delimiter: str, seed_store: Engine) -> None:
    question = catalogue().question("targets")
    rows = run(seed_store, "targets")
    read = list(csv.DictReader(io.StringIO(rows_as(form, rows, question)), delimiter=delimiter))
    assert list(read[0]) == [column.name for column in question.columns]
    assert [row["value"] for row in read][:4] == ["3", "100", "85", "1.5"]


def test_json_rows_are_plain_values(seed_store: Engine) -> None:
    question = catalogue().question("duties")
    rows = json.loads(rows_as("json", run(seed_store, "duties"), question))
    assert rows == records(run(seed_store, "duties"), question)
    assert rows[0]["due"] == "2021-08-27"
    assert rows[0]["kind"] == "report"
    assert rows[0]["yearInferred"] is True
    assert isinstance(rows[0]["start"], int)
    assert rows[0]["copyTo"] is None


def test_the_answer_to_a_query_is_aligned(seed_store: Engine) -> None:
    query = """PREFIX zr: <https://w3id.org/zeren/ns#>
        SELECT ?code ?mode { ?task a zr:Task ; zr:code ?code OPTIONAL { ?task zr:mode ?mode } }"""
    body = seed_store.answer(query, media_types=("application/sparql-results+json",)).body
    shown = from_results(body)
    assert "zr:Led" in shown
    assert len(shown.splitlines()) >= 62
    assert from_results(b'{"head": {}, "boolean": true}') == "true"
    assert from_results(b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}').strip().startswith("x")
