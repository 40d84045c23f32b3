"""Known bodies: every form in which a department, party organ or committee is written, without its level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from kg.reading.lexicon import Row, read_table, table
from kg.resources import data_dir

_STEM_ENDINGS = ("局", "委", "委员会", "厅", "办", "办公室", "总局", "部", "署")


@dataclass(frozen=True, slots=True)
class Body:
    """What one form stands for; `name` is the full name after the place, `until` the last year it stood under it.

    `function` is empty where bodies of one kind are listed together: each is known by its own name.
    """

    function: str
    name: str
    kind: str
    pattern: str = "plain"
    until: int | None = None


@cache
def local_bodies() -> Mapping[str, Body]:
    """Return form → body for bodies below the centre (卫健局, 委宣传部, 食安办)."""
    bodies: dict[str, Body] = {}
    for row in table("bodies"):
        for form in row["forms"].split():
            name = row["name"] or form
            function = "" if row["pattern"] == "each" else row["function"]
            bodies.setdefault(form, Body(function, name, row["kind"], row["pattern"], None))
    for row in table("functions"):
        for form, name in _stem_forms(row):
            bodies.setdefault(form, Body(row["function"], name, "department", "plain", _year(row["until"])))
    return MappingProxyType(bodies)


@cache
def national_bodies() -> Mapping[str, Body]:
    """Return form → body for bodies of the centre (国家发展改革委, 财政部)."""
    bodies: dict[str, Body] = {}
    for row in read_table(data_dir() / "registry" / "national.tsv"):
        body = Body(row["function"], row["name"], row["kind"], "named", _year(row["until"]))
        for form in (row["name"], *row["forms"].split()):
            bodies.setdefault(form, body)
    return MappingProxyType(bodies)


def _stem_forms(row: Row) -> list[tuple[str, str]]:
    full = {r["ending"]: r["full"] for r in table("endings")}
    stem = row["stem"]
    shorts = [stem, *row["short"].split()] if stem else row["short"].split()
    return [
        (short + ending, (stem or short) + (full.get(ending, ending) if stem else ending))
        for short in dict.fromkeys(shorts)
        for ending in _STEM_ENDINGS
    ]


def _year(cell: str) -> int | None:
    return int(cell) if cell else None
