"""The commands that ask in words, as people and programs call them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.outputs.wording import tasks_in_words
from kg.questions.catalogue import run
from kg.questions.lookup import find
from kg.store.engine import Engine

Ask = Callable[..., Result]


@pytest.fixture
def ask(seed_folder: Path) -> Ask:
    """Return a function that runs a command in this process, on the seed's store."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"ZEREN_STORE": str(seed_folder)})

    return call


def test_a_task_is_shown_with_roles_sentence_and_place(ask: Ask) -> None:
    shown = ask("coowners", "20.1")
    assert shown.exit_code == 0
    for words in (
        "20.1  按职责分工",
        "负责  区供销社（营口市鲅鱼圈区供销合作社）",
        "原文  开展农村假冒伪劣食品专项执法行动",
        "责任语句  区市场监管局、区农业农村局、区公安局、区商务局、区供销社按职责分工负责  [字符 3407–3442]",
        "营口市鲅鱼圈区2021年食品安全重点工作安排（征求意见稿） › （十）深化农村假冒伪劣食品整治行动 › 20",
        " › 字符 3348–3406",
    ):
        assert words in shown.stdout


def test_an_organisation_is_shown_with_all_that_it_shares(ask: Ask) -> None:
    shown = ask("coowners", "--organization", "区卫健局", "--lang", "en").stdout
    assert [line.split()[0] for line in shown.splitlines() if line and not line.startswith(" ")] == ["2.5", "23.1"]
    assert "lead  区市场监管局" in shown
    both = ask("coowners", "-o", "区卫健局", "--with", "区商务局").stdout
    assert [line.split()[0] for line in both.splitlines() if line and not line.startswith(" ")] == ["23.1"]
    assert "没有" in ask("coowners", "-o", "区科协", "--with", "区商务局").stdout


def test_an_actor_in_the_sentence_is_marked(ask: Ask) -> None:
    shown = ask("coowners", "31.1").stdout
    assert "各牵头部门  句中主语" in shown
    assert "责任语句" not in shown


@pytest.mark.parametrize("form", ["csv", "tsv", "json"])
def test_programs_get_every_column(form: str, ask: Ask) -> None:
    text = ask("coowners", "8.1", "--format", form).stdout
    if form == "json":
        rows = json.loads(text)
    else:
        rows = list(csv.DictReader(io.StringIO(text), delimiter="," if form == "csv" else "\t"))
    assert [(row["asWritten"], row["role"]) for row in rows] == [("区农业农村局", "lead"), ("区市场监管局", "assist")]
    assert {"quote", "start", "end", "statement", "sectionLabel", "documentLabel", "status"} <= set(rows[0])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("coowners",), 2, "name a TASK"),
        (("coowners", "20.1", "-o", "区公安局"), 2, "one of them"),
        (("coowners", "20.1", "--with", "区公安局"), 2, "--with needs"),
        (("coowners", "20.9"), 66, "20.1"),
        (("coowners", "20.1", "--document", "没有的文件"), 66, "没有的文件"),
        (("coowners", "-o", "食安委"), 66, "相关成员单位"),
        (("show", "昆仑2020"), 66, "昆仑2021"),
        (("network", "-o", "x.txt"), 2, ".html, .json, .graphml"),
        (("network", "-o", "/nonexistent/x.html"), 1, "cannot be written"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(arguments: tuple[str, ...], code: int, says: str, ask: Ask) -> None:
    shown = ask(*arguments)
    assert (shown.exit_code, says in shown.output) == (code, True), shown.output


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("昆仑2021", "“昆仑2021”行动  (专项行动)"),
        ("党政领导干部食品安全责任制规定", "被引用于: 营口市鲅鱼圈区2021年食品安全重点工作安排; 一、总体要求; 29.1"),
        ("20.1", "责任语句  区市场监管局"),
        ("鲅鱼圈海关", "负责: 2.1; 27.1"),
    ],
)
def test_anything_is_shown_with_facts_and_passages(name: str, words: str, ask: Ask) -> None:
    shown = ask("show", name)
    assert shown.exit_code == 0, shown.output
    assert words in shown.stdout
    assert "原文写明" in shown.stdout
    assert "Stated" in ask("show", name, "--lang", "en").stdout
    portrait = json.loads(ask("show", name, "--format", "json").stdout)
    assert portrait["facts"]
    assert all(fact["origin"] in {"stated", "inferred", "curated"} for fact in portrait["facts"])


@pytest.mark.parametrize("suffix", ["html", "json", "graphml"])
def test_a_network_becomes_a_file(suffix: str, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / f"network.{suffix}"
    shown = ask("network", "--output", str(file), "--campaigns", "--policies")
    assert shown.exit_code == 0, shown.output
    assert "区市场监管局" in file.read_text(encoding="utf-8")
    assert ask("network", "--output", str(file), "--of", "organizations").exit_code == 0
    assert [p.name for p in tmp_path.iterdir()] == [file.name]


def test_the_command_itself_answers(zeren: Callable[..., CompletedProcess[str]]) -> None:
    shown = zeren("coowners", "23.1", "--lang", "en")
    assert shown.returncode == 0, shown.stderr
    assert "lead  区市场监管局" in shown.stdout


def test_several_tasks_are_paragraphs(seed_store: Engine) -> None:
    rows = run(seed_store, "tasks-of-organization", organization=find(seed_store, "鲅鱼圈海关").iri)
    assert len(tasks_in_words(rows).split("\n\n")) == 2
    assert tasks_in_words([]) == ""
