"""Accidents of layout: what is read across them, and where it stands all the same."""

from __future__ import annotations

import pytest

from kg.plan import Plan
from kg.reading import read_text


def held(plan: Plan) -> list[list[str]]:
    return [[a.name for a in task.assignments] for task in plan.tasks]


@pytest.mark.parametrize(
    "text",
    [
        "1.做好甲事（市教\n育局、市公安局）。\n2.乙事（市水利局）。",
        "1.做好甲事（市教育局、\n- 3 -\n市公安局）。\n2.乙事（市水利局）。",
        "1.做好甲事（市教第2页共9页育局、市公安局）。\n2.乙事（市水利局）。",
        "1.做好甲事（市教育局、市公安局）\r\n2.乙事（市水利局）\r\n",
        "1.做好甲事（市教育局、市公安局）\r2.乙事（市水利局）\r",
        "1.做好甲事（市教育局、\u200b市公安局）\n2.乙事（市水利局）",
        "\u00a0\u00a01.做好甲事（市教育局、市公安局）\n\u2003\u20032.乙事（市水利局）",
        "**1.做好甲事**（**市教育局**、市公安局）\n**2.乙事**（市水利局）",
        "<P>1.做好甲事（市<b>教育局</b>、市公安局）。</P><P>2.乙事（市水利局）。</P>",
        '{"title": "某方案", "content": "1.做好甲事（市教育局、市公安局）。\\n2.乙事（市水利局）。"}',
        "1.做好甲事(市教育局,市公安局).\n2.乙事(市水利局).",
    ],
)
def test_a_statement_is_read_across_them(text: str) -> None:
    plan = read_text(text, "case")
    assert held(plan) == [["市教育局", "市公安局"], ["市水利局"]]
    assert plan.text == text
    for task in plan.tasks:
        assert plan.quote(task.assignments[0].span).startswith("市")
        assert all(
            plan.text[a.span.start] == a.name[0] and plan.text[a.span.end - 1] == a.name[-1] for a in task.assignments
        )


def test_lines_cut_to_one_width_are_sentences_again() -> None:
    lines = [
        "{}.开展安全生产大检查全面排查重点行业领域风险隐患建立问题",
        "清单逐项整改到位并于{}月底前完成整改销号形成闭环管理巩固",
        "提升成效抓好落实。（市应急局）",
    ]
    text = "某市工作方案\n一、任务\n" + "".join("\n".join(lines).format(n, n) + "\n" for n in range(1, 5))
    plan = read_text(text, "case")
    assert [duty.due_as_written for duty in plan.duties] == [f"{number}月底前" for number in range(1, 5)]
    assert all(plan.quote(task.span).startswith("开展") for task in plan.tasks)


def test_lines_that_only_happen_to_be_short_stay_lines() -> None:
    plan = read_text("1.甲事\n做好甲事。（市教育局）\n2.乙事\n做好乙事。（市公安局）\n", "case")
    assert [plan.quote(task.span) for task in plan.tasks] == ["做好甲事", "做好乙事"]


def test_a_page_number_in_a_word_opens_no_item() -> None:
    text = "1.延续完善各项惠企政策。金融机构小微企业和个体工商\n2、户小额贷款免征税。（市税务局）\n2.乙事（市财政局）"
    plan = read_text(text, "case")
    assert [item.number for item in plan.items] == ["1", "2"]
    assert plan.quote(plan.tasks[0].span).endswith("免征税")
