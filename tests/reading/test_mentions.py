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
        ("严格执行粮食安全保障法及配套规定", ["粮食安全保障法"]),
        ("根据中华人民共和国湿地保护法的规定", ["中华人民共和国湿地保护法"]),
        ("按照有关方法依法处置，落实行政执法和一线工作法", []),
        ("落实《教育现代化2030》和《助企纾困二十条》", ["教育现代化2030", "助企纾困二十条"]),
        ("对照《县政府工作报告》办理", ["县政府工作报告"]),
        ("《方案》印发后按照《意见》办理", []),
        ("按照公园绿地规划、建设、移交各个环节要求", []),
        ("依据县到村三级风险监测计划", []),
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
        ("深入开展“清风”“护苗”等专项行动", ["“清风”", "“护苗”"]),
        ("开展“护校安园”“隐患清零”行动", ["“护校安园”", "“隐患清零”行动"]),
        ("组织“诚信宣传月”“品牌日”等主题活动", ["“诚信宣传月”", "“品牌日”"]),
        ("“随手拍”活动每季度不少于1期", ["“随手拍”活动"]),
        ('开展"大手拉小手"活动', ['"大手拉小手"活动']),
        ("建设“青春驿站”活动中心", []),
        ("推进人才引育工程（简称“123”人才工程）", []),
        ('推进市场监管"智慧+执法"提升三年行动', ['市场监管"智慧+执法"提升三年行动']),
        ("今年是全域治水三年行动的收官之年", ["全域治水三年行动"]),
        ("开展秋冬季治安打击整治行动", ["秋冬季治安打击整治行动"]),
        ("严厉打击走私行动", []),
        ("动员医院开展助残公益行动", []),
        ("争创全国文明县城", ["争创全国文明县城"]),
        ("按照创建国家卫生县城标准要求", []),
    ],
)
def test_campaigns(sentence: str, names: list[str]) -> None:
    assert [c.name for c in read_text(item(sentence)).campaigns] == names


@pytest.mark.parametrize("heading", ["组织提升行动", "县域商业振兴行动"])
def test_a_section_may_be_a_campaign(heading: str) -> None:
    campaign = read_text(f"某区2022年工作方案\n一、{heading}\n1.做好工作（区公安局）。\n").campaigns[0]
    assert (campaign.name, campaign.tasks) == (heading, ("一.1.1",))


