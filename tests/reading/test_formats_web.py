"""Web pages and Markdown: the main text, tables, printed numbers, and pages that are no good."""

from __future__ import annotations

import pytest

from kg.errors import ReadingError
from kg.reading import read_bytes
from kg.reading.formats.extract import BrokenError
from kg.reading.formats.extraction import extract
from kg.reading.formats.html import text_of_html
from kg.reading.formats.markdown import text_of_markdown

PROSE = "加强食品安全监管，落实属地责任，严格执法检查，提高抽检合格率（区市场监管局负责）。"


def lines(body: str) -> list[str]:
    return text_of_html(f"<html><body>{body}</body></html>".encode()).split("\n")


def test_menus_footers_and_what_is_hidden_are_no_text() -> None:
    menu = "".join(f'<li><a href="/{i}">栏目名称之{i}</a></li>' for i in range(40))
    body = (
        f"<header>某区人民政府门户网站</header><div><ul>{menu}</ul></div><script>var a = '甲';</script>"
        f"<form><div class=c><p>{PROSE}</p><p>{PROSE}</p><p style='display: none'>藏</p><p hidden>藏</p></div></form>"
        "<div>扫一扫在手机打开当前页</div><footer>主办单位：某区人民政府办公室</footer>"
    )
    assert lines(body) == [PROSE, PROSE]


def test_the_title_above_the_main_text_is_kept() -> None:
    page = (
        "<html><head><title>关于印发某区工作要点的通知-某区人民政府</title></head><body><h1>某区人民政府</h1>"
        f"<div>关于印发某区工作要点的通知</div><div>来源：某办</div><div>{f'<p>{PROSE}</p>' * 3}</div></body></html>"
    )
    assert text_of_html(page.encode()).split("\n") == ["关于印发某区工作要点的通知", PROSE, PROSE, PROSE]


def test_a_page_of_a_government_site() -> None:
    title = "某市人民政府办公室关于印发某市2021年食品安全重点工作安排的通知"
    page = f"""<html><head><meta name=ArticleTitle content="{title}"><title>政府文件</title></head><body><form>
    <div class=top><h1>某市人民政府</h1><ul>{"<li><a href=#>栏目名称</a></li>" * 20}</ul></div>
    <div>当前位置：<a>首页</a> &gt; 政府文件</div>
    <div class=right><table><tr><td>索 引 号：<td>000014349/2021-00031<td>主题分类：<td>市场监管</table>
    <div class=title>{title}</div><div>来源：市政府办 浏览次数：12 字体：[<a>大</a> <a>小</a>]</div>
    <div class=content><div class=TRS_Editor><p align=center>某政办发〔2021〕17号</p>{f"<p>　　{PROSE}</p>" * 5}
    <table><tr><td>序号<td>任务<td>单位<tr><td>1<td>抽检<td>市市场监管局</table></div></div>
    <div>分享到：<a>微信</a></div><h3>相关文章</h3><ul><li><a>关于某事的解读文件</a></li></ul></div>
    <div class=foot>主办：某市人民政府办公室　承办：某市政务服务数据管理局　网站标识码</div></form></body></html>"""
    assert text_of_html(page.encode()).split("\n") == [
        title, "某政办发〔2021〕17号", *[PROSE] * 5, "序号\t任务\t单位", "1\t抽检\t市市场监管局",
    ]  # fmt: skip


def test_lines_of_the_source_are_not_lines_of_the_text() -> None:
    assert lines("<p>甲乙\n  丙丁 戊\n A B</p>己<br>庚<b>辛</b><div>壬</div>癸") == [
        "甲乙丙丁 戊 A B",
        "己",
        "庚辛",
        "壬",
        "癸",
    ]


def test_tables_fill_their_spans() -> None:
    table = (
        "<table><thead><tr><th>序号<th>任务<th colspan=2>单位</thead>"
        "<tr><td rowspan=2>1<td>甲<td>市公安局<br>市司法局<td>x"
        "<tr><td>乙<td colspan=9>y<tr><td rowspan=0>2<td>丙<td>u<td>v<tr><td>丁<td><p>w</p><p>z</p><td></table>"
    )
    assert [line.split("\t")[:4] for line in lines(table)] == [
        ["序号", "任务", "单位", "单位"],
        ["1", "甲", "市公安局 市司法局", "x"],
        ["1", "乙", "y", "y"],
        ["2", "丙", "u", "v"],
        ["2", "丁", "w z", ""],
    ]


