"""The name of everything in the graph: IRIs from few, stable, raw values; Chinese stays Chinese (RFC 3987)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from kg.plan import Plan, Span

DEFAULT_BASE = "https://w3id.org/zeren/id/"
NAMESPACE = "https://w3id.org/zeren/ns#"
# Recomputed whenever documents come or go; their IRIs are `Iris.graph`.
SHARED_GRAPHS = ("ontology", "registry", "spine", "counterparts", "build")

_UCSCHAR = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane * 0x10000 + (0x1000 if plane == 14 else 0))}-{chr(plane * 0x10000 + 0xFFFD)}" for plane in range(1, 15)
)
_FORBIDDEN = re.compile(rf"[^A-Za-z0-9\-._~!$&'()*+,;=:@{_UCSCHAR}]")
_QUOTES = re.compile("[“”‘’「」『』\"']")
# A whole segment that would mean something else: relative paths, the mark for “unknown”, the name of a graph.
_TAKEN = {".": "%2E", "..": "%2E%2E", "-": "%2D", "inferred": "%69nferred"}


def segment(value: str | int | None) -> str:
    """Return `value` as one path segment: only what an IRI forbids in a segment is percent-encoded; None is `-`.

    Different values give different segments (RFC 3987 section 2.2, `isegment`).
    """
    text = "" if value is None else str(value)
    kept = _FORBIDDEN.sub(lambda match: quote(match[0], safe="", errors="surrogatepass"), text)
    return _TAKEN.get(kept, kept) or "-"


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints every IRI under one base, after the templates of VOCABULARY.md."""

    base: str = DEFAULT_BASE

    def place(self, code: str) -> str:
        """Return the IRI of the administrative division with this GB/T 2260 code."""
        return self._under("place", code)

    def function(self, name: str) -> str:
        """Return the IRI of a function such as 市场监管."""
        return self._under("function", name)

    def organization(self, key: str) -> str:
        """Return the IRI of the organisation whose key is `place or -/function or name`."""
        return f"{self.base}org/{organization_path(key)}"

    def policy(self, name: str) -> str:
        """Return the IRI of a cited policy document, shared by all documents that cite it."""
        return self._under("policy", _unspaced(name))

    def campaign(self, name: str) -> str:
        """Return the IRI of a campaign; quotation marks are no part of its name."""
        return self._under("campaign", _unspaced(_QUOTES.sub("", name)))

    def graph(self, name: str) -> str:
        """Return the IRI of a shared graph, one of SHARED_GRAPHS."""
        return self._under("graph", name)

    def document(self, plan: Plan) -> str:
        """Return the IRI of a plan, which also names its stated graph; a draft and its final are two documents."""
        parts: list[str | int | None] = [plan.place, plan.year, _unspaced(plan.title)]
        if plan.status:
            parts.append(_unspaced(plan.status))
        return self._under("doc", *parts)

    def _under(self, *parts: str | int | None) -> str:
        return self.base + "/".join([parts[0] if isinstance(parts[0], str) else "-", *map(segment, parts[1:])])


@dataclass(frozen=True, slots=True)
class Derived:
    """The names of the graphs that documents derive: those that are there (`names`), and all under `base` to come."""

    base: str
    names: Collection[str] = ()

    def __contains__(self, name: object) -> bool:
        kinds = (f"{self.base}doc/", f"{self.base}graph/")
        return name in self.names or (isinstance(name, str) and name.startswith(kinds))


def organization_path(key: str) -> str:
    """Return the two segments `place/name` of an organisation's key."""
    place, _, name = key.partition("/")
    return f"{segment(None if place == '-' else place)}/{segment(name)}"


def inferred(document: str) -> str:
    """Return the name of the graph of what follows from a document."""
    return f"{document}/inferred"


def section(document: str, path: str) -> str:
    """Return the IRI of a section from its path of numerals."""
    return f"{document}/s/{segment(path)}"


def item(document: str, path: str) -> str:
    """Return the IRI of an item from its path."""
    return f"{document}/i/{segment(path)}"


def task(document: str, path: str) -> str:
    """Return the IRI of a task from its path."""
    return f"{document}/t/{segment(path)}"


def numbered(owner: str, kind: str, number: int) -> str:
    """Return the IRI of the `number`th assignment (`a`), `target`, `duty` or `declaration` of its owner, from 1."""
    return f"{owner}/{kind}/{number}"


def coownership(document: str, pair: Sequence[str], base: str) -> str:
    """Return the IRI of what two organisations share in one document, from their sorted IRIs under `base`."""
    return f"{document}/co/" + "/".join(iri.removeprefix(f"{base}org/") for iri in sorted(pair))


def passage(document: str, span: Span) -> str:
    """Return the IRI of a stretch of a document's text (RFC 5147 character positions)."""
    return f"{document}#char={span.start},{span.end}"


def _unspaced(text: str) -> str:
    return "".join(text.split())
