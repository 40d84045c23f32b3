"""Formats: from the bytes of a document, whatever it is written in, to its text.

What every format yields is the same kind of text: a paragraph is a line; a row of a table is one line, its cells
joined by a tab, with a single space for a line break inside a cell and a spanned cell repeated in each row and
column that it covers; bullets, tables of contents, page headers, footers and page numbers are no text. Characters
are never normalised. The same bytes always give the same text, and offsets of a plan count in it.
"""

from kg.reading.formats.extract import Extract
from kg.reading.formats.kinds import FORMATS, format_of

__all__ = ["FORMATS", "Extract", "extract", "format_of", "text_of"]


def text_of(data: bytes, name: str) -> str:
    """Return the text alone of what `extract` gives."""
    return extract(data, name).text


def extract(data: bytes, name: str) -> Extract:
    """Return the text of the document `data`, in the format that its bytes and `name` tell; may be empty.

    Every format but plain text is read in a process of its own, bounded in time and memory. Raises ReadingError
    (file, what was expected, what to do) for what is broken, encrypted, over a limit, or not what its name says.
    """
    kind = format_of(data, name)
    if kind == "txt":
        from kg.reading.formats.plain import text_of_plain

        return Extract(text_of_plain(data, name))
    from kg.reading.formats.confined import confined

    return confined(data, name, kind)
