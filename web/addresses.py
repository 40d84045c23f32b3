"""Where a thing of the graph has its page: the IRI under the base, turned into a path and back."""

from __future__ import annotations

import re

from flask import current_app

from web.i18n import to

# RFC 3987 leaves these out of IRIs, so a path that was decoded on its way here gets them encoded again.
_NEVER_IN_AN_IRI = re.compile(r'[\x00-\x20"<>\\^`{|}]')
_CHAR = re.compile(r"#char=(\d+),(\d+)$")


def base() -> str:
    """Return the IRI under which everything read from documents lies."""
    return str(current_app.config["BASE"])


def iri_of(path: str) -> str:
    """Return the IRI that `path`, decoded once, stands for."""
    return base() + _NEVER_IN_AN_IRI.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), path)


def path_of(iri: str) -> str | None:
    """Return the path of an IRI under the base, without its fragment; None for IRIs from elsewhere."""
    return iri.removeprefix(base()).partition("#")[0] if iri.startswith(base()) else None


def page_url(iri: object) -> str | None:
    """Return the address of a thing's page; a passage's is the place in its document; None for IRIs from elsewhere."""
    text = str(iri)
    path = path_of(text)
    if path is None:
        return None
    if place := _CHAR.search(text):
        return passage_url(text.partition("#")[0], int(place[1]), int(place[2]))
    return to("thing", path=path)


def passage_url(document: object, start: object, end: object) -> str:
    """Return the address of a document's text with the characters from `start` to `end` marked."""
    return to("thing", path=path_of(str(document)), start=int(str(start)), end=int(str(end))) + "#here"


def data_url(iri: object, form: str) -> str:
    """Return the address of a thing's facts as `turtle`, `jsonld` or `csv`."""
    return to("data", path=path_of(str(iri)), format=form)
