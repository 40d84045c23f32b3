"""What QUESTIONS.md says of the seed, asked of the plan itself."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache

from kg.plan import Basis, Mode, Plan, Role, Task
from kg.reading import read_bytes, read_file, read_text
from kg.reading.brackets import find_brackets
from kg.resources import data_dir


@cache
def seed() -> Plan:
    return read_file(data_dir() / "documents" / "bayuquan-2021-food-safety.txt")


def task(code: str) -> Task:
    return next(t for t in seed().tasks if t.code == code)


def stated() -> list[Task]:
    return [t for t in seed().tasks if t.statement]


def names(task: Task) -> set[str]:
    return {a.name for a in task.assignments}


def codes(*wanted: str, role: Role | None = None) -> list[str]:
    return [
        t.code for t in seed().tasks if set(wanted) <= {a.name for a in t.assignments if role is None or a.role is role}
    ]


def test_head() -> None:
    plan = seed()
    assert plan.title == "营口市鲅鱼圈区2021年食品安全重点工作安排" == plan.quote(plan.title_span)
    assert (plan.status, plan.year, plan.place) == ("征求意见稿", 2021, "210804")
    assert plan.jurisdiction == ("辽宁省", "营口市", "鲅鱼圈区")


def test_outline() -> None:
    plan = seed()
    assert [s.number for s in plan.sections if s.level == 1] == ["一", "二", "三"]
    second = [s for s in plan.sections if s.level == 2]
    assert [s.number for s in second] == [
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十",
        "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八",
    ]  # fmt: skip
    assert [s.parent for s in second] == ["二"] * 15 + ["三"] * 3
    assert [i.number for i in plan.items] == [str(n) for n in range(1, 34)]
    assert {i.section.split(".")[0] for i in plan.items[28:] if i.section} == {"三"}


def test_the_glued_heading_opens_its_own_section() -> None:
    plan = seed()
    glued = next(s for s in plan.sections if s.id == "二.九")
    assert plan.text[glued.span.start - 1] == "。"
    assert plan.quote(glued.heading) == "（九）深化校园食品安全守护行动"
    sixteen = plan.items[15]
    assert plan.quote(sixteen.span).endswith("着力提高守法经营意识（区市场监管局）。")


def test_counts() -> None:
    assignments = [a for t in stated() for a in t.assignments]
    assert len(seed().tasks) == 60
    assert len(stated()) == 57
    assert len(assignments) == 79
    assert Counter(a.role for a in assignments) == {Role.RESPONSIBLE: 73, Role.LEAD: 4, Role.ASSIST: 2}
    assert len({a.name for a in assignments}) == 22
    assert len({a.organization.key for a in assignments}) == 22
    assert {a.basis for a in assignments} == {Basis.STATED}


def test_modes() -> None:
    modes = Counter(t.mode for t in seed().tasks)
    assert modes[None] == 3
    assert [t.code for t in seed().tasks if t.mode is Mode.LISTED] == ["29.1", "29.2"]
    assert [t.code for t in seed().tasks if t.mode is Mode.LED] == ["2.2", "8.1", "12.2", "23.1"]
    assert all(len(t.assignments) == 1 for t in stated() if t.mode is Mode.SOLE)
    assert all("按职责分工负责" in seed().quote(t.statement) for t in stated() if t.mode is Mode.SHARED and t.statement)


def test_the_other_brackets_are_no_statements() -> None:
    spans = {t.statement for t in stated()}
    others = [seed().quote(b.content) for b in find_brackets(seed().text) if b.content not in spans]
    numerals = [s.number for s in seed().sections if s.level == 2]
    assert sorted(others) == sorted(["征求意见稿", *numerals, "伙房", "街", "库", "区"])


def test_a_statement_governs_what_stands_before_it() -> None:
    assert seed().quote(task("2.2").span) == "严格落实进口冷链食品道路运输运单管理制度"
    assert seed().quote(task("7.4").span).endswith("。配合落实异地监测")
    assert seed().quote(task("1.1").span).startswith("充分利用")
    assert not any(seed().quote(t.span).endswith(("。", "（", "）")) for t in seed().tasks)


def test_actors_in_the_sentence() -> None:
    assert [t.code for t in seed().tasks if t.statement is None] == ["30.2", "31.1", "32.1"]
    assert [a.name for a in task("31.1").assignments] == ["区食安委各成员单位", "各牵头部门", "各责任部门"]
    assert names(task("30.2")) == {"区政府食安委各成员单位"}
    assert names(task("32.1")) == {"各相关部门"}
    assert all(
        a.basis is Basis.IN_SENTENCE and a.organization.collective
        for t in seed().tasks
        if t.statement is None
        for a in t.assignments
    )


def test_the_collective_of_12_2() -> None:
    lead, members = task("12.2").assignments
    assert (lead.name, lead.role) == ("区食安办", Role.LEAD)
    assert (members.name, members.role, members.organization.collective) == (
        "区食安委相关成员单位",
        Role.RESPONSIBLE,
        True,
    )
    assert [a.organization.collective for t in stated() for a in t.assignments].count(True) == 1


def test_questions_1_and_2_together() -> None:
    assert codes("区卫健局", "区市场监管局") == ["2.5", "23.1"]
    assert {t.code: len(t.assignments) for t in stated() if len(t.assignments) >= 3} == {
        "20.1": 5,
        "23.1": 3,
        "24.2": 3,
        "25.1": 3,
    }


def test_question_6_statements_without_figures() -> None:
    measured = {t.task for t in seed().targets}
    assert len([t for t in stated() if t.id not in measured]) == 52


def test_questions_7_10_14_17_roles() -> None:
    leads = {t.code: a.name for t in stated() for a in t.assignments if a.role is Role.LEAD}
    assert leads == {"2.2": "区交通运输局", "8.1": "区农业农村局", "12.2": "区食安办", "23.1": "区市场监管局"}
    assert codes("区市场监管局", role=Role.ASSIST) == ["2.2", "8.1"]
    assert codes("区农业农村局", "区市场监管局") == ["5.1", "7.5", "8.1", "20.1"]
    assert codes("鲅鱼圈海关") == ["2.1", "27.1"]


def test_question_13_who_never_shares() -> None:
    shared = {a.name for t in stated() if len(t.assignments) > 1 for a in t.assignments}
    assert {a.name for t in stated() for a in t.assignments} - shared == {
        "区国土资源局",
        "区科协",
        "区司法局",
        "区生态环境局",
        "区教育局",
    }


def test_question_5_targets() -> None:
    by_id = {t.id: t.code for t in seed().tasks}
    found = [(by_id[t.task or ""], t.indicator, t.comparator, t.value, t.unit) for t in seed().targets]
    assert found == [
        ("7.1", "市场监管环节食品安全抽检量", ">=", Decimal(3), "批次/千人"),
        ("7.1", "国家级监督抽检不合格食品核查处置率", ">=", Decimal(100), "%"),
        ("7.1", "按时完成率", ">=", Decimal(85), "%"),
        ("7.2", "农产品质量安全定量检测量", ">=", Decimal("1.5"), "批次/千人"),
        ("7.2", "食用农产品例行监测合格率", ">=", Decimal(97), "%"),
        ("17.1", "学校食堂“明厨亮灶”覆盖率", "=", Decimal(100), "%"),
        ("17.1", "全市学校食堂“互联网+明厨亮灶”覆盖率", ">=", Decimal(50), "%"),
        ("18.1", "供餐单位“互联网+明厨亮灶”覆盖率", ">=", Decimal(80), "%"),
        (
            "21.1",
            "规模以上餐饮服务单位、中央厨房、集体用餐配送单位“互联网+明厨亮灶”覆盖率",
            ">=",
            Decimal(30),
            "%",
        ),
    ]


def test_question_3_duties() -> None:
    found = {d.due: d for d in seed().duties}
    assert sorted(d for d in found if d) == [date(2021, 8, 27), date(2021, 10, 29), date(2021, 11, 1)]
    assert all(d.year_inferred and d.kind == "report" and d.precision == "day" for d in seed().duties)
    for day in (date(2021, 8, 27), date(2021, 10, 29)):
        assert found[day].actor == "各相关部门"
        assert [name for name, _ in found[day].recipients] == ["区食安办"]
        assert found[day].action == "逐条报送食品安全重点工作落实情况"
        assert not found[day].copies
    report = found[date(2021, 11, 1)]
    assert report.actor == "区政府食安委各成员单位"
    assert [name for name, _ in report.recipients] == ["区委", "区政府"]
    assert [organization.name for _, organization in report.recipients] == [
        "中共营口市鲅鱼圈区委员会",
        "营口市鲅鱼圈区人民政府",
    ]
    assert [name for name, _ in report.copies] == ["区食安办"]
    assert report.action == "报告食品安全工作情况"


def test_question_30_policies() -> None:
    assert {p.name for p in seed().policies if p.titled} == {
        "中共中央 国务院关于深化改革加强食品安全工作的意见",
        "地方党政领导干部食品安全责任制规定",
        "餐饮服务食品安全操作规范",
    }
    assert {p.name for p in seed().policies if not p.titled} == {
        "“十四五”规划",
        "食品生产经营风险分级监管指导意见",
        "“八五”普法规划",
        "营口市食品安全风险监测方案",
        "卫生健康部门食品安全风险监测计划",
        "进口食品监督抽检及风险监测计划",
    }
    assert not any("食安辽宁" in p.name for p in seed().policies)


def test_where_policies_stand_and_which_are_implemented() -> None:
    by_id = {t.id: t.code for t in seed().tasks}
    opinion = [p for p in seed().policies if p.name.startswith("中共中央")]
    assert [(p.task, p.section, p.implements) for p in opinion] == [(None, None, True), (None, "一", False)]
    cited = {by_id[p.task]: p.implements for p in seed().policies if p.task}
    assert cited == {"6.2": True, "12.5": False, "13.1": True, "21.1": True, "27.1": False, "29.1": True}


def test_question_20_campaigns_and_their_tasks() -> None:
    by_id = {t.id: t.code for t in seed().tasks}
    campaigns = {c.name: [by_id[t] for t in c.tasks] for c in seed().campaigns}
    assert campaigns["校园食品安全守护行动"] == ["17.1", "18.1", "18.2"]
    assert campaigns["“昆仑2021”行动"] == ["9.1"]
    assert campaigns["“治违禁促提升”行动计划"] == ["10.1"]
    assert campaigns["“长江禁捕打非断链”专项行动"] == ["11.1"]
    assert campaigns["食品安全宣传周"] == ["12.2"]
    assert campaigns["食品安全放心工程建设攻坚行动"] == []
    assert not any("走私" in name for name in campaigns)


def test_sections_that_are_campaigns() -> None:
    own = {c.sections[0]: c.name for c in seed().campaigns if c.sections}
    assert own == {
        "二.六": "食品安全风险监测和标准宣贯专项行动",
        "二.七": "农药兽药使用减量和产地环境净化专项行动",
        "二.八": "国产婴幼儿配方乳粉提升专项行动",
        "二.九": "校园食品安全守护行动",
        "二.十": "农村假冒伪劣食品整治行动",
        "二.十一": "餐饮质量安全提升行动",
        "二.十二": "保健食品行业专项清理整治行动",
        "二.十三": "“优质粮食工程”行动",
        "二.十四": "进口食品“国门守护”行动",
        "二.十五": "“双安双创”示范引领行动",
    }


def test_every_expected_count_is_met_and_one_name_stays_as_printed() -> None:
    assert [(f.code, seed().quote(f.span)) for f in seed().findings] == [("superseded-name", "区国土资源局")]
    land = next(a.organization for a in task("7.3").assignments)
    assert (land.key, land.name) == ("210804/区国土资源局", "区国土资源局")


def test_encodings_and_line_ends_change_nothing_that_is_read() -> None:
    plain = read_text(seed().text, "seed")
    assert read_bytes(seed().text.encode("gb18030"), "seed") == plain
    assert read_bytes(seed().text.encode("utf-16"), "seed") == plain
    other = read_text(seed().text.replace("\n", "\r\n"), "seed")
    assert [(t.id, other.quote(t.span)) for t in other.tasks] == [(t.id, plain.quote(t.span)) for t in plain.tasks]
    assert [s.title for s in other.sections] == [s.title for s in plain.sections]
    assert (other.title, other.status) == (plain.title, plain.status)


def test_without_its_metadata_the_text_tells_as_much() -> None:
    plain = read_text(seed().text, "seed")
    assert (plain.tasks, plain.place, plain.year, plain.status) == (seed().tasks, "210804", 2021, "征求意见稿")
