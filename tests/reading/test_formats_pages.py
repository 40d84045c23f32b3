"""PDF and OFD: lines become paragraphs, ruled lines become tables, page headers and numbers go."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from kg.reading import read_bytes
from kg.reading.formats.extract import BrokenError
from kg.reading.formats.extraction import extract
from kg.reading.formats.layout import text_of_pages
from kg.reading.formats.ofd import read_ofd
from kg.reading.formats.page import Glyph, Page, Rule, lines_of
from kg.reading.formats.pdf import read_pdf
from tests.reading.papers import OFD, Sheet, docx, ofd, p, pdf, sheets, zipped
from tests.reading.steps import steps_of

LONG = (
    "加强源头治理，严格过程监管，推动各项任务落实到位，确保不发生重大食品安全事件（区市场监管局、区农业农村局负责）。"
)


def both(pages: list[Sheet]) -> str:
    """Return the text of drawn pages, the same from a PDF as from an OFD file."""
    from_pdf, from_ofd = read_pdf(pdf(pages)).text, read_ofd(ofd(pages)).text
    assert from_pdf == from_ofd
    return from_pdf


@pytest.mark.parametrize("indent", [0, 2])
def test_lines_become_paragraphs_over_pages(indent: int) -> None:
    paragraphs = ["某区工作安排", "一、总体要求", *(f"{n}.{LONG}" for n in range(1, 30)), "2021年5月6日"]
    pages = sheets(paragraphs, header="某区人民政府公报", indent=indent)
    assert len(pages) > 2
    assert both(pages).split("\n") == paragraphs


def test_a_header_of_one_page_and_a_number_in_the_text_stay() -> None:
    page = Sheet()
    page.write("某区人民政府文件", 200, 70)
    page.write("12", 72, 400)
    page.write("正文", 72, 430)
    page.write("第 1 页 共 1 页", 250, 800, 10)
    assert both([page]).split("\n") == ["某区人民政府文件", "12", "正文"]


@pytest.mark.parametrize("number", ["1", "- 1 -", "—1—", "— 1 —", "第1页", "1/3", "第 1 页，共 3 页", "· 1 ·"])
def test_page_numbers(number: str) -> None:
    page = Sheet()
    page.write("正文", 72, 300)
    page.write(number, 290, 805, 12)
    assert both([page]) == "正文"


ROWS = [
    ["序号", "工作任务", "责任单位"],
    ["1", "开展食品安全抽检监测，完成全年任务", "市市场监督管理局、市卫生健康委员会、市农业农村局"],
    ["2", "推进明厨亮灶", "市教育局"],
]


def test_ruled_lines_become_a_table() -> None:
    page = Sheet()
    page.write("任务分工表", 240, 90)
    below = page.table(ROWS, 72, 110, [40, 150, 200])
    page.write("注：本表自印发之日起执行。", 72, below + 40)
    assert both([page]).split("\n") == ["任务分工表", *("\t".join(row) for row in ROWS), "注：本表自印发之日起执行。"]


def test_cells_without_a_line_between_them_are_one() -> None:
    page = Sheet()
    for y in (100, 160):
        page.rules.append((72, y, 372, y))
    page.rules += [
        (172, 130, 372, 130),
        (72, 100, 72, 160),
        (172, 100, 172, 160),
        (272, 100, 272, 130),
        (372, 100, 372, 160),
    ]
    for text, x, y in [("一", 100, 135), ("甲", 200, 120), ("乙", 300, 120), ("丙", 250, 150)]:
        page.write(text, x, y, 10)
    assert both([page]).split("\n") == ["一\t甲\t乙", "一\t丙\t丙"]


def test_a_frame_and_a_line_under_a_title_are_no_table() -> None:
    page = Sheet()
    page.rules += [(50, 50, 545, 50), (50, 50, 50, 790), (545, 50, 545, 790), (50, 790, 545, 790), (72, 120, 523, 120)]
    page.write("标题", 250, 110)
    page.write("正文", 72, 150)
    assert both([page]).split("\n") == ["标题", "正文"]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_seen(rotate: int) -> None:
    upright = Page(200, 100, (Glyph("甲", 10, 20, 20, 10), Glyph("乙", 22, 32, 20, 10)))
    assert text_of_pages([upright]) == "甲乙"
    turned = Sheet(rotate=rotate)
    turned.write("甲乙", 100, 100)
    assert len(read_pdf(pdf([turned])).text.replace("\n", "")) == 2


def test_spaces_are_those_that_are_seen() -> None:
    def line(text: str, gaps: dict[int, float]) -> str:
        x, glyphs = 0.0, []
        for index, char in enumerate(text):
            x += gaps.get(index, 0.0)
            width = 5 if char.isascii() else 10
            glyphs.append(Glyph(char, x, x + width, 100, 10))
            x += width
        return lines_of(glyphs)[0].text

    assert line("中央国务院", {2: 5}) == "中央 国务院"
    assert line("中央国务院", dict.fromkeys(range(1, 5), 4.0)) == "中央国务院"
    assert line("in the", {}) == "in the"
    assert line("inthe", {2: 3}) == "in the"
    assert line("达到3批次", {2: 2.5, 3: 2.5}) == "达到3批次"


def test_bold_printed_twice_is_read_once() -> None:
    glyphs = [
        Glyph(c, 10 * i + shift, 10 * i + 10 + shift, 50, 10) for i, c in enumerate("一一甲") for shift in (0, 0.4)
    ]
    assert [line.text for line in lines_of(glyphs)] == ["一一甲"]


def test_radicals_that_stand_for_characters() -> None:
    page = Sheet()
    page.write("⾷品安全⼯作", 72, 100)
    assert read_pdf(pdf([page])).text in ("食品安全工作", "品安全作")  # the reference font has no radicals of its own
    from kg.reading.formats.pdf import _as_meant

    assert "".join(map(_as_meant, "⾷⼯一")) == "食工一"


def test_work_grows_with_the_pages() -> None:
    def drawn(count: int) -> list[Page]:
        line = tuple(Glyph("字", 72 + 10 * i, 82 + 10 * i, 0, 10) for i in range(45))
        return [Page(595, 842, tuple(replace(g, baseline=130 + 13 * row) for row in range(45) for g in line))] * count

    assert text_of_pages(drawn(2)) == "字" * 45 * 45 * 2
    assert steps_of(lambda: text_of_pages(drawn(20))) <= 12 * steps_of(lambda: text_of_pages(drawn(2)))


def test_a_page_full_of_lines_is_no_table() -> None:
    rules = tuple(Rule(i, 0, i, 500) for i in range(2000))
    assert text_of_pages([Page(595, 842, (Glyph("甲", 10, 20, 300, 10),), rules)]) == "甲"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf([Sheet()]), "found pages without any text"),
        (pdf([Sheet()]).replace(b"%PDF", b"%PDF")[:300], "damaged"),
        (b"%PDF-1.7\n" + b"garbage" * 100, "damaged"),
        (
            pdf(
                sheets(["甲"]),
                objects=[b"<< /Filter /Standard /V 1 /R 2 /O <" + b"00" * 32 + b"> /U <" + b"11" * 32 + b"> /P -4 >>"],
                trailer="/Encrypt 7 0 R /ID [<00><00>]",
            ),
            "protected by a password",
        ),
    ],
    ids=["empty", "cut", "garbage", "encrypted"],
)
def test_a_bad_pdf_is_named_bad(data: bytes, said: str) -> None:
    with pytest.raises(BrokenError, match=said):
        extract(data, "pdf")


IMAGE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
    b"stream\n\x00\nendstream"
)


def test_a_scan_says_that_it_is_one() -> None:
    with pytest.raises(BrokenError, match="found a scan without a text layer; recognise its text first"):
        extract(with_picture([Sheet()]), "pdf")


def with_picture(pages: list[Sheet]) -> bytes:
    """Return a PDF whose empty pages show a picture."""
    number = 5 + 2 * len(pages)
    made = pdf(pages, objects=[IMAGE]).replace(b"/F1 3 0 R >>", b"/F1 3 0 R >> /XObject << /I %d 0 R >>" % number)
    return made.replace(
        b"<< /Length 0 >>\nstream\n\nendstream", b"<< /Length 23 >>\nstream\nq 9 0 0 9 0 0 cm /I Do Q\nendstream"
    )


def test_pages_that_are_pictures_are_reported() -> None:
    written = sheets(["某市2021年工作安排", "1.加强监管（市公安局）。"])
    plan = read_bytes(with_picture([*written, Sheet(), Sheet()]), "plan.pdf")
    assert [task.code for task in plan.tasks] == ["1.1"]
    (found,) = (f for f in plan.findings if f.code == "page-without-text")
    assert "第2、3页" in found.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (ofd([Sheet()]), "found pages without any text"),
        (ofd(sheets(["甲"]))[:-40], "damaged"),
        (zipped({"OFD.xml": "<OFD/>"}), "without any text"),
        (zipped({"OFD.xml": "<OFD><DocBody><DocRoot>x.xml</DocRoot></DocBody></OFD>"}), "expected a part 'x.xml'"),
        (zipped({"OFD.xml": "<OFD/>", "Encryptions.xml": "<x/>"}), "is encrypted"),
        (docx(p("甲")), "expected a part 'OFD.xml'"),
    ],
    ids=["empty", "cut", "no-document", "missing", "encrypted", "docx"],
)
def test_a_bad_ofd_is_named_bad(data: bytes, said: str) -> None:
    with pytest.raises(BrokenError, match=said):
        extract(data, "ofd")


def test_ofd_steps_paths_and_matrices() -> None:
    page = (
        '<Page><Area><PhysicalBox>0 0 100 100</PhysicalBox></Area><Content><Layer><PageBlock>'
        '<TextObject Boundary="10 10 50 10" Size="5" CTM="1 0 0 1 0 0">'
        '<TextCode X="0" Y="5" DeltaX="g 2 5">甲乙丙</TextCode>'
        '<TextCode Y="12">丁</TextCode></TextObject><TextObject Size="5"><TextCode>无</TextCode></TextObject>'
        '<TextObject Boundary="0 0 9 9" Size="5" Visible="false"><TextCode X="0" Y="0">藏</TextCode></TextObject>'
        "</PageBlock></Layer></Content></Page>"
    )  # fmt: skip
    parts = {
        "OFD.xml": "<OFD><DocBody><DocRoot>/D/Document.xml</DocRoot></DocBody></OFD>",
        "D/Document.xml": '<Document><Pages><Page BaseLoc="/D/P/Content.xml"/></Pages></Document>',
        "D/P/Content.xml": page,
    }
    assert read_ofd(zipped(dict(parts))).text == "甲乙丙\n丁"


def with_template(inside: str, pages: list[Sheet]) -> bytes:
    """Return an OFD file whose pages are drawn upon a template page."""
    with zipfile.ZipFile(io.BytesIO(ofd(pages))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name).decode() for name in archive.namelist()}
    declared = '<ofd:TemplatePage ID="77" BaseLoc="Tpls/T_0.xml"/><ofd:TemplatePage ID="78" BaseLoc="gone.xml"/>'
    used = '<ofd:Template TemplateID="77" ZOrder="Background"/><ofd:Template TemplateID="78"/>'
    for name, content in parts.items():
        assert isinstance(content, str)
        made = content.replace("</ofd:CommonData>", f"{declared}</ofd:CommonData>")
        parts[name] = made.replace("<ofd:Content>", f"{used}<ofd:Content>")
    parts["Doc_0/Tpls/T_0.xml"] = (
        f'<ofd:Page xmlns:ofd="{OFD}"><ofd:Content><ofd:Layer>{inside}</ofd:Layer></ofd:Content></ofd:Page>'
    )
    parts["Doc_0/Signs/Sign_0/Signature.xml"] = "<x>"
    parts["Doc_0/Annots/Page_0/Annotation.xml"] = "<x>"
    return zipped(parts)


def text_object(text: str, x: float, y: float, more: str = "") -> str:
    return (
        f'<ofd:TextObject Boundary="{x} {y} 100 10" Size="5" {more}>'
        '<ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="1"><ofd:Glyphs>3</ofd:Glyphs></ofd:CGTransform>'
        f'<ofd:TextCode X="0" Y="5" DeltaX="g {len(text)} 5">{text}</ofd:TextCode></ofd:TextObject>'
    )


def test_ofd_templates_are_part_of_their_pages() -> None:
    letterhead = text_object("某市人民政府文件", 60, 60)
    watermark = text_object("内部资料", 60, 120, 'CTM="0.7 0.7 -0.7 0.7 0 0"')
    body = Sheet()
    body.write("一、任务", 72, 300)
    assert read_ofd(with_template(letterhead + watermark, [body])).text == "某市人民政府文件\n一、任务"
    pages = sheets([f"{n}.{LONG}" for n in range(1, 30)])
    running = text_object("某市人民政府公报", 60, 15)
    assert read_ofd(with_template(running, pages)).text.split("\n") == [f"{n}.{LONG}" for n in range(1, 30)]


def test_several_documents_in_one_ofd_file() -> None:
    parts = {
        "OFD.xml": "<OFD><DocBody><DocRoot>A/Document.xml</DocRoot></DocBody><DocBody><DocRoot>B/Document.xml</DocRoot>"
        "</DocBody></OFD>",
        **{f"{name}/Document.xml": '<Document><Pages><Page BaseLoc="C.xml"/></Pages></Document>' for name in "AB"},
        **{
            f"{name}/C.xml": f"<Page><Content>{text_object(text, 30, 100).replace('ofd:', '')}</Content></Page>"
            for name, text in (("A", "通知"), ("B", "附件"))
        },
    }
    assert read_ofd(zipped(dict(parts))).text == "通知\n附件"
