"""The W3C's manifests: every test with the files it names, and its IRI, under which failures are listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

import pyoxigraph as ox

from tests.conftest import ROOT

FOLDER = ROOT.parent / "shared" / "w3c" / "sparql"
BASE = "http://w3c.github.io/rdf-tests/sparql/"  # where the files are published; relative IRIs resolve against it
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"

QUERY, QUERY_SYNTAX, BAD_QUERY = "query", "query syntax", "bad query"
UPDATE, UPDATE_SYNTAX, BAD_UPDATE = "update", "update syntax", "bad update"
_KINDS = {
    "QueryEvaluationTest": QUERY,
    "CSVResultFormatTest": QUERY,
    "UpdateEvaluationTest": UPDATE,
    "PositiveSyntaxTest": QUERY_SYNTAX,
    "PositiveSyntaxTest11": QUERY_SYNTAX,
    "NegativeSyntaxTest": BAD_QUERY,
    "NegativeSyntaxTest11": BAD_QUERY,
    "PositiveUpdateSyntaxTest11": UPDATE_SYNTAX,
    "PositiveUpdateSyntaxTest": UPDATE_SYNTAX,
    "NegativeUpdateSyntaxTest11": BAD_UPDATE,
    "NegativeUpdateSyntaxTest": BAD_UPDATE,
}
# Entailment regimes are another product; `service` needs servers on the net, and SERVICE is off here;
# the last three are replayed as HTTP requests (tests/w3c/test_protocol.py).
_OUT = ("entailment", "service", "service-description", "protocol", "graph-store-protocol")

_FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", re.IGNORECASE)

Node = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True, slots=True)
class State:
    """The graphs before or after: for the default graph (`""`) and named ones, the addresses of files."""

    graphs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One test: the address of its query or update, what is loaded first, and what is expected."""

    iri: str
    kind: str
    request: str
    before: State = State()
    after: State = State()
    result: str | None = None
    lax: bool = False

    def __str__(self) -> str:
        manifest, _, name = self.iri.removeprefix(BASE).partition("#")
        return f"{manifest.rpartition('/')[0]}#{name}"


def content(address: str) -> bytes:
    """Return the content of a published file."""
    return (FOLDER / address.removeprefix(BASE)).read_bytes()


@cache
def cases() -> tuple[Case, ...]:
    """Return the tests of queries, updates, syntax and result formats, in the manifests' order."""
    if not FOLDER.is_dir():
        return ()
    found = {case.iri: case for top in ("sparql10", "sparql11") for case in _cases(top)}
    return tuple(found.values())


def _cases(top: str) -> Iterator[Case]:
    name = "manifest-all.ttl" if top == "sparql11" else "manifest.ttl"
    whole = Manifest(f"{BASE}{top}/{name}")
    for address in whole.included():
        if address.split("/")[-2] in _OUT:
            continue
        manifest = Manifest(address)
        for entry in manifest.entries():
            yield manifest.case(entry)


class Manifest:
    """One manifest file as a graph."""

    def __init__(self, address: str) -> None:
        self._address = ox.NamedNode(address)
        self._graph = ox.Store()
        self._graph.load(content(address), ox.RdfFormat.TURTLE, base_iri=address)

    def included(self) -> list[str]:
        """Return the addresses of the manifests that this one includes."""
        return [node.value for node in self._list(self._address, f"{MF}include")]

    def entries(self) -> list[Node]:
        """Return its tests."""
        return self._list(self._address, f"{MF}entries")

    def values(self, node: Node, edge: str) -> list[Node | ox.Literal]:
        """Return the objects of a property, in a fixed order."""
        found = self._graph.quads_for_pattern(node, ox.NamedNode(edge), None, ox.DefaultGraph())
        return sorted((quad.object for quad in found if not isinstance(quad.object, ox.Triple)), key=str)

    def value(self, node: Node, edge: str) -> Node | ox.Literal | None:
        """Return the object of a property, or None."""
        return next(iter(self.values(node, edge)), None)

    def listed(self, node: Node, edge: str) -> list[Node]:
        """Return the members of a list."""
        return self._list(node, edge)

    def case(self, entry: Node) -> Case:
        """Return a test as what it asks."""
        kind = next(
            kind for name, kind in _KINDS.items() if ox.NamedNode(MF + name) in self.values(entry, f"{RDF}type")
        )
        action, result = self.value(entry, f"{MF}action"), self.value(entry, f"{MF}result")
        lax = self.value(entry, f"{MF}resultCardinality") == ox.NamedNode(f"{MF}LaxCardinality")
        iri = _published(self._address.value, entry.value)
        if isinstance(action, ox.NamedNode):
            # Some malformed updates are called malformed queries.
            malformed_update = kind == BAD_QUERY and action.value.endswith(".ru")
            return Case(iri, BAD_UPDATE if malformed_update else kind, action.value)
        assert isinstance(action, ox.BlankNode)
        if kind == UPDATE:
            after = self.state(result) if isinstance(result, ox.BlankNode) else State()
            return Case(iri, kind, self._text(action, f"{UT}request"), self.state(action), after)
        request = self._text(action, f"{QT}query")
        before = self._with_from(request, self.state(action))
        return Case(iri, kind, request, before, result=result.value if result else None, lax=lax)

    def _text(self, node: Node, edge: str) -> str:
        found = self.value(node, edge)
        assert found is not None, (node, edge)
        return found.value

    def state(self, node: Node) -> State:
        """Return the graphs that a node names."""
        graphs = [("", v.value) for edge in (f"{QT}data", f"{UT}data") for v in self.values(node, edge)]
        for edge, inner in ((f"{QT}graphData", f"{QT}graph"), (f"{UT}graphData", f"{UT}graph")):
            for given in self.values(node, edge):
                if isinstance(given, ox.BlankNode):
                    graphs.append((self._text(given, f"{RDFS}label"), self._text(given, inner)))
                else:
                    graphs.append((given.value, given.value))
        return State(tuple(graphs))

    def _with_from(self, request: str, state: State) -> State:
        """Add the files that a query names after FROM: a graph store finds graphs, it does not fetch them."""
        named = [urljoin(request, name) for name in _FROM.findall(content(request).decode())]
        missing = [(name, name) for name in dict.fromkeys(named) if (name, name) not in state.graphs]
        return State((*state.graphs, *(pair for pair in missing if pair[1].startswith(BASE))))

    def _list(self, node: Node, edge: str) -> list[Node]:
        found: list[Node] = []
        head = self.value(node, edge)
        while head is not None and head.value != f"{RDF}nil":
            assert isinstance(head, ox.NamedNode | ox.BlankNode)
            member = self.value(head, f"{RDF}first")
            assert isinstance(member, ox.NamedNode | ox.BlankNode)
            found.append(member)
            head = self.value(head, f"{RDF}rest")
        return found


def _published(manifest: str, iri: str) -> str:
    """Return a test's address: manifests name their tests in several ways, some of them by the same IRI."""
    return f"{manifest}#{iri.rpartition('#')[2]}"
