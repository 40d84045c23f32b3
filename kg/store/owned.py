"""The graphs of users on a service: which there are, and how they are changed through us.

graph/own   which graphs users have made here, and the name of the last change, by which readers see that there was one

Other graphs on the service are somebody else's: they are neither asked nor touched. A change says which graphs it is
about before it is made (`kg.store.targets`), and these are noted before it, so that nothing is made that is not listed.
"""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from rdflib import Literal

from kg.errors import GraphNotFoundError, QueryError, ReadOnlyGraphError, UpstreamError
from kg.graph.iris import DEFAULT_BASE, NAMESPACE, Iris
from kg.store.address import Address
from kg.store.binding import iri
from kg.store.results import rows
from kg.store.syntax import complaint_elsewhere
from kg.store.targets import DEFAULT, Effect, Reading, reading
from kg.store.tokens import check_size
from kg.store.upstream import Reply, Upstream
from kg.store.using import with_dataset
from kg.store.writing import DELETE, PUT, UPDATE, Change, content_of

if TYPE_CHECKING:
    import pyoxigraph as ox

_OWN, _CHANGE = NAMESPACE + "ownGraph", NAMESPACE + "storeChange"
_NOTHING = Reply(204, Message(), b"")
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/sparql-results+json"
_TURTLE, _READABLE = "text/turtle", "application/n-triples, text/turtle;q=0.8"
_NO_GRAPH = "urn:x-zeren:no-graph"


