"""Tables whose cells stand one below the other and end in |: cells of several lines, groups, spanned cells."""

from __future__ import annotations

import pytest

from kg.plan import Plan, Role
from kg.reading import read_text

HEAD = ["序号", "目标与任务", "分 管 区领导", "牵头责任单位", "责任单位"]
FIRST = ["41", "新建口袋公园6个，\n改造绿道20公里。", "白 桦", "区城管局", "区财政局、各街道"]
SECOND = ["42", "整治黑臭水体。", "白 桦\n江 河", "区水务局\n区生态环境局", "区各有关单位"]


def held(plan: Plan) -> list[tuple[str, list[tuple[str, Role]]]]:
    return [(plan.quote(t.span), [(a.name, a.role) for a in t.assignments]) for t in plan.tasks]


EXPECTED = [
    (
        "新建口袋公园6个，\n改造绿道20公里",
        [("区城管局", Role.LEAD), ("区财政局", Role.RESPONSIBLE), ("各街道", Role.RESPONSIBLE)],
    ),
    (
        "整治黑臭水体",
        [("区水务局", Role.LEAD), ("区生态环境局", Role.LEAD), ("区各有关单位", Role.RESPONSIBLE)],
    ),
]


@pytest.mark.parametrize("end", [" |\n", "|\n", "\n|\n"], ids=["blank", "glued", "own line"])
@pytest.mark.parametrize("group", ["五、建设宜居城区\n", "五、建设宜居城区 |\n", ""], ids=["open", "cell", "none"])
def test_a_cell_ends_at_its_mark_and_a_person_is_nobodys_statement(end: str, group: str) -> None:
    cells = "".join(cell + end for cell in HEAD) + group + "".join(cell + end for cell in FIRST + SECOND)
    plan = read_text(f"某区重点工作分解表\n{cells}说明：按月报送。\n")
    assert held(plan) == EXPECTED
    assert [item.number for item in plan.items][:2] == ["41", "42"]


def test_what_stands_before_the_number_may_span_rows() -> None:
    head = ["工作任务", "序号", "具体要求", "责任科室", "时限要求"]
    rows = [
        "做好公开",
        "1",
        "公布目录。",
        "法规科",
        "年底前",
        "2",
        "更新栏目。",
        "信息科",
        "持续推进",
        "抓好培训",
        "3",
        "办班两期。",
        "人事科",
        "9月底前",
    ]
    plan = read_text("某局任务清单\n" + "".join(f"{cell}\n|\n" for cell in head + rows))
    assert held(plan) == [
        ("公布目录", [("法规科", Role.RESPONSIBLE)]),
        ("更新栏目", [("信息科", Role.RESPONSIBLE)]),
        ("办班两期", [("人事科", Role.RESPONSIBLE)]),
    ]


def test_a_number_may_span_rows() -> None:
    head = ["序号", "任务", "措施", "牵头单位", "时限"]
    rows = [
        "1",
        "护林",
        "巡山。",
        "县林业局",
        "长期",
        "补种。",
        "县水务局",
        "3月底前",
        "（二）防汛",
        "2",
        "清淤",
        "疏浚。",
        "县水务局",
        "5月底前",
    ]
    plan = read_text("某县任务清单\n" + "".join(f"{cell} |\n" for cell in head + rows))
    assert [(task, [name for name, _ in who]) for task, who in held(plan)] == [
        ("巡山", ["县林业局"]),
        ("补种", ["县水务局"]),
        ("疏浚", ["县水务局"]),
    ]


def test_rows_of_lines_may_begin_at_any_number_below_a_heading() -> None:
    cells = "".join(f"{cell}\n" for cell in [*HEAD, "五、建设宜居城区", *FIRST])
    assert held(read_text(f"某区重点工作分解表\n{cells}"))[0][1] == EXPECTED[0][1]


def test_a_row_without_names_makes_no_table() -> None:
    cells = "".join(f"{cell} |\n" for cell in ["序号", "任务", "责任单位", "1", "甲事", "无", "2", "乙事", "暂无"])
    assert not held(read_text(f"某区清单\n{cells}"))
