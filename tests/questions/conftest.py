"""Stores with more than one document: a draft, and the final that repeats it word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kg.plan import Plan
    from kg.store.engine import Engine


def store_of(*plans: Plan) -> Engine:
    """Return a store in memory with the graphs of these plans."""
    import pyoxigraph as ox

    from kg.graph import document_graphs
    from kg.store.engine import Engine

    quads = ox.Store()
    for plan in plans:
        graphs = document_graphs(plan)
        for name, graph in ((graphs.iri, graphs.stated), (f"{graphs.iri}/inferred", graphs.inferred)):
            triples = graph.serialize(format="nt")
            quads.load(triples, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name))
    return Engine(quads, "test")


@pytest.fixture(scope="session")
def draft_and_final(seed_plan: Plan) -> Engine:
    """Return a store that holds the seed (征求意见稿) and a final of the same text."""
    return store_of(seed_plan, replace(seed_plan, status=None))