class OwnGraphs:
    """The users' graphs at one address; `seconds` is how long one request may take."""

    def __init__(self, address: Address, base: str = DEFAULT_BASE, *, seconds: float = 60.0) -> None:
        self.registry = Iris(base).graph("own")
        self._where = address.base
        self._queries = Upstream(address.query, seconds)
        self._updates = Upstream(address.update, seconds)
        self._graphs = Upstream(address.graphs, seconds)

    def names(self) -> frozenset[str]:
        """Return the names of the graphs that users have made."""
        import pyoxigraph as ox

        found = ox.Store()
        self._load(found, self.registry)
        pattern = found.quads_for_pattern(ox.NamedNode(self.registry), ox.NamedNode(_OWN), None, None)
        return frozenset(quad.object.value for quad in pattern if isinstance(quad.object, ox.NamedNode))

    def change_query(self) -> str:
        """Return the pattern that binds `?change` to the name of the last change, if there was one."""
        return f"OPTIONAL {{ GRAPH <{self.registry}> {{ <{self.registry}> <{_CHANGE}> ?change }} }}"

    def change(self, asked: Change, body: bytes, derived: Container[str]) -> bool:
        """Make a change; tell whether it created a graph. `derived` are the graphs that nobody changes so.

        Raises ReadOnlyGraphError, GraphNotFoundError, QueryError, or UpstreamError of the kind that fits: then what of
        it was made is known only where the service makes updates whole or not at all.
        """
        if asked.operation == UPDATE:
            read = reading(with_dataset(asked.text, asked.using, asked.using_named), asked.base)
            check_size(read.patterns)
            self._permit(read.effects, derived)
            if read.effects:
                self._update(read, asked.base)
            return False
        content = b"" if asked.operation == DELETE else content_of(asked, body)
        return self._replace_or_add(asked, content, derived)

    def quads(self) -> ox.Store:
        """Return the users' graphs, empty ones as well."""
        import pyoxigraph as ox

        found = ox.Store()
        for name in sorted(self.names()):
            found.add_graph(ox.NamedNode(name))
            self._load(found, name)
        return found

    def restore(self, quads: ox.Store) -> None:
        """Put users' graphs in the place of those that are there."""
        import pyoxigraph as ox

        gone = self.names()
        graphs = {graph.value: graph for graph in quads.named_graphs() if isinstance(graph, ox.NamedNode)}
        if not gone and not graphs:
            return
        self._note(graphs)
        for name, graph in sorted(graphs.items()):
            lines = quads.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
            self._put("PUT", name, lines)
        for name in sorted(gone - graphs.keys()):
            self._graphs.ask("DELETE", parameters=_named(name))
        self._note(forget=gone - graphs.keys())

    def _replace_or_add(self, asked: Change, content: bytes, derived: Container[str]) -> bool:
        name, drops = asked.graph, asked.operation == DELETE
        known = self._permit([Effect(name, drops)], derived)
        if drops and name not in known:
            raise GraphNotFoundError(f"there is no graph {name}")
        self._note([name])
        try:
            if drops:
                self._graphs.ask_once("DELETE", parameters=_named(name))
            elif content or asked.operation == PUT:
                self._put("PUT" if asked.operation == PUT else "POST", name, content)
        finally:
            self._note(forget=[name] if drops else ())
        return not drops and name not in known

    def _permit(self, found: Sequence[Effect], derived: Container[str]) -> frozenset[str]:
        """Return the users' graphs, if all that is changed are theirs or are none yet; else raise what fits."""
        known = self.names()
        for graph in dict.fromkeys(effect.graph for effect in found):
            if graph == DEFAULT:
                raise QueryError("a remote store keeps nothing in the graph without a name: name one")
            if graph in derived:
                raise ReadOnlyGraphError(
                    f"{graph} is derived from documents and changes with them only; nothing was changed"
                )
            if graph not in known and self._is_there(graph):
                raise ReadOnlyGraphError(
                    f"{graph} is on {self._where}, but was not made through zeren: change it there; nothing was changed"
                )
        return known

    def _update(self, read: Reading, base: str | None) -> None:
        """Send an update and what is noted of it as one: a service that makes it whole or not at all makes both so."""
        names = {effect.graph: effect.drops for effect in read.effects}
        self._send(_noting(self.registry, names))
        declared = f"BASE {iri(base)}\n" if base else ""
        whole = f"{declared}{read.text}\n;\n{_naming(self.registry, [name for name in names if names[name]])}"
        try:
            reply = self._send(whole, once=True)
        except UpstreamError:
            with suppress(UpstreamError):  # it may have been made all the same
                self._note()
            raise
        if reply.status not in (200, 204):
            raise complaint_elsewhere(read.text, reply.said(), lines_before=len(declared) and 1, updating=True)

    def _note(self, names: Iterable[str] = (), forget: Iterable[str] = ()) -> None:
        """Note graphs, forget others, and say that something has changed."""
        for update in (_noting(self.registry, names), _naming(self.registry, forget)):
            self._send(update)

    def _is_there(self, name: str) -> bool:
        asked = [("query", f"SELECT ?p WHERE {{ GRAPH {iri(name)} {{ ?s ?p ?o }} }} LIMIT 1")]
        asked += [("default-graph-uri", _NO_GRAPH), ("named-graph-uri", name)]
        reply = self._queries.ask("POST", body=urlencode(asked).encode(), Content_Type=_FORM, Accept=_JSON)
        try:
            return bool(rows(reply.body))
        except (ValueError, LookupError, TypeError):
            raise UpstreamError(f"{self._where} does not say whether there is a graph {name}: {reply.said()}") from None

    def _send(self, update: str, *, once: bool = False) -> Reply:
        if not update:
            return _NOTHING
        send = self._updates.ask_once if once else self._updates.ask
        return send("POST", body=urlencode({"update": update}).encode(), Content_Type=_FORM)

    def _load(self, quads: ox.Store, name: str) -> None:
        """Take over a graph from the service, if it is there."""
        import pyoxigraph as ox

        reply = self._graphs.ask("GET", parameters=_named(name), Accept=_READABLE)
        form = ox.RdfFormat.from_media_type(reply.media_type)
        if reply.status == 404:
            return
        if reply.status != 200 or form is None:
            raise UpstreamError(f"{name} was asked for, and came as {reply.status} {reply.media_type}: {reply.said()}")
        try:
            quads.load(reply.body, form, base_iri=name, to_graph=ox.NamedNode(name))
        except SyntaxError as error:
            raise UpstreamError(f"{name} came as {reply.media_type} that cannot be read: {error}") from None

    def _put(self, method: str, name: str, ntriples: bytes) -> None:
        reply = self._graphs.ask_once(method, parameters=_named(name), body=ntriples, Content_Type=_TURTLE)
        if reply.status in (400, 404):
            raise UpstreamError(f"{self._graphs.url} takes no graphs ({reply.status}): {reply.said()}")


def _noting(registry: str, names: Iterable[str]) -> str:
    """Return the update that notes graphs, nothing where there are none."""
    noted = " ".join(f"<{registry}> <{_OWN}> {iri(name)} ." for name in sorted(names))
    return f"INSERT DATA {{ GRAPH <{registry}> {{ {noted} }} }}" if noted else ""


def _naming(registry: str, forget: Iterable[str]) -> str:
    """Return the update that forgets graphs and gives the last change a new name."""
    forgotten = " ".join(f"<{registry}> <{_OWN}> {iri(name)} ." for name in sorted(forget))
    updates = [f"DELETE DATA {{ GRAPH <{registry}> {{ {forgotten} }} }}"] if forgotten else []
    updates.append(f"DELETE WHERE {{ GRAPH <{registry}> {{ <{registry}> <{_CHANGE}> ?change }} }}")
    change = Literal(uuid.uuid4().hex[:16]).n3()
    updates.append(f"INSERT DATA {{ GRAPH <{registry}> {{ <{registry}> <{_CHANGE}> {change} }} }}")
    return " ;\n".join(updates)


def _named(graph: str) -> str:
    return f"graph={quote(graph, safe='')}"
