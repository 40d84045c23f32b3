"""Names: what stands among names and is a date, an act, a figure or a person never passes for a body."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.plan import Span
from kg.reading import read_text
from kg.reading.lexicon import words
from kg.reading.names import Sort, is_place, is_plausible, recognise, split_names
from kg.reading.statements import parse_statement

BODIES = ["区教育局", "区公安局", "区卫健委", "区残联", "各镇街", "市税务局", "团区委", "财政部"]
TIMES = [
    "6月底前",
    "2023年12月31日前",
    "第三季度末前",
    "年内",
    "每季度末",
    "全年",
    "上半年",
    "各季度分别",
    "每月25日前",
]
ACTS = [
    "完成",
    "出台相关政策",
    "持续推进",
    "印发实施细则",
    "完成投资的30%",
    "覆盖率达到90%",
    "动态清零",
    "通报一次",
    "拿出方案",
    "分两批推进",
    "取得阶段性成效",
    "见附件",
    "第一批",
    "重要事项",
    "稳步推进",
    "长期坚持",
    "适时出台",
    "动员部署",
    "按进度推进",
    "市场主体",
    "全市范围",
    "周小明",
    "调度会",
    "征求意见稿",
    "总结阶段",
    "专项资金",
    "约束性指标",
    "列入清单",
    "督导检查",
]
NO_NAME = re.compile(r"\d\s?[年月日]|[%％]|[月底年日]前|季度|全年|年内|(?:推进|完成|出台|实施|坚持|达到\d+)$")


@given(
    st.lists(st.sampled_from(BODIES), min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from(TIMES + ACTS) | st.tuples(st.sampled_from(TIMES), st.sampled_from(ACTS)).map("".join)),
    st.sampled_from(["{0}负责，{1}", "{1}，{0}牵头", "{0}，{1}", "责任单位：{0}、{1}", "{0}、{1}按职责分工负责"]),
)
def test_only_bodies_are_named(bodies: list[str], others: list[str], form: str) -> None:
    text = form.format("、".join(bodies), "，".join(others)).strip("，、")
    statement = parse_statement(text, Span(0, len(text)))
    named = [share.span.of(text) for share in statement.shares] if statement else []
    assert set(named) <= set(bodies)


@given(st.text("区市局委部办各镇月日年底前1260%第季度完成推进出台负责牵头、，（）第", max_size=40))
def test_no_name_holds_a_date_a_share_or_an_act(content: str) -> None:
    text = f"一、工作。（区教育局牵头，{content}）\n"
    names = [a.name for task in read_text(text).tasks for a in task.assignments]
    assert not [name for name in names if NO_NAME.search(name)]


@pytest.mark.parametrize("phrase", ACTS + [time + act for time in TIMES for act in ACTS])
def test_an_act_is_no_name(phrase: str) -> None:
    assert recognise(phrase) is None
    assert not is_plausible(phrase)


@pytest.mark.parametrize(
    "name", ["中国电信", "市公用", "国网供电公司", "清水湾粮食储备库", "人行某中支", "办公室", "专班"]
)
def test_what_is_no_known_shape_may_be_a_name_by_its_place(name: str) -> None:
    assert split_names(name) or is_plausible(name)


def test_a_section_may_be_named_after_an_act_but_not_begin_with_it() -> None:
    assert recognise("综合指导科") and recognise("业务指导处")
    assert recognise("推进科") is None


def test_a_village_may_begin_like_a_county() -> None:
    name = recognise("白水村")
    assert name and name.sort is Sort.SHAPED and not is_place(name)


def test_words_of_the_lexicon_are_no_names() -> None:
    done = (*words("clauses")["done"], *words("names")["acts"], *words("clauses")["turns"])
    assert [word for word in done if recognise(word)] == []
