"""Responsibility statements: what each notation says, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.plan import Basis, Plan, Role, Span
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
        ("建立台账", "区公安局"),
        ("严查违法", "区司法局"),
    ]
    assert plan.sections[0].title == "加强监管"


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


def roles(plan: Plan, number: int) -> list[tuple[str, str, str]]:
    return [(a.name, a.role, a.basis) for a in plan.tasks[number].assignments]


@pytest.mark.parametrize(
    "rule",
    [
        "排在第一位的部门为牵头部门，其他为配合单位，下同",
        "其他单位为配合单位，排在第一位的为牵头单位，下同",
        "列第一位者为牵头单位；其余单位配合，下同",
    ],
)
def test_the_others_are_what_the_rule_says_of_them(rule: str) -> None:
    plan = read_text(
        f"1.甲事（市财政局、市审计局，{rule}）。\n2.乙事（市教育局、各镇街）。\n3.丙事（各镇街、市教育局）。", "case"
    )
    assert roles(plan, 0) == [("市财政局", "lead", "declared"), ("市审计局", "assist", "declared")]
    assert roles(plan, 1) == [("市教育局", "lead", "declared"), ("各镇街", "assist", "declared")]
    assert roles(plan, 2) == [("各镇街", "responsible", "stated"), ("市教育局", "responsible", "stated")]


def test_a_rule_behind_a_name_that_does_not_say_so_holds_for_its_statement_alone() -> None:
    plan = read_text("1.甲事〔市公安局、市城管局（列第一位者牵头）〕\n2.乙事（市教育局、市财政局）。", "case")
    assert [[a.role for a in task.assignments] for task in plan.tasks] == [
        ["lead", "responsible"],
        ["responsible", "responsible"],
    ]


def test_a_word_that_gives_no_role_loses_no_name_and_is_a_finding() -> None:
    plan = read_text("1.甲事（市发改委统筹，市财政局配合）。", "case")
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("市发改委", Role.RESPONSIBLE),
        ("市财政局", Role.ASSIST),
    ]
    assert [plan.quote(f.span) for f in plan.findings if f.code == "open-role"] == ["统筹"]


def test_a_bracket_is_a_statement_as_far_as_it_is_understood() -> None:
    plan = read_text("1.甲事〔市教育局负责，各县（区）教育局配合。今后三年每年新增不少于五所〕乙事。", "case")
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("市教育局", Role.RESPONSIBLE),
        ("各县（区）教育局", Role.ASSIST),
    ]
    assert [plan.quote(f.span) for f in plan.findings if f.code == "partly-read"] == ["。今后三年每年新增不少于五所"]


@pytest.mark.parametrize(
    ("bracket", "who"),
    [
        ("（各县（区）政府牵头，市教育局指导，市财政局督导资金到位）", ["lead", "guide", "supervise"]),
        (
            "（市公安局、市住建局，各乡镇（街道）；市融媒体中心配合曝光）",
            ["responsible", "responsible", "responsible", "assist"],
        ),
        ("（按照职责分工，市财政局、市审计局负责）", ["responsible", "responsible"]),
        ("（市级负有安全生产监督管理职责的部门分工负责）", ["responsible"]),
        ("（市委办、市政协办）", ["responsible", "responsible"]),
        ("（县河长办、各乡镇〈街道〉）", ["responsible", "responsible"]),
        ("（市应急局、各县市、区政府，中央、省驻市有关企业）", ["responsible", "responsible", "responsible"]),
        ("（各地级以上市人民政府结合实际落实）", ["responsible"]),
        ("（牵头单位：市教育局、市卫健委（按行业分别牵头）；配合单位：市财政局）", ["lead", "lead", "assist"]),
    ],
)
def test_what_brackets_say(bracket: str, who: list[str]) -> None:
    plan = read_text(f"1.做好甲事{bracket}。", "case")
    assert [a.role for a in plan.tasks[0].assignments] == who


@pytest.mark.parametrize(
    "text", ["1.进度报市营商办（市发改委）。", "各镇（街道）人民政府（办事处），区安委会各成员单位：\n1.甲。"]
)
def test_a_bracket_that_explains_the_name_before_it_states_nothing(text: str) -> None:
    assert not [task for task in read_text(text, "case").tasks if task.statement]


@pytest.mark.parametrize(
    "lines",
    [
        "牵 头 单 位：市司法局\n责 任 单 位：各行政执法部门",
        "牵头单位市司法局，责任单位各行政执法部门。",
        "- 牵头单位：市司法局\n- 责任单位：各行政执法部门\n- 完成时限：6月底",
        "牵头科室：市司法局；责任科室：各行政执法部门",
        "牵头：市司法局；责任：各行政执法部门",
    ],
)
def test_labels_however_they_are_set(lines: str) -> None:
    plan = read_text(f"1.规范执法。\n{lines}\n", "case")
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("市司法局", Role.LEAD),
        ("各行政执法部门", Role.RESPONSIBLE),
    ]
    assert plan.quote(plan.tasks[0].span) == "规范执法"


def test_a_collective_shares_by_duties_and_a_single_body_does_not() -> None:
    plan = read_text("1.甲事（各有关部门按职责分工负责）。\n2.乙事（市公安局按职责分工负责）。", "case")
    assert [task.mode for task in plan.tasks] == ["shared", "sole"]


def test_a_title_on_its_own_line_is_the_task_of_the_label_lines_under_it() -> None:
    plan = read_text("1.规范执法\n责任单位：市司法局\n", "case")
    assert plan.quote(plan.tasks[0].span) == "规范执法"


def test_names_that_are_not_all_known_are_a_finding() -> None:
    plan = read_text("1.甲事（市公安局、另行成立的机动力量）。", "case")
    assert not plan.tasks
    assert [plan.quote(f.span) for f in plan.findings if f.code == "unread-statement"] == [
        "市公安局、另行成立的机动力量"
    ]


def test_who_is_told_to_act_before_a_list_of_duties_is_not_lost() -> None:
    plan = read_text("1.抓好备耕。县供销社要备足化肥；县发改局负责粮油储备；县财政局负责资金。", "case")
    assert [(t.assignments[0].name, t.assignments[0].basis) for t in plan.tasks] == [
        ("县供销社", Basis.IN_SENTENCE),
        ("县发改局", Basis.STATED),
        ("县财政局", Basis.STATED),
    ]
