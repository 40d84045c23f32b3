"""Every format yields the text that people see, and the seed gives the same plan in each."""

from __future__ import annotations

import base64
import http.server
import re
import shutil
import threading
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from kg.errors import ReadingError
from kg.plan import Plan
from kg.reading import read_bytes
from kg.reading.formats import FORMATS, format_of, text_of
from tests.conftest import SEED
from tests.reading import papers

TEXT = SEED.read_text(encoding="utf-8")
PARAGRAPHS = [line.strip() for line in TEXT.splitlines() if line.strip()]
MENU = '<nav><a href="/">首页</a></nav><div class="menu"><a href="/gk">政务公开</a> <a href="/x">互动交流</a></div>'


def as_html(encoding: str) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>" for line in PARAGRAPHS[1:])
    return (
        f'<!DOCTYPE html><html><head><meta charset="{encoding}"><title>{PARAGRAPHS[0]}_某区人民政府</title></head>'
        f'<body>{MENU}<h1>{PARAGRAPHS[0]}</h1><div id="zoom">{body}</div><footer>版权所有：某区人民政府办公室</footer>'
        "</body></html>"
    ).encode(encoding)


MARKS = ("[一二三]、", r"\d+\.")


def as_numbered_docx() -> bytes:
    """Return the seed as Word writes it where the numbers of parts and items are Word's own."""
    body = ""
    for line in PARAGRAPHS:
        level = next((level for level, mark in enumerate(MARKS) if re.match(mark, line)), None)
        bare = line if level is None else re.sub(MARKS[level], "", line, count=1)
        own = "" if level is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        body += papers.p(bare, own)
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{style}"/><w:lvlRestart w:val="0"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (style, pattern) in enumerate([("chineseCounting", "%1、"), ("decimal", "%2.")])
    )
    numbering = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    return papers.docx(body, numbering=f'{numbering}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>')


SEED_IN: dict[str, Callable[[], bytes]] = {
    "seed.txt": SEED.read_bytes,
    "gb18030.txt": lambda: TEXT.encode("gb18030"),
    "utf-16.txt": lambda: TEXT.encode("utf-16"),
    "utf-16-be.txt": lambda: TEXT.encode("utf-16-be"),
    "seed.md": lambda: "\n\n".join([f"# {PARAGRAPHS[0]}", *PARAGRAPHS[1:]]).encode(),
    "seed.html": lambda: as_html("utf-8"),
    "gb.htm": lambda: as_html("gb18030").replace(b'"gb18030"', b'"gb2312"'),
    "seed.docx": lambda: papers.docx("".join(papers.p(line) for line in PARAGRAPHS)),
    "numbered.docx": as_numbered_docx,
    "seed.pdf": lambda: papers.pdf(papers.sheets(PARAGRAPHS, header="食品安全重点工作安排")),
    "indented.pdf": lambda: papers.pdf(papers.sheets(PARAGRAPHS, indent=2)),
    "seed.ofd": lambda: papers.ofd(papers.sheets(PARAGRAPHS, header="食品安全重点工作安排")),
}


def said(plan: Plan) -> list[object]:
    """Return what a plan says, without its offsets."""
    tasks = [
        (
            task.code,
            "".join(plan.quote(task.span).split()),
            task.mode,
            [(a.name, a.organization, a.role, a.basis) for a in task.assignments],
        )
        for task in plan.tasks
    ]
    return [plan.title, plan.status, plan.year, plan.place, [s.title for s in plan.sections], tasks]


@pytest.mark.parametrize("name", SEED_IN)
def test_the_seed_says_the_same_in_every_format(name: str, seed_plan: Plan) -> None:
    plan = read_bytes(SEED_IN[name](), name)
    assert said(plan) == said(seed_plan)
    assert [t.value for t in plan.targets] == [t.value for t in seed_plan.targets]
    assert [d.due for d in plan.duties] == [d.due for d in seed_plan.duties]
    assert [c.name for c in plan.campaigns] == [c.name for c in seed_plan.campaigns]


