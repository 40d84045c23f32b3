"""A store is taken up whole or not at all, and stays the user's."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store.generations import Generations, write_whole

ONE = b'<http://a/s> <http://a/p> "1" <http://a/g> .\n'
TWO = b'<http://a/s> <http://a/p> "2" <http://a/g> .\n'


def test_the_first_generation_can_be_read(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "store")
    assert generations.current() is None
    name = generations.write(ONE, {"documents": []})
    assert generations.current() == name
    assert [str(q.object) for q in generations.open(name)] == ['"1"']


def test_same_content_has_the_same_version(tmp_path: Path) -> None:
    versions = []
    for folder in ("a", "b"):
        generations = Generations(tmp_path / folder)
        versions.append(generations.version(generations.write(ONE, {})))
    generations = Generations(tmp_path / "a")
    assert versions[0] == versions[1] != generations.version(generations.write(TWO, {}))


def test_a_failed_build_leaves_the_previous_store(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "store")
    name = generations.write(ONE, {})
    with pytest.raises(StoreError):
        generations.write(b"not quads at all", {})
    assert generations.current() == name
    assert len(list(generations.open(name))) == 1
    assert sorted(p.name for p in (tmp_path / "store").iterdir()) == ["000001", "current", "lock"]


def test_only_two_generations_are_kept(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "store")
    for content in (ONE, TWO, ONE):
        generations.write(content, {})
    assert sorted(p.name for p in (tmp_path / "store").iterdir() if p.is_dir()) == ["000002", "000003"]


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(StoreError, match=r"thesis\.docx"):
        Generations(tmp_path).write(ONE, {})
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "store")
    generations.write(ONE, {})
    with (tmp_path / "store" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another zeren"):
            generations.write(TWO, {})


def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "store")
    name = generations.write(ONE, {})
    (tmp_path / "store" / name / "about.json").write_text("{")
    with pytest.raises(StoreError, match="zeren build"):
        generations.version(name)


def test_a_file_that_fails_to_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        write_whole(tmp_path / "missing" / "file", b"x")
    write_whole(tmp_path / "file", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
