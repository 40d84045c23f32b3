"""The formats that are read in a process of their own, and what reads each."""

from __future__ import annotations

from collections.abc import Callable

from kg.reading.formats.extract import BrokenError, Extract


def extract(data: bytes, kind: str) -> str:
    """Return the text alone of what `extracted` gives."""
    return extracted(data, kind).text


def extracted(data: bytes, kind: str) -> Extract:
    """Return the text of a document in format `kind`.

    Raises BrokenError, and nothing else but MemoryError, for any bytes at all.
    """
    from kg.errors import ReadingError
    from kg.reading.formats.plain import seen

    try:
        found = _reader(kind)(data)
    except (BrokenError, MemoryError):
        raise
    except ReadingError as error:
        raise BrokenError(str(error).removeprefix(": ")) from error
    # The outermost edge: libraries fail on damaged files in ways that no list of theirs is complete for.
    except Exception as error:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise BrokenError(f"the file is damaged ({said[:200]}); open it, save it again and try again") from error
    # Text that UTF-8 cannot hold is of no use to anybody: lone surrogates and NUL come from damaged files only.
    text = found if isinstance(found, str) else found.text
    text = seen(text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd"))
    return Extract(text) if isinstance(found, str) else Extract(text, found.pictures)


def _reader(kind: str) -> Callable[[bytes], str | Extract]:
    if kind == "docx":
        from kg.reading.formats.docx import text_of_docx

        return text_of_docx
    if kind == "pdf":
        from kg.reading.formats.pdf import read_pdf

        return read_pdf
    if kind == "ofd":
        from kg.reading.formats.ofd import read_ofd

        return read_ofd
    if kind == "html":
        from kg.reading.formats.html import text_of_html

        return text_of_html
    from kg.reading.formats.markdown import text_of_markdown

    return text_of_markdown
