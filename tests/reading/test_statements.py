"""Responsibility statements: what each notation says, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.plan import Basis, Role, Span
from kg.reading import read_text
from kg.reading.lexicon import read_table
from kg.reading.statements import parse_statement

CASES = [
    (row["content"], row["mode"], row["shares"])
    for name in ("statements", "more-statements")
    for row in read_table(Path(__file__).parent / "cases" / f"{name}.tsv")
]


def described(content: str) -> tuple[str, str]:
    """Return mode and shares as the table writes them; bare names count only where they are sure."""
    plan = read_text(f"一、工作任务\n1.做好有关事项（{content}）。", "case")
    statements = [t for t in plan.tasks if t.statement]
    if not statements:
        return "-", ""
    groups: list[tuple[str, list[str]]] = []
    for assignment in statements[0].assignments:
        if not groups or groups[-1][0] != assignment.role:
            groups.append((assignment.role, []))
        groups[-1][1].append(assignment.name)
    return str(statements[0].mode), " | ".join(f"{role}: {' '.join(names)}" for role, names in groups)


@pytest.mark.parametrize(("content", "mode", "shares"), CASES, ids=[case[0] for case in CASES])
def test_bracket(content: str, mode: str, shares: str) -> None:
    assert described(content) == (mode, shares)


@pytest.mark.parametrize("pair", ["（）", "()", "〔〕", "[]", "【】", "（)"])
@pytest.mark.parametrize(
    "text",
    ["1.抓好落实{0}区公安局负责{1}。", "1.抓好落实。{0}区公安局负责{1}", "1.抓好落实。{0}区公安局负责{1}再推进一步。"],
)
def test_every_kind_of_bracket_before_and_after_the_stop(pair: str, text: str) -> None:
    plan = read_text(text.format(*pair), "case")
    task = plan.tasks[0]
    assert plan.quote(task.span) == "抓好落实"
    assert task.statement
    assert plan.quote(task.statement) == "区公安局负责"


def test_each_task_begins_where_the_statement_before_ended() -> None:
    plan = read_text("1.甲事。乙事（区公安局）。丙事（区财政局、区教育局）。", "case")
    assert [(t.code, plan.quote(t.span)) for t in plan.tasks] == [("1.1", "甲事。乙事"), ("1.2", "丙事")]


def test_a_clause_by_its_roles() -> None:
    plan = read_text("一、污染处置组。由环境保护部牵头，公安部、水利部等参加。\n主要职责：收集数据。", "case")
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("环境保护部", Role.LEAD),
        ("公安部", Role.PARTICIPATE),
        ("水利部", Role.PARTICIPATE),
    ]
    assert plan.quote(plan.tasks[0].span) == "污染处置组"


def test_a_clause_in_front_governs_the_rest_of_its_sentence() -> None:
    plan = read_text("1.由省经贸委负责,省农业厅配合,加快无公害基地建设。", "case")
    assert plan.quote(plan.tasks[0].span).strip(",") == "加快无公害基地建设"


def test_a_label_on_its_own_line() -> None:
    plan = read_text(
        "（一）统一招投标政策，原则上不强制监理。\n责任单位：市建设局、市财政局\n时限要求：持续推进\n", "case"
    )
    assert [a.name for a in plan.tasks[0].assignments] == ["市建设局", "市财政局"]
    assert plan.quote(plan.tasks[0].span) == "统一招投标政策，原则上不强制监理"


FIRST_LEADS = (
    "1.甲事。（发展改革委、商务部负责，排在第一位的部门为牵头部门，下同）\n2.乙事。（财政部负责）\n"
    "3.丙事。（科技部、教育部负责）\n4.丁事。（各地区、教育部负责）"
)


def test_the_first_listed_lead_from_where_it_is_declared_on() -> None:
    plan = read_text(FIRST_LEADS, "case")
    assert [d.kind for d in plan.declarations] == ["first-leads"]
    leads = [[(a.name, a.basis) for a in t.assignments if a.role is Role.LEAD] for t in plan.tasks]
    assert leads == [[("发展改革委", Basis.DECLARED)], [], [("科技部", Basis.DECLARED)], []]


def test_what_the_localities_must_carry_out_is_recorded_once() -> None:
    text = (
        "1.甲事。（生态环境部指导，试点城市政府负责落实。以下均需试点城市政府落实，不再列出）\n"
        "2.乙事。（生态环境部指导）"
    )
    plan = read_text(text, "case")
    assert [(d.kind, plan.quote(d.span)) for d in plan.declarations] == [
        ("default-responsible", "以下均需试点城市政府落实，不再列出")
    ]
    assert [len(t.assignments) for t in plan.tasks] == [2, 1]


def test_what_looks_responsible_and_was_not_understood_is_a_finding() -> None:
    plan = read_text("1.做好工作（区公安局非常积极地负责）。", "case")
    assert [(f.code, plan.quote(f.span)) for f in plan.findings if f.code == "unread-statement"] == [
        ("unread-statement", "区公安局非常积极地负责")
    ]
    assert not plan.tasks


def test_a_statement_cut_off_is_a_finding() -> None:
    plan = read_text("1.做好工作。（区公安局牵头，区财政局、\n2.做好工作（区教育局）。", "case")
    assert [f.code for f in plan.findings if f.severity == "warning" and "unclosed" in f.code] == ["unclosed-statement"]
    assert [t.code for t in plan.tasks] == ["2.1"]


def test_sentences_that_say_who_is_responsible_for_what() -> None:
    plan = read_text("1.各司其职，区公安局负责侦办案件；区财政局负责保障经费。单位负责人负责制要落实。", "case")
    assert [(t.assignments[0].name, plan.quote(t.span)) for t in plan.tasks] == [
        ("区公安局", "侦办案件"),
        ("区财政局", "保障经费"),
    ]
    assert all(t.statement and plan.quote(t.statement).endswith("负责") for t in plan.tasks)


def test_nothing_that_is_left_over_passes_for_a_statement() -> None:
    text = "区公安局负责，以及其他"
    assert parse_statement(text, Span(0, len(text))) is None


def test_labels_on_lines_make_one_statement_and_its_deadline() -> None:
    text = "（一）甲事。\n牵头单位：省生态环境厅\n配合单位：省财政厅，各市（州）人民政府\n完成时限：2022年10月底前\n"
    plan = read_text(text, "case")
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("省生态环境厅", Role.LEAD),
        ("省财政厅", Role.ASSIST),
        ("各市（州）人民政府", Role.ASSIST),
    ]
    statement = plan.tasks[0].statement
    assert statement
    assert plan.quote(statement).endswith("人民政府")
    assert [(d.due_as_written, d.actor) for d in plan.duties] == [("2022年10月底前", "省生态环境厅")]


@pytest.mark.parametrize(
    "line", ["甲事。责任单位：区公安局、区财政局。完成时限：2021年底。", "甲事。【责任单位】区公安局、区财政局"]
)
def test_a_label_inside_a_line(line: str) -> None:
    plan = read_text(f"（一）{line}", "case")
    assert [a.name for a in plan.tasks[0].assignments] == ["区公安局", "区财政局"]
    assert plan.quote(plan.tasks[0].span) == "甲事"


def test_a_rule_in_prose_holds_for_what_follows() -> None:
    plan = read_text(
        "分工如下（排在第一位的为牵头单位）。\n1.甲事。（县住建局、县民政局）\n2.乙事。（县教育局）", "case"
    )
    assert [[(a.name, a.basis) for a in t.assignments if a.role is Role.LEAD] for t in plan.tasks] == [
        [("县住建局", Basis.DECLARED)],
        [],
    ]


def test_a_statement_in_a_heading_is_of_the_whole_section() -> None:
    plan = read_text("一、加强监管（责任单位：区公安局）\n1.建立台账。\n2.严查违法。（区司法局）", "case")
    assert [(plan.quote(t.span), t.assignments[0].name) for t in plan.tasks] == [
        ("加强监管", "区公安局"),
        ("严查违法", "区司法局"),
    ]


def test_traditional_script_is_read_and_quoted_as_printed() -> None:
    plan = read_text(
        "1.公布清單。(市民政局牽頭,各區、市政府負責落實。以下各項工作均需各區、市政府負責落實,不再一一列出。)", "case"
    )
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("市民政局", Role.LEAD),
        ("各區、市政府", Role.RESPONSIBLE),
    ]
    assert [d.kind for d in plan.declarations] == ["default-responsible"]


def test_a_clause_with_an_opener_at_the_end_of_its_sentence() -> None:
    plan = read_text("1.开展排查整治，由区应急局牵头，区公安局配合。", "case")
    assert plan.quote(plan.tasks[0].span) == "开展排查整治"
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("区应急局", Role.LEAD),
        ("区公安局", Role.ASSIST),
    ]


@pytest.mark.parametrize(
    ("sentence", "said", "text", "assist"),
    [
        ("由市公安局牵头，会同市教育局、市水利局，每月执法。", "由市公安局牵头，会同市教育局、市水利局", "每月执法", 2),
        ("由市公安局牵头，会同市教育局、市水利局开展执法。", "由市公安局牵头，会同市教育局、市水利局", "开展执法", 2),
        ("由市公安局牵头，会同市水利局开展执法。", "由市公安局牵头，会同市水利局", "开展执法", 1),
        ("由市公安局会同市水利局负责河道执法。", "由市公安局会同市水利局负责", "河道执法", 1),
        ("河道执法。由市公安局会同市水利局、市财政局负责。", "由市公安局会同市水利局、市财政局负责", "河道执法", 2),
    ],
)
def test_who_is_joined_assists(sentence: str, said: str, text: str, assist: int) -> None:
    plan = read_text(f"1.{sentence}", "case")
    task = plan.tasks[0]
    assert task.statement
    assert (plan.quote(task.statement), plan.quote(task.span), task.mode) == (said, text, "led")
    assert [a.role for a in task.assignments] == [Role.LEAD, *[Role.ASSIST] * assist]
