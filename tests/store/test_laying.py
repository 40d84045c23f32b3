"""A generation that differs from the one before in some graphs shares all else with it on the disk, and stands alone.

What is counted is graphs, quads and files, not seconds.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.store import graphfiles, laying
from kg.store.backup import sorted_nquads
from kg.store.digests import digests_of, version_over
from kg.store.generations import Generations, version_of
from kg.store.memory import Memory
from kg.store.service import by_graph
from kg.store.soundness import examine

GRAPHS = 20
FACTS = 300
ABOUT: dict[str, Any] = {"documents": []}


def name_of(number: int) -> str:
    return f"http://a/graph/{number}"


def graph(number: int, word: str = "") -> bytes:
    """Return the quads of one graph, those with another `word` all others."""
    lines = (f'<http://a/{i}> <http://a/p{i % 7}> "{word} {i}" <{name_of(number)}> .\n' for i in range(FACTS))
    return "".join(sorted(lines)).encode()


def quads(words: dict[int, str]) -> bytes:
    lines = b"".join(graph(number, word) for number, word in words.items()).splitlines(keepends=True)
    return b"".join(sorted(lines))


WORDS = dict.fromkeys(range(GRAPHS), "")


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    made = Generations(tmp_path / "store")
    made.write(quads(WORDS), ABOUT)
    return made


def files(generations: Generations, name: str) -> dict[int, str]:
    """Return the files that hold a generation's quads: the number that the file system calls each by, and its hash."""
    folder = generations.folder / name / "quads"
    return {f.stat().st_ino: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.glob("*.sst")}


def content(generations: Generations, name: str) -> bytes:
    return sorted_nquads(generations.open(name))


def test_a_changed_store_is_byte_for_byte_one_built_from_nothing(generations: Generations, tmp_path: Path) -> None:
    after = {**WORDS, 3: "other", 99: "new"}
    del after[5]
    new = b"".join(sorted((graph(3, "other") + graph(99, "new")).splitlines(keepends=True)))
    changed = generations.change(new, {name_of(n) for n in (3, 5, 99)}, ABOUT, based_on="000001")
    anew = Generations(tmp_path / "anew")
    built = anew.write(quads(after), ABOUT)
    assert content(generations, changed) == content(anew, built) == quads(after)
    assert generations.about(changed) == anew.about(built)
    assert generations.digests(changed) == anew.digests(built)
    assert examine(generations, changed).faults == ()


def test_files_are_shared_and_no_generation_changes_those_of_another(generations: Generations) -> None:
    before = files(generations, "000001")
    changed = generations.change(graph(3, "other"), {name_of(3)}, ABOUT, based_on="000001")
    # How many depends on what Oxigraph merges, but the largest files are never written for one graph of twenty.
    assert before.keys() & files(generations, changed).keys()
    assert files(generations, "000001") == before
    assert content(generations, "000001") == quads(WORDS)


def test_a_generation_outlives_all_that_it_shared_files_with(generations: Generations) -> None:
    words, name = dict(WORDS), "000001"
    for turn in range(9):  # with each, the generation before the last is deleted
        words[turn % 4] = f"turn {turn}"
        name = generations.change(graph(turn % 4, words[turn % 4]), {name_of(turn % 4)}, ABOUT, based_on=name)
        assert content(generations, name) == quads(words)
    shutil.rmtree(generations.folder / "000009")
    assert [p.name for p in generations.folder.iterdir() if p.is_dir()] == [name]
    assert content(generations, name) == quads(words)


def test_a_reader_keeps_what_it_has_opened(generations: Generations) -> None:
    reader = generations.open("000001")
    name = "000001"
    for turn in range(3):
        name = generations.change(graph(0, f"turn {turn}"), {name_of(0)}, ABOUT, based_on=name)
    assert not (generations.folder / "000001").exists()
    assert sorted_nquads(reader) == quads(WORDS)


