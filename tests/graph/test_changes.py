"""Adding, re-reading and removing documents: the store is byte for byte as if built anew, and little is closed again.

What is counted is closures, not seconds. A file here is a number and, after an arrow, the plan that it implements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, URIRef

import kg.corpus.building
import kg.graph.closure
import kg.graph.documents
import kg.graph.triples
import kg.graph.validation
import kg.reading
import kg.store.laying
from kg.corpus import Report, build, change, changed_files
from kg.corpus.fingerprints import _REASONING
from kg.errors import ReadingError, StoreError
from kg.graph import Iris, registry
from kg.graph.vocabulary import ZR
from kg.plan import Plan
from kg.store.digests import digests_of
from kg.store.generations import Generations
from kg.store.kept import Kept
from tests.conftest import settings_for
from tests.graph.plans import SMALL

FILES = range(4)
NAMES = Iris()


def iri(number: object) -> str:
    return NAMES.document(plan_of(f"{number}"))


def plan_of(content: str) -> Plan:
    number, _, above = content.partition("->")
    if not number.strip().isdigit():
        raise ReadingError(f"{content}: cannot be read")
    tasks = SMALL.tasks[int(number) % 3 :]
    names = {task.id for task in tasks}
    return replace(
        SMALL,
        title=f"安排{number.strip()}",
        issuer=above.strip() or None,
        document_number="有" if "!" in content else None,
        tasks=tasks,
        policies=SMALL.policies[:1],
        campaigns=(),
        targets=tuple(t for t in SMALL.targets if t.task in names),
        duties=tuple(d for d in SMALL.duties if d.task in names),
    )


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read these small files, without SHACL: both have tests of their own."""
    stated = kg.graph.triples.stated_graph

    def linked(plan: Plan, base: str) -> Graph:
        graph = stated(plan, base)
        if plan.issuer:
            above = iri(plan.issuer.strip("! "))
            link = ZR.supersedes if "!" in plan.issuer else ZR.implements
            graph.add((URIRef(NAMES.document(plan)), link, URIRef(above)))
        return graph

    monkeypatch.setattr(kg.reading, "read_file", lambda path, _: plan_of(path.read_text("utf-8")))
    monkeypatch.setattr(kg.graph.triples, "stated_graph", linked)
    monkeypatch.setattr(kg.graph.validation, "validate", lambda _: ())


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a file and returns its path."""

    def write(number: int, content: str | None = None) -> Path:
        path = tmp_path / f"{number}.txt"
        path.write_text(str(number) if content is None else content, "utf-8")
        return path

    return write


def quads(store: Path | str) -> bytes:
    """Return a store's content as it is exported."""
    generations = Generations(Path(store))
    opened = generations.open(generations.current() or "")
    return b"\n".join(sorted(str(quad).encode() for quad in opened))


def same_as_anew(store: Path | str, files: dict[int, Path], aside: Path) -> bool:
    """Tell whether a store holds what building its files from nothing gives, its description included."""
    anew = settings_for(aside)
    build(files.values(), anew)
    one, other = Generations(Path(store)), Generations(aside)
    about = [generations.about(generations.current() or "") for generations in (one, other)]
    return quads(store) == quads(aside) and about[0] == about[1]


def touched(before: dict[int, str], after: dict[int, str]) -> set[str]:
    """Return who must be closed anew: changed documents, and those from which a changed link can be reached."""

    def reach(contents: dict[int, str], number: int) -> set[str]:
        links, waiting = set(), [str(number)]
        while waiting:
            start = waiting.pop()
            if start.isdigit() and int(start) in contents:
                links.add(f"{start}->its policy")  # which every plan here implements
            above = contents.get(int(start), "").partition("->")[2].strip() if start.isdigit() else ""
            if above and f"{start}->{above}" not in links:
                links.add(f"{start}->{above}")
                waiting.append(above)
        return links

    return {
        iri(number)
        for number in after
        if before.get(number) != after[number] or reach(before, number) != reach(after, number)
    }


