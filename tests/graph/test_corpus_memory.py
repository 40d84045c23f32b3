"""Documents pass through memory one by one: what is alive while the last is read does not grow with their number."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.term import Node

import kg.reading
from kg.corpus import build, change
from kg.corpus.spill import Spill
from kg.errors import StoreError
from kg.plan import Plan, Task
from kg.store.generations import Generations
from tests.conftest import settings_for
from tests.graph.plans import SMALL
from tests.graph.test_changes import iri, plan_of


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    """Set aside what is alive already: to look through all of it at each document would take most of the time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[Path]]:
    """Return a function that writes that many small plans."""
    monkeypatch.setattr(kg.reading, "read_file", lambda path, _: plan_of(path.read_text("utf-8")))

    def write(number: int) -> list[Path]:
        paths = [tmp_path / f"{n}.txt" for n in range(number)]
        for n, path in enumerate(paths):
            path.write_text(str(n), "utf-8")
        return paths

    return write


class Census:
    """How many graphs and plans are alive each time a document is begun."""

    def __init__(self) -> None:
        self.graphs: list[int] = []
        self.plans: list[int] = []

    def __call__(self, _: Path) -> None:
        gc.collect()
        alive = gc.get_objects()
        self.graphs.append(sum(isinstance(each, Graph) for each in alive))
        self.plans.append(sum(isinstance(each, Plan | Task) for each in alive))


def test_no_graph_and_no_plan_outlives_its_document(files: Callable[[int], list[Path]], tmp_path: Path) -> None:
    census = Census()
    build(files(8), settings_for(tmp_path / "store"), census)
    assert len(census.graphs) == 8
    assert len(set(census.graphs[2:])) == 1, census.graphs
    assert len(set(census.plans[2:])) == 1, census.plans


def test_what_is_kept_is_not_loaded_either(files: Callable[[int], list[Path]], tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "store")
    paths = files(6)
    build(paths[:4], settings)
    few, many = Census(), Census()
    change(settings, add=paths[4:5], on_document=few)
    change(settings, add=paths[5:6], on_document=many)
    assert few.graphs == many.graphs
    assert few.plans == many.plans


def test_runs_are_merged_in_order_and_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.corpus.spill._AT_ONCE", 3)
    lines = [f"<http://e/{n}> <p> <o> .\n".encode() for n in range(40)]
    with Spill() as spill:
        runs = [spill.put(b"".join(lines[start::7])) for start in range(7)] + [spill.put(b"".join(lines[5:20]))]
        merged = spill.merged(runs)
        assert merged.read_bytes() == b"".join(sorted(lines))
    assert not merged.exists()


def test_a_report_is_small(files: Callable[[int], list[Path]], tmp_path: Path) -> None:
    report = build(files(2), settings_for(tmp_path / "store"))
    held = [referred for document in report.built for referred in gc.get_referents(document)]
    assert not [each for each in held if isinstance(each, Graph | Plan | Node) and not isinstance(each, str)]
    assert [document.iri for document in report.built] == [iri(0), iri(1)]
    assert report.built[0].sizes["tasks"] == len(SMALL.tasks)


def test_a_full_disk_is_no_fault_of_a_document(
    files: Callable[[int], list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "store")
    build(files(1), settings)
    monkeypatch.setattr("kg.corpus.spill.count", lambda: iter([f"{tmp_path}/nowhere/{n}" for n in range(9)]))
    with pytest.raises(StoreError, match="cannot be written"):
        build(files(2), settings)
    assert Generations(Path(settings.store)).current() == "000001"
