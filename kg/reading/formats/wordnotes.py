"""Footnotes and endnotes of a Word document: referred to inside a sentence, read behind the text (ECMA-376, 17.11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

REFERENCES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


class Notes:
    """The notes that the text refers to, in the order it does."""

    def __init__(self, footnotes: Element | None, endnotes: Element | None) -> None:
        self._notes = {
            (kind, note.get("id")): note
            for kind, part in (("footnote", footnotes), ("endnote", endnotes))
            for note in ([] if part is None else part.iter(kind))
            if note.get("type") not in _SEPARATORS
        }
        self._referred: dict[tuple[str, str | None], None] = {}

    def refer(self, reference: Element) -> None:
        """Note that the text refers to a note at this place."""
        self._referred.setdefault((REFERENCES[reference.tag], reference.get("id")))

    def lines(self, read: Callable[[Element], list[str]]) -> list[str]:
        """Return the notes, a line each, numbered as they are referred to; `read` gives the lines of one."""
        found = [note for key in self._referred if (note := self._notes.get(key)) is not None]
        texts = [" ".join(" ".join(line.split()) for line in read(note)) for note in found]
        return [f"注{number}：{text}" for number, text in enumerate(texts, start=1) if text]
