"""The store of this application, asked by the name of a question."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app

from kg.questions.catalogue import run

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store import Row, Store

Key = TypeVar("Key", bound=Hashable)
#: A row whose repeated columns were drawn together into lists.
Record = dict[str, "Identifier | list[Row]"]


def store() -> Store:
    """Return the store that the running application shows."""
    return cast("Store", current_app.extensions["zeren"])


def ask(question: str, **params: Any) -> list[Row]:
    """Return the rows that answer `question` (a name of the catalogue); raises as `kg.questions.catalogue.run`."""
    return run(store(), question, **params)


def grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Return the rows by `key`, both in the order in which they come."""
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def gathered(rows: Iterable[Row], by: str, *parties: str) -> list[Record]:
    """Return one record for each value of `by`; each of `parties` becomes the list of its values, each once.

    SPARQL answers two recipients with two rows; a page shows one duty with two recipients.
    """
    records: list[Record] = []
    for group in grouped(rows, lambda row: row[by]).values():
        record: Record = dict(group[0])
        for party in parties:
            record[f"{party}s"] = _each_once(group, party)
        records.append(record)
    return records


def _each_once(rows: Sequence[Row], party: str) -> list[Row]:
    # One organisation can have two roles in a task; both are said.
    found = {(row[party], row.get("role")): row for row in rows if party in row}
    return list(found.values())
