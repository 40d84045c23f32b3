"""Where in the text a stated fact is written: the narrowest passage that shows it, and the sentence around that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import RDF, Graph, Literal
from rdflib.term import Node

from kg.graph.rules import Triple
from kg.graph.vocabulary import ZR

_DEPTH = 3  # organisation ← assignment; function ← organisation ← assignment; place ← organisation ← assignment
_CONTEXT = 80  # characters of a sentence that are shown before and after a passage
_ENDS = "。！？；\n"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A passage (its IRI, code-point offsets and quote) with what stands before and after it in its sentence."""

    passage: str
    start: int
    end: int
    before: str
    quote: str
    after: str


def passage_of(stated: Graph, node: Node | None) -> Node | None:
    """Return the first passage that shows a node: itself, its evidence, or the evidence of what names it."""
    if node is None or isinstance(node, Literal):
        return None
    if (node, RDF.type, ZR.Passage) in stated:
        return node
    seen, naming = {node}, [node]
    for _ in range(_DEPTH):
        found = [passage for each in naming for passage in stated.objects(each, ZR.evidence)]
        if found:
            return min(found, key=lambda passage: _place(stated, passage))
        naming = sorted({user for each in naming for user in stated.subjects(None, each)} - seen, key=str)
        seen |= set(naming)
    return None


def passage_of_fact(stated: Graph, fact: Triple) -> Node | None:
    """Return the passage that shows a stated triple, None where the text shows nothing of it.

    Of what shows its subject and what shows its object, an inner passage comes before the one around it, and a
    narrower one before a wider one.
    """
    subject, _, value = fact
    for node in (subject, value):
        if not isinstance(node, Literal) and (node, RDF.type, ZR.Passage) in stated:
            return node
    own, other = (_evidence(stated, node) for node in (subject, value))
    inner = [p for p in other if any(_contains(stated, around, p) for around in own)]
    narrow = inner or (other if _is_named(stated, fact) else []) or own or other
    return min(narrow, key=lambda p: (_length(stated, p), _place(stated, p)), default=None) or passage_of(
        stated, subject
    )


def _is_named(stated: Graph, fact: Triple) -> bool:
    """Tell whether a fact stands where its object is named: a title does not show what its plan cites."""
    subject, _, value = fact
    named = any((value, RDF.type, kind) in stated for kind in (ZR.Campaign, ZR.PolicyDocument))
    return named or (subject, RDF.type, ZR.WorkPlan) in stated


def sentence_of(stated: Graph, passage: Node) -> Sentence:
    """Return a passage with the rest of its sentence, at most 80 characters on either side."""
    start, end = _offset(stated, passage, ZR.start), _offset(stated, passage, ZR.end)
    text = str(stated.value(stated.value(passage, ZR.source), ZR.text) or "")
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    quote = str(stated.value(passage, ZR.quote))
    complete = quote.endswith(tuple(_ENDS))
    return Sentence(str(passage), start, end, _tail(before), quote, "" if complete else _head(after))


def _tail(text: str) -> str:
    """Return what of a text stands after its last sentence end."""
    return text[max(map(text.rfind, _ENDS)) + 1 :]


def _head(text: str) -> str:
    """Return a text up to its first sentence end, which is kept unless it is a line break."""
    ends = [place for place in map(text.find, _ENDS) if place >= 0]
    return text[: min(ends) + 1].rstrip("\n") if ends else text


def _evidence(stated: Graph, node: Node) -> list[Node]:
    return [] if isinstance(node, Literal) else list(stated.objects(node, ZR.evidence))


def _contains(stated: Graph, around: Node, inner: Node) -> bool:
    return _offset(stated, around, ZR.start) <= _offset(stated, inner, ZR.start) and _offset(
        stated, inner, ZR.end
    ) <= _offset(stated, around, ZR.end)


def _length(stated: Graph, passage: Node) -> int:
    return _offset(stated, passage, ZR.end) - _offset(stated, passage, ZR.start)


def _place(stated: Graph, passage: Node) -> tuple[int, str]:
    return _offset(stated, passage, ZR.start), str(passage)


def _offset(stated: Graph, passage: Node, edge: Node) -> int:
    value = stated.value(passage, edge)
    return int(str(value)) if value is not None and str(value).isdecimal() else 0


def in_reading_order(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Return sentences in the order of the text, each passage once."""
    return sorted({each.passage: each for each in sentences}.values(), key=lambda each: (each.start, each.end))
