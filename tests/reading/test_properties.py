"""Any text at all is read, the same way twice, in time that grows with its length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ReadingError
from kg.plan import Plan
from kg.reading import outline_text, read_bytes, read_text
from kg.reading.script import simplified
from kg.resources import data_dir
from tests.reading.steps import steps_of

SEED = (data_dir() / "documents" / "bayuquan-2021-food-safety.txt").read_text(encoding="utf-8")
PIECES = ["\n", *(Path(__file__).parent / "cases" / "pieces.txt").read_text(encoding="utf-8").split()]
plans = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def spans(plan: Plan) -> list[dict[str, Any]]:
    """Return everything in the plan's JSON that has offsets."""
    found: list[dict[str, Any]] = []
    waiting: list[Any] = [plan.to_json()]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            found += [thing] if "start" in thing else []
            waiting += thing.values()
        elif isinstance(thing, list):
            waiting += thing
    return found


def stands_in(name: str, quote: str) -> bool:
    """Tell whether a quote is a name, with nothing between its letters but line ends, page marks and tags."""
    if name == quote:
        return True
    letters = iter(simplified(quote))
    return all(letter in letters for letter in simplified(name))


def check(plan: Plan) -> None:
    for thing in spans(plan):
        assert 0 <= thing["start"] <= thing["end"] <= len(plan.text)
        if "text" in thing:
            assert plan.text[thing["start"] : thing["end"]] == thing["text"]
    for campaign in plan.campaigns:
        assert stands_in(campaign.name, plan.quote(campaign.span))
    for policy in plan.policies:
        assert stands_in("".join(policy.name.split()), plan.quote(policy.span))
    for task in plan.tasks:
        assert all(stands_in(a.name, plan.quote(a.span)) for a in task.assignments)
    assert len({task.id for task in plan.tasks}) == len(plan.tasks)
    assert len({task.code for task in plan.tasks}) == len(plan.tasks)
    assert len({item.id for item in plan.items}) == len(plan.items)
    known = {section.id for section in plan.sections}
    assert len(known) == len(plan.sections)
    assert {s.parent for s in plan.sections if s.parent} | {i.section for i in plan.items if i.section} <= known


@given(st.text() | plans)
def test_any_text_is_read_and_every_offset_slices(text: str) -> None:
    if text.strip():
        plan = read_text(text)
        assert plan.text == text
        check(plan)
        assert plan == read_text(text)
        assert outline_text(plan)


@given(
    st.binary(max_size=200) | plans.map(lambda text: text.encode("utf-16")) | plans.map(lambda t: t.encode("gb18030"))
)
def test_any_bytes_are_a_plan_or_a_clear_error(data: bytes) -> None:
    try:
        check(read_bytes(data, "bytes"))
    except ReadingError as error:
        assert str(error).startswith("bytes: ")


@given(st.integers(0, len(SEED) - 1), st.integers(1, 300))
def test_a_cut_seed_is_read(start: int, length: int) -> None:
    cut = SEED[:start] + SEED[start + length :]
    if cut.strip():
        check(read_text(cut))


def test_the_seed_slices() -> None:
    check(read_text(SEED))


HOSTILE: list[Callable[[int], str]] = [
    lambda n: "（" * n,
    lambda n: "（" * n + "）" * n,
    lambda n: "、" * n,
    lambda n: "《" * n + "》" * n,
    lambda n: "《意见》" * n,
    lambda n: "一、" * n,
    lambda n: "1.做\n" * n,
    lambda n: "区公安局要" * n,
    lambda n: "（区公安局负责）" * n,
    lambda n: "（" + "各局和" * n + "甲）",
    lambda n: "由区公安局牵头，" * n,
    lambda n: "开展行动“行动”" * n,
    lambda n: "率达到3%" * n,
    lambda n: "8月7日前、" * n,
    lambda n: "责任单位：" * n,
    lambda n: "按照甲乙丙丁方案和" * n,
    lambda n: "责任单位：区公安局\n" * n,
    lambda n: "序号\t任务\t责任单位\n" + "1\t甲\t区公安局\n" * n,
    lambda n: "任务\n责任单位\n" * n,
    lambda n: " " * n + "甲",
    lambda n: "，由区公安局牵头" * n,
    lambda n: "之日起30日内" * n,
    lambda n: "率分别达到3%和" * n,
    lambda n: "區財政局負責" * n,
    lambda n: "附件：1.甲\n" * n,
    lambda n: "市公安局会同市民政局、" * n,
    lambda n: "，考核区教育局牵头" * n,
    lambda n: "市农委。负责宣传。" * n,
    lambda n: "市农委：做好宣传。" * n,
    lambda n: "一、市农委\n做好宣传\n" * n,
    lambda n: "一、任务（市农委负责）\n1.甲\n" * n,
    lambda n: "甲事\n市农委负责\n" * n,
    lambda n: "（\n" * n,
    lambda n: "第1页共2页" * n,
    lambda n: "甲\n- 1 -\n" * n,
    lambda n: "\n" * n + "甲",
    lambda n: '{"task": "甲", "owner": "市农委"}, ' * n,
    lambda n: '{"task": [' * n,
    lambda n: '"甲" : ' * n,
    lambda n: "<p>甲</p>" * n,
    lambda n: "<" * n,
    lambda n: "序号\n任务\n责任单位\n" + "1\n甲\n市农委\n" * n,
    lambda n: "“甲”" * n + "行动",
    lambda n: "关于印发\n" * n,
    lambda n: "甲事。（市农委负责。乙事。" * n,
]


# 5.4 times the work at five times the length finds what grows with the square as soon as 12 times at ten times does.
@pytest.mark.parametrize(("longer", "most"), [(5, 5.4), pytest.param(10, 12, marks=pytest.mark.long)])
@pytest.mark.parametrize("hostile", HOSTILE, ids=[make(1) for make in HOSTILE])
def test_work_grows_with_the_length(hostile: Callable[[int], str], longer: int, most: float) -> None:
    short, long = hostile(400), hostile(400 * longer)
    read_text(short)
    assert steps_of(lambda: read_text(long)) <= most * steps_of(lambda: read_text(short))
