"""Which files of a folder are documents, and what a pattern stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.corpus import READABLE, documents
from kg.errors import ReadingError
from kg.reading import read_file
from tests.reading import papers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    aside = ["a.toml", "~$a.docx", ".hidden.txt", "README.md", "picture.png", ".git/x.txt"]
    for name in ["b.txt", "a.DOCX", "c.md", "deep/er/d.pdf", *aside]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def found(folder: Path, *patterns: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in documents([folder / pattern for pattern in patterns])]


def test_a_folder_is_searched_in_full(folder: Path) -> None:
    assert found(folder, "") == ["a.DOCX", "b.txt", "c.md", "deep/er/d.pdf"]
    assert {".txt", ".md", ".html", ".docx", ".pdf", ".ofd", ".doc", ".wps"} <= set(READABLE)


def test_patterns_are_filled_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(folder, "*.txt", "**/*.pdf") == ["b.txt", "deep/er/d.pdf"]
    assert found(folder, "de*") == ["deep/er/d.pdf"]
    assert found(folder, "a.*") == ["a.DOCX"]
    assert found(folder, "*.none") == ["*.none"]
    monkeypatch.chdir(folder)
    assert list(documents([Path("?.txt")])) == [Path("b.txt")]


def test_a_file_that_is_named_comes_as_it_is(folder: Path) -> None:
    (folder / "plan[1].txt").write_text("x", encoding="utf-8")
    assert found(folder, "README.md", "a.toml", "none.txt", "plan[1].txt") == [
        "README.md", "a.toml", "none.txt", "plan[1].txt",
    ]  # fmt: skip


def test_a_document_of_any_format_has_its_metadata_beside_it(tmp_path: Path) -> None:
    (tmp_path / "plan.docx").write_bytes(papers.docx(papers.p("工作安排") + papers.p("1.加强监管（区公安局）。")))
    (tmp_path / "plan.toml").write_text('title = "某区2020年工作安排"\nyear = 2020\n', encoding="utf-8")
    plan = read_file(tmp_path / "plan.docx")
    assert (plan.title, plan.year, [task.code for task in plan.tasks]) == ("某区2020年工作安排", 2020, ["1.1"])


def test_a_bad_file_is_named_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "plan.docx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ReadingError, match=r"plan\.docx: byte 0: expected a Word document") as caught:
        read_file(tmp_path / "plan.docx")
    assert str(tmp_path) in str(caught.value)