contents = st.tuples(st.sampled_from(list(FILES)), st.none() | st.sampled_from(["", "->0", "->1", "->2", "->3"]))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(contents, min_size=1, max_size=5))
def test_any_sequence_of_changes_is_as_building_anew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("changes")
    store = settings_for(folder / "store")
    texts, files = {9: "9->0"}, {9: folder / "9.txt"}
    files[9].write_text(texts[9], "utf-8")
    build(files.values(), store)
    for turn, (number, link) in enumerate(steps):
        before = dict(texts)
        path = folder / f"{number}.txt"
        if link is None:
            if number not in texts:
                continue
            del texts[number], files[number]
            report = change(store, remove={iri(number)})
            assert report.removed == (iri(number),)
        else:
            texts[number], files[number] = f"{number}{link}", path
            path.write_text(texts[number], "utf-8")
            report = change(store, add=[path])
        assert set(report.closed) == touched(before, texts)
        assert same_as_anew(folder / "store", files, folder / f"anew{turn}")


def test_adding_and_removing_leaves_the_store_as_it_was(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1), world(2)], store)
    before = quads(store.store)
    version = Generations(Path(store.store)).version("000001")
    assert closed(change(store, add=[world(3)])) == [iri(3)]
    assert quads(store.store) != before
    assert closed(change(store, remove=[iri(3)])) == []
    assert quads(store.store) == before
    assert Generations(Path(store.store)).version("000003") == version


def closed(report: Report) -> list[str]:
    return list(report.closed)


