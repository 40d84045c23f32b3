"""The words of a text are found in time that grows with its length, whatever it is."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.foreign import clauses, emptied, mentions
from kg.store.tokens import signs

SHAPES = {
    "escaped quotes": "\\'",
    "escaped double quotes": '\\"',
    "quotes at line ends": "'\\\n\\",
    "three quotes": "'''\"\"\" ",
    "open lines": "'a\"\n",
    "less than": "<",
    "open addresses": "<a ",
    "words": "service a:b ",
    "services": "SERVICE <a:b> { ",
    "loads": "LOAD <a:b> INTO GRAPH ",
    "colons": ":%a",
    "comments": "# '\n",
}


def seconds(text: str, *, update: bool) -> float:
    taken = []
    for _ in range(7):
        begun = time.process_time()
        clauses(text, "http://a/", update=update)
        emptied(text, update=update)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("update", [False, True], ids=["query", "update"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_text_takes_no_more_than_its_length(shape: str, update: bool) -> None:
    """Four times the text may take four times as long; what grows with the square would take sixteen times as long."""
    short, long = (SHAPES[shape] * (size // len(SHAPES[shape])) for size in (25_000, 100_000))
    assert seconds(long, update=update) < 10 * max(seconds(short, update=update), 0.002)


@given(st.text("'\"\\\nab <>{}:#?*SERVICE "))
def test_any_text_is_read_and_emptied_sign_for_sign(text: str) -> None:
    words = list(signs(text))
    assert all(first.end() <= second.start() for first, second in pairwise(words))
    assert [len(line) for line in emptied(text).split("\n")] == [len(line) for line in text.split("\n")]
    if clauses(text, None):
        assert mentions(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("'a' ?b", ["'a'", "?b"]),
        ("'a\\'' ?b", ["'a\\''", "?b"]),
        ('"""a"b\n""" ?b', ['"""a"b\n"""', "?b"]),
        ("'a ?b\n?c", ["'a ?b", "?c"]),
        ("'a\\\n?c", ["'a\\", "?c"]),
        ("'''a ?b\n?c", ["'''a ?b\n?c"]),
        ("'' ?b", ["''", "?b"]),
    ],
)
def test_a_literal_that_never_ends_ends_with_its_line_or_with_the_text(text: str, words: list[str]) -> None:
    assert [word[0] for word in signs(text)] == words