def test_what_is_loaded_is_what_has_changed(generations: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[int] = []
    load = laying._load

    def counting(store: ox.Store, nquads: bytes | Path) -> None:
        before = len(store)
        load(store, nquads)
        loaded.append(len(store) - before)

    monkeypatch.setattr(laying, "_load", counting)
    generations.change(graph(3, "other"), {name_of(3)}, ABOUT, based_on="000001")
    assert loaded == [FACTS]


def test_after_as_many_changes_as_it_has_graphs_a_store_is_loaded_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations, held = Generations(tmp_path / "store"), 3
    renewed: list[int] = []
    renew = laying.renew

    def noting(folder: Path) -> None:
        renewed.append(int(folder.parent.name))
        renew(folder)

    monkeypatch.setattr(laying, "renew", noting)
    words = dict.fromkeys(range(held), "")
    name = generations.write(quads(words), ABOUT)
    for turn in range(2 * held + 2):
        words[0] = f"turn {turn}"
        name = generations.change(graph(0, words[0]), {name_of(0)}, ABOUT, based_on=name)
    assert renewed == [held + 2, 2 * held + 3]
    assert content(generations, name) == quads(words)
    # What is left on the disk are this one's files, without the words that changes have taken out.
    left = sorted(p.name for p in (generations.folder / name).iterdir())
    assert left == ["about.json", "graphs", "graphs.json", "quads"]
    on_disk = b"".join(f.read_bytes() for f in (generations.folder / name / "quads").glob("*.sst"))
    assert (b"turn 7" in on_disk, b"turn 6" in on_disk) == (True, False)


def test_users_changes_are_carried_over(generations: Generations) -> None:
    patch = b'G <http://a/own>\nA <http://a/s> <http://a/p> "2" <http://a/own> .\n'
    generations.journal("000001").append(patch)
    changed = generations.change(graph(3, "other"), {name_of(3)}, ABOUT, based_on="000001")
    assert [entry for _, entry in generations.journal(changed).entries()] == [patch]


def test_the_graph_without_a_name_can_be_replaced(generations: Generations) -> None:
    name = "000001"
    for word in ("one", "two"):
        line = f'<http://a/s> <http://a/p> "{word}" .\n'.encode()
        name = generations.change(line, (), ABOUT, based_on=name)
        assert content(generations, name) == b"".join(sorted([line, *quads(WORDS).splitlines(keepends=True)]))
        assert examine(generations, name).faults == ()


@pytest.mark.parametrize("new", [b"not quads at all\n", Path("nowhere.nq")], ids=["no quads", "no file"])
def test_a_failed_change_leaves_the_store_as_it_was(generations: Generations, new: bytes | Path) -> None:
    with pytest.raises(StoreError):
        generations.change(new, {name_of(3)}, ABOUT, based_on="000001")
    assert generations.current() == "000001"
    assert content(generations, "000001") == quads(WORDS)
    assert sorted(p.name for p in generations.folder.iterdir()) == ["000001", "current", "lock"]


def test_a_change_to_another_than_the_current_generation_is_refused(generations: Generations) -> None:
    for _ in range(2):  # the one it is made from is no longer there
        generations.write(quads({1: ""}), ABOUT)
    with pytest.raises(StoreError, match="meanwhile"):
        generations.change(b"", {name_of(1)}, ABOUT, based_on="000001")


def test_a_graph_that_is_not_what_was_written_is_named(generations: Generations) -> None:
    folder = generations.folder / "000001"
    listing = folder / "graphs.json"
    said = json.loads(listing.read_text("utf-8"))
    said["digests"][name_of(3)] = "0" * 64
    listing.write_text(json.dumps(said), "utf-8")
    assert examine(generations, "000001").faults == (f"{name_of(3)} is not what was written",)
    listing.write_text("{", "utf-8")
    with pytest.raises(StoreError, match="zeren build"):
        generations.digests("000001")


TERM = st.sampled_from(["http://a/x", "http://a/任务", "urn:x:y"]).map(ox.NamedNode)
LITERAL = st.text('a <>"\\.任\n\u2028@^', max_size=12)
VALUE = TERM | LITERAL.map(ox.Literal) | LITERAL.map(lambda text: ox.Literal(text, language="zh"))
QUAD = st.builds(ox.Quad, TERM, TERM, VALUE, TERM | st.just(ox.DefaultGraph()))


def in_memory(generations: Generations, name: str) -> bytes:
    filled = ox.Store()
    assert generations.fill(filled, name)
    return sorted_nquads(filled)


def test_memory_is_filled_with_what_is_on_the_disk(generations: Generations) -> None:
    assert in_memory(generations, "000001") == quads(WORDS)
    changed = generations.change(graph(3, "other") + b"<a:x> <a:y> <a:z> .\n", {name_of(5)}, ABOUT, based_on="000001")
    assert in_memory(generations, changed) == content(generations, changed)
    shared = {p.stat().st_ino for p in (generations.folder / "000001" / "graphs").iterdir()}
    written = {p.stat().st_ino for p in (generations.folder / changed / "graphs").iterdir()} - shared
    assert len(written) == 2


@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "exchanged", "no folder"])
def test_without_the_copy_that_fills_memory_a_store_is_whole(tmp_path: Path, damage: str) -> None:
    generations, words = Generations(tmp_path / "store"), {3: "one", 4: "two"}
    generations.write(quads(words), ABOUT)
    folder = generations.folder / "000001" / "graphs"
    first, second, *_ = sorted(folder.iterdir())
    if damage == "missing":
        first.unlink()
    elif damage == "no folder":
        shutil.rmtree(folder)
    else:
        whole = first.read_bytes()
        first.write_bytes(
            {"cut": whole[:-9], "flipped": whole[:40] + b"\xff" + whole[41:], "exchanged": second.read_bytes()}[damage]
        )
    assert not generations.fill(ox.Store(), "000001")
    assert sorted_nquads(Memory(generations, "000001").quads) == quads(words)
    examined = examine(generations, "000001")
    assert examined.faults == ()
    assert "a start takes longer" in examined.notes[0]
    generations.change(graph(3, "other"), {name_of(3)}, ABOUT, based_on="000001")
    assert sorted_nquads(Memory(generations, "000002").quads) == content(generations, "000002")


