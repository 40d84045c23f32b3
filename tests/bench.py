"""`make bench`: how the parts compare with peers on the same data, side by side in one run; ratios, not promises.

reading    characters a second on one core, on the seed and ten times it
closure    compiled rules against owlrl, on the seed
documents  inferences of 1, 10 and 100 documents one after the other, and what is left of them in memory
changes    adding and removing one document against building all of them
questions  the query service (killable processes) against rdflib in this process and Oxigraph in this process
service    `zeren serve` against `oxigraph serve` and rdflib-endpoint over HTTP; with `--large` also ten times the quads
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import RDF, Dataset, Graph, URIRef

from kg.corpus import Report, build, change
from kg.graph.closure import closure, rules
from kg.graph.documents import inferred_graph
from kg.graph.registry import registry_graph
from kg.graph.triples import stated_graph
from kg.graph.vocabulary import ZR
from kg.reading import read_file, read_text
from kg.store.client import kept
from kg.store.generations import Generations
from kg.store.limits import Limits
from kg.store.results import rows
from tests.conftest import SEED, settings_for
from tests.peers.compare import compare

COPIES = 30  # some 160,000 quads, near the size that DESIGN.md measured at
PREFIXES = "PREFIX zr: <https://w3id.org/zeren/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
BUREAU = '"营口市鲅鱼圈区市场监督管理局"@zh'
MIX = {
    "a department's tasks": (
        f"SELECT DISTINCT ?t ?code {{ ?o skos:prefLabel {BUREAU} . ?o zr:involvedIn ?t . ?t zr:code ?code }}"
    ),
    "co-owners of a task": (
        'SELECT DISTINCT ?t ?o ?role { ?t zr:code "20.1" . ?a zr:ofTask ?t ; zr:agent ?o ; zr:role ?role }'
    ),
    "lead-assist pairs": "SELECT DISTINCT ?a ?b ?t { ?a zr:leads ?t . ?b zr:assists ?t }",
    "tasks citing a policy": "SELECT DISTINCT ?t ?p { ?t a zr:Task ; zr:cites ?p }",
}


def main() -> int:
    """Print the tables."""
    _reading()
    _closure()
    _documents()
    _changes()
    _questions()
    compare(large="--large" in sys.argv)
    return 0


def _reading() -> None:
    text = SEED.read_text("utf-8")
    print("reading, characters a second on one core")
    for times in (1, 10):
        long = text * times
        print(f"  seed x {times:<21} {len(long) / _seconds(lambda long=long: read_text(long), 3):>10,.0f}")  # type: ignore[misc]
    print()


def _closure() -> None:
    stated = stated_graph(read_file(SEED))
    given = set(stated) | set(registry_graph([stated]))
    compiling = _seconds(rules, 1)
    ours = _seconds(lambda: closure(given), 5)
    theirs = _seconds(lambda: closure(given, reasoner="owlrl"), 1)
    same = set(closure(given)) == set(closure(given, reasoner="owlrl"))
    print(f"closure of the seed, {len(given):,} triples given, same result: {same}")
    _row("compile rules once", compiling)
    _row("compiled rules", ours)
    _row("owlrl", theirs, theirs / ours)


def _documents() -> None:
    stated = stated_graph(read_file(SEED))
    given = set(stated) | set(registry_graph([stated]))
    theirs = _seconds(lambda: closure(given, reasoner="owlrl"), 1)
    # What is loaded once is no cost of a document.
    inferred_graph(stated, URIRef(str(stated.value(None, RDF.type, ZR.WorkPlan))))
    print(f"\ninferences of one document after the other, {len(stated):,} triples stated in each (owlrl: its ratio)")
    for number in (1, 10, 100):
        taken = 0.0
        for document, copy in _renamed(stated, number):
            begun = time.process_time()
            inferred_graph(copy, document)
            taken += time.process_time() - begun
        _row(f"{number} document(s), each", taken / number, theirs * number / taken)
    for number in (1, 10):
        copies = list(_renamed(stated, number))
        tracemalloc.start()
        for document, copy in copies:
            inferred_graph(copy, document)
        gc.collect()
        print(f"  {f'left in memory after {number}':<28} {tracemalloc.get_traced_memory()[0] / 1024:>10,.0f} KiB")
        tracemalloc.stop()


def _renamed(stated: Graph, number: int) -> Iterator[tuple[URIRef, Graph]]:
    """Yield copies of a stated graph, each under a document of its own."""
    document = str(next(stated.subjects(RDF.type, ZR.WorkPlan)))
    triples = stated.serialize(format="nt")
    for n in range(number):
        yield URIRef(f"{document}-{n}"), Graph().parse(data=triples.replace(document, f"{document}-{n}"), format="nt")


def _changes() -> None:
    text = SEED.read_text("utf-8")
    for number in (1, 10, 30):
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, f"{n}.txt") for n in range(number + 1)]
            for n, file in enumerate(files):
                file.write_text(text.replace("2021年", f"{2001 + n}年"), "utf-8")
            settings = settings_for(Path(folder, "store"))
            reports: list[Report] = []
            print(f"\na store of {number} document(s)")
            _row("build all", _seconds(lambda: reports.append(build(files[:-1], settings)), 1))  # noqa: B023
            _row("add one more", _seconds(lambda: reports.append(change(settings, add=files[-1:])), 1))  # noqa: B023
            added = reports[1].built[0].iri
            _row("take it out again", _seconds(lambda: reports.append(change(settings, remove=[added])), 1))  # noqa: B023
            written = ", ".join(str(len(report.graphs)) for report in reports)
            closed = ", ".join(str(len(report.closed)) for report in reports)
            print(f"  graphs written, each time: {written}; documents closed: {closed}")


def _questions() -> None:
    with tempfile.TemporaryDirectory() as folder:
        nquads = _copies(Path(folder))
        generations = Generations(Path(folder, "store"))
        generations.write(nquads, {})
        native = ox.Store()
        native.load(nquads, ox.RdfFormat.N_QUADS)
        peer = Dataset(default_union=True)
        peer.parse(data=nquads.decode(), format="nquads")
        print(f"\nquestions, {len(native):,} quads, milliseconds (ratio to the service)")
        limits = Limits(60, 4 << 30, 64 << 20)
        with kept(generations.folder, workers=1, limits=limits) as service:
            for name, query in MIX.items():
                asked = PREFIXES + query
                counts = {
                    len(service.select(asked)),
                    len(rows(_native(native, asked))),
                    sum(1 for _ in peer.query(asked)),
                }
                assert len(counts) == 1, f"{name}: the answers differ in number: {counts}"
                ours = _seconds(lambda asked=asked: service.answer(asked), 20)  # type: ignore[misc]
                inside = _seconds(lambda asked=asked: _native(native, asked), 20)  # type: ignore[misc]
                slow = _seconds(lambda asked=asked: list(peer.query(asked)), 3)  # type: ignore[misc]
                print(f"{name} ({counts.pop():,} rows)")
                _row("  service", ours)
                _row("  Oxigraph, in process", inside, inside / ours)
                _row("  rdflib, in process", slow, slow / ours)


def _native(store: ox.Store, query: str) -> bytes:
    solutions = store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions.serialize(format=ox.QueryResultsFormat.JSON) or b""


def _copies(folder: Path) -> bytes:
    """Return the N-Quads of the seed many times over, each copy under a document of its own."""
    one = folder / "one"
    build([SEED], settings_for(one))
    generations = Generations(one)
    lines = generations.open(generations.current() or "").dump(format=ox.RdfFormat.N_QUADS) or b""
    document = f"/id/doc/210804/2021/{'营口市鲅鱼圈区2021年食品安全重点工作安排'}"
    assert document.encode() in lines, quote(document)
    copies = (lines.replace(document.encode(), f"{document}-{n}".encode()) for n in range(COPIES))
    return b"\n".join(sorted({line for copy in copies for line in copy.split(b"\n") if line})) + b"\n"


def _seconds(action: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _row(name: str, seconds: float, ratio: float | None = None) -> None:
    print(f"  {name:<28} {seconds * 1000:>10.2f} ms" + (f"   {ratio:>8.2f} x" if ratio else ""))


if __name__ == "__main__":
    sys.exit(main())
