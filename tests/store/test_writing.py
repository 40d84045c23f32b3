"""A change looks at the graphs that its text names and at no others: it comes to the same as looking at them all."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError, ReadOnlyGraphError, StoreError
from kg.store import patch, writing
from kg.store.writing import DELETE, POST, PUT, UPDATE, Change, Content, change

SECONDS = 10.0
GRAPHS = 40
UPDATES = [
    "INSERT DATA { GRAPH <g:1> { <a:s> <a:p> 1 } }",
    "INSERT DATA { <a:s> <a:p> 1 }",
    "PREFIX g: <g:> DELETE DATA { GRAPH g:2 { <a:s2> <a:p> 2 } } ; INSERT DATA { GRAPH g:new { <a:s> <a:p> 1 } }",
    "DELETE { GRAPH <g:3> { ?s ?p ?o } } INSERT { GRAPH <g:4> { ?s ?p ?o } } WHERE { GRAPH <g:3> { ?s ?p ?o } }",
    "WITH <g:5> DELETE { ?s ?p ?o } INSERT { ?s ?p 7 } USING NAMED <g:6> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE WHERE { GRAPH <g:7> { ?s ?p ?o } }",
    "DELETE WHERE { GRAPH ?g { <a:s8> ?p ?o } }",
    "CLEAR GRAPH <g:9>",
    "DROP SILENT GRAPH <g:none>",
    "DROP GRAPH <g:10>; CREATE GRAPH <g:11a>",
    "CLEAR DEFAULT",
    "CLEAR NAMED",
    "DROP ALL",
    "COPY <g:12> TO <g:13>",
    "MOVE GRAPH <g:14> TO DEFAULT",
    "ADD DEFAULT TO <g:15>",
    "BASE <http://a/b/> INSERT DATA { GRAPH <../c> { <x> <y> <z> } }",
    r"INSERT DATA { GRAPH <g:\u0031> { <a:s> <a:p> 1 } }",
    "INSERT DATA { GRAPH <g:1> { <a:s> <a:p> '''GRAPH <g:2> { }''' } # GRAPH <g:3> {\n }",
    "INSERT { GRAPH ?g { ?s ?p 5 } } WHERE { GRAPH ?g { ?s ?p 16 } }",
]


def store() -> ox.Store:
    made = ox.Store()
    for n in range(GRAPHS):
        made.add(ox.Quad(ox.NamedNode(f"a:s{n}"), ox.NamedNode("a:p"), ox.Literal(n), ox.NamedNode(f"g:{n}")))
    made.add(ox.Quad(ox.NamedNode("a:d"), ox.NamedNode("a:p"), ox.Literal("default")))
    return made


def content() -> Content:
    made = store()
    return Content(made, len(made), {f"g:{GRAPHS - 1}"})


def outcome(asked: Change, body: bytes = b"") -> tuple[bytes, bool] | type[Exception]:
    try:
        done = change(content(), asked, body, SECONDS)
    except QueryError as error:
        return type(error)
    return done.patch, done.created


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Yield the graphs that are looked at."""
    seen: set[str] = set()
    lines = patch._lines

    def noting(quads: ox.Store, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> frozenset[bytes]:
        seen.add(str(graph))
        return lines(quads, graph)

    monkeypatch.setattr(patch, "_lines", noting)
    yield seen


@pytest.mark.parametrize("update", UPDATES)
def test_it_comes_to_the_same_as_if_all_were_looked_at(update: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Change(UPDATE, update, base="http://here/sparql")
    found = outcome(asked)
    monkeypatch.setattr(writing, "_may_change", lambda *_: None)
    assert found == outcome(asked)


@pytest.mark.parametrize("update", UPDATES)
def test_a_patch_says_by_how_much_a_store_grows(update: str) -> None:
    found = outcome(Change(UPDATE, update, base="http://here/sparql"))
    if isinstance(found, tuple):
        made = store()
        patch.apply(made, found[0])
        assert len(made) == len(store()) + patch.growth(found[0])


OBJECTS = ["<a:o>", "_:b1", '"_:b1"', '"x _:b1 . "', '"<a:o> _:c"@zh', '"1"^^<a:_:t>', r'"\n_:b\""', "<a:_:>"]


@given(st.sets(st.tuples(st.sampled_from(["<a:s>", "_:b1", "_:b2"]), st.sampled_from(OBJECTS))))
def test_what_a_patch_adds_is_what_it_says(said: set[tuple[str, str]]) -> None:
    lines = [f"{subject} <a:p> {object} <g:1> .\n" for subject, object in sorted(said)]
    made = ox.Store()
    patch.apply(made, "".join(f"A {line}" for line in lines).encode())
    assert set(made) == set(ox.parse("".join(lines), ox.RdfFormat.N_QUADS))


@given(st.lists(st.sampled_from(UPDATES), min_size=2, max_size=4))
def test_so_do_several(updates: list[str]) -> None:
    asked = Change(UPDATE, " ;\n".join(updates), base="http://here/sparql")
    found = outcome(asked)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "_may_change", lambda *_: None)
        assert found == outcome(asked)


@pytest.mark.parametrize(
    ("asked", "graphs"),
    [
        (Change(UPDATE, UPDATES[0]), {"<g:1>"}),
        (Change(UPDATE, UPDATES[3]), {"<g:3>", "<g:4>"}),
        (Change(PUT, graph="g:5", media_type="text/turtle"), {"<g:5>"}),
        (Change(POST, graph="", media_type="text/turtle"), {"DEFAULT"}),
        (Change(DELETE, graph="g:5"), {"<g:5>"}),
    ],
)
def test_no_other_graph_is_looked_at(looked_at: set[str], asked: Change, graphs: set[str]) -> None:
    change(content(), asked, b"<a:x> <a:y> 9 .", SECONDS)
    assert looked_at == graphs


def test_what_is_derived_is_refused_either_way() -> None:
    for update in (f"CLEAR GRAPH <g:{GRAPHS - 1}>", "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }"):
        with pytest.raises(ReadOnlyGraphError):
            change(content(), Change(UPDATE, update), b"", SECONDS)


def test_a_text_that_was_misread_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_may_change", lambda *_: frozenset({"g:1"}))
    for update in (
        UPDATES[2],
        "INSERT DATA { GRAPH <g:3> { <a:s> <a:p> 1 } }",
        "DROP GRAPH <g:2>",
        "CREATE GRAPH <g:x>",
    ):
        with pytest.raises(StoreError, match="nothing was changed"):
            change(content(), Change(UPDATE, update), b"", SECONDS)
