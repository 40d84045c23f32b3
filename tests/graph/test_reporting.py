"""Results by kind: what is wrong stays first and in full, what the text does not say is one line for each kind."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict

import pytest
from rdflib import SH, Graph

from kg.graph import DocumentGraphs, validate
from kg.graph.reporting import as_csv, as_json, kinds, text
from kg.graph.validation import ValidationResult
from kg.graph.vocabulary import ZR
from kg.making import validate as command
from kg.resources import data_dir
from tests.graph.test_commands import run
from tests.graph.test_ontology import FILE_GRAPHS, rows
from tests.graph.test_validation import DUTY, MARKET, REPORT, TARGET


@pytest.fixture(scope="module")
def results(small: DocumentGraphs) -> tuple[ValidationResult, ...]:
    damaged = Graph()
    damaged += small.stated
    damaged.remove((TARGET, ZR.unit, None))
    damaged.remove((MARKET, ZR.jurisdiction, None))
    return validate(damaged)


def test_every_result_stands_under_its_kind_once(results: tuple[ValidationResult, ...]) -> None:
    found = kinds(results)
    assert sorted((r.code, r.focus) for kind in found for r in kind.results) == sorted(
        (r.code, r.focus) for r in results
    )
    assert [str(kind.severity) for kind in found][:3] == ["violation", "warning", "info"]
    assert len({kind.code for kind in found}) == len(found)


def test_what_is_wrong_is_said_one_by_one_and_gaps_by_their_kind(results: tuple[ValidationResult, ...]) -> None:
    lines = text("安排", results, "zh").splitlines()
    assert lines[:5] == [
        "安排",
        "  错误  量化指标没有单位（1）",
        f"        {results[0].label}  “{results[0].quote}” {results[0].start}–{results[0].end}",
        "  存疑  未能确定单位所属行政区，名称照原文（1）",
        f"        {results[1].label}  “{results[1].quote}” {results[1].start}–{results[1].end}",
    ]
    assert sum("原文未写数值（3）：1.2、1.3、2.1" in line for line in lines) == 1
    assert text("安排", (), "en").splitlines() == ["安排", "  nothing found"]


def test_with_every_result_each_has_its_passage(results: tuple[ValidationResult, ...]) -> None:
    lines = text("plan", results, "en", every=True).splitlines()
    assert len(lines) == 1 + len(kinds(results)) + len(results)
    assert sum(" “" in line for line in lines) == len(results)


def test_as_data_nothing_is_left_out(results: tuple[ValidationResult, ...]) -> None:
    told = json.loads(as_json([("安排", results)]))
    assert told == [{"title": "安排", "results": [json.loads(json.dumps(asdict(result))) for result in results]}]
    table = list(csv.DictReader(io.StringIO(as_csv([("安排", results)], "en"))))
    assert [(row["code"], row["message"]) for row in table] == [(r.code, r.message_en) for r in results]


@pytest.mark.parametrize(
    ("arguments", "lines"), [((), 5), (("--verbose",), 1 + 4 + 130), (("--format", "csv"), 1 + 130)]
)
def test_the_command_shows_as_much_as_is_asked_for(arguments: tuple[str, ...], lines: int) -> None:
    seed = data_dir() / "documents" / "bayuquan-2021-food-safety.txt"
    result = run(command, str(seed), *arguments)
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == lines
    assert "原文未写期限" in result.output


def without_its_day(graph: Graph) -> None:
    graph.remove((DUTY, ZR.due, None))


def without_any_date(graph: Graph) -> None:
    graph.remove((DUTY, ZR.due, None))
    graph.remove((DUTY, ZR.dueAsWritten, None))


@pytest.mark.parametrize(
    ("damage", "codes"),
    [(without_its_day, {"duty-no-date"}), (without_any_date, {"duty-no-date", "task-no-date"})],
)
def test_a_deadline_without_a_day_is_no_gap_of_its_task(
    small: DocumentGraphs, damage: Callable[[Graph], None], codes: set[str]
) -> None:
    damaged = Graph()
    damaged += small.stated
    damage(damaged)
    found = {result.code for result in validate(damaged) if result.focus in (str(DUTY), str(REPORT))}
    assert found - {"task-no-figure"} == codes


def test_shapes_say_nothing_that_reading_reports() -> None:
    """A gap is told once: by reading where it has no task to hang on, by a shape where it has."""
    from_reading = rows("lexicon/findings.tsv")
    messages = {str(m) for m in FILE_GRAPHS["shapes"].objects(None, SH.message)}
    assert {row[language] for row in from_reading for language in ("zh", "en")} & messages == set()
    codes = {str(node).rpartition("#")[2] for node in FILE_GRAPHS["shapes"].subjects()}
    assert {row["code"] for row in from_reading} & codes == set()


def test_gaps_are_worded_neutrally() -> None:
    shapes = FILE_GRAPHS["shapes"]
    gaps = {node for node in shapes.subjects(SH.message) if str(node).endswith(("no-lead", "no-figure", "no-date"))}
    assert len(gaps) == 4
    for gap in gaps:
        assert (gap, SH.severity, SH.Info) in shapes
        assert any("原文未写" in str(words) for words in shapes.objects(gap, SH.message))
