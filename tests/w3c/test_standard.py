"""SPARQL 1.0 and 1.1 as the W3C tests them: queries, updates, syntax, result formats; what fails is in `known.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.w3c.asked import Direct, Served
from tests.w3c.judged import failure
from tests.w3c.manifest import FOLDER, Case, cases

KNOWN: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "known.toml").read_text("utf-8"))
CASES = cases()
SAMPLE = CASES[::15]
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the W3C's tests are not there ({FOLDER})")


@pytest.fixture(scope="module")
def engine() -> Direct:
    """Return pyoxigraph in this process."""
    return Direct()


def check(case: Case, why: str | None, known: dict[str, str]) -> None:
    if str(case) in known:
        assert why, f"passes now, so it is to be taken from known.toml: {known[str(case)]}"
    else:
        assert why is None, why


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_the_service_on_a_sample(empty_service: Served, case: Case) -> None:
    check(case, failure(case, empty_service), KNOWN["engine"] | KNOWN["service"])


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_service(empty_service: Served, case: Case) -> None:
    check(case, failure(case, empty_service), KNOWN["engine"] | KNOWN["service"])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine(engine: Direct, case: Case) -> None:
    check(case, failure(case, engine), KNOWN["engine"])


def test_the_list_of_failures_names_tests_that_exist() -> None:
    assert {name for part in KNOWN.values() for name in part} <= {str(case) for case in CASES}


def test_the_service_passes_as_much_as_its_engine() -> None:
    assert not KNOWN["service"]
