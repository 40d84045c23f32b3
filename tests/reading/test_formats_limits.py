"""No document hangs, floods or ends the program: limits, and files changed at random."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ReadingError
from kg.reading import read_bytes
from kg.reading.formats import FORMATS
from kg.reading.formats.confined import confined
from kg.reading.formats.extract import BrokenError, Extract
from kg.reading.formats.extraction import extract
from tests.reading.papers import Sheet, W, docx, ofd, p, pdf, sheets, tbl, zipped

TEXT = ["某区2021年工作安排", "一、任务", "1.加强监管，达到3批次/千人（区公安局牵头，区司法局配合）。"]
ROWS = [["序号", "任务", "单位"], ["1", "甲", "区公安局"]]


def page() -> list[Sheet]:
    drawn = sheets(TEXT, header="公报")
    drawn[0].table(ROWS, 72, 300, [40, 100, 100])
    return drawn


NUMBERED = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
WORD = "".join(map(p, TEXT)) + p("项", '<w:numPr><w:numId w:val="1"/></w:numPr>') + tbl(*ROWS)
CELLS = "".join(f"<tr>{''.join(f'<td rowspan=1 colspan=2>{c}' for c in row)}" for row in ROWS)
NOTED = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>TOC o</w:instrText><w:fldChar w:fldCharType="end"/>'
    '<w:t>甲</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
)
NOTES = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{p("注")}</w:footnote></w:footnotes>'


def aligned() -> list[Sheet]:
    pages = [Sheet(), Sheet()]
    for sheet in pages:
        sheet.aligned(
            [["序号", "任务", "单位"], *([str(n), "抽检监测", "区公安局"] for n in range(1, 9))], 72, 130, [40, 90, 90]
        )
        sheet.turn("草稿", 200, 500, 45, 40)
    return pages


SOUND: dict[str, list[bytes]] = {
    "docx": [docx(WORD, numbering=NUMBERED), docx(NOTED + WORD, more={"word/footnotes.xml": NOTES})],
    "html": [f"<html><body>{''.join(f'<p>{t}</p>' for t in TEXT)}<table>{CELLS}</table></body></html>".encode()],
    "md": ["\n\n".join([*TEXT, "|a|b|\n|-|-|\n|1|2|", "1. x\n2. y", "<table><tr><td>a</table>"]).encode()],
    "ofd": [ofd(page()), ofd(aligned())],
    "pdf": [pdf(page()), pdf(aligned())],
}


def changed(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with some bytes flipped, cut out, doubled or set to extremes."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if not out:
            break
        at = chance.randrange(len(out))
        length = chance.choice((1, 1, 4, 30, 300))
        match chance.randrange(5):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length]
            case 3:
                out[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"9999", b"\x7f\xff\xff\xff"))
            case _:
                out[at : at + length] = chance.randbytes(length)
    return bytes(out)


def parts_changed(data: bytes, chance: random.Random) -> bytes:
    """Return a zipped document with what is inside one of its parts changed."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    content = parts[name]
    assert isinstance(content, bytes)
    change = chance.choice((changed, figures_changed, figures_changed))
    return zipped({**parts, name: change(content, chance)})


def figures_changed(data: bytes, chance: random.Random) -> bytes:
    """Return markup with some of its figures and names set to others, so that it stays well-formed."""
    extremes = [b"0", b"-1", b"1e308", b"nan", b"99999999999", b"", b"x", b"0.0001", "\u4e00".encode()]
    words = re.split(rb'((?<=")[^"<>]*(?=")|(?<=>)[^<>]+(?=<))', data)
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(words) // 2) * 2 + 1 if len(words) > 1 else 0
        other = words[chance.randrange(len(words) // 2) * 2 + 1] if len(words) > 1 else b""
        words[at] = chance.choice([*extremes, other, words[at] * 50])
    return b"".join(words)


@pytest.mark.parametrize("kind", ["docx", "html", "md", "ofd"])
def test_a_changed_file_is_read_or_refused(kind: str) -> None:
    chance = random.Random(kind)
    read = 0
    for turn in range(150):
        data = SOUND[kind][turn % len(SOUND[kind])]
        inside = kind in ("docx", "ofd") and turn % 4
        damaged = parts_changed(data, chance) if inside else changed(data, chance)
        try:
            text = extract(damaged, kind)
        except BrokenError as error:
            assert str(error)
        else:
            text.encode("utf-8")
            read += 1
    assert read > 8, "the changes are too rough to test anything behind the first check"


@pytest.mark.parametrize("kind", ["docx", "ofd", "pdf"])
def test_a_changed_file_is_a_plan_or_an_error_that_names_it(kind: str) -> None:
    chance = random.Random(f"whole {kind}")
    for turn in range(16 if kind == "pdf" else 5):
        try:
            read_bytes(changed(SOUND[kind][turn % 2], chance), f"a.{kind}")
        except ReadingError as error:
            assert str(error).startswith(f"a.{kind}: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32"])
def test_changed_plain_text_is_a_plan_or_an_error_that_names_it(encoding: str) -> None:
    chance = random.Random(encoding)
    data = "\n".join(TEXT).encode(encoding)
    for _ in range(60):
        try:
            plan = read_bytes(changed(data, chance), "a.txt")
        except ReadingError as error:
            assert str(error).startswith("a.txt: ")
        else:
            assert all(plan.text[t.span.start : t.span.end] == plan.quote(t.span) for t in plan.tasks)


@settings(max_examples=25)
@given(st.binary(max_size=300), st.sampled_from([form.suffixes[0] for form in FORMATS] + [".x"]))
def test_any_bytes_under_any_name(data: bytes, suffix: str) -> None:
    try:
        read_bytes(data, f"a{suffix}")
    except ReadingError as error:
        assert str(error).startswith(f"a{suffix}: ")


@given(
    st.binary(max_size=300),
    st.sampled_from(sorted(SOUND)),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<p>"]),
)
def test_any_bytes_in_any_format(data: bytes, kind: str, start: bytes) -> None:
    try:
        extract(start + data, kind)
    except BrokenError as error:
        assert str(error)


def test_reading_ends_at_its_time_limit() -> None:
    with pytest.raises(ReadingError, match=r"^a\.docx: took longer than 0\.2 s to read; split it"):
        confined(docx(p("甲" * 20) * 80_000), "a.docx", "docx", seconds=0.2)


def test_reading_ends_at_its_memory_limit() -> None:
    with pytest.raises(ReadingError, match=r"^a\.docx: needs more than 64 MiB of memory to read; split it"):
        confined(docx(p("甲" * 20) * 80_000), "a.docx", "docx", memory=64 * 2**20)


def test_a_process_that_dies_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    killer = tmp_path / "python"
    killer.write_text("#!/bin/sh\ncat > /dev/null\nkill -11 $$\n", encoding="utf-8")
    killer.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(killer))
    with pytest.raises(
        ReadingError, match=r"^a\.pdf: the process that read it ended by signal 11: the file is damaged"
    ):
        confined(b"%PDF-1.7", "a.pdf", "pdf")


def test_a_process_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/program")
    with pytest.raises(ReadingError, match=r"^a\.pdf: the process that reads pdf cannot be started"):
        confined(b"%PDF-1.7", "a.pdf", "pdf")


def test_nothing_is_written_and_nothing_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outside = (
        '<!DOCTYPE html SYSTEM "http://127.0.0.1:9/x.dtd"><html><p>甲<img src="http://127.0.0.1:9/x.png"></p></html>'
    )
    assert confined(outside.encode(), "a.html", "html") == Extract("甲")
    assert not list(tmp_path.iterdir())
