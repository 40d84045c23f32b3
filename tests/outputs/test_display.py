"""Labels and styles come from the ontology; what it does not know is shown as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import DataError
from kg.outputs import display as module
from kg.outputs.display import display, with_prefix
from kg.plan import Basis, Mode, Role

ZR = "https://w3id.org/zeren/ns#"


@pytest.mark.parametrize("word", [*Role, *Mode, *Basis])
def test_every_word_of_the_plan_has_two_labels(word: str) -> None:
    term = display().by_word[word]
    assert term.zh != term.en
    assert display().word(term.iri) == word


def test_an_iri_and_a_word_name_the_same_term() -> None:
    assert display().label(f"{ZR}Lead", "en") == display().label("lead", "en") == "lead"
    assert display().word(f"{ZR}Collective") == "collective"
    assert display().style(f"{ZR}Lead")["width"] == 4
    assert display().label("某词") == display().word("某词") == "某词"
    assert display().style("某词") == {}


def test_iris_are_shortened_by_our_prefixes() -> None:
    assert with_prefix(f"{ZR}leads") == "zr:leads"
    assert with_prefix("https://example.org/x") == "https://example.org/x"


def test_a_broken_ontology_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("responsibility.ttl", "concepts.ttl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "display.ttl").write_text("zr:Lead a", encoding="utf-8")
    monkeypatch.setattr(module, "ontology_dir", lambda: tmp_path)
    with pytest.raises(DataError, match=r"display\.ttl"):
        module.display.__wrapped__()