def test_a_table_that_only_arranges_the_page_is_no_table() -> None:
    body = f"<table><tr><td>左栏<td><p>{PROSE}</p><table><tr><td>甲<td>乙</table><p>{PROSE}</p></table>"
    assert lines(body) == [PROSE, "甲\t乙", PROSE]


def test_lists_print_their_numbers_and_no_bullets() -> None:
    han = '<ol style="list-style-type:cjk-ideographic"><li>丁</ol>'
    body = f"<ol start=3><li>甲<li><p>乙</p><p>续</p></ol><ul><li>丙</ul>{han}"
    assert lines(body) == ["3. 甲", "4. 乙", "续", "丙", "一、丁"]


def test_readings_above_characters_are_no_text() -> None:
    assert lines("<p><ruby>鲅<rt>bà</rt></ruby>鱼圈<del>旧</del></p><pre>一\n 二</pre>") == ["鲅鱼圈", "一", "二"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
def test_the_encoding_is_the_one_declared(encoding: str) -> None:
    declared = (
        "" if encoding == "utf-16" else f"<meta http-equiv='Content-Type' content='text/html; charset={encoding}'>"
    )
    assert text_of_html(f"<html>{declared}<p>衛生</p></html>".encode(encoding)) == "衛生"


def test_a_wrong_declaration_is_forgiven() -> None:
    assert text_of_html("<meta charset=no-such-thing><p>卫生</p>".encode()) == "卫生"
    assert text_of_html("<meta charset=utf-8><p>卫生检查</p>".encode("gb18030")) == "卫生检查"


@pytest.mark.parametrize("declared", ["gb2312", "big5", "iso-8859-1", "utf-8", "windows-1252", "x-unknown"])
@pytest.mark.parametrize("used", ["utf-8", "gb18030", "utf-8-sig"])
def test_a_page_that_declares_another_encoding_than_it_uses(declared: str, used: str) -> None:
    page = f"<html><head><meta charset={declared}></head><body><p>{PROSE}</p></body></html>"
    assert text_of_html(page.encode(used)) == PROSE


def test_a_page_in_latin_letters_is_read_as_declared() -> None:
    assert text_of_html("<meta charset=iso-8859-1><p>Café très élégant</p>".encode("latin-1")) == "Café très élégant"


TITLE = "某市人民政府办公室关于印发某市2021年食品安全重点工作安排的通知"
ABOVE = "<div>您现在的位置：<a>首页</a></div><p>来源：某办　发布时间：2021-05-08　字号：【<a>大</a>】 <a>打印</a></p>"
BELOW = "<p>分享到：<a>微信</a></p>" + (
    "<p>上一篇：<a>关于某事的通知</a></p><h3>相关链接</h3><ul><li><a>某事的解读</a></ul><p>扫一扫</p>"
)
AROUND = "<div class='nav-bar'><p>政务公开、互动交流。</p></div>{}" + (
    "<div id=footer><p>主办单位：某办。地址：某街1号。</p></div>"
)


def test_what_pages_put_around_a_document_in_one_element_with_it() -> None:
    text = "".join(f"<p>{n}.{PROSE}</p>" for n in range(1, 5)) + "<p>某市人民政府办公室</p><p>2021年5月6日</p>"
    page = AROUND.format(f"<div class=main><h2>{TITLE}</h2>{ABOVE}{text}{BELOW}</div>")
    assert lines(page) == [TITLE, *(f"{n}.{PROSE}" for n in range(1, 5)), "某市人民政府办公室", "2021年5月6日"]


def test_a_page_whose_document_is_a_table() -> None:
    rows = "".join(f"<tr><td>{n}<td>开展抽检<td>市市场监管局" for n in range(1, 7))
    table = f"<table><tr><td>序号<td>任务<td>牵头单位{rows}</table>"
    page = AROUND.format(f"<div class=main><h2>{TITLE}</h2>{ABOVE}<div>{table}</div>{BELOW}</div>")
    head = f"<html><head><title>{TITLE}</title></head><body>{page}</body></html>"
    assert text_of_html(head.encode()).split("\n") == [
        TITLE, "序号\t任务\t牵头单位", *(f"{n}\t开展抽检\t市市场监管局" for n in range(1, 7)),
    ]  # fmt: skip


def test_a_document_in_an_element_called_a_menu_is_read() -> None:
    assert lines(f"<div class=menu-content><p>{PROSE}</p></div>") == [PROSE]
    assert lines(f"<p>{PROSE}</p><p>相关政策由市局解释。</p><p>来源：某办</p>") == [
        PROSE,
        "相关政策由市局解释。",
        "来源：某办",
    ]


def test_elements_beyond_all_measure_are_refused_at_once() -> None:
    with pytest.raises(BrokenError, match=r"nests elements deeper than 20,000; open it in a browser"):
        extract(b"<div>" * 3_000_000, "html")
    assert len(lines("<p>" + "甲乙。<p>" * 25_000)) == 25_000


def test_no_page_at_all() -> None:
    with pytest.raises(BrokenError, match="without any markup"):
        text_of_html("卫生".encode())
    with pytest.raises(BrokenError, match="found none"):
        text_of_html(b"<html><script>1</script></html>")
    with pytest.raises(ReadingError, match=r"^a\.html: expected text in UTF-8, UTF-16 or GB18030|^a\.html: byte"):
        read_bytes(b"<html>\x80\xff\x80\xff", "a.html")


@pytest.mark.parametrize(
    "page",
    ["<div>" * 8_000, "<b><p>" * 3_000, "<table><tr><td>" * 2_000, "<!--" * 20_000 + "<p>", "<p " * 50_000 + ">"],
    ids=["deep", "misnested", "tables", "comments", "attributes"],
)  # fmt: skip
def test_hostile_pages_are_read_or_refused(page: str) -> None:
    try:
        assert len(extract(f"{page}甲".encode(), "html")) < 1_000_000
    except BrokenError as error:
        assert str(error)


def test_spans_beyond_all_measure() -> None:
    assert lines("<table><tr><td colspan=99999 rowspan=99999>甲<td>乙<tr><td>丙</table>")[0].startswith("甲\t甲")
    with pytest.raises(BrokenError, match="spanned cells make more than"):
        lines(f"<table><tr><td rowspan=0 colspan=300>{'甲' * 1000}<td>乙{'<tr><td>丙' * 200}</table>")


def marked(text: str) -> list[str]:
    return text_of_markdown(text.encode()).split("\n")


def test_markdown_is_read_as_it_is_shown() -> None:
    text = (
        "---\ntitle: x\n---\n# 某区工作安排\n\n一、**总体**要求\n1.做好工作（[区公安局](http://x)负责）。\n"
        "    缩进的段落\n\n"
        "> 引文\\*\n\n- 甲\n- 乙\n\n3. 丙\n4. 丁\n\n1. 戊\n1. 己\n\n```\n代码\n```\n<!-- 注 -->"
    )
    assert marked(text) == [
        "某区工作安排", "一、总体要求", "1.做好工作（区公安局负责）。", "缩进的段落", "引文*", "甲", "乙", "3. 丙",
        "4. 丁", "5. 戊", "6. 己", "代码",
    ]  # fmt: skip


def test_markdown_tables() -> None:
    assert marked("| 序号 | 任务 | 单位 |\n|---|:-:|--|\n| 1 | 甲<br>乙 | `丙` |\n| 2 | 丁 |\n") == [
        "序号\t任务\t单位", "1\t甲 乙\t丙", "2\t丁\t",
    ]  # fmt: skip


def test_markdown_holds_html_tables_and_other_front_matter() -> None:
    table = "<table>\n<tr><td>序号</td><td>单位</td></tr>\n\n<tr><td rowspan=2>1</td><td>市公安局</td></tr>"
    table += "<tr><td>市司法局</table>"
    text = (
        f"+++\ntitle = 1\n+++\n# 标题\n\n  {table}\n\n1. 甲<b>乙</b>~~丙~~\n   - 丁\n\n<div>戊</div>\n<TABLE><tr><td>己"
    )
    assert marked(text) == ["标题", "序号\t单位", "1\t市公安局", "1\t市司法局", "1. 甲乙", "丁", "戊", "己"]


@pytest.mark.parametrize("piece", ["<table>\n", "~~", "[", "*a ", "> ", "|", "`", "- ", "<", "](", "\\", "&"])
def test_hostile_markdown(piece: str) -> None:
    assert len(extract((piece * 5_000 + "甲").encode(), "md")) <= len(piece) * 5_000 + 1
