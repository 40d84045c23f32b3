"""The words of a query: enough to tell its form, its groups and its datasets, without understanding more of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from kg.errors import QueryError

# Comments, IRIs and literals first: what stands in them is none of the query's words. Possessive throughout.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n\r]*+)"""
    r"""|(?P<iri><[^<>"{}|^`\\\s]*+>)"""
    r"""|(?P<literal>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}"""
    # One that never ends takes all that it would: looked at again from every sign of it, it would take its square.
    r"""|\"{3}.*+|'{3}.*+|"(?:[^"\\\n]|\\[^\n])*+["\\]?+|'(?:[^'\\\n]|\\[^\n])*+['\\]?+)"""
    r"""|(?P<variable>[?$]\w++)"""
    r"""|(?P<word>[^\W\d][\w.-]*+(?::[\w:.%\\-]*+)?+|:[\w:.%\\-]*+)"""
    r"""|(?P<sign>[{}*])|(?P<operator>[()\[\]!|/+^=&-])""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_KEYWORD = re.compile(r"\b(?:service|from)\b", re.IGNORECASE)
# What ends an Oxigraph 0.5.13 server, measured: 256 nested EXISTS, 1,000 braces in a row, 2,000 operators.
_DEEPEST, _MOST_BRACES, _MOST_OPERATORS = 100, 400, 900
Token = re.Match[str]


def tokens(query: str) -> Iterator[Token]:
    """Yield variables, words (keywords and prefixed names), IRIs, literals, braces and stars, in their order."""
    return (token for token in _TOKEN.finditer(query) if token.lastgroup not in ("comment", "operator"))


def signs(query: str) -> Iterator[Token]:
    """Yield the same with all brackets and operators."""
    return (token for token in _TOKEN.finditer(query) if token.lastgroup != "comment")


def form(query: str) -> str:
    """Return the first word after the prologue, in capitals: SELECT, CONSTRUCT, INSERT …; empty where there is none."""
    declared = False
    for token in tokens(query):
        word = token[0].upper()
        if declared:  # PREFIX has a name and an IRI, BASE an IRI
            declared = token.lastgroup != "iri"
        elif word in ("PREFIX", "BASE"):
            declared = True
        else:
            return word
    return ""


def check_size(query: str) -> None:
    """Raise QueryError for a query so deep or so long that a service which runs it in one process may end of it."""
    depth = braces = operators = 0
    for token in _TOKEN.finditer(query):
        sign = token[0]
        if token.lastgroup not in ("sign", "operator"):
            continue
        depth += (sign in "{([") - (sign in "})]")
        braces += sign == "{"
        operators += token.lastgroup == "operator"
        if depth > _DEEPEST or braces > _MOST_BRACES or operators > _MOST_OPERATORS:
            raise QueryError(
                f"the query is too large for a remote store: at most {_DEEPEST} levels, {_MOST_BRACES} groups and "
                f"{_MOST_OPERATORS} signs are passed on"
            )


def plain(query: str) -> str:
    """Return the query with its codepoint escapes resolved, so that its words are what every parser sees.

    They count before anything else does (SPARQL 1.1, 19.2), so one that stands for a quotation mark would end a
    literal. Raises QueryError where one stands for an ASCII character.
    """
    return _ESCAPED.sub(_character, query)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    if code < 0x80 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        raise QueryError(f"{escape[0]}: write the character itself")
    return chr(code)


def keywords(query: str) -> frozenset[str]:
    """Return which of SERVICE and FROM the query uses."""
    if not _KEYWORD.search(query):
        return frozenset()
    words = (token for token in tokens(query) if token.lastgroup == "word" and not is_language(query, token))
    return frozenset(token[0].upper() for token in words) & {"SERVICE", "FROM"}


def is_language(query: str, token: Token) -> bool:
    """Tell whether a word is the language of a literal."""
    return query[token.start() - 1 : token.start()] == "@"


def resolved(base: str, iri: str) -> str:
    """Return an IRI of a text whose base is `base`; only http and https bases are resolved against."""
    if _ABSOLUTE.match(iri) or not base.startswith(("http://", "https://")):
        return iri
    return urljoin(base, iri) + (iri[-1] if iri.endswith(("#", "?")) else "")  # urljoin leaves out an empty part
