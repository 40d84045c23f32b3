"""A full disk: a clear error, and the store as before; on a tmpfs of a few megabytes, where one can be mounted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store.client import kept
from kg.store.generations import Generations, version_of, write_whole
from kg.store.soundness import examine
from tests.conftest import SEED, Run
from tests.store.test_kills import ABOUT, DOCUMENT, LIMITS, build_of, insert, values

SIZE = 24 * 2**20
RESERVE = "reserve"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small file system; only root can, so others skip."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "zeren-test", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if mounted.returncode:
        pytest.skip(f"a file system of limited size cannot be mounted (root can): {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Fill the disk but for `leave` bytes; return the file that does it."""
    status = os.statvfs(disk)
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(status.f_bavail * status.f_frsize - leave, 1))
    return ballast


def build_again(generations: Generations, number: int) -> None:
    generations.write(build_of(number) * 2, ABOUT)


def change_all(generations: Generations, number: int) -> None:
    generations.change(build_of(number), {DOCUMENT}, ABOUT, based_on=generations.current() or "")


@pytest.mark.parametrize(
    ("leave", "write"),
    [
        *((leave, build_again) for leave in (0, 4_096, 65_536, 262_144, 1_048_576)),
        *((leave, change_all) for leave in (0, 4_096, 65_536, 262_144, 524_288)),
    ],
)
def test_a_build_on_a_full_disk_leaves_the_store(
    disk: Path, leave: int, write: Callable[[Generations, int], None]
) -> None:
    generations = Generations(disk / "store")
    name = generations.write(build_of(1), ABOUT)
    with kept(disk / "store", workers=1, limits=LIMITS) as store:
        store.change(insert(1))
    before = sorted(path.name for path in (disk / "store").iterdir())
    ballast = fill(disk, leave)
    with pytest.raises(StoreError, match="No space left"):
        write(generations, 2)
    assert sorted(path.name for path in (disk / "store").iterdir()) == before
    assert (generations.current(), examine(generations, name).faults) == (name, ())
    ballast.unlink()
    change_all(generations, 2)
    assert generations.version(generations.current() or "") == version_of(build_of(2))
    with kept(disk / "store", workers=1, limits=LIMITS) as store:
        assert values(store) == {1}


@pytest.mark.parametrize("leave", [0, 4_096])
def test_a_change_on_a_full_disk_is_refused_and_the_next_one_made(disk: Path, leave: int) -> None:
    Generations(disk / "store").write(build_of(1), ABOUT)
    with kept(disk / "store", workers=1, limits=LIMITS) as store:
        store.change(insert(1))
        ballast = fill(disk, leave)
        acknowledged = {1}
        with pytest.raises(StoreError, match="No space left"):
            for number in range(2, 1_000):
                store.change(insert(number))
                acknowledged.add(number)
        assert values(store) == acknowledged
        ballast.unlink()
        store.change(insert(5_000))
        assert values(store) == acknowledged | {5_000}
    with kept(disk / "store", workers=1, limits=LIMITS) as store:
        assert values(store) == acknowledged | {5_000}


def test_a_file_is_written_whole_or_not_at_all(disk: Path) -> None:
    write_whole(disk / "backup", b"before")
    fill(disk, 4_096)
    with pytest.raises(OSError, match="No space left"):
        write_whole(disk / "backup", bytes(100_000))
    assert (disk / "backup").read_bytes() == b"before"
    assert sorted(path.name for path in disk.iterdir()) == ["backup", "ballast"]


def test_commands_say_it_in_words(disk: Path, zeren: Run) -> None:
    fill(disk, 65_536)
    for command in (["build", str(SEED), "--store", str(disk / "store")], ["export", "-o", str(disk / "plan.nq")]):
        said = zeren(*command)
        assert "No space left" in said.stderr, said
        assert "Traceback" not in said.stderr
        assert said.returncode == StoreError.exit_code
