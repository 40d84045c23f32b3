"""Role words and manners: what a stretch of a statement says its organisations do, and how they share it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.plan import Role
from kg.reading.lexicon import ends, longest_first, table, words

_CALLED = 24


@dataclass(frozen=True, slots=True)
class Predicate:
    """The words that end a stretch: `start` where they begin, the role they give (None: a manner alone).

    `open` tells that they say what is done and give no role (统筹, 协调).
    """

    start: int
    role: Role | None
    shared: bool
    open: bool = False


@cache
def _roles() -> Mapping[str, tuple[Role, int]]:
    return {row["wording"]: (Role(row["role"]), int(row["rank"])) for row in table("roles")}


@cache
def _manners() -> Mapping[str, bool]:
    return {row["wording"]: row["mode"] == "shared" for row in table("manners")}


@cache
def _predicate_words() -> tuple[str, ...]:
    return longest_first({*_roles(), *_manners(), *_open_words()})


@cache
def _open_words() -> frozenset[str]:
    return frozenset(words("clauses")["open_roles"])


@cache
def role_words() -> tuple[str, ...]:
    """Return every role word, longest first."""
    return longest_first(_roles())


@cache
def manner_words() -> tuple[str, ...]:
    """Return every word that says how several share, longest first."""
    return longest_first(_manners())


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
        return _named_so(text)
    roles = sorted((_roles()[word] for word in found if word in _roles()), key=lambda role: role[1])
    shared = any(_manners().get(word, False) for word in found)
    return Predicate(at, roles[0][0] if roles else None, shared, not roles and not _open_words().isdisjoint(found))


@cache
def _called() -> re.Pattern[str]:
    nouns = "|".join(map(re.escape, longest_first(label_roles())))
    return re.compile(rf"(?:为|是|作为)[^，,。；;、：:（）()]{{1,12}}?({nouns})$")


def _named_so(text: str) -> Predicate | None:
    """Return the role of who is called a task's: 区教育局|为校园安全责任单位."""
    if not text.endswith(("单位", "部门", "主体")):
        return None
    match = _called().search(text.rstrip(), max(0, len(text) - _CALLED))
    role = label_roles().get(match[1]) if match else None
    return Predicate(match.start(), role, shared=False) if match and role else None


def role_in(word: str) -> Role | None:
    """Return the role of a word that is nothing else, a label included (牵头, 配合单位); None where it gives none."""
    if word in _roles():
        return _roles()[word][0]
    return label_roles().get(word)


@cache
def label_pattern() -> re.Pattern[str]:
    """Return the pattern of a label with its colon (牵头单位：) or in brackets (【牵头单位】), the label as group 1.

    Its letters may stand apart (牵 头 单 位：), and before a name with a level it needs no colon (牵头单位市教育局).
    """
    aside = r"(?:\s?[（(][^（）()\n]{1,30}[）)])?"
    return re.compile(
        rf"[\s*【\[（(]*({label_forms()}){aside}[\s*】\]）)]*(?:[：:]|为|是|(?<=[】\]])|(?<=[位门])(?={LEVELS}))[\s*]*"
    )


LEVELS = "[市区县省镇乡州]|各[^负司自尽]"


@cache
def label_forms() -> str:
    """Return the alternatives of a pattern for every label, longest first, with or without blanks inside."""
    blank = "[ \u3000]{0,2}"
    return "|".join(blank.join(map(re.escape, label)) for label in longest_first(label_roles()))


def label_of(match: re.Match[str]) -> str:
    """Return the label that `label_pattern` found, without blanks."""
    return "".join(match[1].split())


@cache
def label_roles() -> Mapping[str, Role | None]:
    """Return label → role; None for a label that opens something else than names (完成时限, 联系人)."""
    known = {row["wording"]: _role_or_none(row["role"]) for row in table("labels")}
    lists = words("labels")
    stems = {stem: known.get(stem + "单位") for stem in lists["stems"]}
    return {stem + bearer: role for stem, role in stems.items() if role for bearer in lists["bearers"]} | known


def _role_or_none(cell: str) -> Role | None:
    return None if cell in ("-", "time") else Role(cell)


@cache
def time_labels() -> frozenset[str]:
    """Return the labels of a deadline."""
    return frozenset(row["wording"] for row in table("labels") if row["role"] == "time")
