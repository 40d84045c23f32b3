"""rdflib's SPARQLStore and SPARQLUpdateStore: a remote graph used like a local one."""

from __future__ import annotations

import pytest
from rdflib import RDFS, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.clients.conftest import Writable

ZR = Namespace("https://w3id.org/zeren/ns#")


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_a_graph_is_read(served: str, method: str) -> None:
    graph = Graph(SPARQLStore(f"{served}/sparql", method=method))
    (task,) = graph.subjects(ZR.code, Literal("20.1"))
    assert Literal("任务", lang="zh") in set(graph.objects(ZR.Task, RDFS.label))
    assert (task, ZR.mode, ZR.Shared) in graph
    asked = "SELECT ?o WHERE { ?a zr:ofTask ?task ; zr:agent ?o }"
    names = graph.query(asked, initNs={"zr": ZR}, initBindings={"task": URIRef(str(task))})
    assert len({row[0] for row in names}) == 5  # type: ignore[index]
    assert len(graph) > 1000


def test_a_construct_query(served: str) -> None:
    graph = Graph(SPARQLStore(f"{served}/sparql"))
    made = graph.query("CONSTRUCT { ?t zr:code ?c } WHERE { ?t zr:code ?c ; zr:mode zr:Led }", initNs={"zr": ZR}).graph
    assert made is not None
    assert sorted(map(str, made.objects())) == ["12.2", "2.2", "23.1", "8.1"]


def test_a_graph_is_changed(writable: Writable) -> None:
    endpoint = f"{writable.address}/sparql"
    store = SPARQLUpdateStore(endpoint, endpoint, headers={"Authorization": writable.authorization})
    graph = Graph(store, identifier=URIRef("http://a/图"))
    triple = (URIRef("http://a/任务"), URIRef("http://a/p"), Literal("“引号”\n换行", lang="zh"))
    graph.add(triple)
    assert set(graph) == {triple}
    graph.update("INSERT { ?s <http://a/q> 1 } WHERE { ?s <http://a/p> ?o }")
    assert len(graph) == 2
    graph.remove((None, None, None))
    assert not set(graph)
