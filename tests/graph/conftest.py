"""The graphs that many tests look at, made once."""

from __future__ import annotations

import pytest
from rdflib import Graph

from kg.graph import DocumentGraphs, document_graphs, shared_graphs
from kg.plan import Plan
from kg.reading import read_file
from kg.resources import data_dir
from tests.graph.plans import SMALL


@pytest.fixture(scope="session")
def seed_plan() -> Plan:
    return read_file(data_dir() / "documents" / "bayuquan-2021-food-safety.txt")


@pytest.fixture(scope="session")
def seed(seed_plan: Plan) -> DocumentGraphs:
    return document_graphs(seed_plan)


@pytest.fixture(scope="session")
def union(seed: DocumentGraphs) -> Graph:
    """Everything a query on the seed sees: stated, inferred and shared graphs."""
    graph = seed.stated + seed.inferred
    for shared in shared_graphs(stated=[seed.stated]).values():
        graph += shared
    return graph


@pytest.fixture(scope="session")
def small() -> DocumentGraphs:
    return document_graphs(SMALL)
