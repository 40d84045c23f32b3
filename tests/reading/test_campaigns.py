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
