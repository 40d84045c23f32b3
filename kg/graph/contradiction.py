"""A contradiction told in sentences: which two passages cannot both be right, and by which rule."""

from __future__ import annotations

from rdflib import Graph

from kg.errors import InconsistentError
from kg.graph.deduction import ClashError
from kg.graph.explanation import Explanation, Proof
from kg.graph.knowledge import Given, Knowledge
from kg.graph.wording import Wording


def contradiction(given: Given, clash: ClashError) -> InconsistentError:
    """Return the error of a document whose facts clash, with both sides in words and where they are written."""
    explanation = Explanation(Knowledge(given, clash.deduction, Graph()))
    wording = Wording(given.stated + given.registry, "en")
    sides = [_side(explanation.of(premise), wording) for premise in clash.premises]
    return InconsistentError(
        f"{given.document}: contradicts the ontology, {wording.use(clash.rule)}: " + "; but ".join(sides)
    )


def _side(proof: Proof, wording: Wording) -> str:
    places = [f"“{sentence.quote}” {sentence.start}–{sentence.end}" for sentence in proof.sentences()]
    return wording.fact(proof.conclusion) + (f" (written in {' and '.join(places)})" if places else "")
