"""The words of the reference pages, from reference.toml, in the language of the page."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from web.i18n import language


@cache
def _rooms() -> dict[str, dict[str, dict[str, str]]]:
    path = Path(__file__).with_name("reference.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words(room: str) -> dict[str, str]:
    """Return the words of one page by their key."""
    return {key: spoken[language()] for key, spoken in _rooms()[room].items()}
