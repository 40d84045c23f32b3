"""The two languages of the pages: words from messages.toml, the prefix /en, the switch that stays on the page.

Only the frame speaks two languages. What a document says is shown as printed, whatever the language.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import request, url_for

LANGUAGES = ("zh", "en")
PREFIXES = {"zh": "", "en": "/en"}


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return every message: its dotted key, and per language its words (`en_one` for one of a kind)."""
    path = Path(__file__).with_name("messages.toml")
    rooms = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{room}.{key}": words for room, entries in rooms.items() for key, words in entries.items()}


def language() -> str:
    """Return the language of this request: the blueprint's, or for a page that is not there its prefix's."""
    if request.blueprint in LANGUAGES:
        return request.blueprint
    return "en" if request.path == "/en" or request.path.startswith("/en/") else "zh"


def say(key: str, **values: object) -> str:
    """Return the words for `key` in this request's language, with `values` put in; `n` = 1 takes the singular.

    Without values the words keep their blanks, for scripts that fill them in.
    """
    words = messages()[key]
    spoken = language()
    singular = words.get(f"{spoken}_one") if values.get("n") == 1 else None
    found = singular or words[spoken]
    return found.format(**values) if values else found


def to(endpoint: str, **values: Any) -> str:
    """Return the address of a page in this request's language."""
    return url_for(f"{language()}.{endpoint}", **values)


def room_url(name: str) -> str:
    """Return the address of a room beside the pages (`/checks`, `/ontology`) in this request's language."""
    return f"{PREFIXES[language()]}/{name}"


def switch_url(other: str) -> str:
    """Return the address of this very page, its query included, in the language `other`."""
    path = request.path.removeprefix("/en") or "/"
    if path == request.path and request.path.startswith("/en"):
        path = "/"
    query = request.query_string.decode("ascii", "replace")
    return _quoted(PREFIXES[other] + path) + (f"?{query}" if query else "")


def _quoted(path: str) -> str:
    return quote(path, safe="/:;=@&+$,!*'()~")
