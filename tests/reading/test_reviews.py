"""Corrections by people are applied on reading, shown as such, and reported when they no longer fit."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.plan import Basis, Mode, Plan, Role
from kg.reading import outline_text, read_bytes, read_file, read_text
from kg.reading.corrections import reviewed
from kg.reading.reviews import reviews_in
from kg.reading.template import review_template
from kg.reviewing import review
from tests.conftest import SEED

TEXT = (
    "某市2021年工作安排\n一、任务\n1.加强监管（市公安局、市司法局）。抽检量达到3批次/千人（市教育局）。\n"
    "2.按照《食品安全意见》开展清网行动，做好工作（奇怪办理）。随后总结。\n3.其他工作。\n"
)


def read(text: str, folder: Path, *corrections: str, head: str = "") -> Plan:
    """Return the plan of `text` as read with a review of these corrections."""
    folder.mkdir(exist_ok=True)
    title = f'document = "{read_text(text).title}"\n{head}'
    body = "".join(f'[[correction]]\nby = "张三"\nwhy = "原文如此"\n{c}\n' for c in corrections)
    (folder / "review.toml").write_text(title + body, encoding="utf-8")
    return read_bytes(text.encode(), "plan.txt", folder)


def codes(plan: Plan) -> list[str]:
    return [f.code for f in plan.findings if f.code.startswith("review-")]


def held(plan: Plan, code: str) -> list[tuple[str, Role, Basis]]:
    return [(a.name, a.role, a.basis) for task in plan.tasks if task.code == code for a in task.assignments]


PASSAGE = 'passage = "市公安局、市司法局"\n'
READ = 'read = [{ name = "市公安局", role = "responsible" }, { name = "市司法局", role = "responsible" }]\n'
LED = 'should = [{ name = "市公安局", role = "lead" }, { name = "市司法局", role = "responsible" }]\n'


def test_a_role_is_put_right_and_only_that_is_corrected(tmp_path: Path) -> None:
    plan = read(TEXT, tmp_path, PASSAGE + READ + LED)
    assert held(plan, "1.1") == [
        ("市公安局", Role.LEAD, Basis.CORRECTED),
        ("市司法局", Role.RESPONSIBLE, Basis.STATED),
    ]
    assert next(t.mode for t in plan.tasks if t.code == "1.1") is Mode.LED
    assert codes(plan) == ["review-applied"]
    applied = next(f for f in plan.findings if f.code == "review-applied")
    assert plan.quote(applied.span) == "市公安局、市司法局"
    assert "张三" in applied.message
    assert "原文如此" in applied.message
    shown = plan.to_json()["tasks"][0]["assignments"]
    assert [a["basis"] for a in shown] == ["corrected", "stated"]
    assert "→ 牵头 市公安局（人工更正）；负责 市司法局" in outline_text(plan)


def test_a_name_is_put_right_with_its_organisation(tmp_path: Path) -> None:
    should = 'should = [{ name = "公安局", role = "assist", organization = "某省公安厅" }]\n'
    plan = read(TEXT, tmp_path, PASSAGE + READ + should)
    assert held(plan, "1.1") == [("公安局", Role.ASSIST, Basis.CORRECTED)]
    assert plan.tasks[0].assignments[0].organization.name == "某省公安厅"
    assert plan.tasks[0].mode is Mode.SOLE


def test_a_statement_that_is_none(tmp_path: Path) -> None:
    plan = read(TEXT, tmp_path, PASSAGE + READ + "should = []\n")
    assert (plan.tasks[0].statement, plan.tasks[0].mode, plan.tasks[0].assignments) == (None, None, ())


def test_a_statement_that_was_not_seen(tmp_path: Path) -> None:
    before = read_text(TEXT)
    assert "2.1" not in {task.code for task in before.tasks if task.statement}
    should = (
        'passage = "（奇怪办理）"\nshould = [{ name = "奇怪办", role = "responsible", organization = "某市奇怪办" }]'
    )
    plan = read(TEXT, tmp_path, should)
    task = next(task for task in plan.tasks if task.item == plan.items[1].id)
    assert task.statement is not None
    assert plan.quote(task.statement) == "奇怪办理"
    assert held(plan, task.code) == [("奇怪办", Role.RESPONSIBLE, Basis.CORRECTED)]
    assert len({t.id for t in plan.tasks}) == len({t.code for t in plan.tasks}) == len(plan.tasks)


def test_the_way_responsibility_is_held(tmp_path: Path) -> None:
    plan = read(TEXT, tmp_path, PASSAGE + 'mode = "shared"\n')
    assert plan.tasks[0].mode is Mode.SHARED
    assert [name for name, _, _ in held(plan, "1.1")] == ["市公安局", "市司法局"]


def test_mentions_are_renamed_added_and_dropped(tmp_path: Path) -> None:
    plan = read(
        TEXT,
        tmp_path,
        'kind = "policies"\npassage = "《食品安全意见》"\nread = [{ name = "食品安全意见" }]\nshould = []',
        'kind = "campaigns"\npassage = "开展清网行动"\nread = [{ name = "清网行动" }]\nshould = [{ name = "清网" }]',
        'kind = "policies"\npassage = "其他工作"\nshould = [{ name = "其他工作" }]',
    )
    assert [(p.name, p.titled) for p in plan.policies] == [("其他工作", False)]
    assert [(c.name, plan.quote(c.span)) for c in plan.campaigns] == [("清网", "清网")]


def test_values_are_changed_and_dropped(tmp_path: Path) -> None:
    was = read_text(TEXT).targets[0]
    assert was.indicator == "抽检量"
    change = f'kind = "targets"\npassage = "{TEXT[was.span.start : was.span.end]}"\n'
    entry = 'indicator = "抽检量", comparator = ">=", unit = "批次/千人"'
    plan = read(TEXT, tmp_path, f"{change}read = [{{ {entry}, value = 3 }}]\nshould = [{{ {entry}, value = 3.5 }}]")
    assert [(t.indicator, float(t.value)) for t in plan.targets] == [("抽检量", 3.5)]
    assert read(TEXT, tmp_path, f"{change}read = [{{ {entry}, value = 3 }}]\nshould = []").targets == ()


def test_duties_are_changed(seed_plan: Plan, tmp_path: Path) -> None:
    duty = seed_plan.duties[0]
    quote = seed_plan.quote(duty.span)
    (tmp_path / "r.toml").write_text(
        f'document = "{seed_plan.title}"\n[[correction]]\nkind = "duties"\npassage = """{quote}"""\n'
        f"start = {duty.span.start}\nend = {duty.span.end}\n"
        'read = [{ due = "2021-08-27" }]\nshould = [{ due = "2021-08-26", actor = "区食安办" }]\n'
        'by = "甲"\nwhy = "乙"\n',
        encoding="utf-8",
    )
    plan = read_file(SEED, tmp_path)
    assert str(plan.duties[0].due) == "2021-08-26"
    actor = plan.duties[0].actor_organization
    assert actor is not None
    assert actor.name.endswith("食品安全委员会办公室")


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ('passage = "市民政局"\nshould = [{ name = "市民政局", role = "lead" }]', ["review-passage-gone"]),
        ('passage = "工作"\nshould = [{ name = "工作", role = "lead" }]', ["review-passage-gone"]),
        (PASSAGE + 'read = []\nshould = [{ name = "市民政局", role = "lead" }]', ["review-name-absent"]),
        (PASSAGE + "read = []\n" + READ.replace("read", "should"), ["review-unneeded"]),
        (
            PASSAGE + 'read = [{ name = "市教育局", role = "lead" }]\n' + LED,
            ["review-applied", "review-read-otherwise"],
        ),
        ('passage = "某市2021年"\nshould = [{ name = "某市", role = "lead" }]', ["review-nowhere"]),
        ('passage = "市司法局）。抽检量达到3批次/千人（市教育局"\nread = []\n' + LED, ["review-passage-shared"]),
        ('kind = "duties"\npassage = "做好工作"\nshould = [{ action = "x" }]', ["review-count-differs"]),
    ],
    ids=["gone", "several", "absent", "unneeded", "otherwise", "nowhere", "shared", "count"],
)
def test_what_does_not_fit_is_reported(tmp_path: Path, correction: str, expected: list[str]) -> None:
    plan = read(TEXT, tmp_path, correction)
    assert codes(plan) == expected
    if "review-applied" not in expected:
        assert plan.tasks == read_text(TEXT).tasks


def test_a_passage_that_has_moved_is_found_again(tmp_path: Path) -> None:
    at = TEXT.index("市公安局、")
    where = f"start = {at}\nend = {at + 9}\n"
    assert codes(read(TEXT, tmp_path, PASSAGE + where + READ + LED)) == ["review-applied"]
    moved = TEXT.replace("加强监管", "切实加强监管")
    assert codes(read(moved, tmp_path, PASSAGE + where + READ + LED)) == ["review-applied"]
    assert codes(read(TEXT.replace("市司法局", "市财政局"), tmp_path, PASSAGE + where + READ + LED)) == [
        "review-passage-gone"
    ]


def test_a_review_is_for_its_document_only(tmp_path: Path) -> None:
    correction = PASSAGE + READ + LED
    assert codes(read(TEXT, tmp_path, correction, head="year = 2021\n")) == ["review-applied"]
    assert codes(read(TEXT, tmp_path, correction, head="year = 2022\n")) == []
    assert codes(read(TEXT, tmp_path, correction, head='status = "征求意见稿"\n')) == []
    assert codes(read_bytes(TEXT.replace("2021", "2020").encode(), "plan.txt", tmp_path)) == []
    assert codes(read_bytes(TEXT.encode(), "plan.txt", tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("document = ", "is no readable review"),
        ('title = "x"', "unknown key 'title'"),
        ("[[correction]]", "'document' must be the title"),
        ('document = "x"\ncorrection = [1]', "correction 1: must be a [[correction]] table"),
        ('document = "x"\nyear = "2021"', "'year' must be a whole number"),
        ('document = "x"\n[[correction]]\nkind = "roles"', "no kind is called 'roles'; known are assignments"),
        ('document = "x"\n[[correction]]\nkind = "policies"', "'passage' must hold"),
        ('document = "x"\n[[correction]]\npassage = "a"\nshould = [1]', "should: must hold tables"),
        ('document = "x"\n[[correction]]\npassage = "a"\nshould = [{ name = "a" }]', "should: 'role' is missing"),
        ('document = "x"\n[[correction]]\npassage = "a"\nread = [{ name = "a", role = "b" }]', "no role is called 'b'"),
        ('document = "x"\n[[correction]]\npassage = "a"\nshould = [{ nam = "a" }]', "unknown key 'nam'"),
        ('document = "x"\n[[correction]]\npassage = "a"\nread = [{ name = "", role = "lead" }]', "must be a text"),
        ('document = "x"\n[[correction]]\npassage = "a"\nstart = 3\nend = 9', "must count the characters"),
        ('document = "x"\n[[correction]]\npassage = "a"\nmode = "x"', "no mode is called 'x'"),
        ('document = "x"\n[[correction]]\npassage = "a"\nmode = "led"\nby = "b"', "say in 'by' who corrects it"),
        (
            'document = "x"\n[[correction]]\nkind = "targets"\npassage = "a"\n'
            'should = [{ indicator = "i", comparator = "≥", value = 1, unit = "%" }]',
            "'comparator' must be one of",
        ),
        (
            'document = "x"\n[[correction]]\nkind = "targets"\npassage = "a"\n'
            'should = [{ indicator = "i", comparator = "=", value = "1", unit = "%" }]',
            "'value' must be a number",
        ),
    ],
)  # fmt: skip
def test_a_review_that_breaks_its_format_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "r.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        reviews_in(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'r.toml'}: ")
    assert said in str(caught.value)


def test_the_reviews_that_ship_are_sound(seed_plan: Plan) -> None:
    assert reviewed(seed_plan).tasks == seed_plan.tasks


def test_a_template_is_a_review_that_changes_nothing(tmp_path: Path) -> None:
    plan = read_text(TEXT, "plan")
    assert plan.findings
    (tmp_path / "r.toml").write_text(review_template(plan), encoding="utf-8")
    assert reviewed(plan, tmp_path) == plan
    data = tomllib.loads(review_template(plan))
    assert data["document"] == plan.title
    assert data["year"] == 2021
    for entry in data["correction"]:
        assert plan.text[entry["start"] : entry["end"]] == entry["passage"]


@given(st.text(min_size=1).filter(str.strip))
def test_a_template_of_any_text_is_readable(text: str) -> None:
    plan = read_text(f"{text}\n1.做好工作（{text}牵头）。")
    assert tomllib.loads(review_template(plan))["document"] == plan.title


def test_the_graph_says_what_was_corrected(tmp_path: Path) -> None:
    from kg.graph.triples import stated_graph
    from kg.graph.validation import validate

    graph = stated_graph(read(TEXT, tmp_path, PASSAGE + READ + LED), "https://example.org/")
    assert sum(str(basis).endswith("#Corrected") for basis in graph.objects()) == 1
    assert not [result for result in validate(graph) if result.severity == "violation"]


def run(*arguments: str, text: str | None = None) -> tuple[int, str]:
    from kg.context import Context

    result = CliRunner().invoke(review, list(arguments), input=text, obj=Context())
    return result.exit_code, result.output


def test_the_command_writes_a_template_and_never_over_a_file(tmp_path: Path) -> None:
    plan, target = tmp_path / "plan.txt", tmp_path / "plan.toml.new"
    plan.write_text(TEXT, encoding="utf-8")
    code, printed = run(str(plan))
    assert (code, tomllib.loads(printed)["document"]) == (0, "某市2021年工作安排")
    assert run(str(plan), "-o", str(target))[0] == 0
    assert target.read_text(encoding="utf-8") == printed
    code, said = run(str(plan), "-o", str(target))
    assert code == 2
    assert "may hold somebody's work" in said
    assert run("-", text=TEXT)[1] == printed
