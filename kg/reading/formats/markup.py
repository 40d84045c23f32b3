"""XML from strangers: no document type, no entities, no bottomless nesting; names without their namespaces."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from kg.reading.formats.extract import BrokenError

# Word nests tables, content controls and text boxes; fifty tables inside one another need about 250.
MAX_DEPTH = 300


class _TooDeepError(Exception):
    """An element inside more than MAX_DEPTH others."""


class _Builder(TreeBuilder):
    """Builds elements by their local names, and counts how deep they nest."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _TooDeepError
        return super().start(local(tag), {local(key): value for key, value in attrs.items()})

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(local(tag))


def local(name: str) -> str:
    """Return an XML name without its namespace."""
    return name.rpartition("}")[2]


def parse(data: bytes, part: str) -> Element:
    """Return the root element of `data`; raises BrokenError naming the part."""
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element | None = parser.close()
    except ParseError as error:
        raise BrokenError(f"part {part!r} is no well-formed XML ({error}); open the file and save it again") from error
    except DefusedXmlException as error:
        raise BrokenError(f"part {part!r} declares a document type or entities, which no document needs") from error
    except _TooDeepError as error:
        raise BrokenError(f"part {part!r} nests elements deeper than {MAX_DEPTH}; no document needs that") from error
    except (ValueError, LookupError) as error:  # an unknown encoding
        raise BrokenError(f"part {part!r} is no readable XML ({error}); open the file and save it again") from error
    if root is None:
        raise BrokenError(f"part {part!r} is empty; open the file and save it again")
    return root
