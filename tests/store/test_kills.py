"""kill -9 of whoever writes, at any moment: nothing acknowledged is lost, nothing half done seen, the next start works.

Real processes. The moments come from a seeded generator, so that a red run can be had again; 86 kills in
`make test-all`, four in `make test`, and one at each step of a change.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import QueryError, StoreError
from kg.store import wire
from kg.store.client import KeeperStore, kept
from kg.store.generations import Generations, version_of
from kg.store.journal import Journal
from kg.store.limits import Limits
from kg.store.memory import Memory, opened
from kg.store.soundness import examine
from kg.store.writer import Writer
from kg.store.writing import PUT, UPDATE, Change

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the processes through /proc")

LIMITS = Limits(seconds=5.0, memory=2 * 2**30, result=10_000_000)
DOCUMENT = "https://w3id.org/zeren/id/doc/-/2021/plan"
ABOUT = {"base": "https://w3id.org/zeren/id/", "documents": [{"iri": DOCUMENT, "file": "plan.txt"}]}
OWN = "http://example.org/own"
VALUES = f"SELECT ?o {{ GRAPH <{OWN}> {{ ?s ?p ?o }} }}"
MANY = 3_000

# A builder that builds without end and says what is done: `<number> <version>` once the store holds it.
_BUILDER = """
import sys
from kg.store.generations import Generations
from tests.store.test_kills import ABOUT, DOCUMENT, build_of
generations = Generations(sys.argv[1])
for number in range(int(sys.argv[2]), 10_000):
    {step}
    print(number, flush=True)
"""
BUILD = "generations.write(build_of(number), ABOUT)"
# Its only graph is replaced each time, so that every second change loads all of it anew.
CHANGE = "generations.change(build_of(number), {DOCUMENT}, ABOUT, based_on=generations.current())"

# A writer that dies where it would call a function.
_DYING = """
import os, sys
from kg.store import generations, laying
from tests.store.test_kills import ABOUT, DOCUMENT, build_of
store = generations.Generations(sys.argv[1])
for number in range(1, int(sys.argv[4])):
    store.change(build_of(number), {DOCUMENT}, ABOUT, based_on=store.current())
setattr({"generations": generations, "laying": laying}[sys.argv[2]], sys.argv[3], lambda *_: os.kill(os.getpid(), 9))
store.change(build_of(9), {DOCUMENT}, ABOUT, based_on=store.current())
"""


def build_of(number: int) -> bytes:
    """Return the quads of one build, no two alike."""
    lines = (f'<http://a/{i}> <http://a/p> "{number}" <{DOCUMENT}> .\n' for i in range(MANY))
    return "".join(sorted(lines)).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Generations(tmp_path / "store").write(build_of(0), ABOUT)
    return tmp_path / "store"


def insert(number: int) -> Change:
    return Change(UPDATE, f"INSERT DATA {{ GRAPH <{OWN}> {{ <a:{number}> <a:b> {number} }} }}")


def processes(folder: Path) -> list[int]:
    """Return the keeper of a store and everything forked from it, the keeper first."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes()
        except OSError:
            continue
        if b"kg.store.keeper" in words and str(folder).encode() in words:
            found.append(int(command.parent.name))
    return sorted(found, key=lambda pid: (_parent(pid) in found, pid))


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _keeper(pids: list[int], chance: random.Random) -> list[int]:
    return pids[:1]


def _all(pids: list[int], chance: random.Random) -> list[int]:
    return pids


def _child(pids: list[int], chance: random.Random) -> list[int]:
    # The last one forked is the writer, where there is one.
    return [max(pids[1:])] if len(pids) > 1 else []


def changes_until_killed(folder: Path, first: int, moment: float, victims: Callable[[list[int]], list[int]]) -> range:
    """Make changes from `first` on until one is not acknowledged; return those that were."""
    number = first
    with kept(folder, workers=1, limits=LIMITS) as store:
        killer = threading.Timer(moment, lambda: _kill(victims(processes(folder))))
        killer.start()
        try:
            while not killer.finished.is_set() or killer.is_alive():
                store.change(insert(number))
                number += 1
        except (StoreError, QueryError):
            pass
        finally:
            killer.join()
    return range(first, number)


