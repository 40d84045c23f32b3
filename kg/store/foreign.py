"""What a query or a change asks of other hosts, found in its text.

For strangers' queries a worker does this (kg.store.worker): their texts may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kg.store.tokens import Token, is_language, resolved, signs

MOST = 16  # clauses of one query
_WORDS = {False: ("SERVICE",), True: ("SERVICE", "LOAD")}  # of a query, of an update
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_SIGN = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A SERVICE or LOAD: where it stands in the text, the IRI it names, and what is sent there or filled.

    `unknown` is what stands in the place of an IRI that is known only as the query runs; `nested` a clause that is
    handed on to the service of another one.
    """

    start: int
    end: int
    iri: str
    silent: bool
    query: str = ""  # of SERVICE
    graph: str = ""  # of LOAD; empty is the default graph
    unknown: str = ""
    nested: bool = False


def mentions(text: str, *, update: bool = False) -> bool:
    """Tell whether a text may ask other hosts, at a glance: a word in it might also be a literal."""
    capitals = text.upper()
    return any(word in capitals for word in _WORDS[update])


def clauses(
    text: str, base: str | None, prefixes: Mapping[str, str] | None = None, *, update: bool = False
) -> list[Clause]:
    """Return what is asked of other hosts, in the order of the text."""
    return list(_Text(text, base, prefixes).clauses(_WORDS[update]))


def emptied(text: str, *, update: bool = False) -> str:
    """Return the text without the hosts that it names, sign for sign: well-formed if it is, and asking nobody.

    SERVICE is left as the group that it was, LOAD becomes `DROP ALL`: a parser may run it on no quads at all.
    """
    parts, last = [], 0
    for start, end, instead in _named_hosts(text, _WORDS[update]):
        parts += [text[last:start], instead, _SIGN.sub(" ", text[start + len(instead) : end])]
        last = end
    return "".join([*parts, text[last:]])


def _named_hosts(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Yield where each SERVICE and LOAD and what it names begin and end, and what may stand there instead."""
    found = list(signs(text))
    for number, token in enumerate(found):
        word = token[0].upper()
        if word not in words or is_language(text, token):
            continue
        rest = found[number + 1 : number + 6]
        if rest and rest[0][0].upper() == "SILENT":
            del rest[0]
        if not rest or not _is_name(rest[0]):
            continue
        end, graph = rest[0].end(), [name[0].upper() for name in rest[1:3]] == ["INTO", "GRAPH"]
        if word == "SERVICE":
            yield token.start(), end, ""
        elif graph and len(rest) > 3 and _is_name(rest[3]):
            yield token.start(), rest[3].end(), "DROP ALL"
        elif not graph:
            yield token.start(), end, "DROP ALL"


def _is_name(token: Token) -> bool:
    return token.lastgroup in ("iri", "variable") or (token.lastgroup == "word" and ":" in token[0])


class _Text:
    """The words of a query or a change, with what its IRIs and prefixed names mean where one has read so far."""

    def __init__(self, text: str, base: str | None, prefixes: Mapping[str, str] | None) -> None:
        self._text = text
        self._found = list(signs(text))
        self._base = base or ""
        self._prefixes = dict(prefixes or {})

    def clauses(self, words: tuple[str, ...]) -> Iterator[Clause]:
        """Yield the clauses that begin with one of `words`, as many as anybody may ask and one more."""
        end = count = 0
        for number, token in enumerate(self._found):
            word = token[0].upper()
            if word in ("PREFIX", "BASE"):
                self._declare(word, number)
            elif word in words and not is_language(self._text, token):
                silent = self._word(number + 1) == "SILENT"
                place = number + 1 + silent
                iri = self._iri(place)
                unknown = "" if iri else f"{word} {self._found[place][0] if place < len(self._found) else 'nothing'}"
                found = Clause(token.start(), token.end(), iri, silent, unknown=unknown)
                if token.start() < end:
                    yield replace(found, nested=True)
                    continue
                found = self._service(found, place) if word == "SERVICE" else self._load(found, place)
                yield found
                end, count = found.end, count + 1
                if count > MOST:
                    return

    def _service(self, clause: Clause, place: int) -> Clause:
        opening, end = self._group(place + 1)
        return replace(clause, end=end, query=f"{self._prologue()} SELECT * {self._text[opening:end]}")

    def _load(self, clause: Clause, place: int) -> Clause:
        end = self._found[min(place, len(self._found) - 1)].end()
        if (self._word(place + 1), self._word(place + 2)) != ("INTO", "GRAPH") or place + 3 >= len(self._found):
            return replace(clause, end=end)
        graph, named = self._iri(place + 3), self._found[place + 3]
        unknown = clause.unknown or ("" if graph else f"GRAPH {named[0]}")
        return replace(clause, end=named.end(), graph=graph, unknown=unknown)

    def _word(self, number: int) -> str:
        return self._found[number][0].upper() if number < len(self._found) else ""

    def _declare(self, word: str, number: int) -> None:
        place = number + 1 + (word == "PREFIX")
        if place < len(self._found) and self._found[place].lastgroup == "iri":
            iri = resolved(self._base, self._found[place][0][1:-1])
            if word == "BASE":
                self._base = iri
            else:
                self._prefixes[self._found[number + 1][0].removesuffix(":")] = iri

    def _prologue(self) -> str:
        declared = [f"BASE <{self._base}>"] if self._base else []
        return " ".join([*declared, *(f"PREFIX {name}: <{iri}>" for name, iri in self._prefixes.items())])

    def _iri(self, number: int) -> str:
        """Return the IRI that a token is, empty if it is none that is known before the query runs."""
        token = self._found[number] if number < len(self._found) else None
        if token is not None and token.lastgroup == "iri":
            return resolved(self._base, token[0][1:-1])
        prefix, colon, local = token[0].partition(":") if token else ("", "", "")
        if token is None or token.lastgroup != "word" or not colon or prefix not in self._prefixes:
            return ""
        return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)

    def _group(self, number: int) -> tuple[int, int]:
        """Return where the group that begins at a token starts and ends; if it is none, the parser will say so."""
        depth = 0
        for place in range(number, len(self._found)):
            sign = self._found[place][0]
            depth += (sign == "{") - (sign == "}")
            if depth <= 0:
                return self._found[number].start(), self._found[place].end()
        return len(self._text), len(self._text)
