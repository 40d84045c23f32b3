"""Fields of a Word document: what they show is text, but not what a table of contents shows (ECMA-376, 17.16)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTENTS = re.compile(r"\s*(?:TOC|INDEX)\b", re.I)


class Fields:
    """The fields that are open at a place of the text; they nest, and reach over paragraphs."""

    def __init__(self, *, hiding: bool = True) -> None:
        self._hiding = hiding
        self._orders: list[str] = []

    @property
    def hide(self) -> bool:
        """Tell whether a table of contents is being shown."""
        return self._hiding and any(map(_CONTENTS.match, self._orders))

    def take(self, element: Element) -> None:
        """Note the begin or end of a field, or what it is told to show."""
        if element.tag == "instrText":
            if self._orders:
                self._orders[-1] += element.text or ""
        elif element.get("fldCharType") == "begin":
            self._orders.append("")
        elif element.get("fldCharType") == "end" and self._orders:
            self._orders.pop()
