"""SPARQLWrapper, the client most Python scripts use: every verb and format, and an update."""

from __future__ import annotations

from typing import Any

import pytest
from rdflib import Graph
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from tests.clients.conftest import Writable

PREFIX = "PREFIX zr: <https://w3id.org/zeren/ns#>\n"
# The text survives only where it is decoded exactly once.
TASK = PREFIX + 'SELECT ?code WHERE { ?task zr:code ?code ; zr:text ?text FILTER(CONTAINS(?text, "“三无食品”")) }'
CODES = PREFIX + "CONSTRUCT { ?t zr:code ?c } WHERE { ?t zr:code ?c ; zr:mode zr:Led }"


def asking(served: str, query: str, form: str, method: str = GET, request: str = URLENCODED) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{served}/sparql")
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setMethod(method)
    client.setRequestMethod(request)
    return client


@pytest.mark.parametrize(("method", "request_method"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_rows_by_every_verb(served: str, method: str, request_method: str) -> None:
    found: Any = asking(served, TASK, JSON, method, request_method).queryAndConvert()
    assert [row["code"]["value"] for row in found["results"]["bindings"]] == ["20.1"]


def test_rows_in_every_format(served: str) -> None:
    document: Any = asking(served, TASK, XML).queryAndConvert()
    assert document.getElementsByTagName("literal")[0].firstChild.data == "20.1"
    assert asking(served, TASK, CSV).queryAndConvert() == b"code\r\n20.1\r\n"
    assert asking(served, TASK, TSV).queryAndConvert() == b'?code\n"20.1"\n'


# SPARQLWrapper 2.0 reads graphs into a class that rdflib 7 calls old.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("form", "parser"), [(TURTLE, "turtle"), (RDFXML, "xml"), (JSONLD, "json-ld")])
def test_graphs_in_every_format(served: str, form: str, parser: str) -> None:
    found: Any = asking(served, CODES, form).queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format=parser)
    assert sorted(map(str, graph.objects())) == ["12.2", "2.2", "23.1", "8.1"]


def test_a_boolean(served: str) -> None:
    found: Any = asking(served, PREFIX + 'ASK { ?t zr:code "20.1" }', JSON).queryAndConvert()
    assert found["boolean"] is True


def test_a_malformed_query_is_its_own_exception(served: str) -> None:
    with pytest.raises(QueryBadFormed, match="line"):
        asking(served, "SELECT * WHERE {", JSON).query()


def test_an_update(writable: Writable) -> None:
    client = asking(writable.address, "INSERT DATA { <http://a/任务> <http://a/p> 'x' }", JSON, POST)
    client.addCustomHttpHeader("Authorization", writable.authorization)
    client.query().response.close()
    found: Any = asking(writable.address, "ASK { <http://a/任务> <http://a/p> 'x' }", JSON).queryAndConvert()
    assert found["boolean"] is True
