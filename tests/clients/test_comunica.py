"""Comunica, the query engine of the JavaScript world: it asks the endpoint as one source among others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.clients.conftest import Writable
from tests.conftest import ROOT

LOCK = ROOT / ".ci" / "clients"
PREFIX = "PREFIX zr: <https://w3id.org/zeren/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
OWNERS = f"""{PREFIX}SELECT DISTINCT ?name WHERE {{
  ?task zr:code "20.1" . ?assignment zr:ofTask ?task ; zr:agent ?o . ?o skos:prefLabel ?name
}} ORDER BY ?name"""
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("npm") is None or shutil.which("node") is None, reason="Node.js is not installed"),
]


@pytest.fixture(scope="module")
def comunica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of Comunica's commands, installed from the lock; a kept copy may be named by ZEREN_COMUNICA."""
    kept = os.environ.get("ZEREN_COMUNICA")
    if kept:
        return Path(kept)
    folder = tmp_path_factory.mktemp("comunica")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"Comunica cannot be installed here: {done.stderr[-300:]}")
    return folder / "node_modules" / ".bin"


def run(comunica: Path, *arguments: str) -> str:
    command = [str(comunica / "comunica-sparql"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rows(comunica: Path, served: str) -> None:
    said = run(comunica, f"sparql@{served}/sparql", OWNERS, "-t", "application/sparql-results+json")
    names = [row["name"]["value"] for row in json.loads(said)["results"]["bindings"]]
    assert len(names) == 5
    assert "营口市鲅鱼圈区市场监督管理局" in names


def test_a_graph(comunica: Path, served: str) -> None:
    asked = f"{PREFIX}CONSTRUCT {{ ?t zr:code ?c }} WHERE {{ ?t zr:code ?c ; zr:mode zr:Led }}"
    said = run(comunica, f"sparql@{served}/sparql", asked, "-t", "application/n-triples")
    assert sorted(line.split('"')[1] for line in said.splitlines() if line) == ["12.2", "2.2", "23.1", "8.1"]


def test_two_sources_joined(comunica: Path, served: str, writable: Writable) -> None:
    note = b'<http://a/note> <http://a/about> "20.1" .'
    headers = {"Authorization": writable.authorization, "Content-Type": "text/turtle"}
    urlopen(Request(f"{writable.address}/graphs?default", note, headers, method="PUT"), timeout=10).close()
    asked = f"{PREFIX}SELECT DISTINCT ?note ?task WHERE {{ ?note <http://a/about> ?code . ?task zr:code ?code }}"
    sources = [f"sparql@{address}/sparql" for address in (writable.address, served)]
    said = run(comunica, *sources, asked, "-t", "text/csv")
    assert len(said.splitlines()) == 2


def test_the_endpoint_is_known_by_its_description(comunica: Path, writable: Writable) -> None:
    said = run(comunica, f"{writable.address}/sparql", "ASK { ?s <http://a/none> ?o }", "-t", "simple")
    assert said.strip() == "false"
