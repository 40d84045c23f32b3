"""However a service ends, and whichever of its processes does, none of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import QueryTimeoutError
from kg.store.client import kept
from kg.store.generations import Generations
from kg.store.limits import Limits
from tests.conftest import serving
from tests.store.test_service import HONEST, RUNAWAY, quads
from tests.test_cli import _alive, _descendants

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the processes through /proc")
SECONDS = 3.0


def family(pid: int) -> dict[int, str]:
    """Return a process and all that descend from it, each with what it runs."""
    found = {pid, *_descendants(pid)}
    return {member: Path(f"/proc/{member}/cmdline").read_text("utf-8", "replace") for member in found if _alive(member)}


def is_over_in_time(members: dict[int, str]) -> bool:
    begun = time.monotonic()
    while any(_alive(pid) for pid in members):
        if time.monotonic() - begun > SECONDS:
            return False
        time.sleep(0.02)
    return True


def test_without_its_first_process_a_service_ends(seed_folder: Path) -> None:
    with serving("--store", str(seed_folder)) as (_, process):
        members = family(process.pid)
        process.kill()
        assert is_over_in_time(members)


def test_without_the_keeper_a_service_ends_and_says_so(seed_folder: Path) -> None:
    with serving("--store", str(seed_folder)) as (_, process):
        members = family(process.pid)
        keeper = min(pid for pid, command in members.items() if "kg.store.keeper" in command)
        os.kill(keeper, signal.SIGKILL)
        assert is_over_in_time(members)
        assert process.wait(1) == 69


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_who_ends_it_finds_that_all_went_well(seed_folder: Path, ending: signal.Signals) -> None:
    with serving("--store", str(seed_folder)) as (_, process):
        members = family(process.pid)
        process.send_signal(ending)
        assert is_over_in_time(members)
        assert process.wait(1) == 0


def test_a_closed_terminal_ends_it(seed_folder: Path) -> None:
    with serving("--store", str(seed_folder)) as (_, process):
        members = family(process.pid)
        for pid in members:  # as the system sends it: to all at once
            os.kill(pid, signal.SIGHUP)
        assert is_over_in_time(members)


def test_while_quads_are_read_it_can_be_ended_and_leaves_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    Generations(store).write(quads(60_000), {})
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 20
        while not (keepers := [pid for pid, said in family(process.pid).items() if "kg.store.keeper" in said]):
            assert time.monotonic() < until
            time.sleep(0.005)
        members = {**family(process.pid), **dict.fromkeys(keepers, "")}
        process.terminate()
        assert is_over_in_time(members)
        assert process.wait(1) != 0


def test_workers_are_replaced_while_another_build_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quads are read graph by graph, and in between the keeper sees to its workers."""
    store = tmp_path / "store"
    Generations(store).write(quads(500).replace(b"g/1>", b"g/0>").replace(b"g/2>", b"g/0>"), {})
    limits = Limits(seconds=0.3, memory=2 * 2**30, result=400_000)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(slow_reader(tmp_path)), os.environ.get("PYTHONPATH", "")]))
    with kept(store, workers=1, limits=limits) as asked:
        Generations(store).write(quads(600), {})  # three graphs: it takes three seconds to read them
        time.sleep(0.8)
        with pytest.raises(QueryTimeoutError):
            asked.answer(RUNAWAY)
        begun = time.monotonic()
        asked.select(HONEST)
        assert time.monotonic() - begun < 2
        time.sleep(3)
        assert len(asked.select("SELECT ?s { ?s ?p ?o }")) == 600


def slow_reader(folder: Path) -> Path:
    """Return a folder whose `sitecustomize` lets keepers sleep after each graph that they read."""
    made = folder / "slow"
    made.mkdir()
    (made / "sitecustomize.py").write_text(
        "import sys, time\n"
        "if 'kg.store.keeper' in sys.orig_argv:\n"
        "    import gzip\n"
        "    read = gzip.decompress\n"
        "    gzip.decompress = lambda data: (time.sleep(1), read(data))[1]\n",
        "utf-8",
    )
    return made
