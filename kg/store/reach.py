"""What a query or a change asks of other hosts: found in its text, refused or fetched, and put where it was asked.

No process that holds the store ever opens a connection: SERVICE becomes the VALUES that the service gave, LOAD the
triples that the document holds, and both then run under the seal of every other query (kg.store.worker). So a host
that this text hides from us is one that nobody can reach.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from kg.errors import ForeignHostError, QueryError, QueryTimeoutError, ResultTooLargeError, UpstreamError
from kg.store.elsewhere import Elsewhere
from kg.store.hosts import OPTION, Hosts
from kg.store.tokens import Token, is_language, resolved, signs

_MENTIONED = {False: re.compile(r"service", re.IGNORECASE), True: re.compile(r"service|load", re.IGNORECASE)}
_WORDS = {False: ("SERVICE",), True: ("SERVICE", "LOAD")}  # of a query, of an update
_MOST = 16  # clauses of one query
_AT_ONCE = 3  # of the server's threads: a service that asks itself must find others free
_SLOTS = threading.BoundedSemaphore(_AT_ONCE)
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_SIGN = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A SERVICE or LOAD: where it stands in the text, the address it names, and what is sent there or filled."""

    start: int
    end: int
    address: str
    iri: str
    silent: bool
    query: str = ""  # of SERVICE
    graph: str = ""  # of LOAD; empty is the default graph


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be asked of other hosts: which, for how many seconds in all, and how many bytes each may give."""

    hosts: Hosts = field(default_factory=Hosts)
    seconds: float = 10.0
    max_bytes: int = 16 * 2**20

    @staticmethod
    def mentioned(text: str, *, update: bool = False) -> bool:
        """Tell whether the text may ask other hosts, at a glance: a word in it might also be a literal."""
        return _MENTIONED[update].search(text) is not None

    @staticmethod
    def emptied(text: str, *, update: bool = False) -> str:
        """Return the text without the hosts that it names, sign for sign: well-formed if it is, and asking nobody.

        SERVICE is left as the group that it was, LOAD becomes `DROP ALL`: a parser may run it on no quads at all.
        """
        emptied, last = [], 0
        for start, end, instead in _named_hosts(text, _WORDS[update]):
            emptied += [text[last:start], instead, _SIGN.sub(" ", text[start + len(instead) : end])]
            last = end
        return "".join([*emptied, text[last:]])

    def filled(
        self, text: str, base: str | None, prefixes: Mapping[str, str] | None = None, *, update: bool = False
    ) -> str:
        """Return the text with what other hosts gave in place of its SERVICE and LOAD clauses; its lines stay.

        Raises ForeignHostError before anything is asked, unless all of them name a host that is allowed; UpstreamError
        of the kind that fits where one does not give what it was asked for.
        """
        if not self.mentioned(text, update=update):
            return text
        clauses = list(_Text(text, base, prefixes, self.hosts).clauses(_WORDS[update]))
        if not clauses:
            return text
        with _slot():
            elsewhere = Elsewhere(self.seconds, self.max_bytes)
            parts, last = [], 0
            for clause in clauses:
                lines = "\n" * text.count("\n", clause.start, clause.end)
                parts += [text[last : clause.start], _given(elsewhere, clause), lines]
                last = clause.end
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


def _given(elsewhere: Elsewhere, clause: Clause) -> str:
    if not clause.address:
        return "INSERT DATA {}"
    try:
        if clause.query:
            return elsewhere.solutions(clause.address, clause.query)
        return elsewhere.triples(clause.address, clause.iri, clause.graph)
    except (UpstreamError, ResultTooLargeError):
        if not clause.silent:
            raise
        return "VALUES () { () }" if clause.query else "INSERT DATA {}"


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(blocking=False):
        raise QueryTimeoutError(f"{_AT_ONCE} others are being answered with the help of other hosts; ask again later")
    try:
        yield
    finally:
        _SLOTS.release()


class _Text:
    """The words of a query or a change, with what its IRIs and prefixed names mean where one has read so far."""

    def __init__(self, text: str, base: str | None, prefixes: Mapping[str, str] | None, hosts: Hosts) -> None:
        self._text = text
        self._found = list(signs(text))
        self._base = base or ""
        self._prefixes = dict(prefixes or {})
        self._hosts = hosts

    def clauses(self, words: tuple[str, ...]) -> Iterator[Clause]:
        """Yield what is asked of other hosts, in the order of the text, not what a clause hands on to its service.

        ForeignHostError for a host that is not allowed, there as well.
        """
        count, end = 0, 0
        for number, token in enumerate(self._found):
            word = token[0].upper()
            if word in ("PREFIX", "BASE"):
                self._declare(word, number)
            elif word in words and not is_language(self._text, token):
                silent = self._word(number + 1) == "SILENT"
                place = number + 1 + silent
                iri = self._iri(place, word)
                address = self._address(iri, nothing=silent and word == "LOAD")
                if token.start() < end:
                    continue
                count += 1
                if count > _MOST:
                    raise QueryError(f"other hosts are asked more than {_MOST} times")
                query, graph = "", ""
                if word == "SERVICE":
                    opening, end = self._group(place + 1)
                    query = f"{self._prologue()} SELECT * {self._text[opening:end]}"
                else:
                    graph, end = self._graph(place)
                yield Clause(token.start(), end, address, iri, silent, query, graph)

    def _address(self, iri: str, *, nothing: bool) -> str:
        """Return the address to ask; of what may come to nothing (LOAD SILENT) an empty one where none is allowed."""
        try:
            return self._hosts.address(iri)
        except ForeignHostError:
            if nothing:
                return ""
            raise

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

    def _iri(self, number: int, word: str) -> str:
        """Return the IRI that a token is. ForeignHostError if it is none that is known before the query runs."""
        token = self._found[number] if number < len(self._found) else None
        if token is not None and token.lastgroup == "iri":
            return resolved(self._base, token[0][1:-1])
        prefix, colon, local = token[0].partition(":") if token else ("", "", "")
        if token is None or token.lastgroup != "word" or not colon or prefix not in self._prefixes:
            named = token[0] if token else "nothing"
            raise ForeignHostError(
                f"{word} {named}: which host that is must stand in the text as an IRI, and be allowed ({OPTION})"
            )
        return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)

    def _group(self, number: int) -> tuple[int, int]:
        """Return where the group that begins at a token starts and ends; if it is none, the parser will say so."""
        depth = 0
        for token in self._found[number:]:
            depth += (token[0] == "{") - (token[0] == "}")
            if depth <= 0:
                return self._found[number].start(), token.end()
        return len(self._text), len(self._text)

    def _graph(self, place: int) -> tuple[str, int]:
        """Return the graph that a LOAD fills, and where the clause ends."""
        if (self._word(place + 1), self._word(place + 2)) == ("INTO", "GRAPH"):
            return self._iri(place + 3, "GRAPH"), self._found[place + 3].end()
        return "", self._found[place].end()
