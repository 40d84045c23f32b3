"""Policies, campaigns, targets and duties beyond the seed."""

from __future__ import annotations

from datetime import date

import pytest

from kg.reading import read_text


def item(sentence: str) -> str:
    return f"某区2022年工作方案\n一、任务\n1.{sentence}（区公安局）。\n"


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("落实《食品安全法》和《某市办法（试行）》", ["食品安全法", "某市办法（试行）"]),
        ("执行《省政府关于印发〈某方案〉的通知》（省府〔2018〕12号）", ["省政府关于印发〈某方案〉的通知"]),
        ("落实《关于印发《某方案》的通知》", ["关于印发《某方案》的通知"]),
        ("宣传《某市》栏目，用好《平安》小程序", []),
        ("按照工作方案抓好落实", []),
        ("按照相关规定和有关文件办理", []),
        ("按照某市突发环境事件处置方案开展工作", ["某市突发环境事件处置方案"]),
        ("落实《某区2022年工作方案》", []),
    ],
)
def test_policies(sentence: str, names: list[str]) -> None:
    assert [p.name for p in read_text(item(sentence)).policies] == names


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("深入开展“雷霆”专项行动，取得实效", ["“雷霆”专项行动"]),
        ("严厉打击走私活动", []),
        ("规范生产经营活动", []),
        ("组织开展各类宣传活动", []),
        ("开展电梯质量安全提升行动", ["电梯质量安全提升行动"]),
        ("实施自建房安全隐患排查整治“百日行动”", ["自建房安全隐患排查整治“百日行动”"]),
        ("自建房安全隐患排查整治“百日行动”", ["自建房安全隐患排查整治“百日行动”"]),
        ("深入开展“春雷行动”，取得实效", ["“春雷行动”"]),
        ("“百日攻坚行动”", ["“百日攻坚行动”"]),
        ("开展打击食品犯罪“昆仑行动”", ["打击食品犯罪“昆仑行动”"]),
        ("严厉打击“走私活动”", []),
        ("制定行动方案", []),
        ("倡导“光盘行动”", ["“光盘行动”"]),
    ],
)
def test_campaigns(sentence: str, names: list[str]) -> None:
    assert [c.name for c in read_text(item(sentence)).campaigns] == names


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("力争垃圾回收率达到85%以上", ("垃圾回收率", ">=", None, 85, "%")),
        ("细颗粒物年均浓度控制在29微克每立方米以下", ("细颗粒物年均浓度", "<=", None, 29, "微克每立方米")),
        ("单位能耗下降3.2%", ("单位能耗", "=", "decrease", 3.2, "%")),
        ("全区农机总动力超过10亿千瓦", ("全区农机总动力", ">", None, 10, "亿千瓦")),
        ("农机总动力稳定在11亿千瓦左右", ("农机总动力", "~", None, 11, "亿千瓦")),
        ("办理时间压缩至4个月以内", ("办理时间", "<=", None, 4, "个月")),
        ("抽检合格率不低于98%", ("抽检合格率", ">=", None, 98, "%")),
        ("年底前整改率达到100%", ("整改率", ">=", None, 100, "%")),
        ("2025年底前整改率达到100%", ("整改率", ">=", None, 100, "%")),
        ("6月底前整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("今年年底前力争整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("于年底前整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("到2025年，整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("到2025年底整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("力争到年底整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("春节前整改率达到95%", ("整改率", ">=", None, 95, "%")),
        ("给予50%补贴", None),
        ("淘汰35蒸吨以下锅炉", None),
        ("完成146项任务", None),
    ],
)
def test_targets(sentence: str, target: tuple[object, ...] | None) -> None:
    found = [
        (t["indicator"], t["comparator"], t["change"], t["value"], t["unit"])
        for t in read_text(item(sentence)).to_json()["targets"]
    ]
    assert found == ([target] if target else [])


@pytest.mark.parametrize(
    ("sentence", "due", "precision", "inferred"),
    [
        ("6月底前完成改造", date(2022, 6, 30), "month", True),
        ("2023年2月底前完成改造", date(2023, 2, 28), "month", False),
        ("年底前完成改造", date(2022, 12, 31), "year", True),
        ("2023年底前完成改造", date(2023, 12, 31), "year", False),
        ("2023年3月5日前完成改造", date(2023, 3, 5), "day", False),
    ],
)
def test_deadlines(sentence: str, due: date, precision: str, inferred: bool) -> None:
    duty = read_text(item(sentence)).duties[0]
    assert (duty.due, duty.precision, duty.year_inferred) == (due, precision, inferred)
    assert (duty.kind, duty.actor, duty.action) == ("do", "区公安局", "完成改造")


def test_a_day_that_is_none_is_a_finding() -> None:
    plan = read_text(item("2月30日前完成改造"))
    assert plan.duties[0].due is None
    assert "impossible-date" in {f.code for f in plan.findings}


def test_a_deadline_without_one_actor_is_a_finding() -> None:
    plan = read_text("1.6月底前完成改造（区公安局、区财政局）。")
    assert [(duty.actor, duty.actor_organization) for duty in plan.duties] == [(None, None)]
    assert "deadline-without-actor" in {f.code for f in plan.findings}


def test_a_date_that_comes_round_again() -> None:
    duty = read_text(item("每年2月底前完成改造")).duties[0]
    assert (duty.due, duty.due_as_written, duty.precision) == (None, "每年2月底前", "recurring")


def test_a_date_that_bounds_nothing_is_no_duty() -> None:
    assert not read_text(item("总结2021年6月15日会议经验")).duties


@pytest.mark.parametrize(
    ("sentence", "action"),
    [("清理河道垃圾，6月底前完成", "清理河道垃圾"), ("6月底前完成", "完成"), ("6月底前完成清理", "完成清理")],
)
def test_what_a_date_bounds_may_stand_before_it(sentence: str, action: str) -> None:
    assert [duty.action for duty in read_text(item(sentence)).duties] == [action]
