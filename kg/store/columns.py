"""The columns of SELECT *: in the order in which the query first says them, as its readers expect.

Oxigraph gives them by the alphabet. Which columns there are is its word (SPARQL 1.1, 18.2.1, variable scope); only
their order is read from the text here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.store.tokens import Token, signs

_HIDING = ("MINUS", "EXISTS")  # what a group after these binds is bound in there only
_QUALIFIERS = ("DISTINCT", "REDUCED")
_HEADING = re.compile(rb"""[^\]]*?"head"[^\]]*?(?:\[\s*\][^\]]*?)?"vars"\s*:\s*(\[[^\]]*\])""")


@dataclass(slots=True)
class _Level:
    """One pair of brackets: whether its variables are out of scope, and how far a SELECT in it has come."""

    hidden: bool = False
    only_assigned: bool = False  # an expression: what stands after AS is all that it binds
    filtering: bool = False  # FILTER was said, its expression is to come
    select: str = ""  # "choosing" its columns, then "all" or "some"
    answered: bool = False  # the body of its SELECT has ended: what follows orders and groups

    def shows(self, before: str) -> bool:
        """Tell whether a variable after the word `before` is one of the columns."""
        if self.only_assigned:
            return before == "AS"
        return not (self.hidden or self.answered)

    def opened(self, bracket: str, before: str) -> _Level:
        """Return the level inside a bracket that opens here after the word `before`."""
        shut = self.hidden or self.answered
        if bracket == "{":
            self.filtering = False
            if self.select == "choosing":
                self.select = "some"
            return _Level(shut or self.select == "some" or before in _HIDING)
        expression = self.filtering
        self.filtering = False
        assigning = not shut and (before == "BIND" or self.select == "choosing")
        return _Level(shut or expression or self.only_assigned or assigning, only_assigned=assigning)

    def heard(self, word: str, before: str) -> None:
        """Take notice of a word that says what comes next."""
        if word == "FILTER":
            self.filtering = True
        elif word == "SELECT":
            self.select = "choosing"
        elif self.select == "choosing" and (word in ("FROM", "WHERE") or (word == "*" and _chooses(before))):
            self.select = "all" if word == "*" else "some"
        elif word == "VALUES" and self.select == "all":
            self.answered = False


def star(query: str) -> tuple[Token, Iterator[Token]] | None:
    """Return the star of a query that is SELECT *, and the tokens after it; None for any other query."""
    declared, before, found = False, "", signs(query)
    for token in found:
        word = token[0].upper()
        if declared:  # PREFIX has a name and an IRI, BASE an IRI
            declared = token.lastgroup != "iri"
        elif word in ("PREFIX", "BASE"):
            declared = True
        elif word == "*" and _chooses(before):
            return token, found
        elif word not in ("SELECT", *_QUALIFIERS):
            return None
        before = word
    return None


def ordered(query: str, place: Token, following: Iterable[Token], columns: Sequence[str]) -> str:
    """Return the query with its star (`place`) replaced by its columns in the order of their first appearance."""
    chosen = " ".join(f"?{name}" for name in _sorted(following, columns))
    return f"{query[: place.start()]} {chosen} {query[place.end() :]}"


def headed(query: str, answer: bytes) -> bytes:
    """Return results in JSON with the columns of SELECT * in reading order, whatever their order was."""
    found, heading = star(query), _HEADING.match(answer)
    if found is None or heading is None:
        return answer
    columns = json.loads(heading[1])
    return answer[: heading.start(1)] + json.dumps(_sorted(found[1], columns)).encode() + answer[heading.end(1) :]


def _sorted(following: Iterable[Token], columns: Sequence[str]) -> list[str]:
    wanted = frozenset(columns)
    said = dict.fromkeys(name for name in _mentioned(following) if name in wanted)
    return [*said, *(name for name in columns if name not in said)]


def _chooses(before: str) -> bool:
    return before == "SELECT" or before in _QUALIFIERS


def _mentioned(found: Iterable[Token]) -> Iterator[str]:
    """Yield the variables that may be columns, in the order of the text."""
    levels, before = [_Level(select="all")], ""
    for token in found:
        word, level = token[0].upper(), levels[-1]
        if word in ("{", "("):
            levels.append(level.opened(word, before))
        elif word in ("}", ")") and len(levels) > 1:
            levels.pop()
            levels[-1].answered |= word == "}" and bool(levels[-1].select)
        elif token.lastgroup == "variable":
            if level.shows(before):
                yield token[0][1:]
        else:
            level.heard(word, before)
        before = word
