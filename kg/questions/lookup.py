"""Finding what a name means: codes, IRIs, full names, forms as printed, and unique parts of a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from kg.errors import AmbiguousError, NotFoundError
from kg.questions.catalogue import run

if TYPE_CHECKING:
    from kg.store import Store

#: What a name can mean, in the words of `names.rq`.
KINDS = ("task", "organization", "document", "campaign", "policy", "section", "item")
_QUOTES = str.maketrans("", "", "“”‘’\"'《》〈〉「」『』 \t\n\u3000")
_NEAREST = 5
_SHORTEST = 3
_LONGEST = 100  # characters compared, so that a pasted page costs no more than a title
_PARTS = frozenset({"task", "item"})
_GIVING_WAY = frozenset({"section", "item"})


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
    for reading in (_whole, _part, _abbreviation):
        found = _things(n for n in names if key and reading(key, n))
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(name, found)
    raise _not_found(name, key, names)


def _whole(key: str, name: _Name) -> bool:
    return key == name.key


def _part(key: str, name: _Name) -> bool:
    """Tell whether the name holds `key`; tasks and items are known by their code, and a part of one means nothing."""
    return key in name.key and name.thing.kind not in _PARTS


def _abbreviation(key: str, name: _Name) -> bool:
    """Tell whether `key` shortens an organisation's name by leaving characters out: 鲅鱼圈区政府, 区卫健局."""
    if name.thing.kind != "organization" or len(key) < _SHORTEST or key[-1] != name.key[-1]:
        return False
    rest = iter(name.key)
    return all(character in rest for character in key)


def _things(names: Iterable[_Name]) -> list[Thing]:
    """Return what bears these names; a part of a document gives way to what it is named after (a campaign)."""
    found = list({n.thing.iri: n.thing for n in names}.values())
    return [thing for thing in found if thing.kind not in _GIVING_WAY] or found


def _names(store: Store, document: str | None) -> tuple[_Name, ...]:
    rows = run(store, "names", document=document)
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
        ratio = SequenceMatcher(None, key[:_LONGEST], known.key).ratio()
        if ratio >= 0.4:
            closeness[known.form] = max(ratio, closeness.get(known.form, 0))
    nearest = tuple(sorted(closeness, key=lambda form: (-closeness[form], form))[:_NEAREST])
    hint = " Nearest:" if nearest else ""
    return NotFoundError(f"Nothing here is called {name}.{hint}", nearest)
