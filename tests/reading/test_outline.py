"""Outlines: numbered, glued, unnumbered."""

from __future__ import annotations

import pytest

from kg.plan import Plan
from kg.reading import read_text
from kg.reading.numbering import numeral


def shape(plan: Plan) -> tuple[list[str], list[str]]:
    return [s.id for s in plan.sections], [i.id for i in plan.items]


def test_levels_nest() -> None:
    plan = read_text(
        "某市工作方案\n一、任务\n（一）甲\n1.做事。\n2.再做事。\n（二）乙\n3．还做事。\n二、保障\n做好保障。\n", "x"
    )
    assert shape(plan) == (["一", "一.一", "一.二", "二"], ["一.一.1", "一.一.2", "一.二.3"])
    assert [s.title for s in plan.sections] == ["任务", "甲", "乙", "保障"]


def test_numbers_may_restart_and_jump() -> None:
    plan = read_text("一、任务\n1.做事。\n3.做事。\n二、任务\n1.做事。\n1.做事。\n", "x")
    assert shape(plan)[1] == ["一.1", "一.3", "二.1", "二.1-2"]


def test_codes_are_ids_where_numbers_repeat() -> None:
    plan = read_text("一、任务\n1.做事（区公安局）。\n二、任务\n1.做事（区财政局）。\n2.做事（区财政局）。", "x")
    assert [t.code for t in plan.tasks] == ["一.1.1", "二.1.1", "2.1"]


def test_a_document_on_one_line() -> None:
    text = (
        "提出以下意见。一、提升便利度（一）优化流程。做好一件事。（财政部负责）（二）推进合一。做好两件事。（商务部负责）"
        "二、放宽条件（三）降低门槛。做好三件事。（财政部负责）"
    )
    plan = read_text(text, "x")
    assert shape(plan) == (["一", "二"], ["一.一", "一.二", "二.三"])
    assert [s.title for s in plan.sections] == ["提升便利度", "放宽条件"]


def test_a_number_in_a_sentence_opens_nothing() -> None:
    plan = read_text("一、任务\n1.抽检量达到1.5批次，按照（一）的要求，发展二、三产业。（区农业农村局）\n", "x")
    assert shape(plan) == (["一"], ["一.1"])


def test_headings_over_plain_paragraphs_are_items() -> None:
    plan = read_text(
        "文安县工作安排\n一、强化排查\n搞好监测(县卫健局、农业农村局)。合并安排(县发改局)。\n二、严格监管\n管住源头。",
        "x",
    )
    assert shape(plan) == ([], ["一", "二"])
    assert [len(t.assignments) for t in plan.tasks] == [2, 1]


def test_where_nothing_is_numbered_paragraphs_are_items() -> None:
    plan = read_text("关于某事的通知\n做好甲事（区公安局）。\n\n做好乙事（区财政局）。", "x")
    assert [i.id for i in plan.items] == ["段1", "段2"]
    assert [t.code for t in plan.tasks] == ["段1.1", "段2.1"]


def test_a_paragraph_outside_every_item_counts_when_it_tells_somebody_to_act() -> None:
    text = "一、任务\n1.做事（区公安局）。\n二、要求\n形势很好。\n各有关部门要加强领导。\n"
    assert shape(read_text(text, "x"))[1] == ["一.1", "二.段2"]


@pytest.mark.parametrize(
    ("number", "value"),
    [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("一百零二", 102), ("１２", 12), ("⑫", 12)],
)
def test_numerals(number: str, value: int) -> None:
    assert numeral(number) == value


@pytest.mark.parametrize(
    ("head", "title", "status"),
    [
        ("某市方案\n（征求意见稿）", "某市方案", "征求意见稿"),
        ("某市方案（试行）", "某市方案（试行）", "试行"),
        (
            "某县人民政府办公室\n关于印发《某县工作\n安排》的通知",
            "某县人民政府办公室关于印发《某县工作安排》的通知",
            None,
        ),
    ],
)
def test_titles(head: str, title: str, status: str | None) -> None:
    plan = read_text(f"{head}\n\n一、任务\n1.做事。", "x")
    assert (plan.title, plan.status) == (title, status)


def test_without_a_title_the_name_stands_in() -> None:
    assert read_text("各省人民政府：\n做好工作。", "来文").title == "来文"


