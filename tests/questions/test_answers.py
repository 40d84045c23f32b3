"""The seed's answers to the questions that the graph must answer, each through its file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg.outputs.display import display
from kg.questions.catalogue import run
from kg.questions.lookup import find
from kg.store.engine import Engine
from tests.questions.conftest import store_of

Answers = list[tuple[str, ...]]
ORGANIZATION = {"organization", "other", "lead", "assistant", "actor"}


def answer(store: Engine, question: str, columns: str, **params: Any) -> Answers:
    """Return the named columns of an answer, terms as words; organisations are given by a name."""
    given = {
        name: find(store, value, kinds=("organization",)).iri if name in ORGANIZATION else value
        for name, value in params.items()
    }
    rows = run(store, question, **given)
    return [tuple(display().word(row[c]) if c in row else "" for c in columns.split()) for row in rows]


def codes(*numbers: str) -> Answers:
    return [(number,) for number in numbers]


CASES: list[tuple[int, str, str, dict[str, object], Answers]] = [
    (1, "shared-tasks", "taskLabel", {"organization": "区卫健局", "other": "区市场监管局"}, codes("2.5", "23.1")),
    (
        2,
        "tasks-held-by-several",
        "taskLabel count",
        {},
        [("20.1", "5"), ("23.1", "3"), ("24.2", "3"), ("25.1", "3")],
    ),
    (
        2,
        "items-held-by-several",
        "itemLabel count collectives",
        {},
        [
            ("2", "4", "0"),
            ("7", "4", "0"),
            ("12", "6", "1"),
            ("20", "5", "0"),
            ("23", "3", "0"),
            ("24", "3", "0"),
            ("25", "3", "0"),
            ("29", "3", "0"),
        ],
    ),
    (
        3,
        "duties",
        "due kind actorLabel recipientLabel taskLabel",
        {"until": "2021-08-27"},
        [("2021-08-27", "report", "各相关部门", "营口市鲅鱼圈区食品安全委员会办公室", "32.1")],
    ),
    (4, "duties", "due", {}, [("2021-08-27",), ("2021-10-29",), ("2021-11-01",), ("2021-11-01",)]),
    (
        5,
        "targets",
        "taskLabel comparator value unit",
        {},
        [
            ("7.1", ">=", "3", "批次/千人"),
            ("7.1", ">=", "100", "%"),
            ("7.1", ">=", "85", "%"),
            ("7.2", ">=", "1.5", "批次/千人"),
            ("7.2", ">=", "97", "%"),
            ("17.1", "=", "100", "%"),
            ("17.1", ">=", "50", "%"),
            ("18.1", ">=", "80", "%"),
            ("21.1", ">=", "30", "%"),
        ],
    ),
    (
        7,
        "led-tasks",
        "taskLabel asWritten",
        {},
        [("2.2", "区交通运输局"), ("8.1", "区农业农村局"), ("12.2", "区食安办"), ("23.1", "区市场监管局")],
    ),
    (
        8,
        "tasks-without-lead",
        "taskLabel",
        {},
        codes("2.5", "3.1", "5.1", "6.1", "7.5", "12.4", "20.1", "24.2", "25.1", "27.1", "29.1", "29.2"),
    ),
    (
        10,
        "lead-assist-pairs",
        "taskLabel leadLabel",
        {"assistant": "区市场监管局"},
        [("2.2", "营口市鲅鱼圈区交通运输局"), ("8.1", "营口市鲅鱼圈区农业农村局")],
    ),
    (
        12,
        "organizations-with-one-task",
        "asWritten taskLabel",
        {},
        [
            ("区委网信办", "12.4"),
            ("区国土资源局", "7.3"),
            ("区司法局", "12.5"),
            ("区教育局", "17.1"),
            ("区生态环境局", "15.2"),
            ("区科协", "12.3"),
            ("区行政审批局", "3.1"),
            ("区财政局", "29.2"),
        ],
    ),
    (
        13,
        "organizations-never-sharing",
        "organizationLabel count",
        {},
        [
            ("区国土资源局", "1"),
            ("营口市鲅鱼圈区司法局", "1"),
            ("营口市鲅鱼圈区教育局", "1"),
            ("营口市鲅鱼圈区生态环境局", "1"),
            ("营口市鲅鱼圈区科学技术协会", "1"),
        ],
    ),
    (
        14,
        "shared-tasks",
        "taskLabel role otherRole",
        {"organization": "区农业农村局", "other": "区市场监管局"},
        [
            ("5.1", "responsible", "responsible"),
            ("7.5", "responsible", "responsible"),
            ("8.1", "lead", "assist"),
            ("20.1", "responsible", "responsible"),
        ],
    ),
    (
        16,
        "coowners-of-organization",
        "otherLabel otherKind count",
        {"organization": "区食安办"},
        [
            ("营口市鲅鱼圈区人民政府", "organization", "1"),
            ("营口市鲅鱼圈区食品安全委员会相关成员单位", "collective", "1"),
        ],
    ),
    (
        17,
        "tasks-of-organization",
        "taskLabel role",
        {"organization": "鲅鱼圈海关"},
        [("2.1", "responsible"), ("27.1", "responsible")],
    ),
    (
        21,
        "figures-of-indicator",
        "taskLabel scope value",
        {"words": "“互联网+明厨亮灶”覆盖率"},
        [
            ("17.1", "全市学校食堂", "50"),
            ("18.1", "供餐单位", "80"),
            ("21.1", "规模以上餐饮服务单位、中央厨房、集体用餐配送单位", "30"),
        ],
    ),
    (
        23,
        "tasks-mentioning",
        "taskLabel asWritten",
        {"words": "重金属"},
        [("7.5", "区农业农村局"), ("7.5", "区市场监管局"), ("15.2", "区生态环境局")],
    ),
    (
        26,
        "tasks-mentioning",
        "taskLabel asWritten",
        {"words": "大案要案"},
        [("9.1", "区公安局"), ("11.1", "区市场监管局")],
    ),
    (
        28,
        "tasks-without-statement",
        "taskLabel basis",
        {},
        [("30.2", "in-sentence"), *[("31.1", "in-sentence")] * 3, ("32.1", "in-sentence")],
    ),
    (
        29,
        "collectives",
        "taskLabel asWritten",
        {},
        [
            ("12.2", "区食安委相关成员单位"),
            ("30.2", "区政府食安委各成员单位"),
            ("31.1", "区食安委各成员单位"),
            ("31.1", "各牵头部门"),
            ("31.1", "各责任部门"),
            ("32.1", "各相关部门"),
        ],
    ),
    (33, "tasks-mentioning", "taskLabel asWritten", {"words": "通报"}, [("33.1", "区食安办")]),
    (34, "documents", "documentLabel status", {}, [("营口市鲅鱼圈区2021年食品安全重点工作安排", "征求意见稿")]),
]


@pytest.mark.parametrize(("number", "question", "columns", "params", "expected"), CASES, ids=lambda v: str(v)[:40])
def test_the_seed_answers(
    number: int, question: str, columns: str, params: dict[str, object], expected: Answers, seed_store: Engine
) -> None:
    assert answer(seed_store, question, columns, **params) == expected


def test_tasks_without_figures_and_those_with_make_all(seed_store: Engine) -> None:
    assert len(run(seed_store, "tasks-without-targets")) == 57 - 5


def test_every_department_is_counted_by_role(seed_store: Engine) -> None:
    columns = "organizationLabel count lead responsible assist"
    ranking = answer(seed_store, "organizations", columns)
    assert ranking[0] == ("营口市鲅鱼圈区市场监督管理局", "28", "1", "25", "2")
    assert [int(row[1]) for row in ranking] == sorted((int(row[1]) for row in ranking), reverse=True)
    assert all(sum(map(int, row[2:])) == int(row[1]) for row in ranking)
    assert not any("成员单位" in row[0] for row in ranking)


def test_who_shares_with_whom_with_the_sentence(seed_store: Engine, seed_plan: Any) -> None:
    rows = run(seed_store, "coowners-of-task", task=find(seed_store, "20.1").iri)
    assert [str(row["asWritten"]) for row in rows] == [
        "区市场监管局",
        "区农业农村局",
        "区公安局",
        "区商务局",
        "区供销社",
    ]
    for row in rows:
        assert seed_plan.text[int(row["start"]) : int(row["end"])] == str(row["quote"])
        assert seed_plan.text[int(row["statementStart"]) : int(row["statementEnd"])] == str(row["statement"])
        assert str(row["sectionLabel"]) == "（十）深化农村假冒伪劣食品整治行动"
        assert str(row["status"]) == "征求意见稿"


def test_a_campaign_has_tasks_and_departments(seed_store: Engine) -> None:
    campaign = find(seed_store, "校园食品安全守护行动").iri
    expected = [("17.1", "区教育局"), ("18.1", "区市场监管局"), ("18.2", "区卫健局")]
    assert answer(seed_store, "campaigns", "taskLabel asWritten", campaign=campaign) == expected


def test_policies_are_cited_with_their_place(seed_store: Engine, seed_plan: Any) -> None:
    rows = run(seed_store, "policies")
    titled = [row for row in rows if seed_plan.text[int(row["start"]) - 1] == "《"]
    assert {str(row["policyLabel"]) for row in titled} == {
        "中共中央 国务院关于深化改革加强食品安全工作的意见",
        "地方党政领导干部食品安全责任制规定",
        "餐饮服务食品安全操作规范",
    }
    assert not any("食安辽宁" in str(row["policyLabel"]) for row in rows)
    opinion = find(seed_store, "深化改革加强食品安全工作的意见").iri
    assert answer(seed_store, "policies", "sectionLabel", policy=opinion) == [("",), ("一、总体要求",)]
    rule = find(seed_store, "党政领导干部食品安全责任制规定").iri
    mentions = answer(seed_store, "policies", "taskLabel sectionLabel", policy=rule)
    assert mentions == [("", "一、总体要求"), ("29.1", "（十六）深化党政同责")]
    task = find(seed_store, "29.1").iri
    assert answer(seed_store, "policies", "policyLabel", task=task) == [("地方党政领导干部食品安全责任制规定",)]
    assert ("29.1", "地方党政领导干部食品安全责任制规定") in answer(
        seed_store, "tasks-citing-policies", "taskLabel policyLabel"
    )


def test_overview_counts_what_was_read(seed_store: Engine) -> None:
    counts = {kind: count for kind, count in answer(seed_store, "overview", "kind count")}  # noqa: C416 - for mypy
    assert counts["item"] == "33"
    assert counts["task"] == "60"
    assert counts["statement"] == "57"
    assert counts["duty"] == "3"
    assert counts["target"] == "9"
    assert int(counts["organization"]) + 1 == 22


def test_a_section_holds_its_tasks(seed_store: Engine) -> None:
    section = find(seed_store, "深化餐饮质量安全提升行动", kinds=("section",)).iri
    assert answer(seed_store, "tasks", "taskLabel", within=section) == codes("21.1", "22.1", "22.2", "23.1")
    assert len(run(seed_store, "tasks")) == 60


def test_merging_two_departments_overlaps_where_both_stand(seed_store: Engine) -> None:
    rows = answer(seed_store, "if-merged", "taskLabel overlap", organization="区卫健局", other="区商务局")
    assert {code for code, overlap in rows if overlap == "true"} == {"23.1"}
    assert ("20.1", "false") in rows


def test_facts_say_whether_they_were_read_or_inferred(seed_store: Engine) -> None:
    customs = find(seed_store, "鲅鱼圈海关").iri
    facts = {
        (str(row["property"]).partition("#")[2], str(row["origin"])) for row in run(seed_store, "facts", thing=customs)
    }
    assert ("prefLabel", "stated") in facts
    assert ("responsibleFor", "inferred") in facts
    passages = answer(seed_store, "passages", "taskLabel", thing=customs)
    assert passages == codes("2.1", "27.1")


def test_a_draft_and_its_final_are_never_added_up(seed_store: Engine, draft_and_final: Engine) -> None:
    for question in ("organizations", "strongest-pairs", "network-coownership", "overview", "campaign-list"):
        once, twice = run(seed_store, question), run(draft_and_final, question)
        assert len(twice) == 2 * len(once)
        document = str(once[0]["document"])
        same = [row for row in twice if str(row["document"]) == document]
        assert [row["count"] for row in same] == [row["count"] for row in once]
    final = find(draft_and_final, "营口市鲅鱼圈区2021年食品安全重点工作安排", document=_final(draft_and_final)).iri
    assert len(run(draft_and_final, "tasks", document=final)) == 60


def test_graphs_restrict_the_answer(draft_and_final: Engine) -> None:
    final = _final(draft_and_final)
    rows = run(draft_and_final, "documents", graphs=(final, f"{final}/inferred"))
    assert [str(row["document"]) for row in rows] == [final]


def _final(store: Engine) -> str:
    return next(str(row["document"]) for row in run(store, "documents") if "status" not in row)


def test_what_no_task_holds_is_still_found_by_its_item(seed_plan: Any) -> None:
    """A figure or a date in an item that nobody is assigned to; a date without an actor falls to the task's."""
    nobody = replace(seed_plan.targets[0], task=None)
    nobodys = replace(seed_plan.duties[0], actor=None, actor_organization=None)
    unheld, holders = replace(nobodys, task=None), replace(nobodys, task="二.十.20.1")
    store = store_of(replace(seed_plan, targets=(nobody,), duties=(unheld, holders)))
    assert answer(store, "targets", "itemLabel taskLabel indicator") == [("7", "", nobody.indicator)]
    due = answer(store, "duties", "taskLabel actorLabel")
    assert due.count(("", "")) >= 1
    assert {actor for code, actor in due if code == "20.1"} == {
        "营口市鲅鱼圈区市场监督管理局",
        "营口市鲅鱼圈区农业农村局",
        "营口市鲅鱼圈区公安局",
        "营口市鲅鱼圈区商务局",
        "营口市鲅鱼圈区供销合作社",
    }