def test_a_graph_larger_than_what_is_held_is_written_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphfiles, "_HELD_BYTES", 5000)
    generations = Generations(tmp_path / "store")
    file = tmp_path / "quads.nq"
    file.write_bytes(quads(WORDS))
    assert in_memory(generations, generations.write(file, ABOUT)) == quads(WORDS)


@given(st.sets(QUAD, max_size=8))
def test_memory_holds_what_was_laid_whatever_it_is(found: set[ox.Quad]) -> None:
    lines = (ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"").split(b"\n")
    nquads = b"".join(sorted({line + b"\n" for line in lines if line}))
    with tempfile.TemporaryDirectory() as folder:
        digests = graphfiles.lay(Path(folder), nquads)
        filled = ox.Store()
        graphfiles.load(filled, Path(folder), digests)
    assert digests == digests_of(nquads)
    assert set(filled) == found


def test_in_memory_what_is_said_of_one_thing_lies_together(tmp_path: Path) -> None:
    things, names = [f"<http://a/{i:03}>" for i in range(100)], ["http://g", "http://g/inferred", "http://other"]
    lines = [f'{thing} <http://p> "{i}" <{name}> .\n' for thing in things for name in names for i in range(3)]
    digests = graphfiles.lay(tmp_path, "".join(sorted(lines)).encode())
    filled = ox.Store()
    graphfiles.load(filled, tmp_path, digests)
    runs = [(str(thing), len(list(run))) for thing, run in groupby(filled, key=lambda quad: quad.subject)]
    # Oxigraph goes through memory from its end.
    assert runs == [(thing, 3) for thing in reversed(things)] + [(thing, 6) for thing in reversed(things)]


@pytest.mark.parametrize(
    ("names", "families"),
    [(["", "x:", "x:a", "x:a/b", "x:ab", "y:"], 3), (["x:a", "x:b"], 2), ([""], 1), ([], 1)],
)
def test_graphs_named_after_one_another_are_loaded_together_up_to_a_number(
    tmp_path: Path, names: list[str], families: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"<a:s{i}> <a:p> <a:o> {f'<{name}> ' if name else ''}.\n" for name in names for i in range(5)]
    digests = graphfiles.lay(tmp_path, "".join(sorted(lines)).encode())
    loaded = []
    for most in (1000, 7, 1):
        monkeypatch.setattr(graphfiles, "_MOST_TOGETHER", most)
        filled, between = ox.Store(), Mock()
        graphfiles.load(filled, tmp_path, digests, between)
        assert len(filled) == 5 * len(names)
        loaded.append(between.call_count)
    assert loaded[0] == families
    assert loaded == sorted(loaded)
    assert loaded[-1] == max(1, len(names))


@given(st.sets(QUAD, max_size=8))
def test_a_graph_has_the_hash_that_a_service_keeps_of_it(found: set[ox.Quad]) -> None:
    lines = (ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"").split(b"\n")
    nquads = b"".join(sorted({line + b"\n" for line in lines if line}))
    digests = {name: hashlib.sha256(triples).hexdigest() for name, triples in by_graph(nquads).items()}
    assert digests_of(nquads) == digests
    assert version_of(nquads) == version_over(digests)
