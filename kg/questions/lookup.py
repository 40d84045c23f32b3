"""Finding what a name means: codes, IRIs, full names, forms as printed, and unique parts of a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import AmbiguousError, NotFoundError
from kg.questions.catalogue import run

if TYPE_CHECKING:
    from kg.store import Store

#: What a name can mean, in the words of `names.rq`.
KINDS = ("task", "organization", "document", "campaign", "policy", "section", "item")
_QUOTES = str.maketrans("", "", "“”‘’\"'《》〈〉「」『』 \t\n\u3000")
_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that bears a name; `document` is one document that names it (for a part, the one it belongs to)."""

    iri: str
    kind: str
    label: str
    document: str


@dataclass(frozen=True, slots=True)
class _Name:
    """One form of a name; `key` is the form without quotation marks, spaces, full width and capitals."""

    form: str
    key: str
    thing: Thing


def find(store: Store, name: str, *, kinds: Collection[str] = KINDS, document: str | None = None) -> Thing:
    """Return the one thing that `name` means among `kinds`, in one document (its IRI) or in all.

    An IRI, a code (`20.1`), an id (`二.三.7.2`) and a whole name come before a part of a name; one reading alone must
    be left. Raises AmbiguousError with the candidates, NotFoundError with the nearest names.
    """
    names = [n for n in _names(store, document) if n.thing.kind in kinds]
    by_iri = next((n.thing for n in names if n.thing.iri == name), None)
    if by_iri:
        return by_iri
    key = _key(name)
    for found in (
        _things(n for n in names if n.key == key),
        _things(n for n in names if key and key in n.key and n.thing.kind not in _CODED),
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(name, found)
    raise _not_found(name, key, names)


#: Known by their code: a part of a code means nothing.
_CODED = frozenset({"task", "item"})


def _things(names: Iterable[_Name]) -> list[Thing]:
    return list({n.thing.iri: n.thing for n in names}.values())


def _names(store: Store, document: str | None) -> tuple[_Name, ...]:
    return _read_names(_Key(store, document), store.version)


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    store: Store
    document: str | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.store is other.store and self.document == other.document

    def __hash__(self) -> int:
        return hash((id(self.store), self.document))


@lru_cache(maxsize=8)
def _read_names(asked: _Key, _version: str) -> tuple[_Name, ...]:
    rows = run(asked.store, "names", document=asked.document)
    return tuple(
        _Name(
            str(row["name"]),
            _key(str(row["name"])),
            Thing(str(row["thing"]), str(row["kind"]), str(row["thingLabel"]), str(row["document"])),
        )
        for row in rows
    )


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).translate(_QUOTES).casefold()


def _ambiguous(name: str, found: list[Thing]) -> AmbiguousError:
    candidates = tuple(sorted(f"{thing.label} ({thing.kind}) {thing.iri}" for thing in found))
    return AmbiguousError(f"{name} can mean {len(found)} things; name one in full, or give its IRI:", candidates)


def _not_found(name: str, key: str, names: list[_Name]) -> NotFoundError:
    closeness: dict[str, float] = {}
    for known in names:
        ratio = SequenceMatcher(None, key, known.key).ratio()
        if ratio >= 0.4:
            closeness[known.form] = max(ratio, closeness.get(known.form, 0))
    nearest = tuple(sorted(closeness, key=lambda form: (-closeness[form], form))[:_NEAREST])
    hint = " Nearest:" if nearest else ""
    return NotFoundError(f"Nothing here is called {name}.{hint}", nearest)
