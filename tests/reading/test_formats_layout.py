"""Pages as people read them: tables without ruled lines or cut by a page break, text in columns, margins left out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.reading import read_bytes
from kg.reading.formats.layout import text_of_pages
from kg.reading.formats.ofd import read_ofd
from kg.reading.formats.page import Glyph, Page, Rule
from kg.reading.formats.pdf import read_pdf
from tests.reading.papers import Sheet, advance, ofd, pdf, sheets
from tests.reading.steps import steps_of

HEAD = ["序号", "工作任务", "牵头单位", "完成时限"]
WORK = "开展食品安全抽检监测，依法处置不合格食品，按月公布结果，完成全年任务"
ROWS = [
    ["1", WORK, "市市场监督管理局", "6月底前"],
    ["2", "推进明厨亮灶", "市教育局、市卫生健康委员会", "年底前"],
    ["3", WORK + "，" + WORK, "市农业农村局", "持续推进"],
    ["4", "整治“三无”食品", "市公安局", "9月底前"],
]
LONG = "附表说明：" + WORK * 3
WIDTHS = [40, 170, 110, 90]
TASKS = [f"{n}.{WORK}（市市场监管局牵头，市公安局配合）。" for n in range(1, 31)]


def both(pages: list[Sheet]) -> list[str]:
    """Return the lines of drawn pages, the same from a PDF as from an OFD file."""
    lines = read_pdf(pdf(pages)).text.split("\n")
    assert read_ofd(ofd(pages)).text.split("\n") == lines
    return lines


def tabbed(*rows: list[str]) -> list[str]:
    return ["\t".join(row) for row in rows]


@pytest.mark.parametrize("pad", [0, 6])
def test_a_table_without_ruled_lines(pad: float) -> None:
    page = Sheet()
    page.write("任务分工表", 240, 90)
    below = page.aligned([HEAD, *ROWS], 72, 130, WIDTHS, pad=pad)
    page.write("本表自印发之日起执行，由市食安办负责解释，各单位按月报送。", 72, below + 40)
    assert both([page]) == [
        "任务分工表",
        *tabbed(HEAD, *ROWS),
        "本表自印发之日起执行，由市食安办负责解释，各单位按月报送。",
    ]


def test_a_table_with_level_lines_alone() -> None:
    page = Sheet()
    below = page.aligned([HEAD, *ROWS], 72, 130, WIDTHS)
    page.rules += [(70, y, 480, y) for y in (118, 133, 178, 208, 283, below)]
    assert both([page]) == tabbed(HEAD, *ROWS)


def test_a_table_without_numbers_and_one_of_two_columns() -> None:
    page = Sheet()
    page.aligned([row[1:] for row in (HEAD, *ROWS)], 72, 130, WIDTHS[1:], pad=8)
    assert both([page]) == tabbed(*(row[1:] for row in (HEAD, *ROWS)))
    page = Sheet()
    page.aligned([["责任单位", "职责"], *([row[2][:5], row[1]] for row in ROWS)], 72, 130, [80, 300])
    assert both([page]) == tabbed(["责任单位", "职责"], *([row[2][:5], row[1]] for row in ROWS))


def test_names_below_each_other_in_a_cell_are_not_one_name() -> None:
    page = Sheet()
    page.table([["任务", "单位"], ["抽检并公布结果", ""]], 72, 110, [36, 200])
    page.write("市司法局", 112, 158, 10)
    page.write("市教育局", 112, 144, 10)
    assert both([page]) == tabbed(["任务", "单位"], ["抽检并公布结果", "市教育局 市司法局"])


@pytest.mark.parametrize("width", [46, 26])
def test_names_in_a_column_as_narrow_as_they_are_stay_apart(width: float) -> None:
    page = Sheet()
    fits = int((width - 6) // 10)
    below = page.table([["事项", "单位"[:fits]], ["抽检并公布结果，及时处置问题，按月通报", ""]], 72, 110, [46, width])
    y = 144.0
    for name in ("市公安局", "市司法局", "市城市管理局"):
        for at in range(0, len(name), fits):
            page.write(name[at : at + fits], 121, y, 10)
            y += 14
    page.rules = [(x0, min(y0, 900), x1, y + 4 if y1 == below else y1) for x0, y0, x1, y1 in page.rules]
    page.rules = [(x0, y + 4 if y0 == below else y0, x1, y1) for x0, y0, x1, y1 in page.rules]
    assert both([page])[1].split("\t")[1] == "市公安局 市司法局 市城市管理局"


def test_a_table_that_a_page_break_leaves_open() -> None:
    pages = [Sheet(), Sheet()]
    for page, top, rows in (
        (pages[0], 640, ["抽检并公布结果，", "及时处置不合格食"]),
        (pages[1], 60, ["品，按月通报"]),
    ):
        bottom = top + 30 + 16 * len(rows)
        page.rules += [(x, top, x, bottom) for x in (72, 112, 200, 300)]
        page.rules += [(72, top, 300, top), (72, top + 20, 300, top + 20)]
        for text, x in zip(HEAD, (80, 116, 206), strict=False):
            page.write(text[:4], x, top + 14, 10)
        for at, row in enumerate(rows):
            page.write(row, 116, top + 34 + 16 * at, 10)
    pages[0].write("1", 80, 674, 10)
    pages[0].write("市公安局", 206, 674, 10)
    pages[1].rules.append((72, 106, 300, 106))
    assert both(pages) == tabbed(HEAD[:3], ["1", "抽检并公布结果，及时处置不合格食品，按月通报", "市公安局"])


@pytest.mark.parametrize(
    "lines",
    [
        ["1.  加强监管（区公安局）。", "2.  加强执法（区司法局）。", "3.  加强宣传（区教育局）。"],
        ["各区人民政府：", "市有关部门："],
        ["（一）　健全机制", "（二）　压实责任", "（三）　加强保障"],
    ],
)
def test_numbered_lines_are_no_table(lines: list[str]) -> None:
    page = Sheet()
    for at, line in enumerate(lines):
        page.write(line, 72, 120 + 28 * at)
    read = both([page])
    assert [line.replace(" ", "") for line in read] == [line.replace(" ", "").replace("　", "") for line in lines]
    assert "\t" not in "".join(read)


def test_names_in_a_letterhead_set_letter_by_letter_are_no_table() -> None:
    page = Sheet()
    for at, name in enumerate(["某市公安局", "某市司法局", "某市教育局"]):
        for place, char in enumerate(name):
            page.write(char, 150 + 60 * place, 100 + 40 * at, 24)
    assert [line.replace(" ", "") for line in both([page])] == ["某市公安局", "某市司法局", "某市教育局"]


def cut_at(rows: list[list[str]], first: list[list[str]], second: list[list[str]], *, ruled: bool) -> list[Sheet]:
    pages = [Sheet(), Sheet()]
    pages[0].write("任务分工表", 240, 90)
    for page, part, top in zip(pages, (first, second), (600, 100), strict=True):
        draw = page.table if ruled else page.aligned
        draw(part, 72, top, WIDTHS)
        page.write("某市人民政府公报", 240, 50, 9)
        page.write(f"第{pages.index(page) + 1}页 共2页", 270, 810, 9)
    return pages


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("repeated", [True, False])
def test_a_row_that_a_page_break_cuts_is_one_row(ruled: bool, repeated: bool) -> None:
    head = [HEAD] if repeated else []
    # 16 characters fill a line of the second column.
    upper, lower = [*ROWS[2][:1], ROWS[2][1][:32], *ROWS[2][2:]], ["", ROWS[2][1][32:], "", ""]
    columns = 16
    assert len(upper[1]) == 2 * columns
    pages = cut_at(ROWS, [HEAD, *ROWS[:2], upper], [*head, lower, ROWS[3]], ruled=ruled)
    assert both(pages) == ["任务分工表", *tabbed(HEAD, *ROWS)]


def test_a_table_on_the_next_page_that_is_another_one_stays_so() -> None:
    pages = cut_at(ROWS, [HEAD, *ROWS[:2]], [[*HEAD[:3], "备注"], ["1", "其他", "市司法局", ""]], ruled=True)
    assert both(pages)[-2:] == tabbed(["序号", "工作任务", "牵头单位", "备注"], ["1", "其他", "市司法局", ""])


def test_a_merged_cell_goes_on_over_a_page_break() -> None:
    pages = []
    for part in range(2):
        page = Sheet()
        top = 700 if not part else 80
        page.rules += [(72, top, 372, top), (72, top + 60, 372, top + 60), (122, top + 30, 372, top + 30)]
        page.rules += [(x, top, x, top + 60) for x in (72, 122, 272, 372)]
        for row in range(2):
            page.write(f"任务{'甲乙丙丁'[2 * part + row]}", 130, top + 20 + 30 * row, 10)
            page.write("市公安局", 280, top + 20 + 30 * row, 10)
        pages.append(page)
    pages[0].write("抽检", 80, 735, 10)
    assert both(pages) == tabbed(*(["抽检", f"任务{name}", "市公安局"] for name in "甲乙丙丁"))


def columns_of(paragraphs: list[str], number: int, *, heading: str = "") -> list[Sheet]:
    """Set paragraphs in columns on pages."""
    size, gutter = 10.5, 24.0
    width = (595 - 144 - gutter * (number - 1)) / number
    fits = int(width // size)
    lines = []
    for paragraph in paragraphs:
        text, line = "　　" + paragraph, ""
        for char in text:
            if sum(map(advance, line + char)) > fits and char not in "，。、）":
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    pages = []
    rows = 44
    for start in range(0, len(lines), rows * number):
        page = Sheet()
        for at, line in enumerate(lines[start : start + rows * number]):
            column, row = divmod(at, rows)
            text = line.lstrip("　")
            left = 72 + column * (width + gutter) + size * (len(line) - len(text))
            page.write(text, left, 120 + row * 15, size)
        pages.append(page)
    if heading:
        pages[0].write(heading, 200, 80, 18)
    return pages


@pytest.mark.parametrize("number", [2, 3])
def test_text_in_columns_is_read_column_by_column(number: int) -> None:
    pages = columns_of(TASKS, number, heading="某市2021年食品安全工作要点")
    assert len(pages) > 1 or number == 3
    assert both(pages) == ["某市2021年食品安全工作要点", *TASKS]
    assert [len(task.assignments) for task in read_bytes(pdf(pages), "a.pdf").tasks] == [2] * 30


def test_a_page_that_lies_on_its_side_has_a_measure_of_its_own() -> None:
    pages = sheets(TASKS)
    wide = Sheet(842, 595)
    for at in range(3):
        wide.write(LONG[38 * at : 38 * at + 38], 72, 100 + 28 * at)
    assert both([*pages, wide]) == [*TASKS, LONG]


def test_a_page_number_inside_a_word_is_no_text() -> None:
    pages = sheets(TASKS, header="某市人民政府公报 2021.3", numbered=False)
    for number, page in enumerate(pages, start=1):
        page.write(f"第{'一二三四五六七'[number - 1]}页 共{len(pages)}页", 270, 800, 10)
    assert both(pages) == TASKS


def test_lines_at_one_place_of_two_pages_are_text_where_they_belong_to_it() -> None:
    pages = [Sheet(), Sheet()]
    for page in pages:
        for at in range(20):
            page.write(f"{at + 1}.加强监管（区公安局）。", 72, 80 + 24 * at)
    assert len(both(pages)) == 40


def test_the_head_of_an_aligned_table_is_no_running_title() -> None:
    pages = [Sheet(), Sheet()]
    pages[0].aligned([HEAD, *ROWS[:2]], 72, 60, WIDTHS)
    pages[1].aligned([HEAD, *ROWS[2:]], 72, 60, WIDTHS)
    assert both(pages) == tabbed(HEAD, *ROWS)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_whose_text_is_turned_is_read_as_it_is_turned(angle: int) -> None:
    page = Sheet(842, 842)
    x, y = {90: (100, 700), 180: (700, 700), 270: (700, 100)}[angle]
    step = {90: (20, 0), 180: (0, -20), 270: (-20, 0)}[angle]
    for at, line in enumerate(["一、任务", "1.加强监管（区公安局）。"]):
        page.turn(line, x + step[0] * at, y + step[1] * at, angle)
    assert read_pdf(pdf([page])).text == "一、任务\n1.加强监管（区公安局）。"
    page.rotate = {90: 90, 180: 180, 270: 270}[angle]
    assert read_pdf(pdf([page])).text == "一、任务\n1.加强监管（区公安局）。"


def noted(ruled: bool) -> list[Sheet]:
    pages = sheets(TASKS[:12])
    page = pages[0]
    text, left, baseline, size = page.marks[-2]  # the last line but the page number
    page.marks[-2] = (text[:-3], left, baseline, size)
    end = left + size * sum(map(advance, text[:-3]))
    page.write("①", end, baseline - 6, 8)
    page.write(text[-3:], end + 8, baseline, size)
    if ruled:
        page.rules.append((72, 752, 200, 752))
    page.write("①指县级以上人民政府设立的食品安全委员会，以及它们的", 72, 766, 9)
    page.write("办公室。", 72, 780, 9)
    return pages


def test_a_footnote_stands_behind_the_text_and_leaves_the_sentence_whole() -> None:
    note = "注1：指县级以上人民政府设立的食品安全委员会，以及它们的办公室。"
    assert both(noted(ruled=True)) == [*TASKS[:12], note]
    assert "①" in "".join(both(noted(ruled=False)))


def test_raised_and_lowered_figures_stay_in_their_line() -> None:
    page = Sheet()
    page.write("面积", 72, 300)
    page.write("10m", 104, 300)
    page.write("2", 128, 293, 8)
    page.write("，PM", 132, 300)
    page.write("2.5", 164, 303, 8)
    page.write("下降。", 176, 300)
    page.write("下一行", 72, 324)
    assert both([page]) == ["面积10m2，PM2.5下降。", "下一行"]


def test_a_watermark_is_no_text_and_order_of_drawing_does_not_matter() -> None:
    page = sheets(TASKS[:8])[0]
    page.marks.reverse()
    page.turn("内部资料", 150, 500, 45, 60)
    assert read_pdf(pdf([page])).text.split("\n") == TASKS[:8]


@settings(max_examples=150)
@given(st.data())
def test_whatever_is_drawn_no_character_is_lost_or_doubled(data: st.DataObject) -> None:
    step = data.draw(st.sampled_from([3, 10, 40]))
    places = st.tuples(st.integers(0, 560 // step), st.integers(0, 500 // step))
    drawn = data.draw(st.lists(st.tuples(places, st.integers(1, 6), st.sampled_from([5, 10, 16])), max_size=60))
    sides = st.integers(0, 500 // step)
    ruled = data.draw(st.lists(st.tuples(sides, sides, sides, st.booleans()), max_size=14))
    glyphs, code = [], 0x4E00
    for (x, y), length, size in drawn:
        for at in range(length):
            left = x * step + at * size
            glyphs.append(Glyph(chr(code), left, left + size, 150 + y * step, size))
            code += 1
    rules = tuple(
        Rule(a * step, c * step, b * step, c * step) if level else Rule(c * step, a * step, c * step, b * step)
        for a, b, c, level in ((min(a, b), max(a, b), c, level) for a, b, c, level in ruled)
    )
    for pages in ([Page(595, 842, tuple(glyphs), rules)], [Page(595, 842, tuple(glyphs), rules)] * 2):
        read = Counter(char for char in text_of_pages(pages) if not char.isspace())
        repeated = 1 if not rules else 60  # a cell that spans others is said in each
        assert set(read) == {glyph.char for glyph in glyphs}
        assert all(count <= len(pages) * repeated for count in read.values())


# Six times the work for five times the lines finds what grows with their square as soon as 14 times for 390 lines does.
@pytest.mark.parametrize(("lines", "most"), [(200, 6), pytest.param(390, 14, marks=pytest.mark.long)])
@pytest.mark.parametrize("columns", [6, 10])
@pytest.mark.parametrize("length", [1, 3])
def test_work_grows_with_the_lines_of_a_page(columns: int, length: int, lines: int, most: int) -> None:
    def drawn(rows: int) -> list[Page]:
        places = [
            (40.0 * x + 5 * at, 20.0 + 8 * y) for y in range(rows) for x in range(columns) for at in range(length)
        ]
        return [Page(40.0 * columns, 8.0 * rows + 40, tuple(Glyph("字", x, x + 5, y, 5) for x, y in places))]

    few, many = drawn(40), drawn(lines)
    steps = steps_of(lambda: text_of_pages(few)), steps_of(lambda: text_of_pages(many))
    assert steps[1] <= most * steps[0]


def test_what_is_drawn_beside_the_page_is_not_read() -> None:
    page = Sheet()
    page.write("正文", 72, 300)
    page.write("出血", 72, -60)
    assert read_pdf(pdf([page])).text == "正文"
