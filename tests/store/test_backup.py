"""A store as one file and back; a file that is damaged changes nothing; a store that is damaged is found out."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from kg.cli import _Commands
from kg.corpus import build
from kg.errors import StoreError
from kg.keeping import backup, check, restore
from kg.store.address import Address
from kg.store.backup import Backup, load, sorted_nquads
from kg.store.client import kept
from kg.store.generations import Generations, version_of
from kg.store.journal import Journal
from kg.store.service import Service
from kg.store.soundness import examine
from tests.conftest import SEED, settings_for
from tests.store.services import oxigraph
from tests.store.test_kills import ABOUT, DOCUMENT, LIMITS, build_of, insert, values

ZR = "https://w3id.org/zeren/ns#"


def run(*arguments: str) -> Result:
    """Run one of the three commands as `zeren` does."""
    return CliRunner().invoke(_Commands("zeren", commands=[backup, restore, check]), arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a store that was built and then changed by its users."""
    Generations(tmp_path / "store").write(build_of(1), ABOUT)
    with kept(tmp_path / "store", workers=1, limits=LIMITS) as store:
        for number in range(3):
            store.change(insert(number))
    return tmp_path / "store"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a small backup."""
    generations = Generations(tmp_path_factory.mktemp("backup") / "store")
    name = generations.write(b'<http://a/s> <http://a/p> "1" <http://a/g> .\n', ABOUT)
    generations.journal(name).append(b'G <http://a/own>\nA <http://a/s> <http://a/p> "2" <http://a/own> .\n')
    return Backup.of(generations, name).written()


def test_a_backup_comes_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    with kept(folder, workers=1, limits=LIMITS) as store:
        version = store.version
    file, copy = tmp_path / "zeren.backup", tmp_path / "copy"
    assert run("backup", str(file), "--store", str(folder)).exit_code == 0
    assert run("restore", str(file), "--store", str(copy)).exit_code == 0
    with kept(copy, workers=1, limits=LIMITS) as store:
        assert values(store) == {0, 1, 2}
        assert store.version == version
        store.change(insert(3))
    here, there = Generations(folder), Generations(copy)
    assert here.about(here.current() or "") == there.about(there.current() or "")


def test_the_same_store_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    for file in files[:2]:
        run("backup", str(file), "--store", str(folder))
    run("restore", str(files[0]), "--store", str(tmp_path / "copy"))
    run("backup", str(files[2]), "--store", str(tmp_path / "copy"))
    assert len({file.read_bytes() for file in files}) == 1


def test_any_tool_opens_it(content: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert tar.getnames() == ["about.json", "quads.nq", "journal"]
        about = tar.extractfile("about.json")
        assert about
        assert json.loads(about.read())["store"]["documents"] == ABOUT["documents"]


def test_a_store_is_not_replaced_unless_asked(folder: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "zeren.backup", tmp_path / "other"
    run("backup", str(file), "--store", str(folder))
    Generations(other).write(build_of(2), ABOUT)
    refused = run("restore", str(file), "--store", str(other))
    assert refused.exit_code == StoreError.exit_code
    assert "--replace" in refused.output
    assert Generations(other).version("000001") == version_of(build_of(2))
    assert run("restore", str(file), "--store", str(other), "--replace").exit_code == 0
    with kept(other, workers=1, limits=LIMITS) as store:
        assert values(store) == {0, 1, 2}


def test_what_was_changed_since_goes_with_a_replacement(folder: Path, tmp_path: Path) -> None:
    run("backup", str(tmp_path / "file"), "--store", str(folder))
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(insert(9))
    assert run("restore", str(tmp_path / "file"), "--store", str(folder), "--replace").exit_code == 0
    with kept(folder, workers=1, limits=LIMITS) as store:
        assert values(store) == {0, 1, 2}


@given(st.data())
def test_a_damaged_backup_is_never_taken(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content) - 1))
    damaged = bytearray(content)
    damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        taken = Backup.read(bytes(damaged), "file")
    except StoreError:
        return
    # gzip's header has bytes that mean nothing, such as the operating system it was made on.
    assert taken == Backup.read(content, "file")


@given(st.integers(0, 10_000))
def test_a_cut_backup_is_never_taken(content: bytes, length: int) -> None:
    with pytest.raises(StoreError):
        Backup.read(content[: min(length, len(content) - 1)], "file")


def _packed(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, part in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(part)
            tar.addfile(entry, io.BytesIO(part))
    return gzip.compress(packed.getvalue())


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"about.json": b"{"},
        {"about.json": b"[]"},
        {"about.json": b'{"zeren_backup": 9, "parts": {}, "store": {}}'},
        {"about.json": b'{"zeren_backup": 1, "parts": {}, "store": {}}', "quads.nq": b"", "journal": b""},
        {"../evil": b"", "about.json": b"null"},
    ],
)
def test_what_is_no_backup_is_refused_in_words(parts: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(_packed(parts))
    refused = run("restore", str(tmp_path / "file"), "--store", str(tmp_path / "store"))
    assert refused.exit_code == StoreError.exit_code
    assert "zeren: " in refused.output
    assert not (tmp_path / "store").exists()


def test_without_a_store_there_is_nothing_to_keep(tmp_path: Path) -> None:
    for command in (["backup", str(tmp_path / "file")], ["check"]):
        refused = run(*command, "--store", str(tmp_path / "store"))
        assert (refused.exit_code, "zeren build" in refused.output) == (StoreError.exit_code, True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="cannot be read"):
        load(tmp_path / "file")


def test_the_seed_is_sound_here_and_on_a_service(seed_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    sound = run("check", "--store", str(seed_folder))
    assert (sound.exit_code, "sound" in sound.output, "note" in sound.output) == (0, True, False), sound.output
    run("backup", str(file), "--store", str(seed_folder))
    with oxigraph() as address:
        assert run("restore", str(file), "--store", address).exit_code == 0
        sound = run("check", "--store", address)
        assert (sound.exit_code, "sound" in sound.output) == (0, True)
        run("backup", str(tmp_path / "again"), "--store", address)
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_a_source_that_has_gone_is_a_note_and_a_fact_too_many_is_found(tmp_path: Path) -> None:
    source, store = tmp_path / "plan.txt", tmp_path / "store"
    source.write_bytes(SEED.read_bytes())
    build([source], settings_for(store))
    source.unlink()
    sound = run("check", "--store", str(store))
    assert (sound.exit_code, "plan.txt: is gone" in sound.output) == (0, True)
    generations = Generations(store)
    name = generations.current() or ""
    about = {k: v for k, v in generations.about(name).items() if k not in ("format", "version")}
    document = about["documents"][0]["iri"]
    for graph, word in ((f"{document}/inferred", "1 too many"), ("http://a/foreign", "1 too many")):
        more = sorted_nquads(generations.open(name)) + f"<http://a/s> <http://a/p> <http://a/o> <{graph}> .\n".encode()
        generations.write(b"".join(sorted(more.splitlines(keepends=True))), about)
        wrong = run("check", "--store", str(store))
        assert wrong.exit_code == 1
        assert f"wrong: {graph}: 0 fact(s) missing, {word}" in wrong.output


def test_a_quote_that_does_not_stand_in_the_text_is_found(tmp_path: Path) -> None:
    passage = f"<{DOCUMENT}#char=1,3>"
    lines = [
        f'<{DOCUMENT}> <{ZR}text> "甲乙丙丁" <{DOCUMENT}> .',
        f"{passage} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ZR}Passage> <{DOCUMENT}> .",
        f'{passage} <{ZR}start> "1"^^<http://www.w3.org/2001/XMLSchema#integer> <{DOCUMENT}> .',
        f'{passage} <{ZR}end> "3"^^<http://www.w3.org/2001/XMLSchema#integer> <{DOCUMENT}> .',
        f"{passage} <{ZR}source> <{DOCUMENT}> <{DOCUMENT}> .",
    ]
    generations = Generations(tmp_path / "store")
    for quote, faults in (("乙丙", 0), ("乙丁", 1)):
        quoted = f'{passage} <{ZR}quote> "{quote}" <{DOCUMENT}> .'
        name = generations.write("".join(f"{line}\n" for line in sorted([*lines, quoted])).encode(), ABOUT)
        found = examine(generations, name)
        assert (found.passages, len(found.faults)) == (1, faults), found.faults


def test_a_damaged_journal_is_found_and_an_unfinished_change_is_only_noted(folder: Path) -> None:
    generations = Generations(folder)
    name = generations.current() or ""
    journal = folder / name / "journal"
    whole = journal.read_bytes()
    assert examine(generations, name).changes == 3
    journal.write_bytes(whole + Journal.entry(b"A <x:s> <x:p> <x:o> <x:g> .\n")[:-5])
    found = examine(generations, name)
    assert (found.changes, found.faults, len(found.notes)) == (3, (), 1)
    ends = [end for end, _ in generations.journal(name).entries()]
    damaged = bytearray(whole)
    damaged[ends[1] - 3] ^= 1
    journal.write_bytes(damaged)
    found = examine(generations, name)
    assert (found.changes, len(found.faults), found.notes) == (1, 1, ())
    assert f"damaged at byte {ends[0]}: 1 whole change(s) follow" in found.faults[0]
    journal.write_bytes(whole + Journal.entry(f"A <x:s> <x:p> <x:o> <{DOCUMENT}> .\n".encode()))
    assert any(DOCUMENT in fault for fault in examine(generations, name).faults)


def test_changed_content_is_found(folder: Path) -> None:
    generations = Generations(folder)
    name = generations.current() or ""
    about = folder / name / "about.json"
    version = version_of(build_of(1))
    about.write_text(about.read_text("utf-8").replace(version, "0" * 16), "utf-8")
    assert examine(generations, name).faults
    with pytest.raises(StoreError, match="damaged"):
        Backup.of(generations, name)


def test_users_changes_are_not_lost_on_the_way_to_a_service(content: bytes) -> None:
    with oxigraph() as address:
        there = Service(Address.parse(address))
        Backup.read(content, "file").restore(there)
        assert Backup.of(there, there.current() or "").journal == Backup.read(content, "file").journal
        nameless = Backup(ABOUT | {"version": "v"}, b"", (b'A <http://a/s> <http://a/p> "2" .\n',))
        with pytest.raises(StoreError, match="into a folder"):
            nameless.restore(there)
