"""Names before what they are responsible for: before a colon, as a sentence, as a heading."""

from __future__ import annotations

import pytest

from kg.plan import Plan
from kg.reading import read_text


def held(plan: Plan) -> list[tuple[str, list[str]]]:
    return [(plan.quote(t.span), [a.name for a in t.assignments]) for t in plan.tasks]


@pytest.mark.parametrize("mark", ["：", ":", "。"])
def test_names_open_what_they_do(mark: str) -> None:
    plan = read_text(
        f"成员单位及职责\n①市水利局{mark}负责水情预报，组织抢险。发现险情及时报告。\n②市气象局{mark}承担预报。"
    )
    assert held(plan) == [("负责水情预报，组织抢险。发现险情及时报告", ["市水利局"]), ("承担预报", ["市气象局"])]


def test_a_duty_may_begin_with_any_verb_behind_a_colon() -> None:
    assert held(read_text("1.市教育局：指导学校做好安全教育。")) == [("指导学校做好安全教育", ["市教育局"])]


@pytest.mark.parametrize(
    "line",
    [
        "各县区人民政府，市政府各部门：",
        "各县区人民政府：为做好工作，现就有关事项通知如下",
        "市教育局：张三，6239325",
        "举报电话：12345",
    ],
)
def test_who_is_addressed_or_listed_opens_nothing(line: str) -> None:
    plan = read_text(f"某市工作方案\n{line}\n1.甲事（市公安局）。")
    assert [who for _, who in held(plan)] == [["市公安局"]]


def test_a_heading_of_names_bears_the_items_under_it() -> None:
    text = (
        "某县安全月任务\n一、县应急局\n1.设主会场。\n2.编印手册（县财政局）。\n3.各镇要报送总结。\n"
        "二、县教育局、县公安局\n1.上好一课。\n三、县融媒体中心\n开设专栏，曝光隐患。\n四、保障措施\n1.加强宣传。\n"
    )
    plan = read_text(text)
    assert held(plan) == [
        ("设主会场", ["县应急局"]),
        ("编印手册", ["县财政局"]),
        ("各镇要报送总结", ["各镇"]),
        ("上好一课", ["县教育局", "县公安局"]),
        ("开设专栏，曝光隐患", ["县融媒体中心"]),
    ]


def test_a_heading_with_a_statement_behind_it_bears_the_items_that_name_nobody() -> None:
    plan = read_text(
        "一、产业振兴行动（牵头单位：县农业局；责任单位：各乡镇、街道）\n1.种好粮。\n2.卖好粮（县商务局）。\n"
    )
    assert held(plan) == [("种好粮", ["县农业局", "各乡镇、街道"]), ("卖好粮", ["县商务局"])]
    assert plan.sections[0].title == "产业振兴行动"
    assert not [f for f in plan.findings if f.code == "item-without-actor"]


def test_a_heading_whose_items_all_name_somebody_keeps_its_own_task() -> None:
    plan = read_text("一、产业振兴（责任单位：县农业局）\n1.种好粮（县林业局）。\n")
    assert held(plan) == [("产业振兴", ["县农业局"]), ("种好粮", ["县林业局"])]
