"""The file beside a document: what it tells, and what it expects."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ReadingError
from kg.reading import read_file
from kg.reading.metadata import read_metadata

DOCUMENT = "工作安排\n一、任务\n1.做好工作（区公安局）。\n"


def document(folder: Path, metadata: str) -> Path:
    path = folder / "plan.txt"
    path.write_text(DOCUMENT, encoding="utf-8")
    path.with_suffix(".toml").write_text(metadata, encoding="utf-8")
    return path


def test_metadata_wins_over_the_text(tmp_path: Path) -> None:
    plan = read_file(document(tmp_path, 'title = "别的名称"\nplace = "210804"\nyear = 2020\nstatus = "试行"\n'))
    assert (plan.title, plan.place, plan.year, plan.status) == ("别的名称", "210804", 2020, "试行")
    assert plan.tasks[0].assignments[0].organization.name == "营口市鲅鱼圈区公安局"


def test_an_expectation_that_is_not_met_is_a_finding(tmp_path: Path) -> None:
    plan = read_file(document(tmp_path, '[expect.tasks]\ncount = 2\nreason = "there are two"\n'))
    found = [f for f in plan.findings if f.code == "unexpected-count"]
    assert len(found) == 1
    assert "there are two" in found[0].message


def test_an_expectation_that_is_met_says_nothing(tmp_path: Path) -> None:
    plan = read_file(document(tmp_path, '[expect.statements]\ncount = 1\nreason = "one bracket"\n'))
    assert not [f for f in plan.findings if f.code == "unexpected-count"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title = ", "no readable metadata"),
        ("title = 3", "'title' must be"),
        ('title = ""', "'title' must be"),
        ('place = "999999"', "'place' must be"),
        ("year = true", "'year' must be"),
        ('titel = "x"', "unknown key 'titel'"),
        ("expect = 3", "'expect' must be"),
        ("[expect.cats]\ncount = 1\nreason = 'x'", "nothing called 'cats'"),
        ("[expect.tasks]\ncount = 1", "expect.tasks must hold"),
        ("[expect.tasks]\ncount = '1'\nreason = 'x'", "expect.tasks must hold"),
    ],
)
def test_metadata_that_is_wrong_names_file_and_key(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadingError, match=r"plan\.toml") as caught:
        read_metadata(path)
    assert said in str(caught.value)