def values(store: KeeperStore) -> set[int]:
    return {int(str(row["o"])) for row in store.select(VALUES)}


def survives(folder: Path, kills: int, choose: Callable[[list[int], random.Random], list[int]], seed: int) -> None:
    chance = random.Random(seed)
    acknowledged: set[int] = set()
    number = 0
    for _ in range(kills):
        done = changes_until_killed(folder, number, chance.uniform(0.02, 0.3), lambda pids: choose(pids, chance))
        acknowledged |= set(done)
        number = done.stop + 1  # the one under way may have been made, or not
        _wait_for_the_end(folder)
        with kept(folder, workers=1, limits=LIMITS) as store:
            seen = values(store)
            assert acknowledged <= seen <= acknowledged | {done.stop}
            acknowledged = seen
            store.change(insert(number))
            acknowledged.add(number)
            number += 1
            assert values(store) == acknowledged
        generations = Generations(folder)
        assert examine(generations, generations.current() or "").faults == ()


def _wait_for_the_end(folder: Path) -> None:
    for _ in range(200):
        if not processes(folder):
            return
        time.sleep(0.02)
    raise AssertionError(f"{processes(folder)} are left")


def builds_survive(folder: Path, kills: int, seed: int, step: str) -> None:
    chance = random.Random(seed)
    generations = Generations(folder)
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(insert(7))
    done = 0
    for _ in range(kills):
        command = [sys.executable, "-c", _BUILDER.replace("{step}", step), str(folder), str(done + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as builder:
            assert builder.stdout
            first = builder.stdout.readline()  # it has begun
            time.sleep(chance.uniform(0, 0.2))
            builder.kill()
            said = (first + builder.stdout.read()).split()
        done = int(said[-1])
        current = generations.current()
        assert current
        version = generations.version(current)
        assert version in {version_of(build_of(done)), version_of(build_of(done + 1))}
        assert examine(generations, current).faults == ()
        with kept(folder, workers=1, limits=LIMITS) as store:
            assert values(store) == {7}
            assert len(store.select(f"SELECT ?s {{ GRAPH <{DOCUMENT}> {{ ?s ?p ?o }} }}")) == MANY
        done += version == version_of(build_of(done + 1))
    generations.write(build_of(done + 1), ABOUT)
    assert len([path for path in folder.iterdir() if path.is_dir()]) <= 2


@pytest.mark.parametrize("choose", [_keeper, _child], ids=["keeper", "writer"])
def test_changes_survive_a_kill(folder: Path, choose: Callable[[list[int], random.Random], list[int]]) -> None:
    survives(folder, 1, choose, seed=1)


@pytest.mark.parametrize("step", [BUILD, CHANGE], ids=["build", "change"])
def test_a_build_survives_a_kill(folder: Path, step: str) -> None:
    builds_survive(folder, 1, seed=1, step=step)


@pytest.mark.parametrize(
    ("module", "function", "turn"),
    [
        ("laying", "_load", 1),
        ("laying", "renew", 2),
        ("laying", "lay", 2),
        ("generations", "_describe", 1),
        ("generations", "write_whole", 1),
    ],
)
def test_a_change_killed_at_any_step_leaves_the_store_as_it_was(
    folder: Path, module: str, function: str, turn: int
) -> None:
    command = [sys.executable, "-c", _DYING, str(folder), module, function, str(turn)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    generations = Generations(folder)
    name = generations.current() or ""
    assert generations.version(name) == version_of(build_of(turn - 1))
    assert examine(generations, name).faults == ()
    after = generations.change(build_of(9), {DOCUMENT}, ABOUT, based_on=name)
    assert generations.version(after) == version_of(build_of(9))
    assert examine(generations, after).faults == ()


@pytest.mark.long
@pytest.mark.parametrize(
    ("choose", "kills"), [(_keeper, 16), (_child, 15), (_all, 15)], ids=["keeper", "writer", "everything"]
)
def test_changes_survive_many_kills(
    folder: Path, choose: Callable[[list[int], random.Random], list[int]], kills: int
) -> None:
    survives(folder, kills, choose, seed=kills)


@pytest.mark.long
@pytest.mark.parametrize("step", [BUILD, CHANGE], ids=["build", "change"])
def test_builds_survive_many_kills(folder: Path, step: str) -> None:
    builds_survive(folder, 20, seed=20, step=step)


@pytest.fixture
def memory(folder: Path) -> Memory:
    return Memory(Generations(folder), "000001")


@pytest.mark.parametrize("written", [False, True], ids=["before it wrote", "after it wrote"])
def test_what_is_said_of_a_change_whose_process_was_killed_is_true(
    folder: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    append = Journal.append

    def killed(self: Journal, patch: bytes) -> int:
        if written:
            append(self, patch)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    monkeypatch.setattr(Journal, "append", killed)
    reply = _changed(memory, Generations(folder), insert(1))
    assert len(list(memory.quads.quads_for_pattern(None, None, None))) == MANY + written
    assert ("nothing was changed" in reply["message"]) is not written


def _changed(memory: Memory, generations: Generations, asked: Change, body: bytes = b"") -> wire.Head:
    """Make a change as the keeper does, without one; return what the asker is told."""
    from dataclasses import asdict

    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours:
        wire.send(ours, asdict(asked), body)
        lifeline = os.pipe()
        writer = Writer(theirs, generations, memory, LIMITS, lifeline)
        _, status = os.waitpid(writer.pid, 0)
        for end in lifeline:
            os.close(end)
        memory.catch_up()
        writer.finish(status, memory.version)
        head, _ = wire.receive(ours)
    return head


def test_a_change_is_made_to_what_another_service_has_changed(folder: Path, memory: Memory) -> None:
    """Two services on one store: the second replaces a graph that it has not yet seen, and replaces all of it."""
    with kept(folder, workers=1, limits=LIMITS) as other:
        other.change(insert(1))
    _changed(memory, Generations(folder), Change(PUT, graph=OWN, media_type="text/turtle"), b"<a:2> <a:b> 2 .")
    with kept(folder, workers=1, limits=LIMITS) as store:
        assert values(store) == {2}


SLOW = f"""WHERE {{ GRAPH <{DOCUMENT}> {{
    ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?g))) }} }}"""


LONG = Limits(seconds=30.0, memory=2 * 2**30, result=10_000_000)
SLOW_CHANGE = Change(UPDATE, f"INSERT {{ GRAPH <{OWN}> {{ ?a ?h ?i }} }} {SLOW}")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, None], ids=["SIGTERM", "Ctrl-C", "lifeline"])
def test_whoever_works_ends_with_the_service(folder: Path, ending: signal.Signals | None) -> None:
    """A change, a query, and one that a worker was busy with when it was retired."""
    with kept(folder, workers=1, limits=LONG) as store:
        busy = [threading.Thread(target=_failing, args=(store.select, f"SELECT (COUNT(*) AS ?n) {SLOW}"))]
        busy[0].start()
        time.sleep(0.3)
        store.change(insert(1))
        busy.append(threading.Thread(target=_failing, args=(store.change, SLOW_CHANGE)))
        busy[1].start()
        running = _grown_to(4, folder)  # keeper, retired worker, its successor, writer
        begun = time.monotonic()
        if ending:
            for pid in running if ending == signal.SIGINT else running[:1]:  # a terminal tells everybody
                os.kill(pid, ending)
        if ending == signal.SIGTERM:
            _wait_for_the_end(folder)
    _wait_for_the_end(folder)
    assert time.monotonic() - begun < 3
    for thread in busy:
        thread.join()
    with kept(folder, workers=1, limits=LIMITS) as store:
        assert values(store) == {1}


def test_a_change_ends_with_a_keeper_that_was_killed(folder: Path) -> None:
    with kept(folder, workers=1, limits=LONG) as store:
        change = threading.Thread(target=_failing, args=(store.change, SLOW_CHANGE))
        change.start()
        running = _grown_to(3, folder)  # keeper, worker, writer
        os.kill(running[0], signal.SIGKILL)
        _wait_for_the_end(folder)
        change.join()


def _grown_to(number: int, folder: Path) -> list[int]:
    """Return the processes of a store once there are so many."""
    for _ in range(200):
        if len(found := processes(folder)) == number:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{processes(folder)} are not {number}")


def _failing(ask: Callable[[Any], object], asked: object) -> None:
    with pytest.raises((StoreError, QueryError)):
        ask(asked)


def _opens(folder: Path) -> None:
    opened(Generations(folder), "000001")


def _serves(folder: Path) -> None:
    with kept(folder, workers=1, limits=LIMITS):
        pass


def _appends(folder: Path) -> None:
    Generations(folder).journal("000001").append(b"G <a:a>\n")


def _builds(folder: Path) -> None:
    Generations(folder).write(build_of(1), ABOUT)


def test_memory_knows_how_much_it_holds_after_any_change(folder: Path, memory: Memory) -> None:
    assert memory.size == MANY
    for text in (b"<a:2> <a:b> 2 , _:b .", b"<a:2> <a:b> 3 , 4 , 5 ."):
        _changed(memory, Generations(folder), Change(PUT, graph=OWN, media_type="text/turtle"), text)
        assert memory.size == len(memory.quads)
    with kept(folder, workers=1, limits=LIMITS) as other:
        other.change(Change(UPDATE, f"DROP GRAPH <{OWN}>"))
    assert "error" not in _changed(memory, Generations(folder), insert(1))
    assert memory.size == len(memory.quads) == MANY + 1


@pytest.fixture(params=[0, 1, 2], ids=["first", "second", "third"])
def damaged(folder: Path, request: pytest.FixtureRequest) -> int:
    """Damage one of four changes; return the byte where it begins."""
    journal = Generations(folder).journal("000001")
    ends = [0, *(journal.append(f'A <a:{n}> <a:b> "{n}" <{OWN}> .\n'.encode()) for n in range(4))]
    path = folder / "000001" / "journal"
    written = bytearray(path.read_bytes())
    number: int = request.param
    written[ends[number + 1] - 1] ^= 1
    path.write_bytes(written)
    return ends[number]


@pytest.mark.parametrize("use", [_opens, _serves, _appends, _builds])
def test_changes_behind_a_damaged_one_are_not_lost_in_silence(
    folder: Path, damaged: int, use: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    path = folder / "000001" / "journal"
    written = path.read_bytes()
    whole = 3 - int(request.node.callspec.params["damaged"])
    with pytest.raises(StoreError, match=rf"journal: damaged at byte {damaged}: {whole} whole .*zeren check"):
        use(folder)
    assert (path.read_bytes(), Generations(folder).current()) == (written, "000001")
    os.truncate(path, damaged)  # as the message says
    use(folder)


def test_a_service_answers_on_when_its_journal_is_damaged(folder: Path) -> None:
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(insert(1))
        path = folder / "000001" / "journal"
        path.write_bytes(path.read_bytes() + b"?" + Journal.entry(b"G <a:a>\n"))
        time.sleep(1)
        with pytest.raises(StoreError, match="damaged at byte"):
            store.change(insert(2))
        assert values(store) == {1}


@pytest.fixture
def locked(folder: Path) -> Iterator[None]:
    """Let another process hold the right to write for a while."""
    code = "import sys; from kg.store.generations import Generations\nwith Generations(sys.argv[1]).locked(): "
    code += "print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.kill()


def test_a_second_writer_is_refused_in_words(folder: Path, locked: None) -> None:
    with pytest.raises(StoreError, match="another zeren is writing here"):
        Generations(folder).write(build_of(1), ABOUT)
    with kept(folder, workers=1, limits=LIMITS) as store:
        with pytest.raises(StoreError, match="another zeren is writing here"):
            store.change(insert(1))
        assert values(store) == set()


def test_a_killed_writer_holds_no_lock(folder: Path) -> None:
    code = "import os, sys; from kg.store.generations import Generations\nwith Generations(sys.argv[1]).locked(): "
    code += "os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    Generations(folder).write(build_of(1), ABOUT)
