"""The catalogue of questions: reads every `NAME.rq`, binds its parameters and runs it.

A file opens with `#+ ` lines that are TOML: `title` and `description` (zh, en), `counts` (what one row or one count
is: task, item, section, document, passage, fact or name), `answers` (numbers in the list of questions the graph must
answer), `[params.NAME]` (type, required, default) and, for columns of its own, `[columns]`.

Every parameter is a variable of the SELECT clause and stands in a pattern that is not optional; left out, it is a free
variable. (Oxigraph 0.5 substitutes projected variables only, and to BOUND a substituted variable is unbound; where a
filter must know, it says `COALESCE(STR(?until) = "", true)`: true while free.) What a document states is asked inside
`GRAPH ?document`: the union repeats a triple once for each graph that has it, so that the names of organisations
which a hundred documents share would multiply every row.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import DataError, NotFoundError, QueryError

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row, Store

FOLDER = Path(__file__).parent
#: Types of parameters that name a thing of the graph, given as its IRI.
THINGS = frozenset({"task", "organization", "document", "part", "policy", "campaign", "role", "iri"})
_LITERALS = frozenset({"text", "integer", "date"})
_KINDS = frozenset({"thing", "term", "caption", "quote", "text", "integer", "decimal", "date", "boolean", "iri"})
_PREFIX = "#+"
_VARIABLE = re.compile(r"\(.*?\bAS\s+\?(\w+)\)|\?(\w+)", re.DOTALL)
_PLACE = re.compile(r"error at (\d+):\d+")
_CLAUSE = re.compile(r"\bSELECT\s+(?:DISTINCT\s+)?(.*?)\s*\bWHERE\b", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Return the words in `language`: `en`, or Chinese for any other."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer, in the order of the SELECT clause; `kind` is explained in `columns.toml`."""

    name: str
    label: Text
    kind: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question asks for: a thing (its IRI), a text, an integer or a date."""

    name: str
    type: str
    label: Text
    required: bool
    default: str | int | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, what it asks for, what it answers, and its SPARQL."""

    name: str
    title: Text
    description: Text
    counts: str
    answers: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    sparql: str

    def bindings(self, given: Mapping[str, object]) -> dict[str, Identifier]:
        """Return the terms that `given` and the defaults bind; a value of None counts as not given.

        Raises QueryError for a parameter that is missing, unknown or of another type.
        """
        unknown = [name for name in given if name not in {p.name for p in self.parameters}]
        if unknown:
            known = ", ".join(p.name for p in self.parameters) or "none"
            raise QueryError(f"Question {self.name} has no parameter {unknown[0]} (it has: {known}).")
        bound: dict[str, Identifier] = {}
        for parameter in self.parameters:
            value = given.get(parameter.name)
            value = parameter.default if value is None else value
            if value is not None:
                bound[parameter.name] = _term(self.name, parameter, value)
            elif parameter.required:
                raise QueryError(f"Question {self.name} needs the parameter {parameter.name} ({parameter.type}).")
        return bound


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All questions of a folder, by name."""

    questions: Mapping[str, Question]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Catalogue:
        """Read every `.rq` file of `folder`; raises DataError naming file and line of a bad one."""
        shared = _toml(folder / "columns.toml", (folder / "columns.toml").read_text(encoding="utf-8"))
        return cls({path.stem: _read(path, shared) for path in sorted(folder.glob("*.rq"), key=lambda path: path.stem)})

    def names(self) -> tuple[str, ...]:
        """Return the names of all questions, sorted."""
        return tuple(self.questions)

    def question(self, name: str) -> Question:
        """Return the question `name`; raises NotFoundError with the nearest names."""
        from difflib import get_close_matches

        found = self.questions.get(name)
        if found is None:
            nearest = tuple(get_close_matches(name, self.questions, n=3, cutoff=0.4))
            hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
            raise NotFoundError(f"There is no question {name}.{hint}", nearest)
        return found


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the catalogue that ships with the program, read once."""
    return Catalogue.load()


