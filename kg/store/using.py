"""The dataset that a request names for an update (`using-graph-uri`), written into it as USING clauses.

https://www.w3.org/TR/sparql11-protocol/#update-dataset
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.errors import QueryError

_NOT_IN_AN_IRI = re.compile(r"""[\x00-\x20<>"{}|^`\\]""")
# What may hold a WHERE or a brace that is none: comments, IRIs, literals. Long literals first. Possessive throughout.
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n\r]*+|<[^<>"{}|^`\\\s]*+>|\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|(?P<brace>[{}])|(?P<word>[?$:]?+[A-Za-z_][\w:-]*+)""",
    re.DOTALL,
)


def with_dataset(update: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """Return the update with USING and USING NAMED before each of its WHERE clauses.

    Raises QueryError where one of them is no IRI, or the update has USING, USING NAMED or WITH of its own: the protocol
    allows only one of the two.
    """
    if not using and not using_named:
        return update
    for iri in (*using, *using_named):
        if _NOT_IN_AN_IRI.search(iri):
            raise QueryError(f"{iri!r} is not an IRI")
    clauses = "".join(f"USING <{iri}> " for iri in using) + "".join(f"USING NAMED <{iri}> " for iri in using_named)
    parts, last = [], 0
    for place in _wheres(update):
        parts += [update[last:place], clauses]
        last = place
    return "".join([*parts, update[last:]])


def _wheres(update: str) -> Iterator[int]:
    depth, before = 0, ""
    for token in _TOKEN.finditer(update):
        if token["brace"]:
            depth += 1 if token[0] == "{" else -1
            before = ""
        elif token["word"] and depth == 0:
            word = token[0].upper()
            if word in ("USING", "WITH"):
                raise QueryError(f"the update has {word} of its own, so the request may name no using-graph-uri")
            if word == "WHERE" and before != "DELETE":  # DELETE WHERE takes no dataset
                yield token.start()
            before = word
