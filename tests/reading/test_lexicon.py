"""The lexicon keeps its own format: no double entries, only roles and levels that exist."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from kg.errors import DataError
from kg.plan import Role, Severity
from kg.reading.bodies import local_bodies, national_bodies
from kg.reading.findings import wording
from kg.reading.lexicon import read_table, table, words
from kg.reading.places import place_of_code

KEYS = {
    "roles": "wording",
    "manners": "wording",
    "labels": "wording",
    "endings": "ending",
    "levels": "prefix",
    "units": "unit",
    "findings": "code",
    "bodies": "forms",
}


@pytest.mark.parametrize("name", KEYS)
def test_no_word_stands_twice(name: str) -> None:
    keys = [row[KEYS[name]] for row in table(name)]
    assert len(keys) == len(set(keys))


def test_roles_and_labels_name_roles() -> None:
    known = set(Role)
    assert {row["role"] for row in table("roles")} <= known
    assert {row["role"] for row in table("labels")} - {"-", "time"} <= known
    assert all(row["rank"].isdecimal() for row in table("roles"))


def test_lists_begin_with_their_longest_words() -> None:
    for section in ("names", "clauses", "actors", "policies", "campaigns", "targets", "duties", "masthead"):
        for entries in words(section).values():
            assert list(entries) == sorted(entries, key=lambda word: (-len(word), word))


def test_findings_say_the_same_in_both_languages() -> None:
    for row in table("findings"):
        fields = [
            {f for _, f, _, _ in string.Formatter().parse(wording(row["code"], lang)) if f} for lang in ("zh", "en")
        ]
        assert fields[0] == fields[1]
        assert row["severity"] in set(Severity)


def test_bodies_and_places_load() -> None:
    assert local_bodies()["卫健局"].name == "卫生健康局"
    assert national_bodies()["发改委"].name == "国家发展和改革委员会"
    place = place_of_code("210804")
    assert place
    assert (place.full_name, place.level, place.lineage) == (
        "营口市鲅鱼圈区",
        "county",
        ("辽宁省", "营口市", "鲅鱼圈区"),
    )


@pytest.mark.parametrize("content", ["a\tb\n1\t2\t3\n", b"\xff\xfe"])
def test_a_damaged_table_names_its_place(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "t.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=r"t\.tsv:"):
        read_table(path)
