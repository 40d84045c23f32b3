"""The lexicon: what the reader knows of the language of plans, read once from `data/lexicon/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kg.errors import DataError
from kg.resources import data_dir

Row = Mapping[str, str]


def read_table(path: Path) -> tuple[Row, ...]:
    """Return the rows of a tab-separated table as mappings of column to text.

    Lines that begin with `#` are comments, the first other line names the columns, and cells missing at the
    end of a line are empty. Raises DataError naming file and line where a line has more cells than columns.
    """
    columns: list[str] | None = None
    rows: list[Row] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if columns is None:
            columns = cells
            continue
        if len(cells) > len(columns):
            raise DataError(f"{path}:{number}: {len(cells)} cells where the table has {len(columns)} columns")
        cells += [""] * (len(columns) - len(cells))
        rows.append(dict(zip(columns, cells, strict=True)))
    return tuple(rows)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


@cache
def table(name: str) -> tuple[Row, ...]:
    """Return the rows of `data/lexicon/{name}.tsv`."""
    return read_table(data_dir() / "lexicon" / f"{name}.tsv")


@cache
def words(section: str) -> Mapping[str, tuple[str, ...]]:
    """Return the word lists of one section of `data/lexicon/words.toml`, longest word first."""
    lists = _word_lists().get(section)
    if not isinstance(lists, dict):
        raise DataError(f"words.toml has no section [{section}]")
    return MappingProxyType({key: longest_first(value) for key, value in lists.items()})


@cache
def _word_lists() -> dict[str, object]:
    path = data_dir() / "lexicon" / "words.toml"
    try:
        return tomllib.loads("\n".join(_lines(path)))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path}: {error}") from error


def longest_first(values: Iterable[str]) -> tuple[str, ...]:
    """Return the words so that none stands after a word it begins or ends with."""
    return tuple(sorted(values, key=lambda word: (-len(word), word)))


def starts(text: str, choices: Iterable[str], at: int = 0) -> str | None:
    """Return the first of `choices` that `text` holds at `at`."""
    if isinstance(choices, tuple) and not text.startswith(choices, at):
        return None
    return next((word for word in choices if text.startswith(word, at)), None)


def ends(text: str, choices: Iterable[str], at: int | None = None) -> str | None:
    """Return the first of `choices` that ends at `at` (by default at the end of `text`)."""
    stop = len(text) if at is None else at
    some = choices if isinstance(choices, tuple) else tuple(choices)
    if not text.endswith(some, 0, stop):
        return None
    return next((word for word in some if text.endswith(word, 0, stop)), None)
