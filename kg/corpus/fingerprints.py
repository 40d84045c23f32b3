"""What a store was made by, as hashes: another reader reads otherwise, other rules draw other inferences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kg.resources import data_dir, ontology_dir

if TYPE_CHECKING:
    from kg.settings import Settings

_ROOMS = Path(__file__).parents[1]
_REASONING = (
    "closure",
    "coownership",
    "deduction",
    "documents",
    "knowledge",
    "reference",
    "registry",
    "rules",
    "spine",
)


def reader_fingerprint(settings: Settings) -> str:
    """Return the hash of the reader and of all it knows: with another one, the same file may read otherwise."""
    code = [
        *(_ROOMS / "reading").rglob("*.py"),
        *(_ROOMS / "graph" / name for name in ("triples.py", "page.py", "iris.py")),
    ]
    folders = (data_dir() / "lexicon", data_dir() / "registry", settings.reviews)
    known = [path for folder in folders for path in folder.rglob("*.*")]
    return fingerprint(path.read_text("utf-8") for path in sorted([*code, *known]))


def rules_fingerprint(settings: Settings) -> str:
    """Return the hash of what inferences are drawn by: the ontology, the reasoner, and whether alignments count."""
    terms = [ontology_dir() / name for name in ("responsibility.ttl", "alignment.ttl")]
    code = [_ROOMS / "graph" / f"{name}.py" for name in _REASONING]
    texts = [path.read_text("utf-8") for path in (*terms, *code)]
    return fingerprint([*texts, settings.reasoner, json.dumps(settings.alignment)])


def fingerprint(texts: Iterable[str]) -> str:
    """Return a hash over texts."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode())
    return whole.hexdigest()[:16]