@pytest.mark.parametrize("name", ["seed.docx", "seed.pdf", "seed.ofd", "seed.html", "seed.md"])
def test_the_text_is_that_of_the_seed_and_the_same_twice(name: str) -> None:
    data = SEED_IN[name]()
    text = text_of(data, name)
    assert [line.strip() for line in text.split("\n")] == PARAGRAPHS
    assert text_of(data, name) == text
    assert text_of(data, "standard input") == (text if name != "seed.md" else data.decode())


def test_every_ending_has_its_format() -> None:
    assert [form.name for form in FORMATS] == ["txt", "md", "html", "docx", "pdf", "ofd", "doc"]
    assert format_of(b"%PDF-1.4", "A.PDF") == "pdf"
    assert format_of(b"abc", "a.unknown") == "txt"
    assert format_of(b"HTTP/1.0 200 OK\n%PDF-1.4", "a.pdf") == "pdf"
    assert format_of(b"HTTP/1.0 200 OK\n%PDF-1.4", "a.txt") == "txt"
    assert format_of(b"<!-- a --> <!---->" * 100, "standard input") == "txt"
    assert format_of(b"<!-- a -->" * 50 + b"<HTML>", "standard input") == "html"


CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ODT = "application/vnd.oasis.opendocument."
WORD = CONTAINER + "WordDocument".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.docx", b"%PDF-1.7\n", ["expected a Word document (docx)", "found a PDF file", "ending .pdf"]),
        ("a.pdf", papers.docx(papers.p("甲")), ["expected a PDF file", "found a Word document (docx)", "ending .docx"]),
        ("a.ofd", papers.docx(papers.p("甲")), ["expected an OFD file", "found a Word document (docx)"]),
        ("a.txt", papers.docx(papers.p("甲")), ["expected plain text", "found a Word document (docx)"]),
        ("a.doc", papers.docx(papers.p("甲")), ["expected a Word 97-2003", "ending .docx"]),
        (
            "a.docx",
            WORD,
            ["expected a Word document (docx)", "found a Word 97-2003, WPS, RTF or OpenDocument text", "ending .doc"],
        ),
        ("a.docx", b"<html><p>x</p></html>", ["expected a Word document (docx)", "found a web page", "ending .html"]),
        ("a.pdf", "纯文本".encode(), ["expected a PDF file", "found something else", "damaged"]),
        ("a.xlsx", papers.zipped({"xl/workbook.xml": ""}), ["found an Excel workbook", "text with tabs"]),
        (
            "a.odt",
            papers.zipped({"mimetype": ODT + "spreadsheet", "content.xml": ""}),
            ["OpenDocument file that is no"],
        ),
        ("a.mht", b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", ["a web archive"]),
        ("a.docx", papers.zipped({"x": ""}), ["found a zip archive that is no docx", "unpack it"]),
        ("a.zip", papers.zipped({"x": ""}), ["found a zip archive that is no docx", "unpack it"]),
        (
            "a.docx",
            CONTAINER + "EncryptedPackage".encode("utf-16-le"),
            ["protected by a password", "take the password"],
        ),
        ("a.doc", CONTAINER, ["compound file that is no Word document"]),
        ("a.pdf", b"\xff\xd8\xff\xe0", ["found a JPEG image", "OCR"]),
        ("a.pdf", b"{\\rtf1 abc}", ["found a Word 97-2003, WPS, RTF or OpenDocument text", "ending .doc"]),
    ],
)
def test_a_file_that_is_not_what_its_name_says(name: str, data: bytes, expected: list[str]) -> None:
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, name)
    assert str(caught.value).startswith(f"{name}: ")
    for words in expected:
        assert words in str(caught.value)


