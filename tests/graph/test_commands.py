"""The commands `explain`, `add` and `remove`, as their users type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from rdflib import PROV, Graph

from kg.changing import add, remove
from kg.context import Context
from kg.errors import AmbiguousError, NotFoundError, StoreError, ZerenError
from kg.explaining import explain

Command = Callable[..., Result]
PLAN = """鲅鱼圈区{year}年食品安全工作安排

一、重点工作
1.开展抽检（区市场监管局牵头，区卫健局配合）。
2.开展培训（区教育局、区市场监管局按职责分工负责）。
"""


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, obj=Context())


@pytest.fixture
def why(seed_folder: Path) -> Command:
    """Return a function that explains on the seed's store."""
    return lambda *arguments: run(explain, *arguments, "--store", str(seed_folder))


@pytest.mark.parametrize(
    ("triple", "conclusion", "sentence"),
    [
        (("区卫健局", "共担", "区市场监管局"), "— 共担 →", "【区卫健局、区市场监管局按职责分工负责】"),
        (("区交通运输局", "leads", "2.2"), "— 牵头 → 任务 2.2", "【区交通运输局牵头，区市场监管局配合】"),
        (("2.2", "zr:ledBy", "区交通运输局"), "任务 2.2 — 牵头单位 →", "【区交通运输局牵头，区市场监管局配合】"),
        (("17.1", "属于行动", "校园食品安全守护行动"), "任务 17.1 — 属于行动 →", "校园食品安全守护行动】"),
        (("2.2", "类型", "任务"), "任务 2.2 — 是 → 任务", "【严格落实进口冷链食品道路运输运单管理制度】"),
        (("7.1", "代码", "7.1"), "任务 7.1 — 代码 → 7.1", "原文写明 [1]"),
    ],
)
def test_a_fact_is_explained_by_names(why: Command, triple: tuple[str, ...], conclusion: str, sentence: str) -> None:
    result = why(*triple)
    assert result.exit_code == 0, result.exception
    assert conclusion in result.output.splitlines()[0]
    assert sentence in result.output


def test_in_english(why: Command) -> None:
    said = why("区交通运输局", "leads", "2.2", "--lang", "en").output
    assert "⟸ “led by” the other way round is “leads”" in said
    assert "Sentences" in said


def test_without_a_value_all_are_explained(why: Command) -> None:
    said = why("区交通运输局", "involvedIn").output
    assert said.count("任务 2.2   ⟸") >= 1
    assert said.count("\n原文\n") == said.count("— 承担 →")


def test_as_json(why: Command) -> None:
    told = json.loads(why("区交通运输局", "leads", "2.2", "--format", "json").output)
    assert len(told) == 1
    assert [step["step"] and step["step"].rpartition("#")[2] for step in told[0]["steps"]] == [
        None,
        "prp-inv2",
        None,
        "prp-spo2",
        "prp-inv2",
    ]


def test_as_prov(why: Command) -> None:
    graph = Graph().parse(data=why("区交通运输局", "leads", "2.2", "--format", "prov").output, format="turtle")
    assert len(set(graph.subject_objects(PROV.wasDerivedFrom))) == 6


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("区交通运输局", "leeds", "2.2"), NotFoundError, "no term of the ontology"),
        (("区交通运输局", "leads", "2.3"), NotFoundError, "does not say"),
        (("没有这个局", "leads", "2.3"), NotFoundError, "没有这个局"),
        (("区交通运输局", "leads", "没有这个任务"), NotFoundError, "没有这个任务"),
        (("区", "leads", "2.2"), AmbiguousError, "can mean"),
    ],
)
def test_what_cannot_be_explained_is_said_so(
    why: Command, arguments: tuple[str, ...], error: type[ZerenError], said: str
) -> None:
    result = why(*arguments)
    assert isinstance(result.exception, error)
    assert said in str(result.exception)


@pytest.fixture
def plans(tmp_path: Path) -> Callable[[int], Path]:
    """Return a function that writes the plan of a year."""

    def write(year: int) -> Path:
        path = tmp_path / f"{year}.txt"
        path.write_text(PLAN.format(year=year), "utf-8")
        return path

    return write


def test_add_change_and_remove(plans: Callable[[int], Path], tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "store"))
    first = run(add, str(plans(2020)), *store)
    assert first.exit_code == 0, first.exception
    assert "drawn anew for 1 document(s)" in first.output
    assert "鲅鱼圈区2021年食品安全工作安排: 2 tasks" in run(add, str(plans(2021)), *store).output
    assert "drawn anew for 0" in run(add, *store).output
    plans(2021).write_text(PLAN.format(year=2021).replace("区教育局", "区商务局"), "utf-8")
    again = run(add, *store)
    assert "drawn anew for 1 document(s)" in again.output
    quads = again.output.splitlines()[-1].split(": ")[1].split(";")[0]
    removed = run(remove, "2021年", *store)
    assert removed.output.startswith("removed: 鲅鱼圈区2021年食品安全工作安排")
    assert quads not in removed.output
    assert isinstance(run(remove, "2020年", *store).exception, StoreError)


def test_a_file_that_is_gone_is_told_and_stays(plans: Callable[[int], Path], tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "store"))
    run(add, str(plans(2020)), *store)
    plans(2020).unlink()
    result = run(add, *store)
    assert result.exit_code == 0
    assert "gone, but still in the store" in result.stderr


def test_a_file_that_cannot_be_read_is_told(plans: Callable[[int], Path], tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "store"))
    run(add, str(plans(2020)), *store)
    (tmp_path / "empty.txt").write_text("", "utf-8")
    result = run(add, str(tmp_path / "empty.txt"), *store)
    assert result.exit_code == 65
    assert "left out" in result.stderr


def test_counterparts_are_explained_from_both_documents(tmp_path: Path) -> None:
    for place, prefix in (("鲅鱼圈区", "区"), ("营口市", "市")):
        text = (
            PLAN.format(year=2020)
            .replace("鲅鱼圈区", place)
            .replace("（区", f"（{prefix}")
            .replace("，区", f"，{prefix}")
        )
        (tmp_path / f"{place}.txt").write_text(text.replace("、区", f"、{prefix}"), "utf-8")
    store = ("--store", str(tmp_path / "store"))
    assert run(add, *(str(path) for path in sorted(tmp_path.glob("*.txt"))), *store).exit_code == 0
    result = run(explain, "区市场监管局", "对口单位", *store)
    assert result.exit_code == 0, result.exception
    assert "职能相同，一方辖区隶属于另一方辖区，即为对口" in result.output
    assert "鲅鱼圈区 — 隶属 → 营口市   ⟸ 登记" in result.output
    assert "区市场监管局牵头" in result.output
    assert "市市场监管局牵头" in result.output
    told = json.loads(run(explain, "区市场监管局", "counterpartOf", "--format", "json", *store).output)
    assert told[0]["document"] is None
    assert len({step["graph"] for step in told[0]["steps"] if step["graph"]}) == 3


def test_alignments_are_explained_where_they_are_loaded(plans: Callable[[int], Path], tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "store"), "--alignment")
    run(add, str(plans(2020)), *store)
    result = run(explain, "区市场监管局", "a", "org:Organization", *store)
    assert result.exit_code == 0, result.exception
    assert "Organization   ⟸ “牵头主体”所指的就是Organization（由本体公理推得）" in result.output
