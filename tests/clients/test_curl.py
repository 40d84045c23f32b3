"""curl, as the documentation shows it: every way to ask, negotiation, compression, and graphs put and taken away."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import Writable

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
TASK = """PREFIX zr: <https://w3id.org/zeren/ns#>
SELECT ?code WHERE { ?task zr:code ?code ; zr:text ?text FILTER(CONTAINS(?text, "“三无食品”")) }"""
JSON_TYPE = "Accept: application/sparql-results+json"


def curl(*arguments: str) -> str:
    done = subprocess.run(["curl", "--silent", "--show-error", *arguments], capture_output=True, check=True, timeout=30)
    return done.stdout.decode()


@pytest.mark.parametrize(
    "way",
    [
        ("--get", "--data-urlencode", f"query={TASK}"),
        ("--data-urlencode", f"query={TASK}"),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", TASK),
        ("--compressed", "--get", "--data-urlencode", f"query={TASK}"),
    ],
    ids=["get", "form", "direct", "compressed"],
)
def test_a_question(served: str, way: tuple[str, ...]) -> None:
    found = json.loads(curl(f"{served}/sparql", "--header", JSON_TYPE, *way))
    assert [row["code"]["value"] for row in found["results"]["bindings"]] == ["20.1"]


def test_a_format_by_name(served: str) -> None:
    assert curl(f"{served}/sparql?format=csv", "--data-urlencode", f"query={TASK}").splitlines() == ["code", "20.1"]


def test_only_the_head(served: str) -> None:
    said = curl("--head", f"{served}/sparql?query=ASK%7B%7D")
    assert said.startswith("HTTP/1.1 200")
    assert "content-type: application/sparql-results+json" in said.lower()


def test_a_graph_is_put_and_taken_away(writable: Writable, tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    file.write_text('<http://a/任务> <http://a/p> "值"@zh .', "utf-8")
    where = f"{writable.address}/graphs?graph=http://a/%E5%9B%BE"
    token = ("--header", f"Authorization: {writable.authorization}")
    status = ("--output", "/dev/null", "--write-out", "%{http_code}")
    assert curl(*status, *token, "--header", "Content-Type: text/turtle", "--upload-file", str(file), where) == "201"
    assert "值" in curl("--header", "Accept: application/n-triples", where)
    assert curl(*status, "--request", "DELETE", where) == "401"
    assert curl(*status, *token, "--request", "DELETE", where) == "204"
    assert curl(*status, where) == "404"
