"""A small plan made by hand: every kind of thing that a plan can hold, in a few sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kg.plan import (
    Assignment,
    Basis,
    Campaign,
    Declaration,
    Duty,
    Item,
    Mode,
    Organization,
    Plan,
    Policy,
    Role,
    Section,
    Span,
    Target,
    Task,
)

TEXT = (
    "营口市鲅鱼圈区2021年食品安全工作安排\n（征求意见稿）\n根据《食品安全意见》制定。\n"
    "一、重点任务\n（一）校园守护行动\n"
    "1.抓好抽检，合格率达到97.50%（区市场监管局牵头，区卫健局配合，下同）。"
    "开展“护苗 2021”行动（区市场监管局、区卫健局、区教育局按职责分工负责）。"
    "各成员单位于11月1日前要向区食安办报告，同时抄报区政府。\n"
    "2.落实《责任制规定》（区教育局）。\n"
)


def span(quote: str, occurrence: int = 1) -> Span:
    """Return where a quote stands in TEXT, counting occurrences from 1."""
    start = -1
    for _ in range(occurrence):
        start = TEXT.index(quote, start + 1)
    return Span(start, start + len(quote))


def between(first: str, last: str) -> Span:
    """Return the stretch from one quote to another."""
    return Span(span(first).start, span(last).end)


MARKET = Organization("210804/市场监管", "营口市鲅鱼圈区市场监督管理局", "department", "市场监管", "210804")
HEALTH = Organization("210804/卫生健康", "营口市鲅鱼圈区卫生健康局", "department", "卫生健康", "210804")
SCHOOLS = Organization("210804/教育", "营口市鲅鱼圈区教育局", "department", "教育", "210804")
OFFICE = Organization("210804/食品安全委员会办公室", "营口市鲅鱼圈区食品安全委员会办公室", "office", None, "210804")
GOVERNMENT = Organization("210804/人民政府", "营口市鲅鱼圈区人民政府", "government", None, "210804")
MEMBERS = Organization("210804/各成员单位", "各成员单位", None, None, "210804", collective=True)


def named(
    name: str, organization: Organization, role: Role, occurrence: int = 1, basis: Basis = Basis.STATED
) -> Assignment:
    """Return an assignment at one occurrence of its name."""
    return Assignment(name, organization, role, basis, span(name, occurrence))


LED = Task(
    "一.一.1.1",
    "1.1",
    "一.一.1",
    1,
    span("抓好抽检，合格率达到97.50%"),
    Mode.LED,
    span("区市场监管局牵头，区卫健局配合，下同"),
    (named("区市场监管局", MARKET, Role.LEAD), named("区卫健局", HEALTH, Role.ASSIST)),
)
SHARED = Task(
    "一.一.1.2",
    "1.2",
    "一.一.1",
    2,
    span("开展“护苗 2021”行动"),
    Mode.SHARED,
    span("区市场监管局、区卫健局、区教育局按职责分工负责"),
    (
        named("区市场监管局", MARKET, Role.RESPONSIBLE, 2),
        named("区卫健局", HEALTH, Role.RESPONSIBLE, 2),
        named("区教育局", SCHOOLS, Role.RESPONSIBLE),
    ),
)
IN_SENTENCE = Task(
    "一.一.1.3",
    "1.3",
    "一.一.1",
    3,
    span("各成员单位于11月1日前要向区食安办报告，同时抄报区政府"),
    Mode.SOLE,
    None,
    (named("各成员单位", MEMBERS, Role.RESPONSIBLE, basis=Basis.IN_SENTENCE),),
)
SOLE = Task(
    "一.一.2.1",
    "2.1",
    "一.一.2",
    1,
    span("落实《责任制规定》"),
    Mode.SOLE,
    span("区教育局", 2),
    (named("区教育局", SCHOOLS, Role.RESPONSIBLE, 2),),
)

SMALL = Plan(
    text=TEXT,
    title="营口市鲅鱼圈区2021年食品安全工作安排",
    title_span=span("营口市鲅鱼圈区2021年食品安全工作安排"),
    status="征求意见稿",
    year=2021,
    place="210804",
    jurisdiction=("辽宁省", "营口市", "鲅鱼圈区"),
    issuer=None,
    document_number=None,
    declarations=(Declaration("first-leads", span("下同")),),
    sections=(
        Section("一", "一、", "重点任务", 1, None, between("一、", "（区教育局）。"), span("一、重点任务")),
        Section(
            "一.一", "（一）", "校园守护行动", 2, "一", between("（一）", "（区教育局）。"), span("（一）校园守护行动")
        ),
    ),
    items=(
        Item("一.一.1", "1.", 1, "一.一", between("1.抓好", "抄报区政府。")),
        Item("一.一.2", "2.", 2, "一.一", between("2.落实", "（区教育局）。")),
    ),
    tasks=(LED, SHARED, IN_SENTENCE, SOLE),
    policies=(
        Policy("食品安全意见", span("《食品安全意见》"), None, None, implements=True),
        Policy("责任制规定", span("《责任制规定》"), SOLE.id),
    ),
    campaigns=(
        Campaign("校园守护行动", span("校园守护行动"), (), ("一.一",)),
        Campaign("“护苗 2021”行动", span("“护苗 2021”行动"), (SHARED.id,)),
    ),
    targets=(Target(LED.id, LED.item, "合格率", ">=", None, Decimal("97.50"), "%", span("合格率达到97.50%")),),
    duties=(
        Duty(
            IN_SENTENCE.id,
            IN_SENTENCE.item,
            "report",
            "各成员单位",
            MEMBERS,
            "报告",
            (("区食安办", OFFICE),),
            (("区政府", GOVERNMENT),),
            date(2021, 11, 1),
            "11月1日前",
            "day",
            True,
            IN_SENTENCE.span,
        ),
    ),
    findings=(),
)
