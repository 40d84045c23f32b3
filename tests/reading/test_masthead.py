"""Titles, issuers, places, numbers and years, wherever a page or a letter puts them."""

from __future__ import annotations

import pytest

from kg.plan import Plan
from kg.reading import read_text

BODY = "一、任务\n1.做好工作。（区公安局）\n"


def head(text: str) -> Plan:
    return read_text(f"{text}\n{BODY}", "file")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("石桥市2020年\n水源保护工作\n实施方案", "石桥市2020年水源保护工作实施方案"),
        ("石桥市人民政府办公室\n\n关于印发水源保护方案的通知", "石桥市人民政府办公室关于印发水源保护方案的通知"),
        ("# 石桥市2020年工作要点", "石桥市2020年工作要点"),
        ("【规范性文件】石桥市2020年工作要点（现行有效）", "石桥市2020年工作要点"),
        ("首页\n索引号：0001 发文日期：2020-01-02\n石桥市2020年水源保护实施方案", "石桥市2020年水源保护实施方案"),
        ("- 1 -\n石桥市卫生局文件\n石卫〔2020〕1号\n石桥市2020年防病工作要点", "石桥市2020年防病工作要点"),
        ("卫生部 教育部\n2010年学校防病专项行动方案", "2010年学校防病专项行动方案"),
        ("石桥市人民政府关于加强管水的通知石政发〔2014〕5号各县人民政府：", "石桥市人民政府关于加强管水的通知"),
        ("|序号|任务|责任单位|时限|", "file"),
        ("首页 > 公开\n信息公开\n石桥市人民政府关于管水的通知", "石桥市人民政府关于管水的通知"),
        (
            "各镇、各部门：\n《石桥市2020年水源保护工作要点》已经同意，现印发给你们，请认真执行。\n"
            "石桥市人民政府办公室\n2020年3月1日\n石桥市2020年水源保护\n工作要点",
            "石桥市2020年水源保护工作要点",
        ),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert head(text).title == title


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("营口市人民政府关于加强管水的通知", "营口市人民政府"),
        ("国务院关于加强管水的通知", "国务院"),
        (
            "中共营口市委办公室 营口市人民政府办公室\n关于印发工作方案的通知",
            "中共营口市委办公室、营口市人民政府办公室",
        ),
        ("卫生部 教育部\n2010年学校防病专项行动方案", "卫生部、教育部"),
        ("2020年工作要点\n（营口市食品安全委员会 2020年3月1日）", "营口市食品安全委员会"),
        ("2020年工作要点\n营口市人民政府办公室（二〇二〇年三月一日）", "营口市人民政府办公室"),
        ("关于印发2020年工作要点的通知\n营口市人民政府办公室", "营口市人民政府办公室"),
        ("营口市关于加强管水的若干措施", None),
    ],
)
def test_issuers(text: str, issuer: str | None) -> None:
    assert head(text).issuer == issuer


def test_who_signs_issues_and_places_a_plan_without_either_in_its_title() -> None:
    plan = read_text(f"2020年工作要点\n{BODY}营口市人民政府办公室\n2020年3月1日\n")
    assert (plan.issuer, plan.place) == ("营口市人民政府办公室", "210800")


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("柘城岗市2020年工作要点", None),
        ("平安建设2020年工作要点", None),
        ("安康杯竞赛2020年实施方案", None),
        ("2020年营口市工作要点", "210800"),
        ("第八师石河子市2020年工作方案", "659001"),
        ("柘城塘市工作要点\n为落实《国务院办公厅关于管水的意见》，制定本要点。", None),
        ("教育部办公厅关于开展检查的通知", "000000"),
        ("恩施州2020年工作要点", "422800"),
        ("宽甸县2020年工作要点", "210624"),
        ("朝阳区2020年工作要点", None),
    ],
)
def test_places(title: str, place: str | None) -> None:
    assert head(title).place == place


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("营口市2020年工作要点\n营政办发〔2020〕7号", "营政办发〔2020〕7号"),
        ("文号：营政办发〔2020〕7号\n营口市2020年工作要点", "营政办发〔2020〕7号"),
        ("营口市人民政府关于管水的通知（营政发【2020】7号）各县、市人民政府：", "营政发【2020】7号"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert head(text).document_number == number


def test_a_year_in_words_under_a_signature() -> None:
    assert head("管水工作要点\n营口市人民政府（二○○四年三月二日）").year == 2004


def test_who_gets_a_copy_has_no_task() -> None:
    plan = read_text(
        f"营口市2020年工作要点\n{BODY}\n抄送：市委办公室、市人大办公室。\n营口市人民政府办公室 2020年3月1日印发\n"
    )
    assert [task.id for task in plan.tasks] == ["一.1.1"]
