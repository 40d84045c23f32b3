"""What a remote store says of itself, in two graphs of its own: what it holds, and how far a build has come.

graph/store    state (whole or building), version, who builds; of each graph its hash, or that it is being written;
               of each document what a build remembers of it
graph/loading  of each graph written since the build began its hash, so that a build cut short is taken up again
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rdflib import Graph, Literal, URIRef

from kg.graph.iris import NAMESPACE

WHOLE, BUILDING = "whole", "building"
_ZR = {name: URIRef(NAMESPACE + name) for name in ("storeState", "storeAbout", "graphHash", "graphState", "entry")}
_WRITING = Literal("writing")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`graphs` are those known to be as they should (name → hash), `writing` those that a build has begun to change."""

    state: str
    about: Mapping[str, Any]
    builder: str = ""
    graphs: Mapping[str, str] = field(default_factory=dict)
    writing: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        """The hash over the content, which holds once the state is whole."""
        return str(self.about["version"])

    def triples(self, name: str) -> bytes:
        """Return the manifest as N-Triples, sorted; `name` is the IRI of its graph."""
        graph, this = Graph(), URIRef(name)
        about = {key: value for key, value in self.about.items() if key != "documents"}
        graph.add((this, _ZR["storeState"], Literal(self.state)))
        graph.add((this, _ZR["storeAbout"], Literal(_json({**about, "builder": self.builder}))))
        for entry in self.about.get("documents", ()):
            graph.add((URIRef(entry["iri"]), _ZR["entry"], Literal(_json(entry))))
        for graph_name in self.writing:
            graph.add((URIRef(graph_name), _ZR["graphState"], _WRITING))
        lines = [*_lines(graph), progress(self.graphs)]
        return b"".join(sorted(line + b"\n" for part in lines for line in part.split(b"\n") if line))

    @classmethod
    def of(cls, name: str, ntriples: bytes) -> Manifest | None:
        """Read a manifest; None where there is none in these triples."""
        graph, this = Graph().parse(data=ntriples, format="nt"), URIRef(name)
        state, about = (graph.value(this, _ZR[edge]) for edge in ("storeState", "storeAbout"))
        if state is None or about is None:
            return None
        said = json.loads(str(about))
        entries = [json.loads(str(entry)) for entry in graph.objects(None, _ZR["entry"])]
        builder = said.pop("builder")
        return cls(
            str(state),
            {**said, "documents": sorted(entries, key=lambda entry: str(entry["iri"]))},
            builder,
            dict(_hashes(graph)),
            frozenset(map(str, graph.subjects(_ZR["graphState"], _WRITING))),
        )


def progress(graphs: Mapping[str, str]) -> bytes:
    """Return which graphs were written, with their hashes, as N-Triples."""
    written = Graph()
    for name, digest in graphs.items():
        written.add((URIRef(name), _ZR["graphHash"], Literal(digest)))
    return b"\n".join(_lines(written))


def progressed(ntriples: bytes) -> dict[str, str]:
    """Return which graphs were written, from what `progress` returned."""
    return dict(_hashes(Graph().parse(data=ntriples, format="nt")))


def state_query(name: str, more: str) -> str:
    """Return the query for the state of the store and what it says of itself, which is cheap to ask often.

    `more` is a pattern that binds `?change`.
    """
    return (
        f"SELECT ?state ?about ?change WHERE {{ GRAPH <{name}> {{ "
        f"<{name}> <{_ZR['storeState']}> ?state ; <{_ZR['storeAbout']}> ?about }} {more} }} ORDER BY ?change"
    )


def _hashes(graph: Graph) -> Iterator[tuple[str, str]]:
    for subject, _, digest in graph.triples((None, _ZR["graphHash"], None)):
        yield str(subject), str(digest)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _lines(graph: Graph) -> Iterable[bytes]:
    return graph.serialize(format="nt", encoding="utf-8").split(b"\n")
