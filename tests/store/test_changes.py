"""Changes: made once, whole, seen by the next reader, kept over a restart; what documents derive stays as it is."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import (
    ForeignHostError,
    GraphNotFoundError,
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReadOnlyGraphError,
    StoreError,
)
from kg.store import wire
from kg.store.client import KeeperStore, kept
from kg.store.generations import Generations
from kg.store.journal import Journal
from kg.store.limits import Limits
from kg.store.soundness import examine
from kg.store.using import with_dataset
from kg.store.writer import next_in_turn
from kg.store.writing import DELETE, POST, PUT, UPDATE, Change

DOCUMENT = "https://w3id.org/zeren/id/doc/-/2021/plan"
ABOUT = {"base": "https://w3id.org/zeren/id/", "documents": [{"iri": DOCUMENT, "file": "plan.txt"}]}
STATED = f'<http://a/s> <http://a/p> "stated" <{DOCUMENT}> .\n'.encode()
LIMITS = Limits(seconds=1.0, memory=2 * 2**30, result=1_000_000)
OWN = "http://example.org/own"


def update(text: str, **more: tuple[str, ...]) -> Change:
    return Change(UPDATE, text, **more)  # type: ignore[arg-type]


def values(store: KeeperStore, graph: str = OWN) -> list[str]:
    return sorted(str(row["o"]) for row in store.select(f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Generations(tmp_path / "store").write(STATED, ABOUT)
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[KeeperStore]:
    with kept(folder, workers=2, limits=LIMITS) as store:
        yield store


def test_an_update_is_seen_by_the_next_reader(store: KeeperStore) -> None:
    for number in range(5):
        before = store.version
        store.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "{number}" }} }}'))
        assert values(store) == [str(n) for n in range(number + 1)]
        assert store.version != before
    store.change(update(f"DELETE WHERE {{ GRAPH <{OWN}> {{ ?s ?p ?o }} }}"))
    assert values(store) == []


def test_changes_are_kept_over_a_restart_and_a_new_build(folder: Path) -> None:
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "kept", _:b . _:b <a:b> _:b }} }}'))
        store.change(update(f"DELETE {{ GRAPH <{OWN}> {{ ?b ?p ?b }} }} WHERE {{ GRAPH <{OWN}> {{ ?b ?p ?b }} }}"))
        version = store.version
    with kept(folder, workers=1, limits=LIMITS) as store:
        assert store.version == version
        assert len(values(store)) == 2
    Generations(folder).write(STATED, ABOUT)
    with kept(folder, workers=1, limits=LIMITS) as store:
        assert "kept" in values(store)
        assert values(store, DOCUMENT) == ["stated"]


@pytest.mark.parametrize(
    "text",
    [
        f"CLEAR GRAPH <{DOCUMENT}>",
        "CLEAR ALL",
        "DROP NAMED",
        f'INSERT DATA {{ GRAPH <{DOCUMENT}/inferred> {{ <a:a> <a:b> "new" }} }}',
        "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        f"MOVE <{DOCUMENT}> TO <{OWN}>",
        f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "new" }} }} ; CLEAR GRAPH <{DOCUMENT}>',
        'INSERT DATA { GRAPH <https://w3id.org/zeren/id/graph/registry> { <a:a> <a:b> "new" } }',
        'INSERT DATA { GRAPH <https://w3id.org/zeren/id/graph/later> { <a:a> <a:b> "new" } }',
        'INSERT DATA { GRAPH <https://w3id.org/zeren/id/doc/-/2022/later> { <a:a> <a:b> "new" } }',
        'INSERT DATA { GRAPH <https://w3id.org/zeren/id/doc/-/2022/later/inferred> { <a:a> <a:b> "new" } }',
        "CREATE GRAPH <https://w3id.org/zeren/id/doc/-/2022/later>",
    ],
)
def test_what_is_derived_from_documents_cannot_be_changed(store: KeeperStore, text: str) -> None:
    before = store.version
    with pytest.raises(ReadOnlyGraphError):
        store.change(update(text))
    assert (store.version, values(store), values(store, DOCUMENT)) == (before, [], ["stated"])


def test_what_an_older_zeren_wrote_where_documents_come_breaks_nothing(folder: Path) -> None:
    """It let users write into the graph of a document that was not there yet."""
    later = "https://w3id.org/zeren/id/doc/-/2022/later"
    generations = Generations(folder)
    generations.journal("000001").append(
        f'G <{later}>\nG <{OWN}>\nA <a:a> <a:b> "1" <{later}> .\nA <a:a> <a:b> "1" <{OWN}> .\n'.encode()
    )
    assert (examine(generations, "000001").faults, len(examine(generations, "000001").notes)) == ((), 1)
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "2" }} }}'))
        with pytest.raises(ReadOnlyGraphError):
            store.change(Change(PUT, graph=later, media_type="text/turtle"), b"<a:a> <a:b> 2 .")
        assert (values(store, later), values(store)) == (["1"], ["1", "2"])
    written = f'<http://a/s> <http://a/p> "later" <{later}> .\n'.encode()
    generations.write(STATED + written, ABOUT | {"documents": [*ABOUT["documents"], {"iri": later}]})
    with kept(folder, workers=1, limits=LIMITS) as store:
        assert (values(store, later), values(store)) == (["later"], ["1", "2"])


def test_what_one_service_changes_another_shows(folder: Path, store: KeeperStore) -> None:
    with kept(folder, workers=1, limits=LIMITS) as other:
        store.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "theirs" }} }}'))
        for _ in range(50):
            if values(other):
                break
            time.sleep(0.1)
        assert values(other) == ["theirs"]


def test_an_update_runs_once(store: KeeperStore) -> None:
    store.change(update(f"INSERT {{ GRAPH <{OWN}> {{ <a:a> <a:b> ?id }} }} WHERE {{ BIND(STRUUID() AS ?id) }}"))
    assert {tuple(values(store)) for _ in range(10)} == {tuple(values(store))}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { <a:a> <a:b> }", QuerySyntaxError),
        ("INSRT DATA { <a:a> <a:b> 1 }", QuerySyntaxError),
        ("LOAD <http://127.0.0.1:8000/data.ttl>", ForeignHostError),
        ("INSERT { <a:a> <a:b> ?x } WHERE { SERVICE <http://127.0.0.1:9999/> { ?x ?y ?z } }", ForeignHostError),
        ("DELETE DATA {" + "{" * 100_000, QueryError),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(store: KeeperStore, text: str, error: type[QueryError]) -> None:
    before = store.version
    with pytest.raises(error):
        store.change(update(text))
    assert store.version == before


RUNAWAY = "INSERT { ?a <a:c> ?l } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c = ?l) }"


@pytest.fixture
def filled(store: KeeperStore) -> KeeperStore:
    """Return the store with enough in it for an update that does not come to an end."""
    fill = " ".join(f'<a:{n}> <a:b> "{n}" .' for n in range(300))
    store.change(update(f"INSERT DATA {{ {fill} }}"))
    return store


def test_a_runaway_update_is_stopped(filled: KeeperStore) -> None:
    with pytest.raises(QueryTimeoutError):
        filled.change(update(RUNAWAY))
    assert filled.select("SELECT ?s { ?s <a:c> ?o }") == []


def _stopped(store: KeeperStore) -> None:
    with pytest.raises(QueryTimeoutError):
        store.change(update(RUNAWAY))


def test_who_is_told_that_others_are_busy_changes_nothing_later(filled: KeeperStore) -> None:
    impatient = KeeperStore(Path(filled._changes).parent, 2, LIMITS.seconds, queue_seconds=0.2)
    running = threading.Thread(target=_stopped, args=(filled,))
    running.start()
    time.sleep(0.2)
    with pytest.raises(QueryTimeoutError, match=r"busy with other changes.*nothing was changed"):
        impatient.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "given up" }} }}'))
    running.join()
    filled.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "asked later" }} }}'))
    assert values(filled) == ["asked later"]
    impatient.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "in turn" }} }}'))
    assert values(filled) == ["asked later", "in turn"]


def test_who_has_gone_is_passed_over(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as asker:
        listener.bind(str(tmp_path / "changes"))
        listener.listen()
        assert next_in_turn(listener) is None
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as gone:
                gone.connect(str(tmp_path / "changes"))
        asker.connect(str(tmp_path / "changes"))
        connection = next_in_turn(listener)
        assert connection
        with connection:
            assert wire.receive(asker) == ({"turn": True}, b"")
        assert next_in_turn(listener) is None


def test_graph_store_operations(store: KeeperStore) -> None:
    turtle = b'<a:a> <a:b> "1" .'
    assert store.change(Change(PUT, graph=OWN, media_type="text/turtle"), turtle) is True
    assert store.change(Change(PUT, graph=OWN, media_type="text/turtle"), b'<a:a> <a:b> "2" .') is False
    assert store.change(Change(POST, graph=OWN, media_type="application/n-triples"), b'<a:a> <a:b> "3" .') is False
    assert values(store) == ["2", "3"]
    store.change(Change(DELETE, graph=OWN))
    with pytest.raises(GraphNotFoundError):
        store.change(Change(DELETE, graph=OWN))
    with pytest.raises(ReadOnlyGraphError):
        store.change(Change(PUT, graph=DOCUMENT, media_type="text/turtle"), turtle)


@pytest.mark.parametrize("operation", [PUT, POST])
@pytest.mark.parametrize(
    ("media_type", "content", "place"),
    [
        ("text/turtle", b"<a:a> <a:b> 2 .\n<a:a> <a:b> .", (2, 13)),
        ("application/n-triples", b'<a:a> <a:b> "2" .\n<a:a> <a:b> .', (2, 13)),
        ("application/rdf+xml", b"<a></a>", (None, None)),
        ("application/ld+json", b'{"a:b":\n 2,}', (2, 4)),
    ],
)
def test_malformed_content_changes_nothing(
    store: KeeperStore, operation: str, media_type: str, content: bytes, place: tuple[int | None, int | None]
) -> None:
    store.change(Change(PUT, graph=OWN, media_type="text/turtle"), b'<a:a> <a:b> "1" .')
    version = store.version
    with pytest.raises(QuerySyntaxError, match="the content is not") as raised:
        store.change(Change(operation, graph=OWN, media_type=media_type), content)
    assert (raised.value.line, raised.value.column) == place
    assert (store.version, values(store)) == (version, ["1"])


@pytest.mark.parametrize("media_type", ["text/turtle", "application/n-triples", "application/ld+json"])
def test_blank_nodes_of_two_requests_are_two(store: KeeperStore, media_type: str) -> None:
    """They are forked from one process: none may begin with the random numbers of the other."""
    content = b'{"@id": "_:b", "a:b": "1"}' if media_type.endswith("json") else b'_:b <a:b> "1" .'
    for _ in range(3):
        store.change(Change(POST, graph=OWN, media_type=media_type), content)
        store.change(update(f"INSERT {{ GRAPH <{OWN}> {{ <a:a> <a:id> ?id }} }} WHERE {{ BIND(STRUUID() AS ?id) }}"))
    assert values(store).count("1") == 3
    assert len(values(store)) == 6


def test_an_empty_graph_is_kept_as_such(folder: Path) -> None:
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(update(f"CREATE GRAPH <{OWN}>"))
        with pytest.raises(QueryError):
            store.change(update(f"CREATE GRAPH <{OWN}>"))
    with kept(folder, workers=1, limits=LIMITS) as store:
        store.change(update(f"DROP GRAPH <{OWN}>"))
        with pytest.raises(QueryError):
            store.change(update(f"DROP GRAPH <{OWN}>"))


def test_a_second_process_may_not_write_meanwhile(folder: Path, store: KeeperStore) -> None:
    with Generations(folder).locked(), pytest.raises(StoreError, match="another zeren"):
        store.change(update("INSERT DATA { <a:a> <a:b> 1 }"))


def test_what_a_crash_left_of_an_entry_does_not_count(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    first = journal.append(b'A <a:a> <a:b> "1" .\n')
    journal.append(b'A <a:a> <a:b> "2" .\n')
    whole = (tmp_path / "journal").read_bytes()
    for cut in range(first, len(whole)):
        (tmp_path / "journal").write_bytes(whole[:cut])
        assert [patch for _, patch in journal.entries()] == [b'A <a:a> <a:b> "1" .\n']
        journal.append(b'A <a:a> <a:b> "3" .\n')
        assert len(list(journal.entries())) == 2


@given(st.binary(max_size=200))
def test_any_tail_is_survived(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal"
    Journal(path).append(b"G <a:a>\n")
    with path.open("ab") as file:
        file.write(tail)
    assert [patch for _, patch in Journal(path).entries()][:1] == [b"G <a:a>\n"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DELETE WHERE { ?s ?p ?o }", "DELETE WHERE { ?s ?p ?o }"),
        ("INSERT { } WHERE { }", "INSERT { } USING <g:1> WHERE { }"),
        (
            "# WHERE\nDELETE { <a:WHERE> ?where 'WHERE' } where { }; INSERT {} WHERE {}",
            "# WHERE\nDELETE { <a:WHERE> ?where 'WHERE' } USING <g:1> where { }; INSERT {} USING <g:1> WHERE {}",
        ),
        ("INSERT { } WHERE { { SELECT * WHERE { } } }", "INSERT { } USING <g:1> WHERE { { SELECT * WHERE { } } }"),
        ("INSERT DATA { <a:a> <a:b> 'x } WHERE {' }", "INSERT DATA { <a:a> <a:b> 'x } WHERE {' }"),
    ],
)
def test_a_requests_dataset_is_written_into_the_update(text: str, expected: str) -> None:
    assert with_dataset(text, ["g:1"], []) == expected


def test_a_dataset_that_is_no_iri_is_refused() -> None:
    with pytest.raises(QueryError, match="not an IRI"):
        with_dataset("INSERT { } WHERE { }", ["g:1> WHERE { } ; CLEAR ALL #"], [])


def test_a_dataset_twice_is_refused() -> None:
    with pytest.raises(QueryError, match="USING"):
        with_dataset("INSERT { } USING <a:b> WHERE { }", ["g:1"], [])


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the keeper through /proc")
def test_acknowledged_changes_survive_kill_9(folder: Path) -> None:
    """A smoke of the long test: the keeper is killed right after the acknowledgement, again and again."""
    for number in range(3):
        with kept(folder, workers=1, limits=LIMITS) as store:
            store.change(update(f'INSERT DATA {{ GRAPH <{OWN}> {{ <a:a> <a:b> "{number}" }} }}'))
            for pid in _keepers(str(folder)):
                with suppress(ProcessLookupError):  # without its keeper it has ended by itself
                    os.kill(pid, signal.SIGKILL)
        with kept(folder, workers=1, limits=LIMITS) as store:
            assert values(store) == [str(n) for n in range(number + 1)]


def _keepers(folder: str) -> list[int]:
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes()
        except OSError:
            continue
        if b"kg.store.keeper" in words and folder.encode() in words:
            found.append(int(command.parent.name))
    return found
