"""The HTTP interface against its own description: whatever schemathesis sends, the service never breaks (only 503)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import content_type_conformance, not_a_server_error, status_code_conformance

from kg.store.formats import FORMATS, GRAPH
from kg.store.generations import Generations
from tests.conftest import serving
from web.app import create_app
from web.openapi import description

if TYPE_CHECKING:
    from kg.store.engine import Engine

TOKEN = "00112233445566778899aabbccddeeff"
BUSY = 503  # a limit was reached, which is an answer
MEDIA_TYPES = [known.media_type for known in FORMATS if known.fits == GRAPH]
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance)
schema = schemathesis.openapi.from_dict(description())
# With a parameter of ours, pytest names each operation's test: pytest-xdist runs tests of one name once.
allowed = pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {TOKEN}"}], ids=["allowed"])


@schemathesis.serializer("application/sparql-query", "application/sparql-update", *MEDIA_TYPES)
def as_it_is(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a running service that takes changes; its store is its own."""
    folder = tmp_path_factory.mktemp("described")
    Generations(folder / "store").write(b'<http://a/s> <http://a/p> "o" <http://a/g> .\n', {"documents": []})
    (folder / "token").write_text(TOKEN, "ascii")
    options = ("--time-limit", "2", "--write-token-file", str(folder / "token"))
    with serving("--store", str(folder / "store"), *options) as (address, _):
        yield address


@allowed
@schema.parametrize()
@settings(max_examples=5, derandomize=True, deadline=None)
def test_nothing_breaks(service: str, headers: dict[str, str], case: Any) -> None:
    check(service, headers, case)


@pytest.mark.long
@allowed
@schema.parametrize()
@settings(max_examples=50, derandomize=True, deadline=None)
def test_nothing_breaks_for_longer(service: str, headers: dict[str, str], case: Any) -> None:
    check(service, headers, case)


def check(service: str, headers: dict[str, str], case: Any) -> None:
    response = case.call(base_url=service, headers=headers, timeout=20)
    if response.status_code == BUSY:
        assert "ended its process" not in response.text  # none of these asks for much: a crash is a fault
    else:
        case.validate_response(response, checks=CHECKS)


def test_every_address_for_programs_is_described(seed_store: Engine) -> None:
    rules = [rule for rule in create_app(seed_store).url_map.iter_rules() if "." in rule.endpoint]
    rules = [rule for rule in rules if not rule.rule.startswith("/en/")]  # the same in English
    blueprints = {"zh"}  # the pages, which are for people
    paths = {
        re.sub(r"<(?:path:)?(\w+)>", r"{\1}", rule.rule)
        for rule in rules
        if rule.endpoint.partition(".")[0] not in blueprints
    }
    assert paths <= set(description()["paths"])
