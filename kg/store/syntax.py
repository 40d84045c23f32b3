"""What is wrong with a malformed query, in words and with its place; the parser says only what it had expected."""

from __future__ import annotations

import re

from kg.errors import QueryError, QueryFormError, QuerySyntaxError

_FORMS = {"select", "ask", "construct", "describe"}
_UPDATES = {"insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with"}
# Possessive throughout: a prologue of a megabyte is passed over once.
_PROLOGUE = re.compile(r"(?:\s++|#[^\n]*+|prefix\s++[^\s<]*+\s*+<[^>]*+>|base\s*+<[^>]*+>)*+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]++")
_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(?:one of )?(.*)", re.DOTALL)
_PLACE_ELSEWHERE = re.compile(r"error at (\d+):")  # how Oxigraph says it; others have their own words
_PREFIXED = re.compile(r"([\w.-]*):[\w.%\\-]*$")
_READABLE = re.compile(r'"(?:[^"\\]|\\.){1,12}"|\b[A-Z]{2,}\b|\b(?:Prefix not found|The SELECT [\w ]+)')
_NEAR = 24  # characters shown before the place
_MOST_EXPECTED = 8


def complaint(query: str, message: str, *, updating: bool = False) -> QueryError:
    """Return the error for a query that Oxigraph refused with `message` (`error at LINE:COLUMN: expected …`).

    `updating` tells that an update was expected.
    """
    forms = _UPDATES if updating else _FORMS
    opening = _PROLOGUE.match(query)
    word = _WORD.match(query, opening.end() if opening else 0)
    if word and not updating and word[0].lower() in _UPDATES:
        return QueryFormError("this is an update, but here one can only ask: SELECT, ASK, CONSTRUCT, DESCRIBE")
    if word and word[0].lower() not in forms:
        line, column = _position(query, word.start())
        return _malformed(line, column, f"{word[0]} is none of {', '.join(sorted(forms)).upper()}", query)
    place = _PLACE.match(message)
    if not place:
        return QuerySyntaxError(f"malformed: {message}")
    return _malformed(int(place[1]), int(place[2]), _expected(query, place), query)


def complaint_elsewhere(text: str, said: str, *, lines_before: int = 0, updating: bool = False) -> QueryError:
    """Return the error for a text that a service refused in words of its own, to which lines were added before it."""
    place = _PLACE_ELSEWHERE.match(said)
    if place is None:
        return QueryError(f"the service says: {said}")
    message = f"error at {int(place[1]) - lines_before}:{said[place.end() :]}"
    return complaint(text, message, updating=updating)


def _malformed(line: int, column: int, why: str, query: str) -> QuerySyntaxError:
    before = _before(query, line, column)[-_NEAR:]
    near = f" (after “{before.strip()}”)" if before.strip() else ""
    return QuerySyntaxError(f"the query is malformed at line {line}, column {column}{near}: {why}", line, column)


def _expected(query: str, place: re.Match[str]) -> str:
    found = list(dict.fromkeys(_READABLE.findall(place[3])))
    if "Prefix not found" in found:
        used = _PREFIXED.search(_before(query, int(place[1]), int(place[2]))[-200:])
        return f"the prefix {used[1]}: is not declared" if used else "a prefix is not declared"
    sentences = [str(words) for words in found if " " in words]
    if sentences:
        return sentences[0]
    return f"expected {' or '.join(found[:_MOST_EXPECTED])}" if found else "nothing that may stand here follows"


def _before(query: str, line: int, column: int) -> str:
    lines = query.split("\n")
    return lines[line - 1][: column - 1] if line <= len(lines) else ""


def _position(query: str, offset: int) -> tuple[int, int]:
    line = query.count("\n", 0, offset)
    return line + 1, offset - query.rfind("\n", 0, offset)
