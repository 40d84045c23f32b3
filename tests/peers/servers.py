"""The servers compared: zeren, Oxigraph's own, and rdflib-endpoint, each started on the same quads on a free port."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kg.store.generations import Generations

_UP_SECONDS = 300
_RDFLIB_ENDPOINT = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
data = Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=data, path="/sparql"), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running SPARQL endpoint, its process, and how long it took from its start to its first answer."""

    url: str
    pid: int
    seconds: float

    def busy(self) -> float:
        """Return the processor seconds that the server and its processes have used so far; 0 where that is not told."""
        stats = dict(_stats())
        members, grown = {self.pid}, True
        while grown:
            more = {pid for pid, stat in stats.items() if stat.parent in members} - members
            members |= more
            grown = bool(more)
        return sum(stats[pid].seconds for pid in members if pid in stats)


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    seconds: float


def _stats() -> Iterator[tuple[int, _Stat]]:
    """Yield what Linux tells of each process: its parent, and the time that it and its ended children have used."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        ticks = sum(map(int, fields[11:15]))
        yield int(folder.name), _Stat(int(fields[1]), ticks / os.sysconf("SC_CLK_TCK"))


@contextmanager
def zeren(nquads: bytes, folder: Path, *options: str) -> Iterator[Endpoint]:
    """Serve the quads with `zeren serve`."""
    store = folder / "zeren"
    if not store.exists():
        Generations(store).write(nquads, {"documents": []})
    port = _free_port()
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", str(port)]
    with _running([*command, "--time-limit", "60", *options], f"http://127.0.0.1:{port}/sparql") as endpoint:
        yield endpoint


@contextmanager
def oxigraph(nquads: bytes, program: Path) -> Iterator[Endpoint]:
    """Serve the quads with Oxigraph's server, in memory."""
    port = _free_port()
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with _running(command, f"http://127.0.0.1:{port}/query") as endpoint:
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_UP_SECONDS)
        connection.request("POST", "/store", nquads, {"Content-Type": "application/n-quads"})
        status = connection.getresponse().status
        connection.close()
        assert status < 300, status
        yield Endpoint(endpoint.url, endpoint.pid, endpoint.seconds + time.monotonic() - begun)


@contextmanager
def rdflib_endpoint(nquads: bytes, folder: Path, python: Path) -> Iterator[Endpoint]:
    """Serve the quads with rdflib-endpoint under uvicorn, which is how it is meant to run."""
    file = folder / "plans.nq"
    file.write_bytes(nquads)
    port = _free_port()
    command = [str(python), "-c", _RDFLIB_ENDPOINT, str(file), str(port)]
    with _running(command, f"http://127.0.0.1:{port}/sparql") as endpoint:
        yield endpoint


def installed(folder: Path, *packages: str) -> Path | None:
    """Put packages into a fresh environment and return its `bin`, or None where they cannot be had."""
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(pip, check=True, capture_output=True, timeout=_UP_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    return folder / "bin"


@contextmanager
def _running(command: Sequence[str], url: str) -> Iterator[Endpoint]:
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(url, process)
        yield Endpoint(url, process.pid, time.monotonic() - begun)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    parts = urlsplit(url)
    until = time.monotonic() + _UP_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_UP_SECONDS)
        try:
            connection.request("GET", f"{parts.path}?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
