"""Parameters are decoded once, as the standard library decodes them, and what is no UTF-8 is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from kg.store.formats import DEFAULT_MEDIA_TYPES, FORMATS, GRAPH, ROWS, for_media_type
from web.negotiation import Parameters, wanted_media_types

SIGNS = "ab=&+%4cC\\xuN{}0 \n;é任"


@given(st.text(SIGNS).map(str.encode) | st.binary())
def test_forms_are_read_as_the_standard_library_reads_them(encoded: bytes) -> None:
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(BadRequest, match="UTF-8"):
            Parameters(encoded)
        return
    parameters = Parameters(encoded)
    for name in {name for name, _ in pairs}:
        assert name in parameters
        assert parameters.all(name) == [value for key, value in pairs if key == name]


def test_more_than_a_thousand_are_refused() -> None:
    with pytest.raises(BadRequest, match="1000"):
        Parameters(b"&".join([b"a=1"] * 1001))
    assert len(Parameters(b"a=1", b"&".join([b"a=%31"] * 1000)).all("a")) == 1001


def test_what_is_decoded_is_not_decoded_again() -> None:
    assert Parameters(b"query=%25E4%25BB%25BB+%5Cx41%5C%5C").one("query") == "%E4%BB%BB \\x41\\\\"


def chosen(accept: str, fits: str) -> str | None:
    found = (for_media_type(media_type, fits) for media_type in wanted_media_types(accept))
    return next((known.name for known in found if known), None)


@pytest.mark.parametrize(
    ("accept", "rows", "graph"),
    [
        ("application/sparql-results+json;q=0, */*", "xml", "turtle"),
        ("*/*;q=0.9, application/sparql-results+json;q=0.1", "xml", "turtle"),
        ("text/*;q=0.5, text/csv;q=0", "tsv", "turtle"),
        ("text/csv;q=0, text/*;q=0.5", "tsv", "turtle"),
        ("*/*", "json", "turtle"),
        ("", "json", "turtle"),
        ("text/*", "csv", "turtle"),
        ("application/*", "json", "trig"),
        ("text/csv, */*", "csv", "turtle"),
        ("*/*, text/csv", "json", "turtle"),
        ("text/csv, application/sparql-results+xml", "csv", None),
        ("application/sparql-results+xml, text/csv", "xml", None),
        ("application/n-triples;q=0.5, text/turtle;q=0.4", None, "ntriples"),
        ("application/json", "json", "jsonld"),
        ("application/xml;q=0.9, application/json;q=0.8", "xml", "rdfxml"),
        ("text/xml;q=0, */*;q=0.1", "json", "turtle"),
        ("application/json, application/sparql-results+json;q=0, text/csv;q=0.1", "csv", "jsonld"),
        ("Text/CSV; charset=utf-8; Q=0.5, application/sparql-results+xml;q=0.4", "csv", None),
        ("text/csv;header=absent, text/csv;q=0.1, text/tab-separated-values;q=0.5", "tsv", None),
        ("text/csv;q=0.1, text/csv;header=absent, text/tab-separated-values;q=0.5", "tsv", None),
        ("text/plain", None, "ntriples"),
        ("image/png", None, None),
        ("*/*;q=0", None, None),
        ("text/csv;q=0", None, None),
    ],
)
def test_the_most_specific_range_decides(accept: str, rows: str | None, graph: str | None) -> None:
    assert (chosen(accept, ROWS), chosen(accept, GRAPH)) == (rows, graph)


QUALITIES = st.sampled_from(["", ";q=0", ";q=0.1", ";q=0.9", ";q=1.0"])
NAMES = st.sampled_from([*(f.media_type for f in FORMATS), "text/*", "application/*", "*/*", "image/png"])


@given(st.dictionaries(NAMES, QUALITIES, min_size=1))
def test_no_type_is_taken_that_is_excluded_nor_one_while_a_better_is_there(header: dict[str, str]) -> None:
    def quality(media_type: str) -> float:
        ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
        decides = next((header[name] for name in ranges if name in header), ";q=0")
        return float(decides[3:] or 1)

    wanted = wanted_media_types(", ".join(name + quality for name, quality in header.items()))
    acceptable = sorted((f.media_type for f in FORMATS if quality(f.media_type)), key=lambda one: -quality(one))
    if acceptable:
        assert sorted(wanted) == sorted(acceptable)
        assert [quality(one) for one in wanted] == [quality(one) for one in acceptable]
    else:
        assert not any(for_media_type(one, fits) for one in wanted for fits in (ROWS, GRAPH))


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["ttl"], "text/turtle"),
        (["nt"], "application/n-triples"),
        (["nq"], "application/n-quads"),
        (["application/sparql-results json"], "application/sparql-results+json"),
        (["nonsense", "application/rdf xml"], "application/rdf+xml"),
    ],
)
def test_formats_have_other_names(names: list[str], first: str) -> None:
    assert wanted_media_types("text/csv", names)[0] == first


def test_without_a_header_anything_goes() -> None:
    assert wanted_media_types(None) == DEFAULT_MEDIA_TYPES