def run(store: Store, name: str, *, graphs: Sequence[str] | None = None, **params: object) -> list[Row]:
    """Answer the question `name`: one dictionary of terms by column for each row, in the order of the question.

    `graphs` restricts the answer to their union. Raises NotFoundError for an unknown question and QueryError for
    parameters that do not fit, beside what the store raises.
    """
    question = catalogue().question(name)
    bindings = question.bindings(params)
    if graphs is None:
        return store.select(question.sparql, bindings=bindings)
    from kg.store.results import rows

    json = ("application/sparql-results+json",)
    answer = store.answer(question.sparql, media_types=json, bindings=bindings, graphs=graphs, named_graphs=graphs)
    return rows(answer.body)


def _read(path: Path, shared: Mapping[str, Any]) -> Question:
    lines = path.read_text(encoding="utf-8").splitlines()
    header = [line.removeprefix(_PREFIX).strip() if line.startswith(_PREFIX) else "" for line in lines]
    fields = _toml(path, "\n".join(header))
    sparql = "\n".join(line for line in lines if not line.startswith(_PREFIX)).strip() + "\n"
    try:
        columns = tuple(_column(path, name, fields, shared) for name in _projected(path, sparql))
        question = Question(
            name=path.stem,
            title=Text(**fields["title"]),
            description=Text(**fields["description"]),
            counts=fields["counts"],
            answers=tuple(fields.get("answers", ())),
            parameters=tuple(_parameter(name, p, columns) for name, p in fields.get("params", {}).items()),
            columns=columns,
            sparql=sparql,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}:1: the header is not that of a question: {error}") from error
    _check_syntax(path, lines)
    return question


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        raise DataError(f"{path}:{place[1] if place else 1}: {error}") from error


def _projected(path: Path, sparql: str) -> list[str]:
    clause = _CLAUSE.search(sparql)
    if clause is None:
        raise DataError(f"{path}:1: a question is a SELECT query with named columns and WHERE.")
    return [alias or plain for alias, plain in _VARIABLE.findall(clause[1])]


def _column(path: Path, name: str, fields: Mapping[str, Any], shared: Mapping[str, Any]) -> Column:
    found = fields.get("columns", {}).get(name) or shared.get(name)
    if found is None:
        raise DataError(f"{path}:1: column {name} has no label, neither here nor in columns.toml.")
    if found["kind"] not in _KINDS:
        raise DataError(f"{path}:1: column {name} is of no known kind: {found['kind']}.")
    return Column(name, Text(found["zh"], found["en"]), found["kind"])


def _parameter(name: str, fields: Mapping[str, Any], columns: Sequence[Column]) -> Parameter:
    column = next((c for c in columns if c.name == name), None)
    if column is None:
        raise ValueError(f"parameter {name} is not a variable of the SELECT clause")
    if fields["type"] not in THINGS | _LITERALS:
        raise ValueError(f"parameter {name} is of no known type: {fields['type']}")
    label = Text(fields.get("zh", column.label.zh), fields.get("en", column.label.en))
    return Parameter(name, fields["type"], label, bool(fields.get("required", False)), fields.get("default"))


def _check_syntax(path: Path, lines: Sequence[str]) -> None:
    """Parse the file, header included (to SPARQL it is a comment), so that lines are those of the file."""
    from pyoxigraph import Store as Scratch

    try:
        Scratch().query("\n".join(lines))
    except SyntaxError as error:
        place = _PLACE.search(str(error))
        raise DataError(f"{path}:{place[1] if place else 1}: {error}") from error


def _term(question: str, parameter: Parameter, value: object) -> Identifier:
    from rdflib.term import Literal, Node, URIRef

    if isinstance(value, Node):
        if isinstance(value, URIRef) == (parameter.type in THINGS):
            return value  # type: ignore[return-value]
    elif parameter.type in THINGS and isinstance(value, str) and ":" in value:
        return URIRef(value)
    elif parameter.type == "text" and isinstance(value, str):
        return Literal(value)
    elif parameter.type == "integer" and _fits(int, value):
        return Literal(int(str(value)))
    elif parameter.type == "date" and _fits(date.fromisoformat, value):
        return Literal(date.fromisoformat(str(value)))
    raise QueryError(f"Question {question}: {parameter.name} must be of type {parameter.type}, not {value!r}.")


def _fits(parse: Any, value: object) -> bool:
    try:
        parse(str(value))
    except ValueError:
        return False
    return True
