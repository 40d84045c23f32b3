"""Load on one endpoint: many clients ask the mix for a while, by `wrk` where it is installed, else by ourselves."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ACCEPT = "application/sparql-results+json"
# The mix goes round per thread; `done` prints what wrk's own report would round.
_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local n = 0
function setup(thread) thread:set("start", 0) end
function request()
  n = n %% #paths + 1
  return wrk.format("GET", paths[n], {["Accept"] = "%s"})
end
function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format('\\n{"requests": %%d, "microseconds": %%d, "failed": %%d, "p99": %%d, "median": %%d}\\n',
    summary.requests, summary.duration, failed, latency:percentile(99), latency:percentile(50)))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: answers, how many a second, latency at the median and the 99th percentile in ms, failures.

    `busy` is the processor time of the server per answer, in seconds: it hardly depends on what else the machine does.
    """

    answers: int
    rate: float
    median: float
    p99: float
    failed: int
    busy: float = 0.0


def generator() -> str:
    """Return what makes the load."""
    return "wrk" if shutil.which("wrk") else "Python processes"


def load(url: str, queries: Sequence[str], clients: int, seconds: float) -> Load:
    """Ask the queries in turn with so many clients, each on one kept connection, for so long."""
    parts = urlsplit(url)
    paths = [f"{parts.path}?{urlencode({'query': query})}" for query in queries]
    if shutil.which("wrk"):
        return _with_wrk(url, paths, clients, seconds)
    return _by_ourselves(parts.netloc, paths, clients, seconds)


def _with_wrk(url: str, paths: Sequence[str], clients: int, seconds: float) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "mix.lua")
        listed.write_text("\n".join(paths) + "\n", "ascii")
        script.write_text(_SCRIPT % (listed, ACCEPT), "utf-8")
        command = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "60s",
            "-s",
            str(script),
            url,
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told = json.loads(said.strip().splitlines()[-1])
    rate = told["requests"] / told["microseconds"] * 1e6
    return Load(told["requests"], rate, told["median"] / 1000, told["p99"] / 1000, told["failed"])


def _by_ourselves(netloc: str, paths: Sequence[str], clients: int, seconds: float) -> Load:
    # Two processes: a single one would be the bottleneck at a few thousand requests a second.
    with multiprocessing.get_context("spawn").Pool(min(2, clients)) as pool:
        shares = [clients // 2 + clients % 2, clients // 2][: min(2, clients)]
        parts = pool.starmap(_asking, [(netloc, paths, share, seconds) for share in shares])
    taken = sorted(latency for latencies, _ in parts for latency in latencies)
    failed = sum(count for _, count in parts)
    return Load(len(taken), len(taken) / seconds, _at(taken, 0.5) * 1000, _at(taken, 0.99) * 1000, failed)


def _asking(netloc: str, paths: Sequence[str], clients: int, seconds: float) -> tuple[list[float], int]:
    latencies: list[float] = []
    failures: list[str] = []
    until = time.monotonic() + seconds

    def ask(n: int) -> None:
        connection = http.client.HTTPConnection(netloc, timeout=60)
        while time.monotonic() < until:
            n += 1
            begun = time.perf_counter()
            try:
                connection.request("GET", paths[n % len(paths)], headers={"Accept": ACCEPT})
                response = connection.getresponse()
                response.read()
            except OSError as error:
                failures.append(str(error))
                connection.close()
                continue
            latencies.append(time.perf_counter() - begun)
            if response.status != 200:
                failures.append(str(response.status))
        connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies, len(failures)


def _at(taken: Sequence[float], share: float) -> float:
    return taken[min(len(taken) - 1, int(len(taken) * share))] if taken else 0.0
