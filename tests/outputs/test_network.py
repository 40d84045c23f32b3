"""The network: every assignment an edge, the same bytes each time, a page that fetches nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kg.outputs.network import coownership_network, responsibility_network, to_graphml, to_json
from kg.outputs.picture import to_html
from kg.plan import Plan
from kg.questions.catalogue import run
from kg.store.engine import Engine
from tests.questions.conftest import store_of


@pytest.fixture(scope="module")
def plain(seed_store: Engine) -> dict[str, Any]:
    return to_json(responsibility_network(seed_store))


def test_every_assignment_is_an_edge_with_its_sentence(plain: dict[str, Any], seed_plan: Plan) -> None:
    edges = plain["edges"]
    assert len(edges) == sum(len(task.assignments) for task in seed_plan.tasks) == 84
    assert len({edge["id"] for edge in edges}) == 84
    for edge in edges:
        assert seed_plan.text[edge["start"] : edge["end"]] == edge["quote"]
        assert edge["stated"] is True
    assert {e["taskLabel"] for e in edges if e["role"] == "lead"} == {"2.2", "8.1", "12.2", "23.1"}
    assert {e["basis"] for e in edges} == {"stated", "in-sentence"}
    assert all(("statement" in e) == (e["basis"] == "stated") for e in edges)


def test_nodes_have_what_the_page_draws(plain: dict[str, Any]) -> None:
    nodes = {node["title"]: node for node in plain["nodes"]}
    market = nodes["营口市鲅鱼圈区市场监督管理局"]
    assert (market["label"], market["kind"], market["count"]) == ("区市场监管局", "organization", 28)
    assert nodes["营口市鲅鱼圈区食品安全委员会相关成员单位"]["kind"] == "collective"
    tasks = [node for node in plain["nodes"] if node["kind"] == "task"]
    assert len(tasks) == 60
    assert all(node["status"] == "征求意见稿" and node["sectionLabel"] for node in tasks)
    ends = {edge[end] for edge in plain["edges"] for end in ("from", "to")}
    assert ends == {node["id"] for node in plain["nodes"]}
    assert {node["section"] for node in tasks} == {section["id"] for section in plain["sections"]}


def test_every_kind_and_role_has_a_style(seed_store: Engine) -> None:
    found = to_json(responsibility_network(seed_store, campaigns=True, policies=True))
    shared = to_json(coownership_network(seed_store))
    for network in (found, shared):
        assert {node["kind"] for node in network["nodes"]} <= set(network["display"]["nodes"])
        assert {edge.get("role", edge["kind"]) for edge in network["edges"]} <= set(network["display"]["edges"])
    assert {"campaign", "policy"} <= {node["kind"] for node in found["nodes"]}
    lead = found["display"]["edges"]["lead"]
    assert lead["label"] == {"zh": "牵头", "en": "lead"}
    assert re.fullmatch("#[0-9A-F]{6}", lead["colour"])


def test_coownership_is_inferred_and_counted(seed_store: Engine) -> None:
    network = to_json(coownership_network(seed_store))
    labels = {node["id"]: node["label"] for node in network["nodes"]}
    counts = {frozenset((labels[e["from"]], labels[e["to"]])): e["count"] for e in network["edges"]}
    assert counts[frozenset(("区农业农村局", "区市场监管局"))] == 4
    assert not any(edge["stated"] for edge in network["edges"])
    assert next(n["count"] for n in network["nodes"] if n["label"] == "区农业农村局") == 11


def test_a_draft_and_its_final_are_two_edges_but_one_count(draft_and_final: Engine) -> None:
    network = to_json(responsibility_network(draft_and_final))
    assert len(network["edges"]) == 168
    market = next(node for node in network["nodes"] if node["label"] == "区市场监管局")
    assert market["count"] == 28
    assert len(market["documents"]) == 2


def test_parallel_roles_are_kept_apart(seed_plan: Plan) -> None:
    """One department that leads a task and assists in it stays two edges."""
    first = seed_plan.tasks[1]
    both = replace(seed_plan.tasks[2].assignments[1], organization=seed_plan.tasks[2].assignments[0].organization)
    tasks = [replace(t, assignments=(t.assignments[0], both)) if i == 2 else t for i, t in enumerate(seed_plan.tasks)]
    assert first.code == "2.1"
    network = to_json(responsibility_network(store_of(replace(seed_plan, tasks=tuple(tasks)))))
    roles = [edge["role"] for edge in network["edges"] if edge["taskLabel"] == "2.2"]
    assert roles == ["lead", "assist"]


def test_the_same_network_gives_the_same_bytes(seed_store: Engine) -> None:
    for build in (responsibility_network, coownership_network):
        first, second = build(seed_store), build(seed_store)
        assert json.dumps(to_json(first)) == json.dumps(to_json(second))
        assert to_html(first) == to_html(second)
        assert to_graphml(first) == to_graphml(second)


def test_graphml_can_be_read_back(seed_store: Engine) -> None:
    import networkx

    network = responsibility_network(seed_store)
    read = networkx.parse_graphml(to_graphml(network), force_multigraph=True)
    assert (read.number_of_nodes(), read.number_of_edges()) == (network.number_of_nodes(), network.number_of_edges())


class _Loads(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name in {"src", "href", "data", "action"}]


def test_the_page_fetches_nothing_and_leaves_nothing_behind(
    seed_store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = to_html(responsibility_network(seed_store))
    parser = _Loads()
    parser.feed(page)
    assert parser.found == []
    assert "default-src 'none'" in page
    assert "sourceMappingURL" not in page
    assert "征求意见稿" in page
    assert list(tmp_path.iterdir()) == []


def test_text_of_a_document_is_never_markup(seed_plan: Plan) -> None:
    hostile = '</script><img src=x onerror=alert(1)> <a href="x">'
    store = store_of(replace(seed_plan, title=hostile, status=hostile))
    assert str(run(store, "documents")[0]["documentLabel"]) == hostile
    page = to_html(responsibility_network(store))
    assert "<img" not in page
    assert "<a href" not in page
    assert page.count("</script>") == 2


def test_an_empty_store_has_an_empty_network() -> None:
    store = store_of()
    assert to_json(responsibility_network(store))["nodes"] == []
    assert to_html(coownership_network(store), language="en").startswith("<!doctype html>")


@pytest.mark.browser
def test_the_page_works_from_a_file(seed_store: Engine, tmp_path: Path) -> None:
    """Opens the page as a file, finds a task, and reads its sentence after a click on a role."""
    chromium = os.environ.get("ZEREN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium: install it, or name it in ZEREN_CHROMIUM")
    from playwright.sync_api import sync_playwright

    file = tmp_path / "network.html"
    file.write_text(to_html(responsibility_network(seed_store)), encoding="utf-8")
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.fill("#find", "23.1")
        page.press("#find", "Enter")
        page.click("#panel li:nth-child(1)")
        said = page.inner_text("#panel")
        browser.close()
    assert "区市场监管局牵头，区商务局、区卫健局按职责分工负责" in said
    assert "征求意见稿" in said
    assert asked == [file.as_uri()]