def test_a_title_on_its_own_line_is_no_part_of_the_task() -> None:
    plan = read_text("一、强化排查\n搞好监测（区卫健局）。\n二、严格监管\n管住源头（区公安局）。", "x")
    assert [plan.quote(t.span) for t in plan.tasks] == ["搞好监测", "管住源头"]


def test_the_number_of_a_document_stands_on_its_own_line() -> None:
    plan = read_text("某市通知\n某府办〔2019〕10号\n落实《方案》（省府〔2018〕128号）要求。", "x")
    assert plan.document_number == "某府办〔2019〕10号"
    assert read_text("某市通知\n落实《方案》（省府〔2018〕128号）要求。", "x").document_number is None


def test_an_entry_with_entries_inside_keeps_its_own_statement() -> None:
    plan = read_text("一、任务\n1.开展整治。（区公安局负责）\n（1）查。（区财政局负责）\n", "x")
    assert [(t.id, plan.quote(t.span)) for t in plan.tasks] == [("一.1.段1.1", "开展整治"), ("一.1.1.1", "查")]


@pytest.mark.parametrize(
    "closing",
    [
        "某市安全生产委员会办公室\n2023年2月15日",
        "          某市安全生产委员会办公室          \n          2023年2月15日",
        "附件：1.任务分工表\n2.联系人名单\n\n某市人民政府\n2023 年 2 月 15 日\n（此件公开发布）",
        "中共某市委办公室\n某市人民政府办公室\n二〇二三年二月十五日",
        "某市人民政府办公室  2023年2月15日",
        "2023年2月15日\n（此件公开发布）",
        "（此件公开发布）",
        "某市人民政府\n2023年2月15日\n\n附件1\n某市任务分工表",
    ],
)
@pytest.mark.parametrize("head", ["一、任务\n1.", ""])
def test_a_signature_is_no_part_of_an_item(head: str, closing: str) -> None:
    plan = read_text(f"{head}市财政局要安排资金，纳入预算。\n{closing}\n", "case")
    assert [plan.quote(t.span) for t in plan.tasks] == ["市财政局要安排资金，纳入预算"]
    assert plan.quote(plan.items[0].span).endswith("纳入预算。")
    assert all("2023" not in plan.quote(i.span) for i in plan.items)


def test_a_paragraph_is_cited_as_one() -> None:
    plan = read_text("一、目标\n覆盖率达到95%。\n二、任务\n1.抓好落实。\n", "case")
    assert [f.message[:3] for f in plan.findings] == ["第1段", "第1条"]


def test_a_name_over_a_day_signs_nothing_where_the_numbers_go_on() -> None:
    plan = read_text("1.甲事。\n责任单位\n市公安局\n2023年12月31日\n2.乙事（市公安局）。\n", "case")
    assert plan.quote(plan.items[0].span).endswith("12月31日")


def test_problems_and_tasks_with_numbers_are_units() -> None:
    text = (
        "一、整改清单\n问题一：污水处理厂运行不正常。\n责任单位：县住建局\n1.逐一排查。\n问题十二：管控不力。\n"
        "责任单位：县农业局\n任务3. 巡查。\n【责任单位】县林业局\n"
    )
    plan = read_text(text, "x")
    assert [(plan.quote(t.span), t.assignments[0].name) for t in plan.tasks] == [
        ("污水处理厂运行不正常", "县住建局"),
        ("管控不力", "县农业局"),
        ("巡查", "县林业局"),
    ]
    assert [s.id for s in plan.sections] == ["一", "一.问题一"]


def test_numbers_behind_bullets_and_before_figures() -> None:
    plan = read_text(
        "一、任务\n★ 1.甲事（市公安局）。\n2.12345热线按时办结（市信访局）。\n3．2024年底前建成（市水利局）。\n", "x"
    )
    assert [(i.number, plan.quote(t.span)) for i, t in zip(plan.items, plan.tasks, strict=True)] == [
        ("1", "甲事"),
        ("2", "12345热线按时办结"),
        ("3", "2024年底前建成"),
    ]


def test_an_excerpt_on_one_line_may_jump_in_its_numbers() -> None:
    text = "（一）甲事。（市公安局负责）四、服务便利（八）乙事。（市水利局负责）（九）丙事。（市林业局负责）"
    plan = read_text(text, "x")
    assert shape(plan) == (["四"], ["一", "四.八", "四.九"])
