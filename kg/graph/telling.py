"""A proof told: as an indented tree with its sentences below, or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rdflib import Literal
from rdflib.term import Node

from kg.graph.explanation import Proof
from kg.graph.passages import Sentence
from kg.graph.rules import Triple
from kg.graph.wording import Wording, step_iri

_ABOVE = {"zh": "见上", "en": "see above"}
_SENTENCES = {"zh": "原文", "en": "Sentences"}


def tree(proof: Proof, wording: Wording, highlight: Callable[[str], str] = "【{}】".format) -> str:
    """Return a proof as an indented tree, each step with its reason, and the sentences that it comes down to.

    `highlight` makes a quote stand out in its sentence.
    """
    sentences = proof.sentences()
    numbers = {sentence.passage: number for number, sentence in enumerate(sentences, start=1)}
    lines = [_line(depth, step, wording, numbers, again) for depth, step, again in steps_down(proof)]
    if sentences:
        lines += ["", _SENTENCES[wording.language]]
        lines += [_sentence(numbers[each.passage], each, highlight) for each in sentences]
    return "\n".join(lines)


def steps_down(proof: Proof) -> Iterator[tuple[int, Proof, bool]]:
    """Yield the steps of a proof from the conclusion down: depth, step, and whether its premises were shown before."""
    yield from _steps_down(proof, 0, set())


def _steps_down(proof: Proof, depth: int, seen: set[Triple]) -> Iterator[tuple[int, Proof, bool]]:
    again = proof.conclusion in seen and bool(proof.premises)
    seen.add(proof.conclusion)
    yield depth, proof, again
    for premise in () if again else proof.premises:
        yield from _steps_down(premise, depth + 1, seen)


def _line(depth: int, step: Proof, wording: Wording, numbers: dict[str, int], again: bool) -> str:
    reason = wording.reason(step)
    if again:
        reason += f" ({_ABOVE[wording.language]})"
    if step.sentence:
        reason += f" [{numbers[step.sentence.passage]}]"
    return f"{'  ' * depth}{wording.fact(step.conclusion)}   ⟸ {reason}"


def _sentence(number: int, sentence: Sentence, highlight: Callable[[str], str]) -> str:
    shown = f"{sentence.before.lstrip()}{highlight(sentence.quote)}{sentence.after}"
    return f"  [{number}] {shown.replace(chr(10), ' ')} {sentence.start}–{sentence.end}"


def record(proof: Proof, zh: Wording, en: Wording) -> dict[str, Any]:
    """Return a proof as a JSON object: its steps, each once and premises first, numbered from 0; the last is proved."""
    steps = list(proof.steps())
    numbers = {step.conclusion: number for number, step in enumerate(steps)}
    return {
        "triple": _terms(proof.conclusion),
        "steps": [
            {
                "triple": _terms(step.conclusion),
                "fact": {"zh": zh.fact(step.conclusion), "en": en.fact(step.conclusion)},
                "reason": {"zh": zh.reason(step), "en": en.reason(step)},
                "graph": step.source,
                "step": str(step_iri(step.step)) if step.step else None,
                "axiom": _terms(step.rule.axiom) if step.rule else None,
                "premises": [numbers[premise.conclusion] for premise in step.premises],
                "sentence": _quoted(step.sentence),
            }
            for step in steps
        ],
    }


def _quoted(sentence: Sentence | None) -> dict[str, Any] | None:
    if sentence is None:
        return None
    return {
        "passage": sentence.passage,
        "start": sentence.start,
        "end": sentence.end,
        "before": sentence.before,
        "quote": sentence.quote,
        "after": sentence.after,
    }


def _terms(triple: Triple) -> list[dict[str, str]]:
    return [_term(term) for term in triple]


def _term(term: Node) -> dict[str, str]:
    if not isinstance(term, Literal):
        return {"type": "uri", "value": str(term)}
    more = {"xml:lang": term.language} if term.language else {"datatype": str(term.datatype)} if term.datatype else {}
    return {"type": "literal", "value": str(term), **more}
