"""Headings that say who bears what stands under them: by a statement behind the title, or as names and nothing else."""

from __future__ import annotations

from dataclasses import replace

from kg.reading.openings import named_bearer
from kg.reading.outline import Entry, Outline
from kg.reading.scan import Scan
from kg.reading.statements import Statement


class Bearers:
    """Who the headings above an item say is responsible; the innermost that says it counts."""

    def __init__(self, text: str, outline: Outline, scan: Scan) -> None:
        self._text = text
        self._parents = {section.id: section.parent for section in outline.sections}
        stated = {s.outer.start: s for s in scan.statements}
        self._stated = {s.id: found for s in outline.sections if (found := stated.get(s.heading.end))}
        self._held = {s.id: found for s in outline.sections if (found := named_bearer(text, s.heading))}
        titles = (entry.title for entry in outline.entries if entry.title)
        self._sure = bool(self._held) or any(named_bearer(text, title) for title in titles)

    def of(self, entry: Entry) -> Statement | None:
        """Return the statement that names who bears an item: its own title, or the innermost heading above it."""
        own = named_bearer(self._text, entry.title, likely=self._sure) if entry.title else None
        section = entry.item.section
        while own is None and section is not None:
            own = self._stated.get(section) or self._held.get(section)
            section = self._parents[section]
        return own and replace(own, governs=entry.content)
