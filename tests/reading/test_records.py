"""Records of keys and values: each is a row that says what, who, with whom and by when."""

from __future__ import annotations

import json

import pytest

from kg.plan import Role
from kg.reading import read_text

RECORDS = [
    {"id": 2, "task": "建设平台。", "owner": "省经信厅", "co": "省科技厅、省财政厅", "time": "2026年12月"},
    {"id": 5, "task": "培育企业30家。", "owner": "省科技厅、省商务厅按职责分工负责", "co": "无", "time": "持续推进"},
]


@pytest.mark.parametrize("indent", [None, 1], ids=["one line", "lines"])
def test_a_record_is_a_row(indent: int | None) -> None:
    plan = read_text(json.dumps(RECORDS, ensure_ascii=False, indent=indent), "case")
    assert [(t.code, plan.quote(t.span), t.mode) for t in plan.tasks] == [
        ("2.1", "建设平台", "listed"),
        ("5.1", "培育企业30家", "shared"),
    ]
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("省经信厅", Role.RESPONSIBLE),
        ("省科技厅", Role.ASSIST),
        ("省财政厅", Role.ASSIST),
    ]
    assert [(d.due and d.due.isoformat(), d.actor) for d in plan.duties] == [("2026-12-31", "省经信厅")]
    assert [(t.indicator, int(t.value), t.task) for t in plan.targets] == [("培育企业", 30, plan.tasks[1].id)]


def test_keys_may_be_the_headings_of_a_table_and_values_lists() -> None:
    record = '{"重点任务": "修路", "牵头单位": "市交通局", "配合单位": ["市财政局", "市公安局"], "时限": "6月底"}'
    plan = read_text(f'{{"title": "清单", "items": [{record}]}}', "case")
    assert [(a.name, a.role) for a in plan.tasks[0].assignments] == [
        ("市交通局", Role.LEAD),
        ("市财政局", Role.ASSIST),
        ("市公安局", Role.ASSIST),
    ]


def test_an_object_that_names_no_department_is_no_record() -> None:
    assert not read_text('{"task": "修路", "note": "无"}', "case").tasks
