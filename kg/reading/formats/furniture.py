"""What web pages put around a document and is none of it: where one is, who put it there, what else to read."""

from __future__ import annotations

import re
from functools import cache

from kg.reading.lexicon import table

_SENTENCE = re.compile("[。；;\t]")
_WORD = re.compile("[a-z]+")
_SHORT = 160


@cache
def _wordings(where: str) -> tuple[str, ...]:
    return tuple(row["wording"] for row in table("webpages") if row["where"] == where)


def is_named_furniture(names: str) -> bool:
    """Tell whether the class and id of an element say that it is a menu, a footer, a bar to share."""
    return not _names().isdisjoint(_WORD.findall(names.lower()))


@cache
def _names() -> frozenset[str]:
    return frozenset(_wordings("name"))


def without_furniture(lines: list[str]) -> list[str]:
    """Leave out such lines above the first sentence of a text, and all from the first such line below its last one."""
    said = [at for at, line in enumerate(lines) if _SENTENCE.search(line)]
    first, last = (said[0], said[-1]) if said else (len(lines), -1)
    end = next((at for at in range(last + 1, len(lines)) if _begins(lines[at], "tail")), len(lines))
    above = [line for line in lines[:first] if not _begins(line, "head")]
    return above + lines[first:end]


def _begins(line: str, where: str) -> bool:
    return len(line) <= _SHORT and line.startswith(_wordings(where))