def test_what_is_not_seen_in_plain_text_is_no_text_and_every_line_end_is_one() -> None:
    written = "\ufeff一、任务\r\ufeff1.加强\u200b监管\u2028（市公\xad安局）。\x85\r\n末\r\r甲\x0c乙"
    assert text_of(written.encode(), "a.txt") == "一、任务\n1.加强监管\n（市公安局）。\n\r\n末\n\n甲\x0c乙"
    assert text_of("食品".encode("utf-32"), "a.txt") == "食品"


def test_a_page_saved_as_text_stays_text() -> None:
    assert text_of(b"<html><p>abc</p></html>", "a.txt") == "<html><p>abc</p></html>"
    assert text_of("<html><p>甲</p></html>".encode(), "standard input") == "甲"


def test_word_97_needs_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.reading.formats.office._PROGRAMS", ("no-such-program",))
    with pytest.raises(
        ReadingError, match=r"^a\.wps: .*only LibreOffice can convert; open it in Word or WPS and save it"
    ):
        read_bytes(WORD, "a.wps")


@pytest.mark.skipif(not any(map(shutil.which, ("soffice", "libreoffice"))), reason="needs LibreOffice")
@pytest.mark.parametrize("name", ["a.rtf", "a.odt"])
def test_a_real_libreoffice_reads_them_and_fetches_nothing(name: str) -> None:
    asked: list[str] = []

    class Host(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Host) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        picture = f"http://127.0.0.1:{host.server_port}/x.png"
        assert text_of(DOCUMENTS[name](picture), name) == "一、任务\n1.加强监管"
        host.shutdown()
    assert asked == []


def rtf(picture: str) -> bytes:
    said = "".join(f"\\u{ord(char)}?" for char in "一、任务")
    more = "".join(f"\\u{ord(char)}?" for char in "1.加强监管")
    return rf'{{\rtf1\ansi {said}\par {{\field{{\*\fldinst INCLUDEPICTURE "{picture}" \\d}}}}{more}\par}}'.encode()


def odt(picture: str) -> bytes:
    spaces = {"office": "office", "text": "text", "draw": "drawing", "svg": "svg-compatible"}
    declared = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in spaces.items())
    body = (
        f'<text:p>一、任务<draw:frame svg:width="1cm"><draw:image xlink:href="{picture}"/></draw:frame>'
        "</text:p><text:p>1.加强监管</text:p>"
    )
    content = (
        f'<office:document-content {declared} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>'
        f"{body}</office:text></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{ODT}text"/><manifest:file-entry '
        'manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return papers.zipped(
        {"mimetype": f"{ODT}text", "content.xml": content, "META-INF/manifest.xml": manifest}, stored=True
    )


DOCUMENTS: dict[str, Callable[[str], bytes]] = {"a.rtf": rtf, "a.odt": odt}


def office(folder: Path, script: str) -> str:
    """Make a program that stands for LibreOffice; it finds the target folder in $7, the document in $8."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_word_97_goes_through_libreoffice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = base64.b64encode(papers.docx(papers.p("一、任务"))).decode()
    order = 'test "$4 $5" = "--convert-to docx" && test -s "$8" && mkdir -p "$7"'
    script = f'{order} && echo {made} | base64 -d > "$7/document.docx"'
    monkeypatch.setattr("kg.reading.formats.office._PROGRAMS", (office(tmp_path, script),))
    assert text_of(WORD, "a.doc") == "一、任务"


@pytest.mark.parametrize(("script", "words"), [("exit 1", "cannot convert it"), ("sleep 60", "longer than 0.3 s")])
def test_libreoffice_that_fails_or_hangs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, words: str
) -> None:
    monkeypatch.setattr("kg.reading.formats.office._PROGRAMS", (office(tmp_path, script),))
    monkeypatch.setattr("kg.reading.formats.office.SECONDS", 0.3)
    with pytest.raises(ReadingError, match=words):
        text_of(WORD, "a.doc")
