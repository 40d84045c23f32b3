"""The SPARQL page in a real browser: every inferred fact behind an answer leads to its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.test_browser import MARKET, browser, page, pytestmark

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["browser", "page", "pytestmark"]

LEADS = "PREFIX zr: <https://w3id.org/zeren/ns#>\nSELECT ?o ?t ?code { ?o zr:leads ?t . ?t zr:code ?code }"


def ask(page: Page, served: str, query: str, room: str = "/query") -> None:
    page.goto(f"{served}{room}")
    page.fill("#text", query)
    page.click("#ask button")
    page.wait_for_selector("#answer .why")


def test_a_row_leads_to_its_proof(page: Page, served: str) -> None:
    ask(page, served, LEADS)
    assert page.locator("#answer tbody tr").count() == page.locator("#answer tbody .why").count() == 4
    page.click("#answer .why >> nth=0")
    page.wait_for_url("**/why?**")
    assert page.locator("mark").count() >= 1


def test_a_graph_lists_its_inferred_facts_in_english(page: Page, served: str) -> None:
    ask(page, served, f"DESCRIBE <{MARKET}>", "/en/query")
    assert "leads" in page.inner_text("#answer ul") or "involved in" in page.inner_text("#answer ul")
    page.click("#answer .why >> nth=0")
    page.wait_for_url("**/en/why?**")


def test_an_answer_without_inferred_facts_has_no_such_column(page: Page, served: str) -> None:
    page.goto(f"{served}/query")
    page.fill("#text", "PREFIX zr: <https://w3id.org/zeren/ns#>\nSELECT ?t ?code { ?t zr:code ?code ; a zr:Task }")
    with page.expect_response("**/why") as told:
        page.click("#ask button")
    assert told.value.ok
    assert page.locator("#answer th").count() == 2


def test_checks_open_by_kind(page: Page, served: str) -> None:
    page.goto(f"{served}/checks")
    assert page.locator("details.kind[open]").count() == 0
    page.click("details.kind summary >> nth=0")
    assert page.locator("details.kind[open] li").count() > 50


def test_a_line_of_the_drawing_leads_to_its_proof(page: Page, served: str) -> None:
    page.goto(served)
    address = page.get_attribute(".drawing .lines a >> nth=0", "href")
    assert address
    page.goto(f"{served}{address}")
    assert page.locator("mark").count() >= 1
