"""The wheel, installed alone in an empty environment outside any checkout, is the whole product."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `zeren` command of an environment that holds the wheel and its pinned requirements only."""
    folder = tmp_path_factory.mktemp("empty") / "env"
    # The pip of the tests installs into it, and leaves compiling to Python: both would take longer than all the rest.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check"]
    pip += ["install", "--quiet", "--no-compile"]
    lock = ROOT / ".ci" / "requirements.lock"
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return folder / "bin" / "zeren"


def test_the_wheel_holds_ontology_and_data_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "kg/_resources/ontology/responsibility.ttl",
        "kg/_resources/data/documents/bayuquan-2021-food-safety.txt",
        "kg/_resources/data/lexicon/roles.tsv",
        "kg/questions/coowners-of-task.rq",
        "web/templates/base.html",
    } <= names
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"kg", "web"}


def test_every_source_file_of_data_and_ontology_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "data"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"kg/_resources/{path.relative_to(ROOT).as_posix()}" in names


def test_it_serves_the_seed_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    command = [str(installed), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout
            address = re.search(r"http://\S+", service.stdout.readline())
            assert address
            page = _get(address[0])
            assert "鲅鱼圈" in page
            assert "征求意见稿" in page
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(10)
    assert (tmp_path / ".zeren" / "current").exists()


def _get(address: str) -> str:
    for _ in range(100):
        try:
            with urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            time.sleep(0.1)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


def test_no_lock_file_names_a_host() -> None:
    for lock in (ROOT / ".ci").glob("*.lock"):
        assert "://" not in lock.read_text("utf-8")


def test_set_up_needs_no_tool_that_a_fresh_machine_lacks() -> None:
    assert shutil.which("make")
    for script in ("setup", "browser", "run"):
        assert (ROOT / ".ci" / script).stat().st_mode & 0o111
