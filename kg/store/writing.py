"""One change to the store, run once in a process of its own on its copy of the quads, and only then written down.

SPARQL 1.1 Update and the Graph Store Protocol both end as a patch in the journal; what is derived from documents stays
as it is, and a change that would touch it is refused whole.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Collection, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.errors import ForeignHostError, GraphNotFoundError, QueryError, QuerySyntaxError, ReadOnlyGraphError, StoreError
from kg.store.engine import RDF_FORMATS
from kg.store.formats import GRAPH, Format, for_media_type
from kg.store.patch import Snapshot
from kg.store.syntax import complaint
from kg.store.targets import reading
from kg.store.using import with_dataset
from kg.store.worker import sealed

UPDATE, PUT, POST, DELETE = "update", "put", "post", "delete"
_FOR_ONE_GRAPH = frozenset({"turtle", "ntriples", "rdfxml"})
_WORTH_READING = 30  # characters for each quad of the store
_ESCAPED = re.compile(r"\\[uU]")  # an IRI with such a sign is another one to a parser than to us


@dataclass(frozen=True, slots=True)
class Change:
    """A change as asked for: an update, or an operation on one graph (`""` is the default graph) with its content.

    The content is of `media_type`, or of several `parts`, each with its media type and its length in bytes.
    """

    operation: str
    text: str = ""
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    graph: str = ""
    media_type: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    base: str | None = None

    @classmethod
    def of(cls, head: Mapping[str, Any]) -> Change:
        """Return the change that a message describes."""
        several = {name: tuple(head[name]) for name in ("using", "using_named")}
        return cls(**{**head, **several, "parts": tuple((media_type, size) for media_type, size in head["parts"])})


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of it: the patch to write down (empty if nothing changed), and whether a graph was created."""

    patch: bytes
    created: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be changed, in a process that may spoil it: its quads, how many, and which graphs nobody changes."""

    quads: ox.Store
    size: int
    fixed: Container[str]

    def snapshot(self, among: Collection[str] | None) -> Snapshot:
        """Return what these graphs hold, or all where none are named."""
        return Snapshot.of(self.quads, self.fixed.__contains__, among)


def change(content: Content, asked: Change, body: bytes, seconds: float) -> Changed:
    """Make the change and return what it comes to.

    Raises QueryError (malformed, unreadable content), ReadOnlyGraphError or GraphNotFoundError; the kernel ends the
    process after `seconds`.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    among = _may_change(asked, content.size)
    before = content.snapshot(among)
    graphs = _others(content.quads, before)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with sealed():
        created = False
        if asked.operation == UPDATE:
            _update(content.quads, asked)
        else:
            created = _replace_or_add(content, asked, body)
    after = content.snapshot(among)
    signal.setitimer(signal.ITIMER_REAL, 0)
    if asked.operation == UPDATE and among is not None:
        rest = content.size - before.size()
        if _others(content.quads, after) != graphs or len(content.quads) - after.size() != rest:
            raise StoreError("the change went beyond the graphs that its text names; nothing was changed")
    touched = sorted(
        name for name in before.fixed.keys() | after.fixed.keys() if before.fixed.get(name) != after.fixed.get(name)
    )
    if touched:
        raise ReadOnlyGraphError(
            f"{touched[0]} is derived from documents and changes with them only; nothing was changed"
        )
    return Changed(before.patch_to(after), created)


def _others(quads: ox.Store, snapshot: Snapshot) -> frozenset[str]:
    """Return the graphs that are not in a snapshot."""
    names = frozenset(graph.value for graph in quads.named_graphs())
    return names - snapshot.own.keys() - snapshot.fixed.keys()


def _may_change(asked: Change, size: int) -> frozenset[str] | None:
    """Return the graphs that a change may change, None where that is known only once it was made.

    So a change to one graph takes no longer in a larger store. What is read from the text is only where to look.
    """
    if asked.operation != UPDATE:
        return frozenset({asked.graph})
    # Looking at every quad is quicker than reading a long text word by word.
    if len(asked.text) > _WORTH_READING * size or _ESCAPED.search(asked.text):
        return None
    try:
        effects = reading(with_dataset(asked.text, asked.using, asked.using_named), asked.base).effects
    except QueryError:
        return None
    names = frozenset(effect.graph for effect in effects)
    return None if any("/." in name for name in names) else names


