"""The closed ontology: what is kept beside it is what owlrl says now, costs no start anything, and is told as such."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from kg.errors import InconsistentError
from kg.graph import DocumentGraphs, entailment, ontology, reference
from kg.graph.closure import rules, useful
from kg.graph.deduction import Program, deduce
from kg.graph.pausing import uncollected
from kg.graph.registry import registry_graph
from kg.graph.rules import compile_rules
from kg.graph.vocabulary import ZR
from kg.graph.wording import Wording
from kg.resources import ontology_dir
from tests.graph.test_closure import as_graph

ORG = URIRef("http://www.w3.org/ns/org#Organization")


def test_what_is_kept_is_what_owlrl_says_now(tmp_path: Path) -> None:
    """After a change to the ontology: `python -m kg.graph.entailment`."""
    entailment.write(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (ontology_dir() / path.name).read_bytes(), path.name
    assert len(list(tmp_path.iterdir())) == 2


def test_schema_entailments_are_there() -> None:
    plain, aligned = entailment.entailed(), entailment.entailed(True)
    assert (ZR.leads, RDFS.subPropertyOf, ZR.involvedIn) in plain
    assert (ZR.leadAgent, RDFS.range, ZR.Organization) in plain
    assert plain < aligned
    assert (ZR.Collective, RDFS.subClassOf, ORG) in aligned
    assert not plain & set(ontology.axioms())
    assert all(s != o and OWL.Thing not in (s, o) for s, _, o in aligned)


def test_the_ontology_is_consistent_and_every_entailed_axiom_has_its_rule() -> None:
    assert reference.closure((), ontology.axioms(True))
    compiled = {rule.axiom for rule in rules(True)}
    assert entailment.entailed(True) <= compiled


def test_a_contradicting_ontology_is_refused() -> None:
    axioms = as_graph(
        [
            (ZR.Task, OWL.disjointWith, ZR.Item),
            (ZR.one, RDF.type, ZR.Task),
            (ZR.one, RDF.type, ZR.Item),
        ]
    )
    with pytest.raises(InconsistentError):
        entailment.drawn(axioms)


@pytest.mark.parametrize("alignment", [False, True])
def test_rules_of_the_closed_ontology_say_what_those_of_its_axioms_say(seed: DocumentGraphs, alignment: bool) -> None:
    given = {*seed.stated, *registry_graph([seed.stated])}
    written = Program(compile_rules(ontology.axioms(alignment)))
    closed = Program(rules(alignment))
    assert len(closed.rules) > len(written.rules)
    first, second = ({triple for triple in deduce(given, each) if useful(triple)} for each in (written, closed))
    assert first == second


def test_a_changed_ontology_is_closed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ontology_dir().iterdir():
        shutil.copy(path, tmp_path)
    changed = tmp_path / "responsibility.ttl"
    changed.write_text(
        changed.read_text("utf-8") + "\nzr:leads rdfs:subPropertyOf zr:more . zr:more rdfs:range zr:Task .\n"
    )
    for module in (entailment, ontology):
        monkeypatch.setattr(module, "ontology_dir", lambda: tmp_path)
    caches = (ontology.axioms, entailment.entailed, entailment.closed)
    try:
        for cache in caches:
            cache.cache_clear()
        assert (ZR.leads, RDFS.subPropertyOf, ZR.involvedIn) in entailment.entailed()
        assert (ZR.leads, RDFS.subPropertyOf, ZR.more) in entailment.closed()
    finally:
        for cache in caches:
            cache.cache_clear()


def test_no_start_pays_for_owlrl() -> None:
    program = "import sys; from kg.graph.closure import rules; rules(); rules(True); print('owlrl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_entailed_axiom_is_told_as_such() -> None:
    rule = next(rule for rule in rules() if rule.axiom == (ZR.leads, RDFS.subPropertyOf, ZR.involvedIn))
    assert Wording(Graph(), "zh").use(rule) == "“牵头”也就是“承担”（由本体公理推得）"
    assert Wording(Graph(), "en").use(rule).endswith("(entailed by the ontology's axioms)")
    written = next(rule for rule in rules() if rule.axiom == (ZR.leads, RDFS.subPropertyOf, ZR.responsibleFor))
    assert Wording(Graph(), "zh").use(written) == "“牵头”也就是“负责”"


@pytest.mark.parametrize("working", [True, False])
def test_the_collector_is_left_as_it_was(working: bool) -> None:
    before = gc.isenabled()
    (gc.enable if working else gc.disable)()
    try:
        with pytest.raises(KeyError), uncollected():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is working
    finally:
        (gc.enable if before else gc.disable)()
