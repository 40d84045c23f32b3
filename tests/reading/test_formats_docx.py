"""Word documents: printed numbers, changes, tables, boxes, and files that are no good."""

from __future__ import annotations

import io
import zipfile

import pytest

from kg.reading.formats import text_of
from kg.reading.formats.docx import text_of_docx
from kg.reading.formats.extract import BrokenError
from kg.reading.formats.extraction import extract
from kg.reading.formats.numerals import printed
from tests.reading.papers import W, docx, p, tbl, zipped


def lines(body: str, *, numbering: str = "", styles: str = "") -> list[str]:
    return text_of_docx(docx(body, numbering=numbering, styles=styles)).split("\n")


def level(depth: int, style: str, pattern: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def num(number: int, abstract: int, more: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{more}</w:num>'


def numbered(text: str, number: int, depth: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


NOTHING = '<w:suff w:val="nothing"/>'
OFFICIAL = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "chineseCounting", "%1、", NOTHING)
    + level(1, "chineseCountingThousand", "（%2）", NOTHING)
    + level(2, "decimal", "%3.")
    + level(3, "decimal", "%3.%4")
    + level(4, "bullet", "&#xF0B7;")
    + "</w:abstractNum>"
)


def test_numbers_are_printed_as_word_prints_them() -> None:
    body = "".join(
        numbered(text, 1, depth)
        for text, depth in [
            ("总则", 0),
            ("甲", 1),
            ("a", 2),
            ("b", 2),
            ("c", 3),
            ("乙", 1),
            ("d", 2),
            ("细则", 0),
            ("丙", 1),
        ]
    ) + numbered("点", 1, 4)
    assert lines(body, numbering=OFFICIAL + num(1, 0)) == [
        "一、总则", "（一）甲", "1. a", "2. b", "2.1 c", "（二）乙", "1. d", "二、细则", "（一）丙", "点",
    ]  # fmt: skip


def test_an_empty_paragraph_prints_no_number_but_a_table_does_not_stop_the_count() -> None:
    body = numbered("甲", 1) + tbl(["a", "b"]) + numbered("乙", 1)
    assert lines(body, numbering=OFFICIAL + num(1, 0)) == ["一、甲", "a\tb", "二、乙"]


def test_lists_of_one_definition_count_on_unless_told_to_start_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    body = numbered("甲", 1) + numbered("乙", 2) + numbered("丙", 3) + numbered("丁", 3)
    numbering = OFFICIAL + num(1, 0) + num(2, 0) + num(3, 0, anew)
    assert lines(body, numbering=numbering) == ["一、甲", "二、乙", "一、丙", "二、丁"]


def test_a_style_brings_its_number_and_a_level_names_its_style() -> None:
    styles = (
        '<w:style w:styleId="h1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="own"><w:basedOn w:val="h1"/></w:style>'
        '<w:style w:styleId="h2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCounting", "第%1条", '<w:pStyle w:val="h1"/>')
        + level(1, "decimalEnclosedCircle", "%2", '<w:pStyle w:val="h2"/>' + NOTHING)
        + "</w:abstractNum>"
        + num(1, 0)
    )
    body = p("甲", '<w:pStyle w:val="h1"/>') + p("乙", '<w:pStyle w:val="own"/>') + p("丙", '<w:pStyle w:val="h2"/>')
    plain = p("丁", '<w:pStyle w:val="h1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert lines(body + plain, numbering=numbering, styles=styles) == ["第一条 甲", "第二条 乙", "①丙", "丁"]


def test_a_definition_may_stand_in_a_numbering_style() -> None:
    styles = '<w:style w:styleId="s"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    linked = '<w:abstractNum w:abstractNumId="7"><w:numStyleLink w:val="s"/></w:abstractNum>'
    numbering = OFFICIAL + linked + num(1, 0) + num(2, 7)
    assert lines(numbered("甲", 2), numbering=numbering, styles=styles) == ["一、甲"]


def test_changes_are_read_as_accepted() -> None:
    body = (
        "<w:p><w:r><w:t>由</w:t></w:r><w:del><w:r><w:delText>甲局</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>乙局</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>丙</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>负责</w:t></w:r></w:moveTo></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>" + p("后半")
        + "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("删") + "</w:tc></w:tr><w:tr><w:tc>" + p("留")
        + "</w:tc><w:tc>" + p("存") + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    assert lines(body) == ["由乙局负责", "前半后半", "留\t存"]


def test_what_is_not_printed_in_the_text_is_no_text() -> None:
    contents = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = (
        f"{contents}<w:sdtContent>{p('一、总则 1')}</w:sdtContent></w:sdt>"
        + p("二、细则 2", '<w:pStyle w:val="TOC1"/>')
        + "<w:sdt><w:sdtContent>" + p("控件") + "</w:sdtContent></w:sdt>"
        + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:fldChar/><w:instrText>P</w:instrText></w:r>"
        + "<w:r><w:ruby><w:rt><w:r><w:t>ba</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>鲅</w:t></w:r></w:rubyBase></w:ruby>"
        "</w:r>"
        '<w:hyperlink><w:r><w:t>鱼圈</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>次行</w:t><w:tab/><w:t>格</w:t></w:r></w:p>'
    )  # fmt: skip
    styles = '<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    assert lines(body, styles=styles) == ["控件", "鲅鱼圈", "次行\t格"]


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def test_a_table_of_contents_without_styles_is_left_out_and_other_fields_show_what_they_show() -> None:
    order = "<w:r><w:instrText> {} </w:instrText></w:r>"
    body = (
        f"<w:p>{field('begin')}{order.format('TOC o')}{field('separate')}<w:r><w:t>一、总则</w:t><w:tab/></w:r>"
        f"{field('begin')}{order.format('PAGEREF a')}{field('separate')}<w:r><w:t>3</w:t></w:r>{field('end')}</w:p>"
        + p("二、细则 4")
        + f"<w:p>{field('end')}</w:p><w:p><w:r><w:t>截至</w:t></w:r>{field('begin')}{order.format('DATE')}"
        f"{field('separate')}<w:r><w:t>2021年</w:t></w:r>{field('end')}<w:fldSimple><w:r><w:t>底</w:t></w:r>"
        "</w:fldSimple></w:p>"
    )
    assert lines(body) == ["截至2021年底"]
    unended = f"<w:p>{field('begin')}{order.format('TOC o')}{field('separate')}<w:r><w:t>一</w:t></w:r></w:p>" + p("二")
    assert lines(unended) == ["一", "二"]


def test_what_a_form_shows_where_nothing_is_filled_in_is_no_text() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    placeholder = "<w:showingPlcHdr/>"
    body = (
        control.format(placeholder, p("单击此处输入文字"))
        + f"<w:p>{control.format(placeholder, '<w:r><w:t>选择日期</w:t></w:r>')}"
        + control.format("", "<w:r><w:t>市公安局</w:t></w:r>") + "</w:p>"
    )  # fmt: skip
    assert lines(body) == ["市公安局"]


def test_notes_stand_behind_the_text_and_leave_the_sentence_whole() -> None:
    def part(kind: str, *texts: str) -> str:
        notes = "".join(f'<w:{kind} w:id="{at}">{p(text)}</w:{kind}>' for at, text in enumerate(texts, start=1))
        return f'<w:{kind}s xmlns:w="{W}"><w:{kind} w:type="separator" w:id="-1">{p("—")}</w:{kind}>{notes}</w:{kind}s>'

    refer = '<w:r><w:{}Reference w:id="{}"/></w:r>'
    body = (
        f"<w:p><w:r><w:t>市市场</w:t></w:r>{refer.format('footnote', 2)}<w:r><w:t>监管局负责</w:t></w:r></w:p>"
        + tbl([f"<w:p><w:r><w:t>抽检</w:t></w:r>{refer.format('endnote', 1)}</w:p>", "市公安局"])
        + f"<w:p>{refer.format('footnote', 7)}</w:p>"
    )
    data = docx(
        body,
        more={
            "word/footnotes.xml": part("footnote", "没有引用", "含市知识产权局"),
            "word/endnotes.xml": part("endnote", "按月"),
        },
    )
    text = text_of_docx(data)
    assert text.split("\n") == ["市市场监管局负责", "抽检\t市公安局", "注1：含市知识产权局", "注2：按月"]


def test_strict_namespaces_macros_and_old_merging() -> None:
    with zipfile.ZipFile(io.BytesIO(docx(p("市公安局")))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        assert isinstance(content, bytes)
        strict = content.replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
        other = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        parts[name] = strict.replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", other)
    parts["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0"
    assert text_of(zipped(parts), "a.docm") == "市公安局"
    merged = tbl(["序号", cell("任务", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>")], ["1", "甲", "乙"])
    assert lines(merged) == ["序号\t任务\t任务", "1\t甲\t乙"]


def test_what_nobody_sees_inside_a_word_is_no_text() -> None:
    body = p("市\u200b公\u00ad安\ufeff局") + "<w:p><w:r><w:t>食品</w:t><w:softHyphen/><w:t>安全</w:t></w:r></w:p>"
    assert extract(docx(body), "docx") == "市公安局\n食品安全"


def test_a_box_is_read_once_behind_the_paragraph_that_holds_it() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>"
    )
    assert lines(body) == ["前后", "框内"]


def cell(text: str, properties: str) -> str:
    return f"<w:tcPr>{properties}</w:tcPr>{p(text) if text else '<w:p/>'}"


def test_spanned_cells_are_repeated_and_line_breaks_in_cells_are_spaces() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = tbl(
        ["序号", "任务", "单位"],
        [cell("1", down), "甲", p("市公安局") + p("市司法局")],
        [cell("", on), cell("乙", '<w:gridSpan w:val="2"/>')],
        [cell("", on), cell("丙", down), "x"],
        [cell("2", down), cell("", on), "y"],
    )
    assert lines(body) == [
        "序号\t任务\t单位", "1\t甲\t市公安局 市司法局", "1\t乙\t乙", "1\t丙\tx", "2\t丙\ty",
    ]  # fmt: skip


def test_a_table_inside_a_cell_is_part_of_it_and_a_frame_is_none() -> None:
    inner = tbl(["甲", "乙"])
    assert lines(tbl([p("外") + inner, "右"])) == ["外 甲 乙\t右"]
    assert lines(tbl([p("一、甲") + p("二、乙")])) == ["一、甲", "二、乙"]


def test_a_picture_font_has_no_characters() -> None:
    symbols = '<w:p><w:r><w:sym w:char="F0FE"/><w:sym w:char="2103"/><w:sym w:char="zz"/></w:r></w:p>'
    assert lines(symbols) == ["℃"]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (10, "chineseCounting", "十"), (21, "chineseCounting", "二十一"), (105, "chineseCounting", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"), (12, "chineseLegalSimplified", "壹拾贰"),
        (20, "ideographDigital", "二〇"), (11, "ideographTraditional", "甲"), (21, "decimalEnclosedCircle", "㉑"),
        (51, "decimalEnclosedCircleChinese", "51"), (3, "decimalEnclosedParen", "⑶"), (14, "upperRoman", "XIV"),
        (28, "lowerLetter", "bb"), (7, "decimalZero", "07"), (3, "decimalFullWidth", "３"),
        (2, "numberInDash", "- 2 -"), (23, "ideographLegalTraditional", "貳拾參"),
        (13, "ideographZodiacTraditional", "丙子"), (20, "chineseCountingThousand", "二十"),
        (10, "ideographEnclosedCircle", "㊉"), (100, "chineseCounting", "一百"), (1001, "chineseCounting", "一千零一"),
        (0, "chineseCounting", "0"), (5, "noSuchStyle", "5"), (-1, "ideographZodiac", "-1"),
    ],
)  # fmt: skip
def test_numerals(number: int, style: str, text: str) -> None:
    assert printed(number, style) == text


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><document><body>&b;</body></document>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (docx(p("甲"))[:200], "damaged"),
        (docx(p("甲") + '<w:altChunk w:id="r9"/>'), "embedded file (altChunk); open it in Word"),
        (zipped({"word/document.xml": "<a>"}), "no well-formed XML"),
        (zipped({"word/document.xml": "<a/>"}), "has no body"),
        (zipped({"word/x.xml": "<a/>"}), "expected a part 'word/document.xml'"),
        (zipped({"word/document.xml": BOMB}), "declares a document type or entities"),
        (docx("<w:tbl>" * 400 + "</w:tbl>" * 400), "nests elements deeper"),
        (docx(" " * 4_000_000), "grows more than 300 times"),
        (zipped({"word/document.xml": b"\xff" * 50_400_000}, stored=True), "unpacks to more than"),
        (docx(tbl([cell("长" * 100_000, '<w:gridSpan w:val="400"/>'), "x"])), "spanned cells make more than"),
    ],
    ids=["cut", "chunk", "tags", "body", "part", "entities", "deep", "ratio", "size", "spans"],
)
def test_a_bad_file_is_named_bad(data: bytes, said: str) -> None:
    with pytest.raises(BrokenError) as caught:
        extract(data, "docx")
    assert said in str(caught.value)


def test_a_document_of_pictures_says_so() -> None:
    with pytest.raises(BrokenError, match="found pictures only; recognise their text"):
        extract(docx("<w:p/>", more={"word/media/image1.png": "x"}), "docx")
    assert extract(docx("<w:p/>"), "docx") == ""


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.reading.formats.archive.MAX_ENTRIES", 3)
    with pytest.raises(BrokenError, match="at most 3 parts, found 4"):
        extract(docx(p("甲"), more={"word/media/1.png": "x"}), "docx")


def test_a_part_that_says_it_is_smaller_than_it_is() -> None:
    data = bytearray(docx(p("甲" * 1000)))
    assert zipfile.is_zipfile(io.BytesIO(bytes(data)))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (5).to_bytes(4, "little")
    with pytest.raises(BrokenError, match=r"damaged|well-formed"):
        extract(bytes(data), "docx")
