"""Clauses that state responsibility in a sentence: where they begin and end, and what they govern."""

from __future__ import annotations

import pytest

from kg.plan import Plan
from kg.reading import read_text


def held(plan: Plan) -> list[tuple[str, str]]:
    """Return the text of each task and who holds it in which role."""
    return [(plan.quote(t.span), " ".join(f"{a.name}={a.role}" for a in t.assignments)) for t in plan.tasks]


def test_a_clause_governs_all_its_item_says_up_to_the_end_of_its_sentence() -> None:
    plan = read_text("1.摸清底数。开展排查。由区公安局牵头，会同区水利局，每月执法一次，月底前报告。另行通报。", "case")
    whole = "摸清底数。开展排查。由区公安局牵头，会同区水利局，每月执法一次，月底前报告"
    assert held(plan) == [(whole, "区公安局=lead 区水利局=assist")]


def test_the_second_clause_of_an_item_begins_where_the_first_sentence_ended() -> None:
    plan = read_text(
        "1.甲事。由区公安局牵头，区水利局配合，做好乙事。丙事。由区财政局牵头，区审计局配合，做好丁事。", "case"
    )
    assert [text for text, _ in held(plan)] == [
        "甲事。由区公安局牵头，区水利局配合，做好乙事",
        "丙事。由区财政局牵头，区审计局配合，做好丁事",
    ]


def test_what_stands_before_a_list_of_duties_is_of_all_of_them() -> None:
    plan = read_text("1.加强监管。区农业局负责种植环节；区商务局负责流通环节。", "case")
    assert held(plan) == [("种植环节", "区农业局=responsible"), ("流通环节", "区商务局=responsible")]


@pytest.mark.parametrize(
    ("sentence", "roles"),
    [
        ("由市公安局牵头会同市民政局开展检查", "市公安局=lead 市民政局=assist"),
        ("由市公安局会同市民政局开展检查", "市公安局=lead 市民政局=assist"),
        ("市公安局会同市民政局、市残联对机构开展检查", "市公安局=lead 市民政局=assist 市残联=assist"),
        ("由市民政局联合市卫健委制定标准", "市民政局=lead 市卫健委=assist"),
        ("市教育局牵头制定方案，市财政局落实经费", "市教育局=lead|市财政局=responsible"),
        ("市财政局、市审计局按照各自职责，负责资金监管", "市财政局=responsible 市审计局=responsible"),
        ("市水利局、市司法局在职责范围内，分别负责有关工作", "市水利局=responsible 市司法局=responsible"),
        ("市教育局为牵头单位，市财政局为配合单位，抓好落实", "市教育局=lead 市财政局=assist"),
        ("设立专班，市教育局为牵头单位，市财政局为成员单位", "市教育局=lead 市财政局=participate"),
        ("各镇人民政府为禁烧工作责任主体，层层签订责任书", "各镇人民政府=responsible"),
        ("市教育局承担，镇街配合采样", "市教育局=responsible 镇街=assist"),
        ("考核组由市政府办公室牵头，市委组织部派员参加", "市政府办公室=lead 市委组织部=participate"),
        ("市融媒体中心,市教体局等单位按职责分工负责,开展活动", "市融媒体中心=responsible 市教体局=responsible"),
        ("强化考核区教育局牵头，开展评估", "区教育局=lead"),
        ("领导小组秘书组（设在市教育局）负责日常工作", "领导小组秘书组（设在市教育局）=responsible"),
        ("市公安局负责", "市公安局=responsible"),
        ("市公安局、市司法局按职责分工负责", "市公安局=responsible 市司法局=responsible"),
    ],
)
def test_what_a_sentence_says(sentence: str, roles: str) -> None:
    assert "|".join(who for _, who in held(read_text(f"1.{sentence}。", "case"))) == roles


@pytest.mark.parametrize(
    "sentence",
    [
        "各单位主要负责人要抓好落实",
        "坚持谁主管谁负责",
        "市教育督导委员会办公室每半年督导一次",
        "全体会议由召集人召集，全体成员参加",
        "参与部门按职责配合",
    ],
)
def test_what_is_no_statement(sentence: str) -> None:
    assert not [task for task in read_text(f"1.{sentence}。", "case").tasks if task.statement]


def test_a_statement_on_a_line_of_its_own_speaks_of_the_lines_before_it_up_to_a_heading() -> None:
    plan = read_text(
        "某市就业政策\n拓宽渠道\n支持企业吸纳毕业生，按规定给予补贴\n健全评价机制，完善办法\n"
        "市人社局、市教育局等按职责分工负责\n优化服务\n办好招聘会\n市教育局牵头，市人社局等参加\n",
        "case",
    )
    assert [text for text, _ in held(plan)] == [
        "支持企业吸纳毕业生，按规定给予补贴\n健全评价机制，完善办法",
        "办好招聘会",
    ]


def test_a_rule_for_the_whole_document_is_no_statement() -> None:
    plan = read_text(
        "任务中，第一个单位为牵头单位，其他单位为配合单位。\n1.甲事（市教育局、市公安局、各镇街）。", "case"
    )
    assert held(plan) == [("甲事", "市教育局=lead 市公安局=assist 各镇街=assist")]
    assert {a.basis for a in plan.tasks[0].assignments} == {"declared"}
