"""Role words and manners: what a stretch of a statement says its organisations do, and how they share it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.plan import Role
from kg.reading.lexicon import ends, longest_first, table


@dataclass(frozen=True, slots=True)
class Predicate:
    """The words that end a stretch: `start` where they begin, the role they give (None: a manner alone)."""

    start: int
    role: Role | None
    shared: bool


@cache
def _roles() -> Mapping[str, tuple[Role, int]]:
    return {row["wording"]: (Role(row["role"]), int(row["rank"])) for row in table("roles")}


@cache
def _manners() -> Mapping[str, bool]:
    return {row["wording"]: row["mode"] == "shared" for row in table("manners")}


@cache
def _predicate_words() -> tuple[str, ...]:
    return longest_first([*_roles(), *_manners()])


@cache
def role_words() -> tuple[str, ...]:
    """Return every role word, longest first."""
    return longest_first(_roles())


def closing_predicate(text: str) -> Predicate | None:
    """Return the role words and manners that `text` ends with (…按职责分工负责), or None.

    牵头负责 gives lead: of several role words the one of the lowest rank decides.
    """
    at = len(text.rstrip())
    found: list[str] = []
    while word := ends(text, _predicate_words(), at):
        found.append(word)
        at -= len(word)
    if not found:
        return None
    roles = sorted((_roles()[word] for word in found if word in _roles()), key=lambda role: role[1])
    shared = any(_manners().get(word, False) for word in found)
    return Predicate(at, roles[0][0] if roles else None, shared)


def role_in(word: str) -> Role | None:
    """Return the role of a word that is nothing else, a label included (牵头, 配合单位); None where it gives none."""
    if word in _roles():
        return _roles()[word][0]
    return label_roles().get(word)


@cache
def label_pattern() -> re.Pattern[str]:
    """Return the pattern of a label with its colon (牵头单位：) or in brackets (【牵头单位】), the label as group 1."""
    labels = "|".join(re.escape(label) for label in longest_first(label_roles()))
    aside = r"(?:\s?[（(][^（）()\n]{1,12}[）)])?"
    return re.compile(rf"[\s*【\[（(]*({labels}){aside}[\s*】\]）)]*(?:[：:]|为|是|(?<=[】\]]))[\s*]*")


@cache
def label_roles() -> Mapping[str, Role | None]:
    """Return label → role; None for a label that opens something else than names (完成时限, 联系人)."""
    return {row["wording"]: _role_or_none(row["role"]) for row in table("labels")}


def _role_or_none(cell: str) -> Role | None:
    return None if cell in ("-", "time") else Role(cell)


@cache
def time_labels() -> frozenset[str]:
    """Return the labels of a deadline."""
    return frozenset(row["wording"] for row in table("labels") if row["role"] == "time")
