"""Throughput over HTTP: zeren, Oxigraph's server and rdflib-endpoint in one run, the same mix, the answers compared."""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.peers.data import Plans, plans, questions
from tests.peers.load import ACCEPT, Load, generator, load
from tests.peers.servers import Endpoint, installed, oxigraph, rdflib_endpoint, zeren

CLIENTS = (1, 4, 16)
SECONDS = 6.0
SMALL, LARGE = 180_000, 1_800_000
ROUNDS = 3
OURS = {"zeren, cache off": ("--cache", "0"), "zeren": ()}
NATIVE, SLOW = "oxigraph serve", "rdflib-endpoint"
SLOW_CLIENTS = 4


def compare(*, large: bool = False, seconds: float = SECONDS) -> None:
    """Print the tables; rdflib-endpoint goes into a temporary environment, and is left out where it cannot be had."""
    print(f"\nover HTTP: load by {generator()}, keep-alive, {seconds:g} s each")
    with tempfile.TemporaryDirectory(prefix="zeren-bench-") as name:
        folder = Path(name)
        native = Path(sys.executable).with_name("oxigraph")
        slow = installed(folder / "rdflib-endpoint", "rdflib-endpoint", "uvicorn")
        for size in (SMALL, LARGE) if large else (SMALL,):
            room = folder / str(size)
            room.mkdir()
            _size(plans(room / "seed", size), room, native, slow if size == SMALL else None, seconds)


def _size(data: Plans, room: Path, native: Path, slow: Path | None, seconds: float) -> None:
    print(f"\n{data.quads:,} quads, {data.districts} districts")
    with ExitStack() as running:
        # All run at once, and only the one being asked is busy: whatever else the machine does meets all alike.
        servers = {name: running.enter_context(zeren(data.nquads, room, *options)) for name, options in OURS.items()}
        servers[NATIVE] = running.enter_context(oxigraph(data.nquads, native))
        if slow:
            servers[SLOW] = running.enter_context(rdflib_endpoint(data.nquads, room, slow / "python"))
        for name, endpoint in servers.items():
            print(f"  {name:<24} {endpoint.seconds:>6.2f} s from its start to its first answer")
        _check(servers)
        _requests(servers, seconds)
        for clients in CLIENTS:
            asked = {name: e for name, e in servers.items() if name != SLOW or clients == SLOW_CLIENTS}
            _table(clients, _measured(asked, clients, seconds))


def _check(servers: dict[str, Endpoint]) -> None:
    """Raise AssertionError unless every server gives the same answer, and one that is not empty, to every query."""
    for question, queries in questions().items():
        for query in queries:
            answers = {name: _answer(endpoint.url, query) for name, endpoint in servers.items()}
            assert all(answers.values()), f"{question}: an answer is empty"
            assert len(set(answers.values())) == 1, f"{question}: the answers differ: {query}"


def _requests(servers: dict[str, Endpoint], seconds: float) -> None:
    """Print what a request costs beside its query: one that asks nothing, and one that no store sees."""
    print("  a request that asks nothing, 4 clients")
    for name in (*OURS, NATIVE):
        made = load(servers[name].url, ["ASK {}"], 4, seconds / ROUNDS)
        print(f"    {name:<22} {made.rate:>8,.0f}/s   ASK {{}}")
    path = servers["zeren"].url.replace("/sparql", "/healthz")
    print(f"    {'zeren, a Flask page':<22} {load(path, [''], 4, seconds / ROUNDS).rate:>8,.0f}/s   /healthz")


def _measured(servers: dict[str, Endpoint], clients: int, seconds: float) -> dict[str, Load]:
    """Return the median of rounds in which the servers take turns."""
    rounds: dict[str, list[Load]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, endpoint in servers.items():
            before = endpoint.busy()
            made = load(endpoint.url, _mix(), clients, seconds / ROUNDS)
            rounds[name].append(replace(made, busy=(endpoint.busy() - before) / max(1, made.answers)))
    return {name: _median(loads) for name, loads in rounds.items()}


def _median(loads: list[Load]) -> Load:
    def middle(name: str) -> float:
        return float(statistics.median(getattr(made, name) for made in loads))

    answers, failed = sum(made.answers for made in loads), sum(made.failed for made in loads)
    return Load(answers, middle("rate"), middle("median"), middle("p99"), failed, middle("busy"))


def _table(clients: int, measured: dict[str, Load]) -> None:
    print(f"  {clients} client{'s' if clients > 1 else ''}")
    for name, made in measured.items():
        failed = f"   {made.failed} FAILED" if made.failed else ""
        against = "".join(
            f"   {made.rate / measured[peer].rate:>6.2f} x {peer}"
            for peer in (NATIVE, SLOW)
            if name in OURS and peer in measured
        )
        print(
            f"    {name:<22} {made.rate:>8,.0f}/s   median {made.median:>7.2f} ms   p99 {made.p99:>7.2f} ms"
            f"   {made.busy * 1000:>6.2f} ms of processor"
            f"{against}{failed}"
        )


def _mix() -> list[str]:
    """Return the queries to go round: every question as often as every other."""
    asked = questions()
    rounds = max(map(len, asked.values()))
    return [queries[n % len(queries)] for n in range(rounds) for queries in asked.values()]


def _answer(url: str, query: str) -> frozenset[tuple[tuple[str, str], ...]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    connection.request("GET", f"{parts.path}?{urlencode({'query': query})}", headers={"Accept": ACCEPT})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200, body[:300]
    rows = json.loads(body)["results"]["bindings"]
    return frozenset(tuple(sorted((name, term["value"]) for name, term in row.items())) for row in rows)


if __name__ == "__main__":
    compare(large="--large" in sys.argv)
