"""The catalogue: every file is a question, a bad one is named with its line, parameters are bound and checked."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rdflib import XSD, Literal, URIRef

from kg.errors import DataError, NotFoundError, QueryError
from kg.questions.catalogue import FOLDER, THINGS, Catalogue, catalogue, run
from kg.store.engine import Engine

NAMES = catalogue().names()
NOWHERE = "https://w3id.org/zeren/id/nowhere"
REQUIRED: dict[str, Any] = {"words": "食品", "minimum": 2, "until": date(2021, 12, 31)}


@pytest.mark.parametrize("name", NAMES)
def test_every_question_speaks_both_languages_and_answers(name: str, seed_store: Engine) -> None:
    question = catalogue().question(name)
    words = [question.title, question.description, *(c.label for c in question.columns)]
    assert all(text.zh and text.en and text.zh != text.en for text in words)
    given: dict[str, Any] = {p.name: REQUIRED.get(p.name, NOWHERE) for p in question.parameters if p.required}
    rows = run(seed_store, name, **given)
    assert {column for row in rows for column in row} <= {c.name for c in question.columns}


@pytest.mark.parametrize("name", NAMES)
def test_answers_with_a_sentence_say_where_it_stands(name: str) -> None:
    columns = {c.name for c in catalogue().question(name).columns}
    if "quote" in columns:
        assert {"start", "end", "document", "documentLabel", "status"} <= columns
    if "count" in columns:
        assert "document" in columns, "a count over several documents would add a draft to its final"


@pytest.mark.parametrize(
    ("name", "parameter"), [(n, p.name) for n in NAMES for p in catalogue().question(n).parameters if p.type in THINGS]
)
def test_a_thing_that_is_nowhere_has_no_answers(name: str, parameter: str, seed_store: Engine) -> None:
    """A parameter in an optional pattern would be ignored."""
    question = catalogue().question(name)
    given: dict[str, Any] = {p.name: REQUIRED.get(p.name) for p in question.parameters if p.required}
    both = {p.name: NOWHERE for p in question.parameters if p.required and p.type in THINGS}
    assert run(seed_store, name, **(given | both | {parameter: NOWHERE})) == []


def test_names_are_sorted_and_the_nearest_are_offered() -> None:
    assert list(NAMES) == sorted(NAMES)
    with pytest.raises(NotFoundError) as caught:
        catalogue().question("coowner-of-task")
    assert "coowners-of-task" in caught.value.nearest


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "needs the parameter task"),
        ({"task": NOWHERE, "colour": "red"}, "no parameter colour"),
        ({"task": "20.1"}, "must be of type task"),
        ({"task": Literal("20.1")}, "must be of type task"),
    ],
)
def test_parameters_that_do_not_fit_are_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(QueryError, match=says):
        catalogue().question("coowners-of-task").bindings(given)


def test_values_become_terms() -> None:
    duties, several = catalogue().question("duties"), catalogue().question("tasks-held-by-several")
    assert duties.bindings({"until": "2021-08-27", "actor": None}) == {
        "until": Literal("2021-08-27", datatype=XSD.date)
    }
    assert several.bindings({"minimum": "4", "document": NOWHERE}) == {
        "minimum": Literal(4),
        "document": URIRef(NOWHERE),
    }
    assert several.bindings({}) == {"minimum": Literal(3)}
    for wrong in ({"minimum": "many"}, {"minimum": "3.5"}):
        with pytest.raises(QueryError, match="integer"):
            several.bindings(wrong)
    with pytest.raises(QueryError, match="date"):
        duties.bindings({"until": "soon"})


def test_a_parameter_is_bound_never_pasted(seed_store: Engine) -> None:
    assert run(seed_store, "tasks-mentioning", words='") } SELECT * { ?s ?p ?o } #') == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("title.zh =", "title.zh"), "bad.rq:1:"),
        (("[params.task]", "[params.job]"), "parameter job is not a variable"),
        (('type = "task"', 'type = "color"'), "no known type: color"),
        (("?taskLabel", "?colour"), "column colour has no label"),
        (("ORDER BY", "ORDER BUY"), "bad.rq:"),
        (('counts = "task"', ""), "'counts'"),
        (("SELECT DISTINCT", "CONSTRUCT"), "SELECT"),
    ],
)
def test_a_bad_question_is_named_with_its_line(change: tuple[str, str], says: str, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "columns.toml", tmp_path)
    text = (FOLDER / "coowners-of-task.rq").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "bad.rq").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        Catalogue.load(tmp_path)
    assert says in str(caught.value)
    assert "bad.rq:" in str(caught.value)


def test_a_syntax_error_is_given_the_line_of_the_file(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "columns.toml", tmp_path)
    text = (FOLDER / "documents.rq").read_text(encoding="utf-8")
    (tmp_path / "bad.rq").write_text(text.replace("ORDER BY", "ORDER BUY"), encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if row.startswith("ORDER BY"))
    with pytest.raises(DataError, match=rf"bad\.rq:{line}:"):
        Catalogue.load(tmp_path)
