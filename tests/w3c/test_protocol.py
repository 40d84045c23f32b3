"""The SPARQL 1.1 Protocol, Graph Store Protocol and Service Description as the W3C tests them, over real HTTP."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from tests.w3c.asked import Served
from tests.w3c.manifest import FOLDER
from tests.w3c.replayed import Exchange, exchanges

PROTOCOL = exchanges("protocol", "manifest.ttl")
GRAPH_STORE = exchanges("graph-store-protocol", "manifest-direct.ttl", "manifest-indirect.ttl")
SD = "http://www.w3.org/ns/sparql-service-description#"
# https://www.w3.org/TR/sparql11-service-description/
TERMS = {
    *("Service", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile", "GraphCollection"),
    *("Dataset", "Graph", "NamedGraph", "Feature", "DereferencesURIs", "UnionDefaultGraph", "RequiresDataset"),
    *("EmptyGraphs", "BasicFederatedQuery", "SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "endpoint", "feature"),
    *("defaultEntailmentRegime", "entailmentRegime", "defaultSupportedEntailmentProfile", "extensionFunction"),
    *("supportedEntailmentProfile", "extensionAggregate", "languageExtension", "supportedLanguage"),
    *("propertyFeature", "defaultDataset", "availableGraphs", "resultFormat", "inputFormat", "defaultGraph"),
    *("namedGraph", "name", "graph"),
}
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the W3C's tests are not there ({FOLDER})")


@pytest.mark.parametrize("exchange", PROTOCOL, ids=str)
def test_protocol(empty_service: Served, exchange: Exchange) -> None:
    assert not exchange.faults(empty_service)


@pytest.mark.parametrize("exchange", GRAPH_STORE, ids=str)
def test_graph_store_protocol(empty_service: Served, exchange: Exchange) -> None:
    assert not exchange.faults(empty_service)


def test_all_of_them_are_there() -> None:
    assert (len(PROTOCOL), len(GRAPH_STORE)) == (34, 13)


def test_service_description(empty_service: Served) -> None:
    """The three tests of the manifest `service-description`: RDF is returned, names the endpoint, fits the schema."""
    reply = empty_service.send("GET", "/sparql", accept="text/turtle")
    assert reply.status == 200
    graph = ox.Store()
    graph.load(reply.body, ox.RdfFormat.TURTLE)
    endpoints = [str(quad.object) for quad in graph.quads_for_pattern(None, ox.NamedNode(f"{SD}endpoint"), None)]
    assert len(endpoints) == 1
    assert endpoints[0].endswith("/sparql>")
    used = {name for quad in graph for name in re.findall(rf"<{SD}(\w+)>", str(quad))}
    assert used <= TERMS
