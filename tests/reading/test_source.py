"""Bytes to text, and files that are no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ReadingError
from kg.reading import read_bytes, read_file, read_text
from kg.reading.source import decode

TEXT = "某区工作安排\n一、任务\n1.做好工作，保证安全（区公安局）。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_detected(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "x") == TEXT


def test_a_mark_at_the_start_is_not_text_and_line_ends_stay() -> None:
    assert decode(b"\xef\xbb\xbf\xe7\x94\xb2\r\n", "x") == "甲\r\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n\xe3\x80\x80", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"PK\x03\x04\x14\x00", "docx"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00\x01", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"abc\x1a", "U+001A"),
        (b"\x00\x01\x02\x03", "U+0000"),
        ("甲乙".encode() + b"\x00", "character 2"),
        ("甲乙".encode() + b"\xff", "byte 6"),
        (b"\xff\xfe\x00\xd8", "UTF-16"),
        (b"\x80" * 10, "byte 0"),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=r"plan\.txt: ") as caught:
        read_bytes(data, "plan.txt")
    assert said in str(caught.value)


def test_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kg.reading.source.MAX_BYTES", 10)
    (tmp_path / "a.txt").write_text("一二三四五", encoding="utf-8")
    with pytest.raises(ReadingError, match="over the limit"):
        read_file(tmp_path / "a.txt")
    with pytest.raises(ReadingError, match="over the limit"):
        read_bytes(b"x" * 11, "x")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="no such file"):
        read_file(tmp_path / "none.txt")
    with pytest.raises(ReadingError, match="folder"):
        read_file(tmp_path)


def test_one_character_is_a_document() -> None:
    assert read_text("甲").text == "甲"


def test_no_text_at_all() -> None:
    with pytest.raises(ReadingError, match="is empty"):
        read_text(" \n")