@pytest.mark.parametrize("others", [4, 8])
def test_only_the_graphs_of_a_document_and_what_tells_of_it_are_written(
    world: Callable[..., Path], tmp_path: Path, loaded: list[set[str]], others: int
) -> None:
    store = settings_for(tmp_path / "store")
    files = {n: world(n) for n in range(others)}
    build(files.values(), store)
    own = {iri(90), f"{iri(90)}/inferred"}
    told = {NAMES.graph(name) for name in ("build", "spine")}
    report = change(store, add=[world(90)])
    assert loaded[-1] == set(report.graphs) == own | told
    report = change(store, add=[world(90, "90->0")])
    assert loaded[-1] == set(report.graphs) == own | told
    report = change(store, remove=[iri(90)])
    assert (loaded[-1], set(report.graphs)) == (told, own | told)
    assert len(loaded) == 4
    assert same_as_anew(store.store, files, tmp_path / "anew")


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Return the graphs that are loaded into a store, each time."""
    graphs: list[set[str]] = []
    load = kg.store.laying._load

    def noting(quads: ox.Store, nquads: bytes | Path) -> None:
        graphs.append(set(digests_of(nquads)))
        load(quads, nquads)

    monkeypatch.setattr(kg.store.laying, "_load", noting)
    return graphs


def test_what_has_not_changed_is_not_read_again(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1), world(2)], store)
    report = change(store, add=[world(1), world(2)])
    assert (report.built, report.closed, report.generation) == ((), (), "000001")


def test_a_changed_file_is_read_again_and_nothing_else(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    files = {n: world(n) for n in FILES}
    build(files.values(), store)
    world(2, "2->1")
    assert changed_files(store) == ([files[2]], [])
    report = change(store, add=changed_files(store)[0])
    assert [document.iri for document in report.built] == [iri(2)]
    assert closed(report) == [iri(2)]
    assert same_as_anew(store.store, files, tmp_path / "anew")


def test_a_file_that_is_now_another_document_replaces_it(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    files = {1: world(1), 2: world(2)}
    build(files.values(), store)
    world(2, "7")
    report = change(store, add=[files[2]])
    assert report.removed == (iri(2),)
    assert same_as_anew(store.store, files, tmp_path / "anew")


def test_a_new_link_closes_those_that_reach_it(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    files = {1: world(1, "1->2"), 2: world(2), 3: world(3)}
    build(files.values(), store)
    world(2, "2->3")
    assert closed(change(store, add=[files[2]])) == [iri(2), iri(1)]
    assert (URIRef(iri(1)), ZR.implements, URIRef(iri(3))) in inferred_of(store.store, 1)


def inferred_of(store: Path | str, number: int) -> Graph:
    kept = Kept(store, Generations(Path(store)).current() or "", NAMES.base)
    return Graph().parse(data=kept.ntriples(f"{iri(number)}/inferred"), format="nt")


def test_of_two_that_contradict_each_other_the_new_one_is_left_out(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1, "1->2!"), world(3)], store)
    before = quads(store.store)
    report = change(store, add=[world(2, "2->1!")])
    assert str(report.failed[0][1]).startswith(iri(2))
    assert quads(store.store) == before


def test_a_document_that_can_no_longer_be_read_stays_as_it_was(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1), world(2)], store)
    before = quads(store.store)
    report = change(store, add=[world(2, "no number"), world(3)])
    assert [path.name for path, _ in report.failed] == ["2.txt"]
    assert closed(report) == [iri(3)]
    change(store, remove=[iri(3)])
    assert quads(store.store) == before


def test_a_changed_registry_closes_whom_it_touches(
    world: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = settings_for(tmp_path / "store")
    files = {n: world(n) for n in (1, 2)}
    build(files.values(), store)
    monkeypatch.setattr(kg.corpus.building, "reader_fingerprint", lambda _: "another")
    report = change(store)
    assert len(report.built) == 2
    assert closed(report) == []
    renamed = {**registry.places(), "210804": "改名区"}
    monkeypatch.setattr(registry, "places", lambda: renamed)
    monkeypatch.setattr(kg.corpus.building, "reader_fingerprint", lambda _: "a third")
    assert closed(change(store)) == sorted(iri(n) for n in (1, 2))
    assert same_as_anew(store.store, files, tmp_path / "anew")


def test_other_rules_close_everything_and_read_nothing(world: Callable[..., Path], tmp_path: Path) -> None:
    build([world(1), world(2)], settings_for(tmp_path / "store"))
    aligned = settings_for(tmp_path / "store", alignment=True)
    report = change(aligned)
    assert (report.built, set(report.closed)) == ((), {iri(1), iri(2)})


def test_a_reader_that_has_changed_needs_the_files(
    world: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1), world(2)], store)
    world(1).unlink()
    monkeypatch.setattr(kg.corpus.building, "reader_fingerprint", lambda _: "another")
    with pytest.raises(StoreError, match=r"1\.txt"):
        change(store, add=[world(3)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"remove": ["http://nowhere"]}, "holds no document"), ({"remove": [iri(1)]}, "nothing would be left")],
)
def test_what_cannot_be_removed_is_named(
    world: Callable[..., Path], tmp_path: Path, arguments: dict[str, list[str]], said: str
) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1)], store)
    with pytest.raises(StoreError, match=said):
        change(store, **arguments)  # type: ignore[arg-type]
    assert Generations(Path(store.store)).current() == "000001"


def test_a_store_with_another_base_is_refused(world: Callable[..., Path], tmp_path: Path) -> None:
    build([world(1)], settings_for(tmp_path / "store"))
    with pytest.raises(StoreError, match="base"):
        change(settings_for(tmp_path / "store", base="http://example.org/"), add=[world(2)])


def test_a_change_made_meanwhile_is_not_lost(world: Callable[..., Path], tmp_path: Path) -> None:
    store = settings_for(tmp_path / "store")
    build([world(1)], store)
    generations = Generations(Path(store.store))
    generations.write(b"<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n", {})
    with pytest.raises(StoreError, match="meanwhile"):
        generations.write(b"", {}, based_on="000001")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Count what the rules are really run on."""
    run: list[str] = []
    closure = kg.graph.closure.closure

    def counting(*given: object, **how: object) -> object:
        run.append("closed")
        return closure(*given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(kg.graph.documents, "closure", counting)
    yield run


def test_the_report_counts_what_is_run(world: Callable[..., Path], tmp_path: Path, counted: list[str]) -> None:
    store = settings_for(tmp_path / "store")
    build([world(n) for n in FILES], store)
    assert len(counted) == len(FILES)
    change(store, add=[world(7)])
    assert len(counted) == len(FILES) + 1
    change(store, remove=[iri(7)])
    assert len(counted) == len(FILES) + 1


def test_what_draws_inferences_is_part_of_the_fingerprint() -> None:
    """Whatever the closure of a document is computed by, so that a new version of it closes a kept store anew."""
    room = Path(kg.graph.documents.__file__).parent
    used: set[str] = set()
    waiting = ["documents"]
    while waiting:
        name = waiting.pop()
        if name not in used and (room / f"{name}.py").exists():
            used.add(name)
            text = (room / f"{name}.py").read_text("utf-8")
            waiting += re.findall(r"^from kg\.graph\.(\w+) import", text, re.MULTILINE)
            waiting += re.findall(r"\w+", "".join(re.findall(r"^from kg\.graph import (.+)", text, re.MULTILINE)))
    # What a document states and how it is told are no part of it, and the registry's data are the reader's as well.
    told = {"contradiction", "explanation", "passages", "wording", "validation", "triples", "page", "terms", "iris"}
    told |= {"counterparts", "ontology", "vocabulary", "entailment", "pausing"}
    assert used - told == set(_REASONING)
