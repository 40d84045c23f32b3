"""What `--store` may name beside a folder, and what a store on a service says of itself."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kg.errors import StoreError
from kg.store.address import Address
from kg.store.manifest import Manifest


@dataclass(frozen=True)
class _Case:
    text: str
    query: str
    graphs: str


@pytest.mark.parametrize(
    "case",
    [
        _Case("sparql+http://h:1/", "http://h:1/query", "http://h:1/store"),
        _Case("sparql+https://h", "https://h/query", "https://h/store"),
        _Case("sparql+http://h/ds?service=fuseki", "http://h/ds/query", "http://h/ds/data"),
        _Case(
            "sparql+http://h/repositories/r?service=graphdb",
            "http://h/repositories/r",
            "http://h/repositories/r/rdf-graphs/service",
        ),
        _Case("sparql+http://h/?service=virtuoso", "http://h/sparql", "http://h/sparql-graph-crud-auth"),
        _Case("sparql+http://h/x?query=/q&graphs=http://g/y%3Fz=1", "http://h/q", "http://g/y?z=1"),
    ],
    ids=lambda case: case.text,
)
def test_addresses(case: _Case) -> None:
    address = Address.parse(case.text)
    assert (address.query, address.graphs) == (case.query, case.graphs)


@pytest.mark.parametrize(
    "text",
    ["sparql+http://", "sparql+http://u:secret@h/", "sparql+http://h/?service=no", "sparql+http://h/?x=1", "http://h/"],
)
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(StoreError) as raised:
        Address.parse(text)
    assert "secret" not in str(raised.value)


def test_the_manifest_reads_back_as_it_was_written() -> None:
    about = {"format": 1, "version": "v", "documents": [{"iri": "x:d", "file": "任.txt", "metadata": None}]}
    manifest = Manifest("building", about, "me", {"x:g": "0"}, frozenset({"x:h"}))
    assert Manifest.of("x:store", manifest.triples("x:store")) == manifest
    assert Manifest.of("x:store", b"") is None
