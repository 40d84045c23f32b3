"""Labels and marks of the vocabulary's own terms, for the language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from kg.outputs.display import display
from web.i18n import language

_SCRATCH: dict[str, tuple[str, float, str]] = {
    "Lead": ("#D55E00", 4, ""), "Responsible": ("#0072B2", 2, ""),
    "Assist": ("#009E73", 2, "6 3"), "Participate": ("#56B4E9", 2, "2 3"),
    "Guide": ("#CC79A7", 2, ""), "Supervise": ("#E69F00", 2, ""),
}


@dataclass(frozen=True, slots=True)
class RoleStyle:
    """How the line of a role is drawn: colour, width in px, dashes as SVG writes them (empty: none)."""

    colour: str
    width: float
    dashes: str


def last_part(iri: object) -> str:
    """Return what stands after the last # or / of an IRI."""
    return str(iri).rpartition("#")[2].rpartition("/")[2]


def label(term: object) -> str:
    """Return the label of a term of the vocabulary in the language of the page."""
    found = display().label(term, language())
    return last_part(found) if found == str(term) else found


def role_style(role: object) -> RoleStyle:
    """Return how the line of `role` is drawn."""
    found = _SCRATCH[last_part(role).capitalize()]
    return RoleStyle(found[0], found[1], found[2])
