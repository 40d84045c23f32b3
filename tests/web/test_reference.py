"""The ontology as it is served, and the page that says why: for people in two languages, for programs as data."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from rdflib import OWL, PROV, RDF, Graph, URIRef

from kg.outputs import reference
from web.app import create_app
from web.checks import checks
from web.i18n import LANGUAGES, PREFIXES
from web.ontology import ontology
from web.terms import label, last_part
from web.why import why

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.store.engine import Engine

BASE = "https://w3id.org/zeren/id/"
ZR = "https://w3id.org/zeren/ns#"
DOCUMENT = f"{BASE}doc/210804/2021/营口市鲅鱼圈区2021年食品安全重点工作安排/征求意见稿"
MARKET, HEALTH = (f"{BASE}org/210804/{function}" for function in ("市场监管", "卫生健康"))
TASK = f"{DOCUMENT}/t/二.一.2.5"


@pytest.fixture(scope="module")
def client(seed_store: Engine) -> FlaskClient:
    app = create_app(seed_store, config={"TESTING": True})
    for blueprint in (ontology, why, checks):
        if not any(name.startswith(blueprint.name) for name in app.blueprints):
            for language in LANGUAGES:
                name = f"{blueprint.name}_{language}"
                app.register_blueprint(blueprint, name=name, url_prefix=PREFIXES[language] or None)
    return app.test_client()


def why_address(*triple: str, language: str = "zh", **more: str) -> str:
    return f"{PREFIXES[language]}/why?{urlencode(dict(zip('spo', triple, strict=True)) | more)}"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser makes one
@pytest.mark.parametrize(
    ("media_type", "form"),
    [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")],
)
def test_the_ontology_as_data(client: FlaskClient, media_type: str, form: str) -> None:
    answer = client.get("/ontology", headers={"Accept": media_type})
    assert answer.mimetype == media_type
    assert "Accept" in answer.vary
    graph = Graph().parse(data=answer.get_data(as_text=True), format=form)
    assert len(graph) == len(reference.ontology())
    assert (URIRef(f"{ZR}Task"), RDF.type, OWL.Class) in graph
    chain = next(graph.objects(URIRef(f"{ZR}ledBy"), OWL.propertyChainAxiom))
    assert [str(step) for step in graph.items(chain)] == [f"{ZR}hasAssignment", f"{ZR}leadAgent"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ontology_as_a_page_names_every_term(client: FlaskClient, language: str) -> None:
    answer = client.get(f"{PREFIXES[language]}/ontology", headers={"Accept": "text/html"})
    page = answer.get_data(as_text=True)
    assert answer.mimetype == "text/html"
    for entries in reference.terms().values():
        for entry in entries:
            assert f'id="{entry.anchor}"' in page
            assert entry.definition[language] in page.replace("&gt;", ">").replace("&lt;", "<").replace("&#39;", "'")
    for scheme in reference.schemes():
        assert scheme.entry.label[language] in page


def test_the_ontology_in_a_format_that_there_is_not(client: FlaskClient) -> None:
    assert client.get("/ontology?format=docx").status_code == 400


def test_the_same_bytes_each_time() -> None:
    for form in reference.MEDIA_TYPES:
        first = reference.serialized(form)
        for cached in (reference.serialized, reference.ontology):
            cached.cache_clear()
        assert reference.serialized(form) == first


@pytest.mark.parametrize(("language", "word"), [("zh", "依据的原文"), ("en", "The sentences it stands on")])
def test_why_two_organizations_co_own(client: FlaskClient, language: str, word: str) -> None:
    answer = client.get(why_address(HEALTH, f"{ZR}coOwnsWith", MARKET, language=language))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert word in page
    assert "<mark>区卫健局、区市场监管局按职责分工负责</mark>" in page
    assert "动态评估研判进口冷链食品传播病毒的风险" in page
    assert "style=" not in page


def test_why_a_count_is_what_it_is(client: FlaskClient) -> None:
    node = f"{DOCUMENT}/co/210804/卫生健康/210804/市场监管"
    page = client.get(why_address(node, f"{ZR}count", "2")).get_data(as_text=True)
    assert page.count("<mark>") == 2
    assert "双方共担的任务全部列出，计其项数" in page


def test_why_as_json_and_as_prov(client: FlaskClient) -> None:
    address = why_address(MARKET, f"{ZR}involvedIn", TASK)
    told = json.loads(client.get(address, headers={"Accept": "application/json"}).get_data(as_text=True))
    assert told[0]["document"] == DOCUMENT
    assert told[0]["steps"][-1]["fact"]["en"] == "营口市鲅鱼圈区市场监督管理局 — involved in → task 2.5"
    prov = Graph().parse(data=client.get(f"{address}&format=turtle").get_data(as_text=True), format="turtle")
    assert any("#char=" in str(source) for source in prov.objects(None, PROV.wasDerivedFrom))


def test_what_is_stated_shows_its_sentence(client: FlaskClient) -> None:
    page = client.get(why_address(f"{TASK}/a/1", f"{ZR}responsibleAgent", HEALTH)).get_data(as_text=True)
    assert "原文写明" in page
    assert page.count("<mark>") == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/why", 400),
        (why_address(MARKET, f"{ZR}leads", TASK), 404),
        (why_address(MARKET, f"{ZR}involvedIn", TASK, format="pdf"), 400),
        (why_address("<script>", "x", "y"), 400),
    ],
)
def test_what_cannot_be_explained_is_said_so(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "<script>" not in answer.get_data(as_text=True).replace("<script src", "")


@pytest.mark.parametrize(("language", "message"), [("zh", "多个单位，原文未写牵头"), ("en", "the text names no lead")])
def test_the_gaps_of_the_seed_with_their_passages(client: FlaskClient, language: str, message: str) -> None:
    page = client.get(f"{PREFIXES[language]}/checks").get_data(as_text=True)
    assert message in page
    results = page.split("<main", 1)[1].split("</main>")[0]
    assert results.count("<mark>") == results.count("#here") == 58 + 55 + 12 + 5
    assert results.count("<details") == 4
    assert '<details class="kind" open' not in results
    assert {"zh": "错误", "en": ">Wrong"}[language] not in page.split("<section>")[1]


def test_the_gaps_as_data(client: FlaskClient) -> None:
    told = client.get(f"/checks?{urlencode({'document': DOCUMENT})}", headers={"Accept": "application/json"}).get_json()
    assert told[0]["document"] == DOCUMENT
    codes = Counter(result["code"] for result in told[0]["results"])
    assert codes == {"task-no-date": 58, "task-no-figure": 55, "task-no-lead": 12, "collective-members": 5}
    assert client.get("/checks?document=http://nowhere", headers={"Accept": "application/json"}).get_json() == []


def test_of_many_documents_only_the_titles_are_shown(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.checks._AT_ONCE", 0)
    page = client.get("/checks").get_data(as_text=True)
    assert "<mark>" not in page
    link = re.search(r'href="([?]document=[^"]+)"', page)
    assert link
    assert client.get(f"/checks{link[1]}").status_code == 200
    assert client.get("/checks", headers={"Accept": "application/json"}).get_json()[0]["results"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_property_or_class_is_shown_by_the_end_of_its_iri(seed_store: Engine, language: str) -> None:
    """Of things read from documents, of their functions and of the build: their pages name everything by a label."""
    query = f"""SELECT DISTINCT ?term {{ {{ ?s ?term ?o }} UNION {{ ?s a ?term }}
        FILTER(STRSTARTS(STR(?s), "{BASE}")) FILTER(!STRSTARTS(STR(?term), "{BASE}")) }}"""
    terms = {row["term"] for row in seed_store.select(query)}
    assert len(terms) > 60
    with create_app(seed_store).test_request_context(f"{PREFIXES[language]}/"):
        bare = {str(term) for term in terms if label(term) == last_part(term)}
    # Their English labels are the ends of their IRIs: zr:leads is called leads.
    assert {term for term in bare if language == "zh" or not term.startswith(ZR)} <= {
        "http://www.w3.org/2000/01/rdf-schema#label",
        "http://purl.org/dc/terms/title",
        "http://purl.org/dc/terms/issued",
        "http://www.w3.org/2004/02/skos/core#broader",
        "http://www.w3.org/2004/02/skos/core#notation",
        "http://www.w3.org/2004/02/skos/core#definition",
        "http://www.w3.org/ns/prov#used",
    }
    if language == "zh":
        assert not bare
