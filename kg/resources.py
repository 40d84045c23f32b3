"""Where the data that ships with the program lies: in a checkout, or inside the installed package."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def ontology_dir() -> Path:
    """Return the folder of `responsibility.ttl`, `concepts.ttl`, `shapes.ttl`, `alignment.ttl`, `display.ttl`."""
    return _ROOT / "ontology"


def data_dir() -> Path:
    """Return the folder of `documents/`, `lexicon/`, `registry/` and `reviews/`."""
    return _ROOT / "data"


def prefixes() -> dict[str, str]:
    """Return the prefixes that people may use without declaring them, from `ontology/prefixes.ttl`."""
    text = (ontology_dir() / "prefixes.ttl").read_text("utf-8")
    return dict(re.findall(r'sh:prefix\s+"([^"]*)"\s*;\s*sh:namespace\s+"([^"]*)"', text))
