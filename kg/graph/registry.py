"""What is known beforehand of the places and bodies that documents mention: curated data from `data/registry/`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from kg.errors import DataError
from kg.graph.iris import DEFAULT_BASE, Iris
from kg.graph.vocabulary import PREFIXES, ZR
from kg.resources import data_dir

NATION = "000000"


def registry_graph(stated: Iterable[Graph], base: str = DEFAULT_BASE) -> Graph:
    """Return what the registry says of the places and organisations that the stated graphs mention.

    Recomputed from the stated graphs, like the spine, so that adding and then removing a document changes nothing.
    """
    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    names = Iris(base)
    bodies = {names.organization(f"{NATION}/{row['function']}"): row for row in national_bodies()}
    for node in sorted(_mentioned(stated)):
        if node.startswith(names.place("")[:-1]):
            _place(graph, names, node.rpartition("/")[2])
        elif node in bodies:
            _body(graph, names, URIRef(node), bodies[node])
    return graph


def _mentioned(stated: Iterable[Graph]) -> set[str]:
    kinds = (ZR.Place, ZR.Organization)
    return {str(node) for graph in stated for kind in kinds for node in graph.subjects(RDF.type, kind)}


def _place(graph: Graph, names: Iris, code: str) -> None:
    """State a place, its name and what it lies within, up to the country."""
    known = places()
    if code not in known:
        return
    node = URIRef(names.place(code))
    graph.add((node, RDF.type, ZR.Place))
    graph.add((node, ZR.code, Literal(code)))
    for label in (SKOS.prefLabel, RDFS.label):
        graph.add((node, label, Literal(known[code], lang="zh")))
    for higher in _higher(code):
        if higher in known and code not in (higher, NATION):
            graph.add((node, ZR.within, URIRef(names.place(higher))))
            _place(graph, names, higher)
            return


def _higher(code: str) -> Iterator[str]:
    """Yield the codes of the divisions above one, nearest first (GB/T 2260: two digits a level)."""
    yield code[:4] + "00"
    yield code[:2] + "0000"
    yield NATION


def _body(graph: Graph, names: Iris, node: URIRef, row: dict[str, str]) -> None:
    graph.add((node, RDF.type, ZR.Organization))
    for label in (SKOS.prefLabel, RDFS.label):
        graph.add((node, label, Literal(row["name"], lang="zh")))
    for form in row["forms"].split():
        graph.add((node, SKOS.altLabel, Literal(form, lang="zh")))
    graph.add((node, ZR.kind, Literal(row["kind"])))
    graph.add((node, ZR.function, URIRef(names.function(row["function"]))))
    graph.add((node, ZR.jurisdiction, URIRef(names.place(NATION))))


@lru_cache(maxsize=1)
def places() -> dict[str, str]:
    """Return the name of every administrative division by its GB/T 2260 code, and of the country."""
    return {NATION: "全国"} | {row["code"]: row["name"] for row in _rows("places.tsv")}


@lru_cache(maxsize=1)
def national_bodies() -> tuple[dict[str, str], ...]:
    """Return the rows of the bodies of the centre that still stand under their name."""
    return tuple(row for row in _rows("national.tsv") if not row["until"])


def _rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a registry table; raise DataError on a row with too many or too few columns."""
    path = data_dir() / "registry" / name
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return [_row(path, row) for row in reader]


def _row(path: Path, row: dict[str, str | None]) -> dict[str, str]:
    cells = {column: cell or "" for column, cell in row.items() if column is not None}
    if len(cells) != len(row):
        raise DataError(f"{path}: too many columns in the row {list(cells.values())}")
    return cells
