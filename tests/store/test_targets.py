"""Which graphs an update would change is known from its text, or it is refused; pyoxigraph is the judge."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, QuerySyntaxError, ReadOnlyGraphError
from kg.store.targets import Effect, reading

A, B, NONE = Effect("x:a"), Effect("x:b"), Effect("")


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("INSERT DATA { GRAPH <x:a> { <x:s> <x:p> 1.5, '} GRAPH <x:z> {' } }", [A]),
        ("insert data{graph<x:a>{<x:s><x:p>-1}graph<x:b>{}}", [A, B]),
        ("INSERT DATA { <x:s> <x:p> 1 }", [NONE]),
        ("INSERT DATA { GRAPH <x:a> { <x:s> <x:p> 1 } . <x:s> <x:p> 1 }", [A, NONE]),
        ("DELETE DATA { GRAPH <x:a> { <x:s> <x:p> 1 } }", [A]),
        ("DELETE WHERE { GRAPH <x:a> { ?s ?p ?o } }", [A]),
        ("DELETE WHERE { ?s ?p ?o }", [NONE]),
        ("DELETE { GRAPH <x:a> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", [A]),
        (
            "PREFIX x: <x:> # \r\nDELETE { GRAPH x:a { ?s ?p ?o } } INSERT { GRAPH x:b { ?s ?p ?o } } USING <x:c> "
            "USING NAMED x:d WHERE { { ?s ?p ?o } UNION { GRAPH <x:z> { ?s ?p ?o } } }",
            [A, B],
        ),
        ("WITH <x:a> DELETE { ?s ?p ?o } INSERT { GRAPH <x:b> { ?s ?p ?o } } WHERE { ?s ?p ?o }", [A, B]),
        ("WITH <x:a> INSERT { ?s ?p ?o } WHERE {}", [A]),
        ("DROP SILENT GRAPH <x:a>", [Effect("x:a", drops=True)]),
        ("CLEAR SILENT GRAPH <x:a> ; CREATE SILENT GRAPH <x:b>;", [A, B]),
        ("CLEAR SILENT DEFAULT", [NONE]),
        ("COPY SILENT <x:b> TO GRAPH <x:a>", [A]),
        ("ADD DEFAULT TO <x:a>", [A]),
        ("MOVE SILENT GRAPH <x:b> TO <x:a>", [A, Effect("x:b", drops=True)]),
        (
            "BASE <http://y/z> PREFIX : <a#> PREFIX q: <x:> CREATE SILENT GRAPH :b ; CREATE SILENT GRAPH q:a",
            [
                Effect("http://y/a#b"),
                A,
            ],
        ),
        ("", []),
        ("# nothing", []),
        ("PREFIX x: <x:>", []),
    ],
)
def test_graphs_are_known(update: str, expected: list[Effect]) -> None:
    assert list(reading(update).effects) == expected
    ox.Store().update(update)  # it is an update indeed


@pytest.mark.parametrize(
    ("update", "error"),
    [
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", QueryError),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", QueryError),
        ("WITH <x:a> INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { ?g ?p ?o }", QueryError),
        ("CLEAR ALL", ReadOnlyGraphError),
        ("DROP SILENT NAMED", ReadOnlyGraphError),
        ("CREATE GRAPH <x:a> ; DROP ALL", ReadOnlyGraphError),
        ("SELECT * {}", QuerySyntaxError),
        ("DEFINE sql:log-enable 2 DELETE DATA { GRAPH <x:a> { <x:s> <x:p> 1 } }", QuerySyntaxError),
        ("DROP GRAPH x:a", QuerySyntaxError),
        ("DROP <x:a>", QuerySyntaxError),
        ("BASE <x:> DROP GRAPH <a>", QueryError),
        ("DROP GRAPH", QuerySyntaxError),
        ("INSERT DATA { GRAPH <x:a> { <x:s> <x:p> 1 }", QuerySyntaxError),
        ("INSERT { GRAPH <x:a> { <x:s> <x:p> 1 } }", QuerySyntaxError),
        ("CREATE GRAPH <x:a> CREATE GRAPH <x:b>", QuerySyntaxError),
        ("CREATE GRAPH <x:a> ;; CREATE GRAPH <x:b>", QuerySyntaxError),
        ("CREATE ~ GRAPH <x:a>", QuerySyntaxError),
        ("CREATE GRAPH <x:a> ~", QuerySyntaxError),
        ("CREATE GRAPH <x:a> ; ~", QuerySyntaxError),
        ("; CREATE GRAPH <x:a>", QuerySyntaxError),
        ("} DROP GRAPH <x:a> {", QuerySyntaxError),
        ("INSERT DATA { GRAPH <x:a> { } } } DROP GRAPH <x:b>", QuerySyntaxError),
        ("# \r DROP ALL", ReadOnlyGraphError),
        ("CREATE GRAPH <x:a> ; # \r DROP ALL", ReadOnlyGraphError),
    ],
)
def test_what_is_not_known_is_refused(update: str, error: type[QueryError]) -> None:
    with pytest.raises(error) as raised:
        reading(update)
    assert type(raised.value) is error


def test_a_malformed_update_has_its_place() -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        reading("CREATE GRAPH <x:a> ;\n  DROP <x:b>")
    assert (raised.value.line, raised.value.column) == (2, 8)


def test_the_text_ends_with_the_last_operation_and_data_is_no_pattern() -> None:
    read = reading("CREATE GRAPH <x:a> ;\nINSERT DATA { GRAPH <x:b> { <x:s> <x:p> (1 2) } } ; # the end ;\n")
    assert read.text.endswith("(1 2) } }")
    assert read.patterns == "CREATE GRAPH <x:a> ;\nINSERT DATA ; # the end ;\n"
