"""Names as people type them: short forms, full names, parts; what is ambiguous or unknown says so."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import AmbiguousError, NotFoundError
from kg.questions.catalogue import run
from kg.questions.lookup import find
from kg.store.engine import Engine


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("20.1", "task", "20.1"),
        ("２０.1", "task", "20.1"),
        ("二.三.7.2", "task", "7.2"),
        ("昆仑2021", "campaign", "“昆仑2021”行动"),
        ("“昆仑2021”行动", "campaign", "“昆仑2021”行动"),
        ("党政领导干部食品安全责任制规定", "policy", "地方党政领导干部食品安全责任制规定"),
        ("《地方党政领导干部食品安全责任制规定》", "policy", "地方党政领导干部食品安全责任制规定"),
        ("鲅鱼圈海关", "organization", "鲅鱼圈海关"),
        ("区卫健局", "organization", "营口市鲅鱼圈区卫生健康局"),
        ("营口市鲅鱼圈区卫生健康局", "organization", "营口市鲅鱼圈区卫生健康局"),
        ("市场监管", "organization", "营口市鲅鱼圈区市场监督管理局"),
        ("区人民政府", "organization", "营口市鲅鱼圈区人民政府"),
        ("鲅鱼圈区政府", "organization", "营口市鲅鱼圈区人民政府"),
        ("按时报送情况", "section", "（十八）按时报送情况"),
        ("校园食品安全守护行动", "campaign", "校园食品安全守护行动"),
    ],
)
def test_names_are_understood(name: str, kind: str, label: str, seed_store: Engine) -> None:
    found = find(seed_store, name)
    assert (found.kind, found.label) == (kind, label)
    assert find(seed_store, found.iri) == found


def test_a_whole_name_comes_before_a_part(seed_store: Engine) -> None:
    assert find(seed_store, "区食安办").label == "营口市鲅鱼圈区食品安全委员会办公室"
    assert find(seed_store, "1.1").label == "1.1"


def test_an_ambiguous_name_lists_its_candidates(seed_store: Engine) -> None:
    with pytest.raises(AmbiguousError) as caught:
        find(seed_store, "食安委", kinds=("organization",))
    assert any("相关成员单位" in candidate for candidate in caught.value.candidates)
    assert list(caught.value.candidates) == sorted(caught.value.candidates)


@pytest.mark.parametrize(
    ("name", "nearest"), [("区卫健委", "区卫健局"), ("昆仑2020", "“昆仑2021”行动"), ("99.1", "9.1")]
)
def test_an_unknown_name_suggests_the_nearest(name: str, nearest: str, seed_store: Engine) -> None:
    with pytest.raises(NotFoundError) as caught:
        find(seed_store, name)
    assert nearest in caught.value.nearest


@pytest.mark.parametrize("name", ["", "  ", "“”", "🀄" * 500])
def test_a_name_without_content_means_nothing(name: str, seed_store: Engine) -> None:
    with pytest.raises(NotFoundError):
        find(seed_store, name)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_any_text_is_answered_or_refused(seed_store: Engine, name: str) -> None:
    try:
        assert find(seed_store, name).label
    except (NotFoundError, AmbiguousError) as error:
        assert str(error)


def test_the_same_code_in_two_documents_asks_which(draft_and_final: Engine) -> None:
    with pytest.raises(AmbiguousError) as caught:
        find(draft_and_final, "20.1")
    assert len(caught.value.candidates) == 2
    for row in run(draft_and_final, "documents"):
        document = str(row["document"])
        assert find(draft_and_final, "20.1", document=document).document == document
