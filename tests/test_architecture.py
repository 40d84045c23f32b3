"""The way through the house goes one way: which room may import which (DESIGN.md), and no circles inside a room."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

GROUND = {"plan", "errors", "resources", "settings"}
COMMANDS = {
    "cli",
    "context",
    "making",
    "querying",
    "asking",
    "evaluating",
    "reviewing",
    "explaining",
    "changing",
    "keeping",
}
MAY_IMPORT = {
    "ground": set(),
    "reading": {"ground"},
    "graph": {"ground"},
    "store": {"ground", "graph"},
    "questions": {"ground", "store"},
    "outputs": {"ground", "store", "questions"},
    "corpus": {"ground", "reading", "graph", "store"},
    "evaluation": {"ground", "reading"},
    "commands": {"ground", "reading", "graph", "store", "questions", "outputs", "corpus", "evaluation"},
    "web": {"ground", "store", "questions", "outputs", "commands"},
}
# Each of these stands behind one door (STYLE.md).
DOORS = {
    "owlrl": {"kg.graph"},
    "pyshacl": {"kg.graph"},
    "pyoxigraph": {"kg.store", "kg.outputs.rdf", "kg.questions.catalogue"},
    "pyvis": {"kg.outputs", "web"},
    "flask": {"web"},
    "uvicorn": {"web"},
    "networkx": {"kg.outputs"},
    "defusedxml": {"kg.reading.formats"},
    "markdown_it": {"kg.reading.formats"},
    "pypdfium2": {"kg.reading.formats"},
    "selectolax": {"kg.reading.formats"},
    "prometheus_client": {"web.measures"},
    "brotli": {"web.coding"},
}

MODULES = sorted(path for package in ("kg", "web") for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    package, _, rest = module.partition(".")
    if package == "web":
        return "web"
    first = rest.partition(".")[0]
    if first.startswith("__"):
        return None
    if first in GROUND:
        return "ground"
    return "commands" if first in COMMANDS else first or None


def imports_of(path: Path, *, at_import_only: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body if at_import_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(name_of(path))
    reached = {room_of(name) for name in imports_of(path) if name.partition(".")[0] in ("kg", "web")}
    foreign = reached - {room, None}
    assert room is None or foreign <= MAY_IMPORT[room], f"{name_of(path)} of {room} imports from {foreign}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_stand_behind_their_door(path: Path) -> None:
    module = name_of(path)
    for library in {name.partition(".")[0] for name in imports_of(path)} & set(DOORS):
        # A test of types only is no use of the library, but it is rare enough to be named here.
        doors = DOORS[library] | ({"kg.context"} if library == "pyoxigraph" else set())
        assert any(module == door or module.startswith(f"{door}.") for door in doors), f"{module} imports {library}"


def test_no_module_imports_itself_through_others() -> None:
    names = {name_of(path) for path in MODULES}
    graph = {name_of(path): set(imports_of(path, at_import_only=True)) & names - {name_of(path)} for path in MODULES}
    TopologicalSorter(graph).prepare()


def test_top_level_is_what_the_user_fixed() -> None:
    tracked = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")} - {"build", "dist"}
    folders = {"ontology", "data", "kg", "web", "tests", "docs"}
    files = {"pyproject.toml", "README.md", "README.zh-CN.md", "LICENSE", "CHANGELOG.md", "Makefile"}
    assert tracked - {"docs"} == (folders | files) - {"docs"}


def test_no_two_tests_have_one_name(request: pytest.FixtureRequest) -> None:
    """Of those that have, pytest-xdist would run only one."""
    names = Counter(item.nodeid for item in request.session.items)
    assert [name for name, count in names.items() if count > 1] == []
