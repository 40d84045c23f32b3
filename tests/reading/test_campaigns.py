"""Campaigns: what a title, a heading and a sentence call one, and what is none."""

from __future__ import annotations

import pytest

from kg.reading import read_text


def named(text: str) -> list[str]:
    return [campaign.name for campaign in read_text(text, "case").campaigns]


@pytest.mark.parametrize(
    ("title", "campaign"),
    [
        ("营口市2024年自建房安全隐患排查整治“百日行动”实施方案", "自建房安全隐患排查整治“百日行动”"),
        ("关于印发营口市危险化学品整治“百日行动”实施方案的通知", "危险化学品整治“百日行动”"),
        ("营口市道路交通安全“百日整治行动”工作方案", "道路交通安全“百日整治行动”"),
        ("营口市安全生产“百日攻坚”行动方案", "安全生产“百日攻坚”行动"),
        ("营口市打击“春雷行动”工作方案", "“春雷行动”"),
        ("营口市“百日行动”实施方案", "“百日行动”"),
        ("营口市农村人居环境整治提升五年行动实施方案", "农村人居环境整治提升五年行动"),
        ("石桥镇人居环境整治行动工作方案", "人居环境整治行动"),
        ("营口市深入打好净土保卫战2023年工作计划", "净土保卫战"),
        ("营口市乡村振兴“五大行动”实施方案", None),
    ],
)
def test_a_title_names_it_as_people_would(title: str, campaign: str | None) -> None:
    assert named(f"{title}\n一、任务\n1.甲事（市教育局）。\n") == ([campaign] if campaign else [])


def test_a_heading_or_the_first_words_of_an_item_may_be_one() -> None:
    text = (
        "一、产业振兴行动\n1.种好粮。\n二、人才培养\n（一）基层人才行动计划。围绕基层培养人才。\n（二）其他\n1.甲。\n"
    )
    plan = read_text(text)
    assert [(c.name, c.sections) for c in plan.campaigns] == [("产业振兴行动", ("一",)), ("基层人才行动计划", ())]


@pytest.mark.parametrize(
    ("sentence", "campaigns"),
    [
        ("开展“铁拳”“昆仑2024”等专项行动", ["“铁拳”", "“昆仑2024”"]),
        ('用好"百日行动"驻点督导经验', ['"百日行动"']),
        ("纳入“万企帮万村”精准扶贫行动统筹", []),
        ("纳入“万企帮万村”精准扶贫行动，统筹推进", ["“万企帮万村”精准扶贫行动"]),
        ("实施快递下乡工程", ["快递下乡工程"]),
        ("改厨、改厕“三改一整”工程", ["“三改一整”工程"]),
        ("开展形式多样的产销对接活动", []),
        ("开展直供直销机关、学校、医院食堂活动", []),
        ("实施六大人才行动计划", []),
    ],
)
def test_a_sentence_names_them(sentence: str, campaigns: list[str]) -> None:
    assert named(f"一、任务\n1.{sentence}（市教育局）。\n") == campaigns


@pytest.mark.parametrize(
    ("sentence", "campaigns"),
    [
        ("组织开展冷链运输车辆超载专项整治，堵住漏洞", ["冷链运输车辆超载专项整治"]),
        ("开展食品安全专项整治", []),
        ("加大专项整治力度", []),
        ("开展种子、化肥、农膜和兽用药品质量专项整治", []),
        ("实施县域消费提振“八大行动”", ["县域消费提振“八大行动”"]),
        ("实施“八大行动”", []),
        ("聚焦老旧管网更新攻坚三年行动、扎实推进", ["老旧管网更新攻坚三年行动"]),
        ("开展“一把手工程”督查", []),
        ("深化电梯质量安全提升行动巩固提升", ["电梯质量安全提升行动"]),
        ("举办“守护者”志愿宣传月活动", ["“守护者”志愿宣传月活动"]),
    ],
)
def test_drives_are_told_from_everyday_work(sentence: str, campaigns: list[str]) -> None:
    assert named(f"一、任务\n1.{sentence}（市教育局）。\n") == campaigns


@pytest.mark.parametrize(
    ("title", "campaign"),
    [
        ("营口市校园周边环境大整治工作方案", ["校园周边环境大整治"]),
        ("营口市2006年肉品质量专项整治工作实施方案", ["肉品质量专项整治"]),
        ("营口市围绕企业诉求进一步改善用工服务行动方案", []),
    ],
)
def test_a_drive_of_a_title_is_no_phrase(title: str, campaign: list[str]) -> None:
    assert named(f"{title}\n一、任务\n1.甲事（市教育局）。\n") == campaign


def test_words_before_a_name_in_quotation_marks_make_no_other_campaign() -> None:
    text = "一、任务\n1.开展“碧湾护渔行动”（市教育局）。\n2.开展全市近海“碧湾护渔行动”（市公安局）。\n"
    assert [(c.name, c.tasks) for c in read_text(text, "case").campaigns] == [("“碧湾护渔行动”", ("一.1.1", "一.2.1"))]


def test_a_heading_may_name_a_battle_in_two_characters() -> None:
    assert named("一、坚决打赢禁毒攻坚战\n1.甲事（市公安局）。\n") == ["禁毒攻坚战"]
