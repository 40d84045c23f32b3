"""What every template can say: words, labels, addresses and the filters that make terms readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from rdflib import URIRef

from kg import __version__
from kg.resources import prefixes
from web import addresses, i18n, names, terms
from web.why import why_url

if TYPE_CHECKING:
    from flask import Flask

COMPARATORS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<", "~": "≈"}


def register(app: Flask) -> None:
    """Give the templates of `app` their words."""
    app.context_processor(_request_words)
    app.jinja_env.globals.update(
        say=i18n.say,
        to=i18n.to,
        switch_url=i18n.switch_url,
        languages=i18n.LANGUAGES,
        label=terms.label,
        page_url=addresses.page_url,
        passage_url=addresses.passage_url,
        data_url=addresses.data_url,
        path_of=addresses.path_of,
        printed=names.printed,
        why_url=why_url,
        room_url=i18n.room_url,
        zr=prefixes()["zr"],
        version=__version__,
    )
    app.jinja_env.tests["iri"] = lambda value: isinstance(value, URIRef)
    app.jinja_env.filters.update(
        label=terms.label,
        last_part=terms.last_part,
        word=terms.word,
        short=terms.short,
        comparator=comparator,
        plain=plain,
        bare=bare,
    )


def comparator(value: object) -> str:
    """Return a comparator (`>=`) as it is printed (≥)."""
    return COMPARATORS.get(str(value), str(value))


def plain(value: object) -> str:
    """Return a decimal without zeros at its end: 97.0 is 97."""
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def bare(number: object) -> str:
    """Return a printed number without its brackets and points: `7.` is 7, `（三）` is 三."""
    return str(number).strip("（）().．、 ")


def _request_words() -> dict[str, object]:
    return {"language": i18n.language(), "q": request.args.get("q", "")}
