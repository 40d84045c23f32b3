"""Virtuoso 7 as the store: what it does otherwise is known, and nothing else is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rdflib.namespace import XSD
from rdflib.term import Identifier, Literal

from kg.errors import QueryError, ResultTooLargeError, UpstreamError
from kg.questions.catalogue import catalogue, run
from kg.store.address import Address
from kg.store.engine import Engine
from kg.store.generations import Generations
from kg.store.remote import RemoteStore
from kg.store.service import Service
from tests.conftest import SEED, Run, serving
from tests.store.services import VIRTUOSO, virtuoso
from tests.store.test_binding import arguments

if TYPE_CHECKING:
    from kg.store import Row

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(VIRTUOSO is None, reason="virtuoso-t is not installed (apt-get install virtuoso-opensource)"),
]
ROWS = 500


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, zeren: Run) -> Iterator[str]:
    """Return the address of a Virtuoso into which the seed was built; its user is in the environment."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZEREN_STORE_USER", "dba")
        environment.setenv("ZEREN_STORE_PASSWORD", "dba")
        with virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
            built = zeren("build", str(SEED), "--store", address)
            assert built.returncode == 0, built.stderr
            yield address


@pytest.fixture(scope="module")
def store(address: str) -> RemoteStore:
    return RemoteStore(Address.parse(address))


def as_virtuoso_says(term: Identifier) -> Identifier:
    """Return what a term comes back as: the booleans it computes are numbers."""
    if isinstance(term, Literal) and term.datatype == XSD.boolean:
        return Literal("1" if term.value else "0", datatype=XSD.integer)
    return term


def rows(found: list[Row]) -> list[tuple[tuple[str, str], ...]]:
    """Return rows in an order of our own: Virtuoso sorts Chinese otherwise."""
    return sorted(tuple(sorted((name, as_virtuoso_says(term).n3()) for name, term in row.items())) for row in found)


@pytest.mark.parametrize("name", catalogue().names())
def test_every_question_answers_as_embedded(seed_store: Engine, store: RemoteStore, name: str) -> None:
    given: dict[str, Any] = arguments(seed_store, name)
    required = {p.name for p in catalogue().question(name).parameters if p.required}
    for params in (given, {n: v for n, v in given.items() if n in required}):
        assert rows(run(store, name, **params)) == rows(run(seed_store, name, **params))


def test_what_was_built_is_what_is_there(address: str, zeren: Run, seed_folder: Path) -> None:
    assert zeren("export", "--store", address).stdout == zeren("export").stdout
    generations = Generations(seed_folder)
    assert Service(Address.parse(address)).current() == generations.version(generations.current() or "")


def test_a_build_is_taken_up_and_the_same_one_sends_nothing(address: str, zeren: Run) -> None:
    assert zeren("build", str(SEED), "--store", address).returncode == 0
    assert zeren("export", "--store", address).stdout == zeren("export").stdout


def test_what_is_cut_at_its_own_limit_is_not_taken_for_whole(zeren: Run, tmp_path: Path, address: str) -> None:
    with virtuoso(tmp_path, rows=ROWS) as small:
        assert zeren("build", str(SEED), "--store", small).returncode == 0
        store = RemoteStore(Address.parse(small))
        assert len(store.select(f"SELECT ?s ?p {{ ?s ?p ?o }} LIMIT {ROWS - 1}")) == ROWS - 1
        with pytest.raises(ResultTooLargeError):
            store.select("SELECT ?s ?p ?o { ?s ?p ?o }")
        said = zeren("export", "--store", small)
    assert (said.returncode, said.stdout) == (UpstreamError.exit_code, "")
    assert "larger than the service lets through" in said.stderr


def test_its_complaints_are_ours(store: RemoteStore) -> None:
    with pytest.raises(QueryError, match="the service says"):
        store.select("SELECT * { ?s ?p }")


def test_without_a_password_nothing_is_built(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEREN_STORE_PASSWORD", "wrong")
    with pytest.raises(UpstreamError, match="401"):
        Service(Address.parse(address)).write(b'<x:s> <x:p> "1" <x:g> .\n', {})


def test_pages_are_served(address: str) -> None:
    from urllib.request import urlopen

    with serving("--store", address) as (url, _):
        for page in ("/", "/network", "/en/"):
            with urlopen(url + page, timeout=60) as response:
                assert response.status == 200
