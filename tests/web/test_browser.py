"""The pages in a real browser: the network is read with the mouse, a query is asked, nothing leaves the house."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("ZEREN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it, or name it in ZEREN_CHROMIUM"),
]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BASE = "https://w3id.org/zeren/id/"
MARKET = f"{BASE}org/210804/市场监管"
HEALTH = f"{BASE}org/210804/卫生健康"
DOCUMENT = f"{BASE}doc/210804/2021/营口市鲅鱼圈区2021年食品安全重点工作安排/征求意见稿"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """Yield a page that fails the test for a console error or a request to another host."""
    # Chromium reports every answer of 400 as an error of the console; it is none of the page.
    expected = "status of 400"
    said: list[str] = []
    asked: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    assert not [words for words in said if expected not in words]
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(served).netloc}


def open_network(page: Page, served: str, query: str = "") -> None:
    page.goto(f"{served}/network{query}")
    page.wait_for_selector("#network[data-state='at rest']")


def click(page: Page, thing: str) -> None:
    """Click a node of the canvas, where the page's own hook `zeren.positionOf` says it stands."""
    at = page.evaluate("id => window.zeren.positionOf(id)", thing)
    page.mouse.click(at["x"], at["y"])


def heading(page: Page) -> str:
    return page.inner_text("#panel h2")


def test_a_department_is_clicked_and_its_sentences_are_read(page: Page, served: str) -> None:
    open_network(page, served)
    click(page, MARKET)
    page.wait_for_selector("#panel h2")
    assert heading(page) == "区市场监管局"
    panel = page.inner_text("#panel")
    assert "征求意见稿" in panel
    assert panel.index("牵头") < panel.index("支持餐饮服务企业发展连锁经营和中央厨房")
    assert "区市场监管局牵头，区商务局、区卫健局按职责分工负责" in page.locator("#panel mark").all_inner_texts()
    page.click("#panel .links a")
    page.wait_for_url(f"{served}/page/{quote('org/210804/市场监管')}")


def test_a_task_shows_who_answers_for_it_and_leads_to_its_words(page: Page, served: str) -> None:
    open_network(page, served)
    click(page, f"{DOCUMENT}/t/二.十.20.1")
    page.wait_for_selector("#panel h2")
    assert heading(page) == "20.1"
    for name in ("区市场监管局", "区农业农村局", "区公安局", "区商务局", "区供销社"):
        assert name in page.inner_text("#panel ul")
    page.click("#panel ul button >> text=区公安局")
    assert heading(page) == "区公安局"
    page.go_back()


def test_an_edge_shows_the_role_and_the_sentence(page: Page, served: str) -> None:
    open_network(page, served)
    page.evaluate("id => window.zeren.select(id)", f"{DOCUMENT}/t/二.一.2.2/a/2")
    assert re.sub(r"\s+", " ", heading(page)) == "区市场监管局 配合 2.2"
    assert "区交通运输局牵头，区市场监管局配合" in page.inner_text("#panel mark")


def test_filters_hide_what_is_not_asked_for_and_move_nothing(page: Page, served: str) -> None:
    open_network(page, served)
    assert "60 项任务" in page.inner_text("#shown")
    before = page.evaluate("id => window.zeren.positionOf(id)", MARKET)
    page.uncheck("input[name=role][value=responsible]")
    assert "4 项任务、6 条责任" in page.inner_text("#shown")
    page.check("input[name=role][value=responsible]")
    page.select_option("select[name=section]", label=page.locator("select[name=section] option").all_inner_texts()[-1])
    assert "2 项任务" in page.inner_text("#shown")
    page.wait_for_timeout(300)
    assert page.evaluate("id => window.zeren.positionOf(id)", MARKET) == before


def test_the_network_is_searched_by_name_with_the_keyboard(page: Page, served: str) -> None:
    open_network(page, served)
    page.fill("input[name=find]", "卫生健康局")
    page.press("input[name=find]", "Enter")
    assert heading(page) == "区卫健局"
    assert quote("卫生健康") in page.url
    page.fill("input[name=find]", "没有这个单位")
    page.press("input[name=find]", "Enter")
    assert "没有这个单位" in page.inner_text("#shown")


def test_the_network_is_drawn_the_same_twice(page: Page, served: str) -> None:
    open_network(page, served)
    first = page.evaluate("id => window.zeren.positionOf(id)", HEALTH)
    open_network(page, served)
    assert page.evaluate("id => window.zeren.positionOf(id)", HEALTH) == first


def test_a_link_opens_the_network_at_one_organisation(page: Page, served: str) -> None:
    open_network(page, served, "?focus=" + quote("org/210804/卫生健康"))
    assert heading(page) == "区卫健局"


def test_the_english_network_keeps_the_document_chinese(page: Page, served: str) -> None:
    page.goto(f"{served}/en/network")
    page.wait_for_selector("#network[data-state='at rest']")
    click(page, MARKET)
    assert "lead" in page.inner_text("#panel")
    assert "区市场监管局" in page.inner_text("#panel")


def test_a_query_is_asked_and_its_answer_leads_to_pages(page: Page, served: str) -> None:
    page.goto(f"{served}/query")
    page.press("#text", "Control+Enter")
    page.wait_for_selector("#answer tbody tr")
    assert page.locator("#answer tbody tr").count() == 4
    assert "区交通运输局" in page.inner_text("#answer") or "交通运输局" in page.inner_text("#answer")
    page.click("#answer a >> nth=0")
    page.wait_for_url("**/page/**")
    assert page.locator("h1").count() == 1


def test_a_malformed_query_is_shown_where_it_is_wrong(page: Page, served: str) -> None:
    page.goto(f"{served}/query")
    page.fill("#text", "SELECT ?a\nWHERE { ?a ?b }")
    page.click("#ask button")
    page.wait_for_selector("#answer .problem")
    assert "2" in page.inner_text("#summary")
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_passage_iri_marks_the_passage(page: Page, served: str) -> None:
    path = quote(DOCUMENT.removeprefix(BASE))
    page.goto(f"{served}/page/{path}#char=0,8")
    page.wait_for_selector("#here")
    assert page.inner_text("#here") == "营口市鲅鱼圈区2"[:8]


@pytest.mark.parametrize("path", ["/", "/network", "/query", "/search?q=20.1", f"/page/{quote('org/210804/市场监管')}"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_is_wider_than_the_window(page: Page, served: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(served + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
