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


CELLS = [
    "1",
    "改造小区，铺设管线。",
    "区住建局",
    "区发改局",
    "各街道办事处",
    "3月底",
    "2",
    "加装电梯。",
    "区城管局",
    "无",
    "长期坚持",
]


@pytest.mark.parametrize("between", ["\n", "\n\n", " |\n"], ids=["lines", "blank lines", "pipes"])
def test_a_cell_may_take_several_lines(between: str) -> None:
    header = ["序号", "民生实事", "牵头单位", "配合单位", "完成时限"]
    plan = read_text(f"某区任务清单\n{between.join([*header, *CELLS])}\n备注：按时报送。\n")
    assert held(plan) == [
        (
            "改造小区，铺设管线",
            [("区住建局", Role.LEAD), ("区发改局", Role.ASSIST), ("各街道办事处", Role.ASSIST)],
        ),
        ("加装电梯", [("区城管局", Role.LEAD)]),
    ]


def test_a_row_without_its_number_does_not_end_the_table() -> None:
    cells = ["序号", "任务", "责任单位", "完成时限", "1", "建敬老院。", "县民政局", "5月底", "建老年大学。", "6月底"]
    plan = read_text("\n".join([*cells, "2", "建水库。", "县水利局", "9月"]))
    assert [who for _, who in held(plan)] == [[("县民政局", Role.RESPONSIBLE)], [("县水利局", Role.RESPONSIBLE)]]


def test_a_column_of_times_sets_a_deadline_only_where_it_says_so() -> None:
    plan = read_text("任务\t时间安排\t责任单位\n甲\t1月份\t县公安局\n乙\t3月底前\t县教育局\n")
    assert [duty.due_as_written for duty in plan.duties] == ["3月底前"]


def test_two_dates_of_a_cell_are_two_duties() -> None:
    plan = read_text("2024年任务清单\n任务\t责任处室\t协办处室（单位）\t时限\n防疫\t畜牧处\t办公室\t5月底、10月底\n")
    assert [duty.due and duty.due.month for duty in plan.duties] == [5, 10]
    assert [role for _, role in held(plan)[0][1]] == [Role.RESPONSIBLE, Role.ASSIST]


def test_rows_whose_cells_stand_apart_by_blanks() -> None:
    plan = read_text(
        "序号 任务 责任单位 时限\n1 编制规划 市住建局 12月\n2 建设公园 市园林局（牵头）、市财政局 2023年底\n"
    )
    assert held(plan) == [
        ("编制规划", [("市住建局", Role.RESPONSIBLE)]),
        ("建设公园", [("市园林局", Role.LEAD), ("市财政局", Role.RESPONSIBLE)]),
    ]


def test_rows_between_drawn_lines() -> None:
    plan = read_text("┌──┬───┬─────┐\n│序号│任务│责任单位│\n├──┼───┼─────┤\n│1│修订预案│县应急局│\n└──┴───┴─────┘\n")
    assert held(plan) == [("修订预案", [("县应急局", Role.RESPONSIBLE)])]


def test_a_line_that_heads_a_group_of_rows_does_not_end_the_table() -> None:
    rows = ["任务\t责任单位", "一、减轻负担", "甲事\t区教育局", "二、规范培训", "乙事\t区公安局"]
    assert [text for text, _ in held(read_text("\n".join(rows)))] == ["甲事", "乙事"]
