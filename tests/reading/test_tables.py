"""Tables: rows are items, columns say who leads, who helps and by when, however the cells are set apart."""

from __future__ import annotations

import pytest

from kg.plan import Plan, Role
from kg.reading import read_text

HEADER = ["序号", "重点任务", "牵头单位", "配合单位", "完成时限"]
ROWS = [
    ["1", "推进一网通办", "市政务服务局", "市大数据局、各区县政府", "2022年6月底"],
    ["2", "规范涉企执法", "市司法局", "市公安局", "2022年9月底"],
]
TABBED = "\n".join("\t".join(row) for row in [HEADER, *ROWS])
PIPED = "\n".join("| " + " | ".join(row) + " |" for row in [HEADER, ["---"] * 5, *ROWS])
STACKED = "\n".join("\n".join(row) for row in [HEADER, *ROWS])
HALF_STACKED = " ".join(HEADER) + "\n" + "\n".join("\n".join(row) for row in ROWS)


def held(plan: Plan) -> list[tuple[str, list[tuple[str, Role]]]]:
    return [(plan.quote(t.span), [(a.name, a.role) for a in t.assignments]) for t in plan.tasks]


@pytest.mark.parametrize("table", [TABBED, PIPED, STACKED, HALF_STACKED], ids=["tabs", "pipes", "lines", "mixed"])
def test_rows_are_items_however_cells_stand_apart(table: str) -> None:
    plan = read_text(f"某市任务清单\n{table}\n")
    assert held(plan) == [
        (
            "推进一网通办",
            [("市政务服务局", Role.LEAD), ("市大数据局", Role.ASSIST), ("各区县政府", Role.ASSIST)],
        ),
        ("规范涉企执法", [("市司法局", Role.LEAD), ("市公安局", Role.ASSIST)]),
    ]
    assert [item.number for item in plan.items] == ["1", "2"]
    assert [(d.due and d.due.isoformat(), d.actor, d.action) for d in plan.duties] == [
        ("2022-06-30", "市政务服务局", "推进一网通办"),
        ("2022-09-30", "市司法局", "规范涉企执法"),
    ]


def test_a_cell_may_say_roles_of_its_own() -> None:
    plan = read_text("任务\t责任单位\n甲事\t区教育局（牵头）、区公安局\n乙事\t区民政局牵头，区残联配合\n")
    assert [[role for _, role in who] for _, who in held(plan)] == [
        [Role.LEAD, Role.RESPONSIBLE],
        [Role.LEAD, Role.ASSIST],
    ]


def test_cells_lost_to_spanned_rows_leave_the_rest_in_place() -> None:
    plan = read_text("序号\t任务\t措施\t责任单位\n1\t甲\t做好第一步\t区教育局\n做好第二步\t区公安局\n")
    assert held(plan) == [
        ("做好第一步", [("区教育局", Role.RESPONSIBLE)]),
        ("做好第二步", [("区公安局", Role.RESPONSIBLE)]),
    ]


def test_the_measure_is_the_task_and_a_row_holds_its_figures() -> None:
    plan = read_text("任务\t目标\t责任单位\n扩大覆盖\t覆盖率达到90%\t区教育局\n")
    assert [(t.task, t.indicator, int(t.value)) for t in plan.targets] == [(plan.tasks[0].id, "覆盖率", 90)]


def test_a_heading_holds_the_rows_under_it_and_an_entry_ends_before_them() -> None:
    plan = read_text("一、重点任务\n任务\t责任单位\n甲事\t区教育局\n二、保障\n1.加强督查。（区政府督查室）\n")
    assert [(t.id, t.item) for t in plan.tasks] == [("一.表1.1.1", "一.表1.1"), ("二.1.1", "二.1")]


def test_a_cell_that_names_nobody_is_a_finding() -> None:
    plan = read_text("任务\t责任单位\n甲事\t区教育局\n乙事\t按照有关规定另行确定的单位\n")
    assert [plan.quote(f.span) for f in plan.findings if f.code == "unread-statement"] == ["按照有关规定另行确定的单位"]


def test_a_table_without_departments_is_none() -> None:
    plan = read_text("序号\t项目\t金额\n1\t甲\t3\n")
    assert not plan.tasks
