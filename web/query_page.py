"""The SPARQL page: a place to write a query, examples to start from, the answer in the page."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import render_template, request

from kg.questions.catalogue import Text, catalogue
from kg.resources import prefixes
from web.addresses import base
from web.i18n import room_url, say

# What query.js says itself.
WORDS = (
    *("rows", "triples", "yes", "no", "empty", "place", "failed", "waiting", "first", "download"),
    *("inferred", "why", "some"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A query to start from; `needs` are the variables that a reader has to bind first."""

    name: str
    title: Text
    query: str
    needs: tuple[str, ...] = ()


def show() -> str:
    """Show the SPARQL page, `?query=` filled in where it is given."""
    simple = first_steps()
    return render_template(
        "query.html",
        simple=simple,
        questions=questions(),
        query=request.args.get("query") or simple[0].query,
        prefixes=prefixes(),
        base=base(),
        why=room_url("why"),
        words={name: say(f"query.{name}") for name in WORDS},
    )


@cache
def first_steps() -> tuple[Example, ...]:
    """Return the examples of examples.toml, the prefixes that each uses declared."""
    text = Path(__file__).with_name("examples.toml").read_text(encoding="utf-8")
    return tuple(
        Example(f"example-{number}", Text(entry["zh"], entry["en"]), declared(entry["query"].strip() + "\n"))
        for number, entry in enumerate(tomllib.loads(text)["example"], 1)
    )


@cache
def questions() -> tuple[Example, ...]:
    """Return every question of the catalogue as an example."""
    return tuple(
        Example(q.name, q.title, q.sparql, tuple(p.name for p in q.parameters if p.required))
        for q in catalogue().questions.values()
    )


def declared(query: str) -> str:
    """Return a query with the prefixes it uses declared before it."""
    used = {name: iri for name, iri in prefixes().items() if re.search(rf"(?<![\w:?$]){name}:", query)}
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in used.items()) + ("\n" if used else "") + query
