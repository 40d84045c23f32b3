"""Measuring: what counts as found, missed and extra, and what counts on neither side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg.errors import ReadingError
from kg.evaluating import evaluate as command
from kg.evaluation import Evaluation, Score, evaluate_file

TEXT = """某区2022年工作方案
一、任务
1.完成改造，合格率达到95%以上。（区公安局牵头，区财政局配合）
2.落实《某某办法》，6月底前完成。（区教育局负责）
区民政局会同区残联开展工作，由区妇联牵头。
"""
FIRST = {"raw": "区公安局牵头，区财政局配合", "roles": [["区公安局", "lead"], ["区财政局", "participate"]]}
SECOND = {"raw": "区教育局负责", "roles": [["区教育局", "responsible"]]}
PROSE = [{"raw": "区民政局会同区残联开展工作，由区妇联牵头", "roles": []}]


def evaluated(folder: Path, **annotation: Any) -> Evaluation:
    given = {"statements": [FIRST, SECOND], "prose_statements": PROSE} | annotation
    (folder / "plan.txt").write_text(TEXT, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(given), encoding="utf-8")
    return evaluate_file(folder / "plan.json")


def test_what_agrees_is_found_and_assisting_roles_count_as_one(tmp_path: Path) -> None:
    scores = evaluated(
        tmp_path, policies=["某某办法"], targets=[["95", "%", ">=", "合格率"]], deadlines=[["2022-06", ""]]
    ).scores
    assert (scores["statements"], scores["pairs"]) == (Score(2), Score(3))
    assert (scores["policies"], scores["targets"], scores["dates"]) == (Score(1), Score(1), Score(1))


def test_a_wrong_role_makes_a_statement_wrong_and_one_pair(tmp_path: Path) -> None:
    wrong = FIRST | {"roles": [["区公安局", "responsible"], ["区财政局", "assist"]]}
    scores = evaluated(tmp_path, statements=[wrong, SECOND]).scores
    assert (scores["statements"], scores["pairs"]) == (Score(1, 1, 1), Score(2, 1, 1))


def test_what_is_read_without_being_annotated_is_extra(tmp_path: Path) -> None:
    scores = evaluated(tmp_path, statements=[FIRST]).scores
    assert (scores["statements"], scores["pairs"]) == (Score(1, 0, 1), Score(2, 0, 1))
    assert scores["dates"] == Score(0, 0, 1)


@pytest.mark.parametrize("mark", ["truncated", "ambiguous"])
def test_what_is_cut_off_or_ambiguous_counts_on_neither_side(tmp_path: Path, mark: str) -> None:
    assert evaluated(tmp_path, statements=[FIRST | {mark: True}, SECOND]).scores["statements"] == Score(1)


def test_what_restates_prose_counts_on_neither_side(tmp_path: Path) -> None:
    assert evaluated(tmp_path, prose_statements=[]).scores["statements"].extra == 1


def test_scores_are_shares() -> None:
    score = Score(3, 1, 2)
    assert (score.precision, score.recall, score.f1) == (3 / 5, 3 / 4, 2 * 3 / 9)
    assert (Score().precision, Score().recall, Score().f1) == (None, None, None)


@pytest.mark.parametrize(
    "annotation", ["", "[]", "{}", '{"statements": 3}', '{"statements": [{"raw": "x", "roles": [["x", "boss"]]}]}']
)
def test_what_is_no_annotation_is_named_so(tmp_path: Path, annotation: str) -> None:
    (tmp_path / "plan.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "plan.json").write_text(annotation, encoding="utf-8")
    with pytest.raises(ReadingError, match=r"plan\.json: is no annotation"):
        evaluate_file(tmp_path / "plan.json")


def test_an_annotation_without_its_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"statements": []}', encoding="utf-8")
    with pytest.raises(ReadingError, match=r"plan\.txt: there is no such file"):
        evaluate_file(tmp_path / "plan.json")


def test_the_command_prints_scores_and_with_v_every_difference(tmp_path: Path) -> None:
    evaluated(tmp_path, statements=[FIRST])
    plain = CliRunner().invoke(command, [str(tmp_path / "plan.json")])
    assert plain.exit_code == 0
    assert [line.split()[:4] for line in plain.output.splitlines()[2:]] == [["plan", "0.500", "1.000", "0.667"]]
    told = CliRunner().invoke(command, ["-v", str(tmp_path / "plan.json")])
    assert "+ statements: 区教育局负责 → 区教育局 responsible" in told.output