def _update(quads: ox.Store, asked: Change) -> None:
    text = with_dataset(asked.text, asked.using, asked.using_named)
    try:
        quads.update(text, base_iri=asked.base)
    except SyntaxError as error:
        raise complaint(asked.text, str(error), updating=True) from None
    except OSError as error:
        if "os error 24" in str(error):
            raise ForeignHostError("LOAD and SERVICE are off: a change here reaches no other host") from None
        raise QueryError(f"the update could not be made: {error}") from None
    except (ValueError, RuntimeError) as error:
        raise QueryError(f"the update could not be made: {error}") from None


def _replace_or_add(content: Content, asked: Change, body: bytes) -> bool:
    quads = content.quads
    try:
        graph = ox.NamedNode(asked.graph) if asked.graph else ox.DefaultGraph()
    except ValueError as error:
        raise QueryError(f"{asked.graph!r} is no IRI: {error}") from None
    if asked.graph in content.fixed:
        raise ReadOnlyGraphError(f"{asked.graph} is derived from documents and changes with them only")
    existed = isinstance(graph, ox.DefaultGraph) or quads.contains_named_graph(graph)
    if asked.operation == DELETE:
        if not existed:
            raise GraphNotFoundError(f"there is no graph {asked.graph}")
        _drop(quads, graph)
        return False
    if asked.operation == PUT:
        _drop(quads, graph)
    if isinstance(graph, ox.NamedNode):
        quads.add_graph(graph)
    for form, part in _parts(asked, body):
        _add(quads, graph, form, part, asked.graph or asked.base)
    return not existed


def _add(quads: ox.Store, graph: ox.NamedNode | ox.DefaultGraph, form: Format, part: bytes, base: str | None) -> None:
    if form.name in _FOR_ONE_GRAPH:
        with _reading(form):  # a third of the time that it takes by way of Python; gives blank nodes new labels as well
            quads.load(part, RDF_FORMATS[form.name], base_iri=base, to_graph=graph)
    else:
        quads.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in _parsed(form, part, base))


def _drop(quads: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> None:
    if isinstance(graph, ox.DefaultGraph):
        quads.clear_graph(graph)
    else:
        quads.remove_graph(graph)


def content_of(asked: Change, body: bytes) -> bytes:
    """Return the content of a change to one graph as N-Triples. QueryError where it cannot be read."""
    triples = (t for form, part in _parts(asked, body) for t in _parsed(form, part, asked.graph or asked.base))
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _parts(asked: Change, body: bytes) -> Iterator[tuple[Format, bytes]]:
    """Yield the parts of the content, each with its format. QueryError for one of a type that is not read here."""
    start = 0
    for media_type, size in asked.parts or ((asked.media_type, len(body)),):
        form = for_media_type(media_type, GRAPH)
        if form is None:
            raise QueryError(f"{media_type or 'content without a type'} is no RDF format that is read here")
        yield form, body[start : start + size]
        start += size


def _parsed(form: Format, part: bytes, base: str | None) -> list[ox.Triple]:
    with _reading(form):
        # A graph's blank nodes are its own: the same label in another request is another node.
        parsed = list(ox.parse(part, RDF_FORMATS[form.name], base_iri=base, rename_blank_nodes=True))
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in parsed):
        raise QueryError("the content names graphs, but it is for one graph: use a format without graphs")
    return [quad.triple for quad in parsed]


@contextmanager
def _reading(form: Format) -> Iterator[None]:
    """Say of malformed content what it should be, and where it is not."""
    try:
        yield
    except SyntaxError as error:
        line, column = error.lineno or None, error.offset or None
        place = f" at line {line}, column {column}" if line else ""
        raise QuerySyntaxError(f"the content is not {form.name}{place}: {error.msg}", line, column) from None
