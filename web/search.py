"""Looking for anything by name, short form, part of a name or task number, and for words in the sentences."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from kg.errors import AmbiguousError, NotFoundError
from kg.questions.lookup import find
from web.asking import ask, store
from web.i18n import say
from web.terms import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.store import Row

# More than a reader looks through; a longer word finds fewer.
MOST_THINGS, MOST_SENTENCES = 60, 30
LONGEST, NEAREST = 200, 5
# Whoever types a name more likely means an organisation than a section that mentions it.
_KINDS = ("task", "organization", "document", "campaign", "policy", "section", "item")
_UNSAID = str.maketrans("", "", "“”‘’\"'《》〈〉「」『』 \t\n\u3000")


@dataclass(frozen=True, slots=True)
class Found:
    """Something whose name holds what was looked for; `form` is the form that does."""

    iri: str
    kind: str
    label: str
    form: str
    document: str


def show() -> str:
    """Show what `?q=` finds: things by name, then the sentences that hold the words."""
    words = request.args.get("q", "").strip()[:LONGEST]
    titles = {str(row["document"]): str(row["documentLabel"]) for row in ask("documents")}
    things = (named(ask("names"), words) or meant(words)) if words else []
    sentences = ask("tasks-mentioning", words=words) if words else []
    return render_template(
        "search.html",
        q=words,
        things=things[:MOST_THINGS],
        count=len(things),
        titles=titles,
        nearest=nearest(words) if words and not things else (),
        sentences=sentences[:MOST_SENTENCES],
        sentence_count=len(sentences),
    )


def named(rows: Iterable[Row], words: str) -> list[Found]:
    """Return what bears a name (rows of the question `names`) that holds `words`, the closest first, each once."""
    key = _key(words)
    hits = [(_rank(key, row), row) for row in rows if _matches(key, row)]
    found: dict[str, Found] = {}
    for _, row in sorted(hits, key=lambda hit: hit[0]):
        iri = str(row["thing"])
        found.setdefault(iri, Found(iri, _kind(row), _label(row), str(row["name"]), str(row["document"])))
    return list(found.values())


def meant(words: str) -> list[Found]:
    """Return the one thing that `words` mean without being in its name (an abbreviation), as a list; else nothing."""
    try:
        thing = find(store(), words)
    except (AmbiguousError, NotFoundError):
        return []
    return [Found(thing.iri, thing.kind, thing.label, thing.label, thing.document)]


def nearest(words: str) -> Sequence[str]:
    """Return the names that come close to `words`; those that hold them, where some do."""
    try:
        return (find(store(), words).label,)
    except NotFoundError as error:
        return error.nearest
    except AmbiguousError:
        return tuple(found.label for found in named(ask("names"), words)[:NEAREST])


def _matches(key: str, row: Row) -> bool:
    name = _key(str(row["name"]))
    # A part of a task's code means nothing: 2.1 is not in 12.1.
    return key == name if _kind(row) in ("task", "item") else key in name


def _rank(key: str, row: Row) -> tuple[bool, bool, int, int, str]:
    name = _key(str(row["name"]))
    order = _KINDS.index(_kind(row)) if _kind(row) in _KINDS else len(_KINDS)
    return name != key, not name.startswith(key), order, len(name), str(row["thing"])


def _kind(row: Row) -> str:
    return word(row["kind"])


def _label(row: Row) -> str:
    label = str(row["thingLabel"])
    if _kind(row) == "task":
        return say("word.task_n", n=label)
    return say("word.item_n", n=label.strip(".．、")) if _kind(row) == "item" else label


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).translate(_UNSAID).casefold()
