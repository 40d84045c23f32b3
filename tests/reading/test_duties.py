"""Who must do or report what by when: the clause's own subject, recipients, copies, and dates of every kind."""

from __future__ import annotations

import pytest

from kg.reading import read_text


def duties(sentence: str) -> list[tuple[str, str | None, str, list[str], list[str], str | None, str]]:
    text = f"营口市鲅鱼圈区2022年工作方案\n一、任务\n1.{sentence}。（区公安局）\n"
    return [
        (d["kind"], d["actor"], d["action"], d["recipients"], d["copies"], d["due"], d["due_as_written"])
        for d in read_text(text).to_json()["duties"]
    ]


def test_each_clause_has_its_own_actor_recipient_and_copies() -> None:
    sentence = (
        "各镇街要于4月8日前将名单报区食安办备案（联系人：李某，电话：000），每月27日前报送进展，"
        "区食安办汇总后于12月11日前上报市食安办并抄送区委督查室、区政府督查室"
    )
    assert duties(sentence) == [
        ("report", "各镇街", "将名单报区食安办备案", ["区食安办"], [], "2022-04-08", "4月8日前"),
        ("report", "各镇街", "报送进展", [], [], None, "每月27日前"),
        (
            "report",
            "区食安办",
            "上报市食安办",
            ["市食安办"],
            ["区委督查室", "区政府督查室"],
            "2022-12-11",
            "12月11日前",
        ),
    ]


def test_a_copy_belongs_to_the_report_before_it() -> None:
    first, second = duties(
        "各部门要制定方案，3月底前印发，12月5日前将总结报送区食安办，抄送区纪委监委驻区教育局纪检监察组"
    )
    assert first[4] == []
    assert second[4] == ["区纪委监委驻区教育局纪检监察组"]


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("区教育督导委员会办公室每半年督导一次并于11月底前形成报告", "区教育督导委员会办公室"),
        ("各牵头单位会同配合单位于10月底前制定实施细则", "各牵头单位"),
        ("区财政局拨付资金后，区水利局6月底前完成工程", "区水利局"),
        ("6月底前，区财政局完成资金拨付", "区财政局"),
        ("12月底前由区农业农村局汇总报区政府", "区农业农村局"),
        ("区财政局负责的项目，6月底前完成验收", "区公安局"),
        ("年底前覆盖所有区级执法部门", "区公安局"),
    ],
)
def test_who_must_do_it(sentence: str, actor: str) -> None:
    assert [duty[1] for duty in duties(sentence)] == [actor]


@pytest.mark.parametrize(
    ("sentence", "action"),
    [
        ("该项工作于4月底前完成", "完成"),
        ("对于已经建好、需要移交的，原则上于6月底前完成", "完成"),
        ("现将任务分解如下，请认真组织，确保年底前全部完成", "全部完成"),
        ("清理河道垃圾，确保6月底前完成", "清理河道垃圾"),
    ],
)
def test_what_is_due(sentence: str, action: str) -> None:
    assert [duty[2] for duty in duties(sentence)] == [action]


@pytest.mark.parametrize(
    ("sentence", "kind", "recipients"),
    [
        ("11月底前报送总结", "report", []),
        ("11月底前将自查情况书面报送", "report", []),
        ("11月底前分别向主管部门报送总结", "report", []),
        ("11月底前报区整规办（设在区商务局）", "report", ["区整规办"]),
        ("11月底前提交区政府常务会议", "report", ["区政府常务会议"]),
        ("11月底前完成自查报告", "do", []),
    ],
)
def test_reports(sentence: str, kind: str, recipients: list[str]) -> None:
    assert [(duty[0], duty[3]) for duty in duties(sentence)] == [(kind, recipients)]


@pytest.mark.parametrize(
    ("sentence", "dates"),
    [
        ("每季度最后一月22日前通报", [(None, "每季度最后一月22日前")]),
        ("季末前3日调度", [(None, "季末前3日")]),
        ("次月6日前汇总", [(None, "次月6日前")]),
        ("每年5月和11月底前各检查一次", [(None, "每年5月和11月底前")]),
        ("十一月二十五日前完成", [("2022-11-25", "十一月二十五日前")]),
        ("2021年5月底前制定细则，10月底前组织验收", [("2021-05-31", "2021年5月底前"), ("2021-10-31", "10月底前")]),
        ("4月中旬到9月底开展巡查", []),
        ("2012年起5年内，实施引才", []),
        ("将办理时限压缩至3个工作日内", []),
        ("接到求助后2小时内赶赴现场", [(None, "接到求助后2小时内")]),
        ("险情应当在20分钟内报告区防指", [(None, "20分钟内")]),
        ("各部门要在本方案印发之日起15日内出台细则", [(None, "印发之日起15日内")]),
        ("秋季开学前完成检查", [(None, "秋季开学前")]),
    ],
)
def test_dates(sentence: str, dates: list[tuple[str | None, str]]) -> None:
    assert [duty[5:] for duty in duties(sentence)] == dates
