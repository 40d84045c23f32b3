"""The pages over the seed: every one answers, in both languages, safely, with the sentence that states what it says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from rdflib import Dataset, Graph

from kg.errors import QueryTimeoutError, StoreError
from kg.questions.catalogue import run
from web.app import create_app
from web.data import MEDIA_TYPES
from web.i18n import messages
from web.security import HEADERS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from kg.store.engine import Engine

DOCUMENT = "doc/210804/2021/营口市鲅鱼圈区2021年食品安全重点工作安排/征求意见稿"
TASK = f"{DOCUMENT}/t/二.十一.23.1"
MARKET = "org/210804/市场监管"
BASE = "https://w3id.org/zeren/id/"
THINGS = {
    "document": DOCUMENT,
    "section": f"{DOCUMENT}/s/二.三",
    "part": f"{DOCUMENT}/s/二",
    "item": f"{DOCUMENT}/i/二.三.7",
    "task": TASK,
    "task in sentence": f"{DOCUMENT}/t/三.十七.31.1",
    "organization": MARKET,
    "place": "place/210804",
    "policy": "policy/地方党政领导干部食品安全责任制规定",
    "campaign": "campaign/校园食品安全守护行动",
    "assignment": f"{TASK}/a/1",
    "target": f"{DOCUMENT}/t/二.三.7.1/target/1",
    "duty": f"{DOCUMENT}/t/三.十八.32.1/duty/1",
}
PAGES = {
    "overview": "/",
    "network": "/network",
    "query": "/query",
    "search": "/search",
    "search result": "/search?q=市场监管",
    **{name: f"/page/{path}" for name, path in THINGS.items()},
}
each_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())


@pytest.fixture(scope="module")
def app(seed_store: Engine) -> Flask:
    return create_app(seed_store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page(client: FlaskClient, address: str, **headers: str) -> str:
    response = get(client, address, **headers)
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    path, mark, query = address.partition("?")
    return client.get(
        quote(path, safe="/%") + mark + quote(query, safe="=&%+"), headers={"Accept": "text/html", **headers}
    )


def status(client: FlaskClient, link: str) -> int:
    with client.get(link.replace("&amp;", "&")) as response:
        return response.status_code


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


@pytest.mark.parametrize("prefix", ["", "/en"])
@each_page
def test_every_page_answers_in_both_languages(client: FlaskClient, prefix: str, address: str) -> None:
    html = page(client, prefix + address)
    assert f'<html lang="{"en" if prefix else "zh-Hans"}">' in html
    assert "Undefined" not in html
    assert "None" not in words(html)


@each_page
def test_the_language_switch_stays_on_the_page(client: FlaskClient, address: str) -> None:
    found = re.search(r'class="language" href="([^"]+)"', page(client, address))
    assert found
    assert unquote(found[1]) == "/en" + address
    back = re.search(r'class="language" href="([^"]+)"', page(client, unquote(found[1])))
    assert back
    assert unquote(back[1]) == address


def test_every_link_on_the_pages_leads_somewhere(client: FlaskClient) -> None:
    links = {link for address in PAGES.values() for link in re.findall(r'href="(/[^"#]*)', page(client, address))}
    assert not [link for link in sorted(links) if status(client, link) >= 400]


def test_overview_says_what_was_read_who_shares_and_what_is_due(client: FlaskClient) -> None:
    html = page(client, "/")
    text = words(html)
    assert "征求意见稿" in text
    assert re.search(r"<dt>任务</dt><dd>60</dd>", html)
    assert re.search(r"<dt>单位</dt><dd>21</dd>", html)
    pair = r"区农业农村局</a> <span[^>]*>＋</span> <a[^>]*>区市场监管局</a> <a class=\"why[^>]*>为什么</a></td>"
    assert re.search(pair + r"<td class=\"n\">4</td>", html)
    assert text.index("2021-08-27") < text.index("2021-10-29") < text.index("2021-11-01")
    assert "年份由标题推定" in text
    assert "推得" in text
    assert html.count("<circle") == 16
    for alone in ("区国土资源局", "区科协", "区司法局", "区生态环境局", "区教育局"):
        assert re.search(rf"从不与他人共担：.*{alone}", text)


def test_organization_page_lists_tasks_by_role_with_their_sentences(client: FlaskClient) -> None:
    text = words(page(client, f"/page/{MARKET}"))
    assert text.index("牵头 1 项") < text.index("负责 25 项") < text.index("配合 2 项")
    assert "严格落实进口冷链食品道路运输运单管理制度 区交通运输局牵头，区市场监管局配合" in text
    assert re.search(r"区农业农村局 为什么 4 ", text)
    assert "≥ 3 批次/千人" in text


def test_task_page_marks_the_passage_in_its_item(client: FlaskClient) -> None:
    html = page(client, f"/page/{TASK}")
    assert "<mark>支持餐饮服务企业发展连锁经营和中央厨房，" in html
    assert '<mark class="here">区市场监管局牵头，区商务局、区卫健局按职责分工负责</mark>' in html
    text = words(html)
    assert "餐饮质量安全提升行动" in text
    assert "量化指标 原文未写" in text


def test_task_page_says_what_an_item_of_several_tasks_holds(client: FlaskClient) -> None:
    text = words(page(client, f"/page/{DOCUMENT}/t/二.一.2.2"))
    assert re.findall(r"2\.\d", text.split("同条任务")[1]) == ["2.1", "2.2", "2.3", "2.4", "2.5"]


def test_section_page_holds_the_tasks_of_that_section_only(client: FlaskClient) -> None:
    assert "任务 8 项" not in words(page(client, f"/page/{DOCUMENT}/s/二.二"))
    codes = re.findall(r'class="code"><a[^>]*>([\d.]+)<', page(client, f"/page/{DOCUMENT}/s/二.三"))
    assert codes == ["7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "8.1", "8.2", "8.3"]


def test_document_page_shows_the_text_as_published_and_marks_any_passage(
    client: FlaskClient, seed_store: Engine
) -> None:
    rows = run(seed_store, "facts", thing=BASE + DOCUMENT)
    text = next(str(row["value"]) for row in rows if str(row["property"]).endswith("#text"))
    start = text.index("严格落实道路运输服务规范标准")
    html = page(client, f"/page/{DOCUMENT}?start={start}&end={start + 14}")
    assert 'id="here">严格落实道路运输服务规范标准</mark>' in html
    shown = "".join(re.findall(r"<p>(?:<span[^>]*></span>)*(.*)</p>", html.split("<article")[1].split("</article>")[0]))
    assert re.sub(r"\s", "", words(shown)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    "query", ["start=9&end=3", "start=-5&end=3", "start=a&end=b", "start=0&end=99999999", "start=1"]
)
def test_a_passage_that_is_none_is_not_marked(client: FlaskClient, query: str) -> None:
    assert 'id="here"' not in page(client, f"/page/{DOCUMENT}?{query}")


def test_facts_are_shown_as_stated_and_inferred_apart(client: FlaskClient) -> None:
    text = words(page(client, f"/page/{TASK}?view=facts"))
    stated, inferred = text.index("原文所述"), text.index("不是原文所写", text.index("下列各项"))
    assert stated < text.index("落实原文" if "落实原文" in text else "支持餐饮服务企业", stated) < inferred


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_inferred_fact_leads_to_its_proof_and_sentence(client: FlaskClient, prefix: str) -> None:
    links: set[str] = set()
    for address in (f"{prefix}/", f"{prefix}/page/{MARKET}?view=facts", f"{prefix}/page/{MARKET}"):
        links |= set(re.findall(r'class="why[^"]*" href="([^"]+)"', page(client, address)))
    assert len(links) > 20
    for link in sorted(links):
        proof = page(client, link.replace("&amp;", "&"))
        assert "<mark>" in proof
        assert "征求意见稿" in proof


def test_campaign_page_says_who_answers_for_each_task(client: FlaskClient) -> None:
    text = words(page(client, "/page/campaign/校园食品安全守护行动"))
    for code, name in (("17.1", "区教育局"), ("18.1", "区市场监管局"), ("18.2", "区卫健局")):
        assert re.search(rf"{re.escape(code)} .*{name} 负责", text)


def test_policy_page_shows_every_mention(client: FlaskClient) -> None:
    html = page(client, "/page/policy/地方党政领导干部食品安全责任制规定")
    assert html.count("<mark>地方党政领导干部食品安全责任制规定</mark>") == 2
    assert "29.1" in words(html)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("区市场监管局", MARKET),
        ("区市场监督局", MARKET),
        ("20.1", f"{DOCUMENT}/t/二.十.20.1"),
        ("昆仑2021", "campaign/昆仑2021行动"),
    ],
    ids=["short", "abbreviated", "code", "part"],
)
def test_search_finds_short_forms_codes_and_parts_of_names(client: FlaskClient, wanted: str, found: str) -> None:
    first = re.search(r'<tbody><tr><td><a href="([^"]+)"', page(client, f"/search?q={wanted}"))
    assert first
    assert unquote(first[1]) == f"/page/{found}"


def test_search_finds_sentences_and_suggests_the_nearest_names(client: FlaskClient) -> None:
    assert "任务" in words(page(client, "/search?q=重金属"))
    assert "区市场监管局" in words(page(client, "/search?q=区市场监菅局"))


@pytest.mark.parametrize("address", ["/search?q={}", "/query?query={}", "/page/{}", "/page/org/{}?view={}", "/{}"])
def test_what_strangers_type_is_escaped(client: FlaskClient, address: str) -> None:
    evil = "<script>alert(1)</script>\"'onmouseover=x"
    response = get(client, address.replace("{}", quote(evil, safe="")))
    assert "<script>alert" not in response.get_data(as_text=True)
    assert "\"'onmouseover" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["/", "/search?q=x", f"/page/{MARKET}", "/nowhere", "/network.json", f"/data/{TASK}"]
)
def test_every_answer_carries_the_guards_and_no_cookie(client: FlaskClient, address: str) -> None:
    response = get(client, address)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert "Set-Cookie" not in response.headers
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


@each_page
def test_no_page_names_another_host_or_carries_script_or_style(client: FlaskClient, address: str) -> None:
    html = page(client, address)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=\"", html)


def test_foreign_host_names_are_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example:8000"}).status_code == 421
    for host in ("localhost", "127.0.0.1:8001", "[::1]:8001", "LOCALHOST:80"):
        assert client.get("/", headers={"Host": host}).status_code == 200


def test_hosts_are_a_setting(seed_store: Engine) -> None:
    client = create_app(seed_store, config={"HOSTS": ("plans.example",)}).test_client()
    assert client.get("/", headers={"Host": "plans.example"}).status_code == 200
    client = create_app(seed_store, config={"HOSTS": None}).test_client()
    assert client.get("/", headers={"Host": "any.example"}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: FlaskClient, method: str) -> None:
    assert client.open(f"/page/{quote(TASK)}", method=method).status_code == 405


def test_a_page_that_is_not_there_suggests_the_nearest(client: FlaskClient) -> None:
    response = get(client, "/page/org/210804/区市场监菅局")
    assert response.status_code == 404
    assert "区市场监管局" in words(response.get_data(as_text=True))
    response = get(client, "/en/page/org/nobody", Accept="application/json")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert json.loads(response.data)["status"] == 404


@pytest.mark.parametrize("error", [StoreError("the store is gone"), QueryTimeoutError("stopped after 10 s")])
def test_a_store_that_does_not_answer_is_503(seed_store: Engine, error: Exception) -> None:
    class Broken:
        version = "0"

        def select(self, *_: object, **__: object) -> None:
            raise error

    app = create_app(Broken())  # type: ignore[arg-type]
    response = get(app.test_client(), "/")
    assert response.status_code == 503
    text = response.get_data(as_text=True)
    assert "暂时无法回答" in text
    assert "Traceback" not in text
    assert app.test_client().get("/", headers={"Accept": "application/json"}).mimetype == "application/problem+json"


def test_a_fault_of_ours_is_a_page_without_traceback(seed_store: Engine) -> None:
    class Faulty:
        version = "0"

        def select(self, *_: object, **__: object) -> None:
            raise KeyError("secret detail")

    app = create_app(Faulty())  # type: ignore[arg-type]
    app.logger.disabled = True
    response = get(app.test_client(), "/en/")
    assert response.status_code == 500
    assert "secret detail" not in response.get_data(as_text=True)
    assert "The fault is ours" in response.get_data(as_text=True)


@pytest.mark.parametrize("path", THINGS.values(), ids=THINGS.keys())
def test_iris_lead_people_to_the_page_and_programs_to_the_data(client: FlaskClient, path: str) -> None:
    for accept, room in (("text/html", "page"), ("*/*", "page"), ("text/turtle", "data"), ("text/csv", "data")):
        response = client.get(f"/id/{quote(path)}", headers={"Accept": accept})
        assert response.status_code == 303
        assert unquote(response.headers["Location"]).startswith(f"/{room}/{path}")
        assert "Accept" in response.headers["Vary"]
        assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/rdf+xml", "rdfxml"),
        ("application/n-triples", "ntriples"),
        ("application/n-quads", "nquads"),
        ("application/trig", "trig"),
        ("application/json", "jsonld"),
        ("application/ld+json", "jsonld"),
        ("application/xml", "rdfxml"),
        ("application/rdf+xml, text/html;q=0.5", "rdfxml"),
        ("application/rdf+xml;q=0.5, text/turtle", "turtle"),
        ("text/html, application/rdf+xml;q=0.9", None),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None),
        ("image/png", None),
    ],
)
def test_programs_are_led_to_the_format_they_accept(client: FlaskClient, accept: str, form: str | None) -> None:
    response = client.get(f"/id/{quote(MARKET)}", headers={"Accept": accept})
    target = unquote(response.headers["Location"])
    assert target == (f"/data/{MARKET}?format={form}" if form else f"/page/{MARKET}")
    assert client.get(target).mimetype == (MEDIA_TYPES[form] if form else "text/html")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own
def test_every_rdf_format_says_the_same(client: FlaskClient) -> None:
    address = f"/data/{quote(TASK)}?format="
    turtle = Graph().parse(data=client.get(f"{address}turtle").get_data(as_text=True), format="turtle")
    assert len(turtle) > 20
    for form, parser in (("ntriples", "nt"), ("rdfxml", "xml"), ("nquads", "nquads"), ("trig", "trig")):
        text = client.get(address + form).get_data(as_text=True)
        found = Dataset(default_union=True)
        found.parse(data=text, format=parser)
        assert set(found.triples((None, None, None))) == set(turtle), form
        assert (f"{DOCUMENT}/inferred>" in text) == (form in ("nquads", "trig"))


def test_chinese_iris_work_percent_encoded_or_not(client: FlaskClient) -> None:
    encoded = client.get(f"/page/{quote(TASK)}")
    raw = client.open(environ_overrides={"PATH_INFO": f"/page/{TASK}".encode().decode("latin-1")})
    assert encoded.status_code == raw.status_code == 200
    assert words(encoded.get_data(as_text=True)) == words(raw.get_data(as_text=True))


def test_data_says_which_facts_are_stated_and_which_inferred(client: FlaskClient) -> None:
    turtle = client.get(f"/data/{quote(TASK)}?format=turtle").get_data(as_text=True)
    assert f"# stated: <{BASE}{DOCUMENT}>" in turtle
    assert f"# inferred: <{BASE}{DOCUMENT}/inferred>" in turtle
    graph = Graph().parse(data=turtle, format="turtle")
    table = client.get(f"/data/{quote(TASK)}?format=csv").get_data(as_text=True).splitlines()
    assert table[0] == "origin,subject,property,value,graph"
    linked = json.loads(client.get(f"/data/{quote(TASK)}?format=jsonld").data)
    assert [part["@id"] for part in linked["@graph"]] == [f"{BASE}{DOCUMENT}", f"{BASE}{DOCUMENT}/inferred"]
    assert len(graph) <= len(table) - 1
    assert (
        client.get(f"/data/{quote(TASK)}", headers={"Accept": "application/ld+json"}).mimetype == "application/ld+json"
    )
    assert client.get(f"/data/{quote(TASK)}?format=xls").status_code == 400
    assert client.get("/data/org/nobody?format=turtle").status_code == 404


def test_data_is_the_same_twice(client: FlaskClient) -> None:
    for form in MEDIA_TYPES:
        address = f"/data/{quote(MARKET)}?format={form}"
        assert client.get(address).data == client.get(address).data


def test_network_data_gives_every_responsibility_with_its_sentence(client: FlaskClient) -> None:
    network = client.get(f"/network.json?document={quote(DOCUMENT)}").get_json()
    assert sum(node["kind"] == "task" for node in network["nodes"]) == 60
    assert len(network["edges"]) == 84
    assert all(edge["quote"] and edge["source"].startswith("/page/doc/") for edge in network["edges"])
    assert client.get(network["nodes"][0]["page"]).status_code == 200


def test_vis_network_comes_from_pyvis_and_nothing_else_does(client: FlaskClient) -> None:
    with client.get("/vis/vis-network.min.js") as response:
        assert response.status_code == 200
        assert len(response.get_data()) > 400_000
    assert client.get("/vis/../network.py").status_code == 404
    assert client.get("/vis/vis-network.css").status_code == 404


def test_every_message_is_said_and_every_said_message_exists() -> None:
    from pathlib import Path

    import web

    room = Path(str(web.__file__)).parent
    sources = "\n".join(p.read_text("utf-8") for p in [*room.glob("*.py"), *room.glob("templates/*.html")])
    said = set(re.findall(r"say\('([a-z_]+\.[a-z_A-Z]+)'", sources)) | set(
        re.findall(r'say\("([a-z_]+\.[a-z_A-Z]+)"', sources)
    )
    assert said <= set(messages())
    loose = {key for key in messages() if key.split(".")[1] not in sources}
    assert not {key for key in loose if not key.startswith("property.")}
    for key, spoken in messages().items():
        assert {"zh", "en"} <= set(spoken), key
        assert set(re.findall(r"\{\w+\}", spoken["zh"])) == set(re.findall(r"\{\w+\}", spoken["en"])), key
