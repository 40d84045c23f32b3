"""Which graphs an update would change, read from its text before anything is changed; what does not say so is refused.

https://www.w3.org/TR/sparql11-update/#sparqlUpdate
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from kg.errors import QueryError, QuerySyntaxError, ReadOnlyGraphError
from kg.store.tokens import Token, resolved, signs

_GAP = re.compile(r"(?:\s++|#[^\n\r]*+)*+")
_LOCAL_ESCAPE = re.compile(r"\\(.)")
DEFAULT = ""  # the graph without a name


@dataclass(frozen=True, slots=True)
class Effect:
    """One graph that an operation changes, and whether it is gone afterwards."""

    graph: str
    drops: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What an update changes, its text up to the end of the last operation, and that without the data it adds."""

    effects: tuple[Effect, ...]
    text: str
    patterns: str


def reading(update: str, base: str | None = None) -> Reading:
    """Read an update: what its operations change, in their order.

    Raises QuerySyntaxError for what is no update, ReadOnlyGraphError for one that changes all graphs at once,
    QueryError for one whose graphs are known only while it is made (`GRAPH ?g` in a template).
    """
    found = _Update(update, base or "")
    effects = tuple(found.operations())
    return Reading(effects, update[: found.end], found.patterns())


class _Update:
    """The words of an update, read one after another."""

    def __init__(self, text: str, base: str) -> None:
        self._text = text
        self._found = list(signs(text))
        self._place = 0
        self._read = 0  # how far the text is read
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._data: list[tuple[int, int]] = []
        self.end = 0

    def patterns(self) -> str:
        """Return the text without the content of its DATA."""
        parts, last = [], 0
        for start, end in self._data:
            parts.append(self._text[last:start])
            last = end
        return "".join([*parts, self._text[last:]])

    def operations(self) -> Iterator[Effect]:
        """Yield what each operation changes."""
        while self._prologue():
            word = self._take()
            if word in ("INSERT", "DELETE", "WITH"):
                yield from self._modify(word)
            elif word in ("CLEAR", "DROP"):
                yield Effect(self._named_graph(word), drops=word == "DROP")
            elif word == "CREATE":
                yield Effect(self._named_graph(word))
            elif word in ("ADD", "COPY", "MOVE"):
                yield from self._transfer(word)
            else:
                self._malformed(f"{word} is no operation of an update")
            self._end()

    def _prologue(self) -> bool:
        """Take declarations; tell whether an operation follows."""
        while (word := self._word()) in ("PREFIX", "BASE"):
            self._take()
            name = self._token()[0].removesuffix(":") if word == "PREFIX" else ""
            iri = self._resolved(self._token()[0][1:-1])
            if word == "BASE":
                self._base = iri
            else:
                self._prefixes[name] = iri
        return bool(word)

    def _modify(self, word: str) -> Iterator[Effect]:
        around = DEFAULT
        if word == "WITH":
            around = self._iri()
            word = self._take()
        if self._word() in ("DATA", "WHERE"):
            data, start = self._take() == "DATA", self._read
            yield from self._template(DEFAULT)
            self._data += [(start, self._read)] if data else []
            return
        yield from self._template(around)
        if word == "DELETE" and self._word() == "INSERT":
            self._take()
            yield from self._template(around)
        while self._word() == "USING":
            self._take()
            self._skip("NAMED")
            self._iri()
        self._expect("WHERE")
        self._group()

    def _template(self, around: str) -> Iterator[Effect]:
        """Take the quads between braces; yield their graphs, `around` for those that name none."""
        self._expect("{")
        bare = False
        while (word := self._word()) and word != "}":
            if word == "GRAPH":
                self._token(loosely=True)
                yield Effect(self._iri())
                self._group()
            else:
                bare = True
                self._token(loosely=True)
        self._expect("}", loosely=True)
        if bare:
            yield Effect(around)

    def _named_graph(self, word: str) -> str:
        self._skip("SILENT")
        which = self._take()
        if which in ("ALL", "NAMED"):
            raise ReadOnlyGraphError(
                f"{word} {which} would touch what is derived from documents; nothing was changed: name a graph"
            )
        if which == "DEFAULT":
            return DEFAULT
        if which != "GRAPH":
            self._place -= 1
            self._malformed(f"{word} takes GRAPH and an IRI")
        return self._iri()

    def _transfer(self, word: str) -> Iterator[Effect]:
        self._skip("SILENT")
        source = self._graph_or_default()
        self._expect("TO")
        yield Effect(self._graph_or_default())
        if word == "MOVE":
            yield Effect(source, drops=True)

    def _graph_or_default(self) -> str:
        if self._word() == "DEFAULT":
            self._take()
            return DEFAULT
        self._skip("GRAPH")
        return self._iri()

    def _group(self) -> None:
        """Take everything between a pair of braces."""
        self._expect("{", loosely=True)
        depth = 1
        while depth:
            word = self._word()
            depth += (word == "{") - (word == "}")
            self._token(loosely=True)

    def _iri(self) -> str:
        token = self._token()
        if token.lastgroup == "iri":
            return self._resolved(token[0][1:-1])
        if token.lastgroup == "variable":
            raise QueryError(
                f"GRAPH {token[0]}: on a remote store a change names the graphs that it changes; "
                "which these are would be known only while it is made"
            )
        prefix, colon, local = token[0].partition(":")
        if not colon or prefix not in self._prefixes:
            self._place -= 1
            self._malformed(f"the prefix {prefix}: is not declared" if colon else "an IRI is expected")
        return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)

    def _resolved(self, iri: str) -> str:
        whole = resolved(self._base, iri)
        if ":" not in whole:
            raise QueryError(f"<{iri}> is relative: write the whole IRI")
        return whole

    def _word(self) -> str:
        return self._found[self._place][0].upper() if self._place < len(self._found) else ""

    def _token(self, *, loosely: bool = False) -> Token:
        """Take the next word; nothing may stand before it, unless `loosely`, that was passed over as none."""
        if self._place == len(self._found):
            self._malformed("something is missing at its end")
        token = self._found[self._place]
        if not loosely and self._gap(self._read) != token.start():
            self._malformed("something stands before this that is no word of an update")
        self._place += 1
        self._read = token.end()
        return token

    def _take(self) -> str:
        return self._token()[0].upper()

    def _skip(self, word: str) -> None:
        if self._word() == word:
            self._take()

    def _expect(self, word: str, *, loosely: bool = False) -> None:
        if self._word() != word:
            self._malformed(f"{word} is expected")
        self._token(loosely=loosely)

    def _end(self) -> None:
        """Take the semicolon between two operations; after the last one there may be one as well."""
        self.end = self._read
        ended = self._gap(self._read)
        if self._text[ended : ended + 1] == ";":
            self._read = ended + 1
        elif ended < len(self._text):
            self._malformed("; is expected between two operations")
        if self._place == len(self._found) and self._gap(self._read) != len(self._text):
            self._malformed("something stands at its end that is no word of an update")

    def _gap(self, start: int) -> int:
        """Return where the blanks and comments end that begin here."""
        found = _GAP.match(self._text, start)
        return found.end() if found else start

    def _start(self) -> int:
        return self._found[self._place].start() if self._place < len(self._found) else len(self._text)

    def _malformed(self, why: str) -> NoReturn:
        offset = self._start()
        line = self._text.count("\n", 0, offset) + 1
        column = offset - self._text.rfind("\n", 0, offset)
        raise QuerySyntaxError(f"the update is malformed at line {line}, column {column}: {why}", line, column)