def test_a_term_of_the_day_is_no_campaign() -> None:
    assert not read_text("某市深化“放管服”改革2022年工作要点\n一、任务\n1.做好工作（市公安局）。\n").campaigns


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
        ("建成冷链仓库二万五千个，", ("建成冷链仓库", "=", None, 25000, "个")),
        ("新栽果树三万亩", ("新栽果树", "=", None, 3, "万亩")),
        ("城镇失业率控制在百分之三点八以内", ("城镇失业率", "<=", None, 3.8, "%")),
        ("万人失火率不高于0.25", ("万人失火率", "<=", None, 0.25, "")),
        ("提高农机作业占比至80%", ("农机作业占比", ">=", None, 80, "%")),
        ("重点培养500名左右持有证书的护理骨干", ("护理骨干", "~", None, 500, "名")),
        ("每月夜间巡查不少于3次", ("夜间巡查", ">=", None, 3, "次")),
        ("每半年至少会商2次", ("会商", ">=", None, 2, "次")),
        ("到年底，60%以上的村卫生室要配备心电设备", ("村卫生室要配备心电设备", ">=", None, 60, "%")),
        ("拿出20%左右的车位向居民开放", ("车位向居民开放", "~", None, 20, "%")),
        ("实现社保转移、公积金查询等35项事项跨省办理", ("事项跨省办理", "=", None, 35, "项")),
        ("组建不少于12人的应急分队", ("应急分队", ">=", None, 12, "人")),
        ("完成6家化工企业搬迁改造", ("化工企业搬迁改造", "=", None, 6, "家")),
        ("粮食零售价格涨幅4.5%左右", ("粮食零售价格涨幅", "~", None, 4.5, "%")),
        ("超支率拟按2.4%以内安排，", ("超支率", "<=", None, 2.4, "%")),
        ("发行2亿元乡村振兴债券", ("乡村振兴债券", "=", None, 2, "亿元")),
        ("水利专项债券3.2亿元", ("水利专项债券", "=", None, 3.2, "亿元")),
        ("降低企业用气成本6%", ("企业用气成本", "=", "decrease", 6, "%")),
        ("区级预算内投资安排40亿元", ("区级预算内投资", "=", None, 40, "亿元")),
        ("一般公共预算收入增长7%左右", ("一般公共预算收入", "~", "increase", 7, "%")),
        ("平均担保费率降至1.2%以下", ("平均担保费率", "<=", None, 1.2, "%")),
        ("溺水死亡率控制在0.6人/10万以下", ("溺水死亡率", "<=", None, 0.6, "人/10万")),
        ("新装路灯杆80根以上", ("新装路灯杆", ">=", None, 80, "根")),
        ("母羊存栏稳定在30万头（只）", ("母羊存栏", "=", None, 30, "万头（只）")),
        ("暗访门店数不低于全部门店的15%", ("暗访门店数", ">=", None, 15, "%")),
        ("按不低于货款的15%预付", None),
        ("变更登记4个工作日内办结", ("变更登记", "<=", None, 4, "个工作日")),
        ("接到举报后4个工作日内办结", None),
        ("落实政策,100%保障春耕用水", ("春耕用水", "=", None, 100, "%")),
        ("实现20户以上自然村通客车", None),
        ("做到工地“七个百分之百”", None),
        ("全区区级3家、镇级5家重点单位", None),
        ("张贴公告，各不少于5张", None),
        ("悬挂宣传横幅，各不少于5条", ("悬挂宣传横幅", ">=", None, 5, "条")),
        ("在各镇布设3-5家驿站", None),
        ("审查期为2年", None),
        ("领导小组由交通、水利等9个部门组成", None),
        ("各村推选2名代表组成工作队", None),
        ("新招员工达到在职职工20%（小企业达到10%）并签订合同的，可申请贴息", None),
        ("加快3个县域商业试点和5个示范市场试点建设", None),
        ("对排名后5%的窗口进行约谈", None),
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
    ("sentence", "figures"),
    [
        ("改造水渠30公里和12个灌溉泵站", [("改造水渠", 30), ("灌溉泵站", 12)]),
        ("确保剩余2.4万农村人口饮水达标、30个薄弱村提升", [("农村人口饮水达标", 2), ("薄弱村提升", 30)]),
        ("选拔80名青年骨干、120名乡土人才", [("青年骨干", 80), ("乡土人才", 120)]),
        ("改造危桥26座，其中上半年完成9座", [("改造危桥", 26), ("改造危桥", 9)]),
        ("每年要对20%以上的县和5%以上的镇开展督查", [("县", 20), ("镇开展督查", 5)]),
    ],
)
def test_figures_of_one_clause(sentence: str, figures: list[tuple[str, int]]) -> None:
    assert [(t.indicator, int(t.value)) for t in read_text(item(sentence)).targets] == figures


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


@pytest.mark.parametrize(
    "sentence",
    [
        "年内培育示范店",
        "2022年下半年全区安全生产工作形势严峻",
        "7月前到期的贷款可以展期",
        "社保缓缴政策延长至明年4月底",
    ],
)
def test_what_tells_a_time_and_sets_no_limit(sentence: str) -> None:
    assert not read_text(item(sentence)).duties


def test_the_only_year_of_a_text_is_that_of_its_dates() -> None:
    text = "一、任务\n1.2023年新增贷款（区财政局）。\n2.8月底前发放补贴（区财政局）。\n3.{}（区财政局）。\n"
    duty = read_text(text.format("甲事")).duties[0]
    assert (duty.due, duty.due_as_written, duty.year_inferred) == (date(2023, 8, 31), "8月底前", True)
    assert read_text(text.format("落实《某市2021年办法》")).duties[0].due == date(2023, 8, 31)
    assert read_text(text.format("总结2022年经验")).duties[0].due is None


@pytest.mark.parametrize(
    ("sentence", "action", "written"),
    [
        ("年底前应缴尽缴", "应缴尽缴", "年底前"),
        ("自本实施细则印发之日起20个工作日内制定流程", "制定流程", "印发之日起20个工作日内"),
        ("每年 10 月 20 日前上报总结", "上报总结", "每年 10 月 20 日前"),
        ("2022 年 9 底前清理台账", "清理台账", "2022 年 9 底前"),
    ],
)
def test_what_is_due_stands_outside_the_date(sentence: str, action: str, written: str) -> None:
    assert [(duty.action, duty.due_as_written) for duty in read_text(item(sentence)).duties] == [(action, written)]


def test_a_title_that_goes_on_from_another_cites_it() -> None:
    text = "某区2022年《政府工作报告》任务分解表\n一、任务\n1.落实《政府工作报告》（区公安局）。\n"
    assert [p.name for p in read_text(text).policies if p.span.start > 20] == ["政府工作报告"]
    text = "关于印发营口市夺取秋粮丰收实施方案的通知\n一、任务\n1.落实《辽宁省夺取秋粮丰收实施方案》（区公安局）。\n"
    assert [p.name for p in read_text(text).policies] == ["辽宁省夺取秋粮丰收实施方案"]


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
