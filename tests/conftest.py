"""The seed, once per session: as a file, a plan, a store on disk, a store to ask, and a running service."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from kg.plan import Plan
    from kg.settings import Settings
    from kg.store.engine import Engine

ROOT = Path(__file__).parent.parent
SEED = ROOT / "data" / "documents" / "bayuquan-2021-food-safety.txt"

# No example may fail for the machine's slowness; `derandomize` keeps a red run red for everybody.
hypothesis_settings.register_profile(
    "zeren", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("zeren")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def seed_path() -> Path:
    """Return the seed as published."""
    return SEED


@pytest.fixture(scope="session")
def seed_plan() -> Plan:
    """Return the seed as read."""
    from kg.reading import read_file

    return read_file(SEED)


@pytest.fixture(scope="session")
def seed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store that holds the seed."""
    from kg.corpus import build

    folder = tmp_path_factory.mktemp("seed") / "store"
    build([SEED], settings_for(folder))
    return folder


@pytest.fixture(scope="session")
def seed_store(seed_folder: Path) -> Engine:
    """Return the seed's store, asked in this process."""
    from kg.store.engine import Engine
    from kg.store.generations import Generations

    generations = Generations(seed_folder)
    current = generations.current()
    assert current
    return Engine(generations.open(current), generations.version(current))


@pytest.fixture(scope="session")
def zeren(seed_folder: Path) -> Run:
    """Return a function that runs the command as a user would, on the seed's store unless told otherwise."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ZEREN_STORE": str(seed_folder), "PYTHONUTF8": "1"}
        environment.update(options.pop("env", {}))  # type: ignore[call-overload]
        given: dict[str, object] = {"text": True, "encoding": "utf-8", "timeout": 60, "stdin": subprocess.DEVNULL}
        if "input" in options:
            del given["stdin"]
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [sys.executable, "-m", "kg.cli", *arguments],
            capture_output=True,
            check=False,
            env=environment,
            **(given | options),
        )

    return run


@pytest.fixture(scope="session")
def served(seed_folder: Path) -> Iterator[str]:
    """Return the address of a running service, `http://127.0.0.1:PORT`, with a short time limit."""
    with serving("--store", str(seed_folder), "--time-limit", "2") as (address, _):
        yield address


class serving:  # noqa: N801 - used as a context manager, like a function
    """A `zeren serve` process on a free port: its address and the process, ended at the end."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments

    def __enter__(self) -> tuple[str, subprocess.Popen[str]]:
        command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        assert self._process.stdout
        said = self._process.stdout.readline()
        found = re.search(r"http://\S+:\d+", said)
        if not found:
            self._process.kill()
            raise RuntimeError(f"zeren serve said {said!r}")
        wait_until_up(found[0])
        return found[0], self._process

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()


def wait_until_up(address: str) -> None:
    """Wait until something answers at the address; RuntimeError after 20 s."""
    import time
    from urllib.error import HTTPError, URLError
    from urllib.request import urlopen

    for _ in range(200):
        try:
            urlopen(f"{address}/sparql?query=ASK%7B%7D", timeout=5).close()
        except HTTPError as error:
            error.close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{address} does not answer")


def settings_for(store: Path, **given: object) -> Settings:
    """Return default settings with this store."""
    from kg.settings import Settings

    return Settings.of({"store": store, **given})
