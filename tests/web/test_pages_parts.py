"""What the pages are made of: text cut at its marks, the still drawing, grouped rows, addresses."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from web.app import create_app
from web.asking import gathered
from web.drawing import HEIGHT, WIDTH, draw
from web.source_text import Mark, paragraphs, segments

TEXTS = st.text(alphabet="一二三四 \n（）。𠀀", max_size=60)
MARKS = st.lists(st.builds(Mark, st.integers(0, 70), st.integers(0, 70), st.sampled_from("abc")), max_size=8)


@given(text=TEXTS, marks=MARKS, offset=st.integers(0, 20))
def test_segments_are_the_text_and_each_mark_is_whole(text: str, marks: list[Mark], offset: int) -> None:
    cut = segments(text, marks, offset=offset)
    assert "".join(s.text for s in cut) == text
    for mark in marks:
        inside = "".join(s.text for s in cut if mark.start <= s.start < mark.end and mark.kind in s.kinds)
        wanted = text[max(mark.start - offset, 0) : max(mark.end - offset, 0)]
        assert inside == (wanted if mark.start < mark.end else "")


@given(text=TEXTS, marks=MARKS)
def test_paragraphs_are_the_lines_that_say_something(text: str, marks: list[Mark]) -> None:
    found = paragraphs(text, marks)
    assert ["".join(s.text for s in p.segments) for p in found] == [line for line in text.split("\n") if line.strip()]
    assert all(text[p.start : p.end] == "".join(s.text for s in p.segments) for p in found)


def network(count: int, shared: list[tuple[int, int]]) -> dict[str, Any]:
    nodes = [
        {"id": f"o{i}", "kind": "organization", "label": "区市场监管局", "title": "区市场监管局", "count": i % 9 + 1}
        for i in range(count)
    ]
    return {"nodes": nodes, "edges": [{"from": f"o{a}", "to": f"o{b}", "count": 1} for a, b in shared]}


@pytest.mark.parametrize(("count", "shared"), [(0, []), (1, []), (2, [(0, 1)]), (16, [(0, i) for i in range(1, 14)])])
def test_the_drawing_stays_on_its_sheet_and_covers_nothing(count: int, shared: list[tuple[int, int]]) -> None:
    drawing = draw(network(count, shared))
    assert len(drawing.circles) == count
    assert len(drawing.lines) == len(shared)
    for circle in drawing.circles:
        assert circle.x - circle.radius >= 0
        assert circle.x + circle.radius <= WIDTH
        assert circle.y - circle.radius >= 0
        assert circle.y + circle.radius + 14 <= HEIGHT
    for one, other in combinations(drawing.circles, 2):
        assert abs(one.x - other.x) >= 78 or abs(one.y - other.y) >= one.radius + other.radius
    assert draw(network(count, shared)) == drawing


def test_the_drawing_leaves_collectives_out_and_never_adds_documents_up() -> None:
    found = network(2, [(0, 1), (1, 0)])
    found["nodes"].append({"id": "c", "kind": "collective", "label": "各部门", "title": "各部门", "count": 3})
    found["edges"].append({"from": "o0", "to": "c", "count": 9})
    drawing = draw(found)
    assert [line.count for line in drawing.lines] == [1]
    assert len(drawing.circles) == 2


def test_gathered_draws_repeated_columns_together_and_keeps_two_roles() -> None:
    task, party = URIRef("urn:t"), URIRef("urn:o")
    rows = [{"task": task, "organization": party, "role": Literal(role)} for role in ("lead", "assist", "lead")]
    (record,) = gathered(rows, "task", "organization")
    assert [str(row["role"]) for row in record["organizations"]] == ["lead", "assist"]  # type: ignore[index]


@given(st.text(alphabet='区a1 <>"{}|\\^`%#?/[]“”（）', min_size=1, max_size=12))
def test_what_an_iri_may_not_hold_is_encoded_again(name: str) -> None:
    from kg.graph.iris import segment

    class Empty:
        version = "0"

        def select(self, *_: object, **__: object) -> list[object]:
            return []

    from web.addresses import iri_of, page_url, path_of

    app = create_app(Empty())  # type: ignore[arg-type]
    iri = f"https://w3id.org/zeren/id/org/-/{segment(name)}"
    with app.test_request_context("/"):
        address = page_url(iri)
        assert address
        endpoint, arguments = app.url_map.bind("localhost").match(unquote(address))
        assert endpoint == "zh.thing"
        assert iri_of(arguments["path"]) == iri
        assert path_of(iri) == arguments["path"]
