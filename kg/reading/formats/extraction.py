"""The formats that are read in a process of their own, and what reads each."""

from __future__ import annotations

from collections.abc import Callable

from kg.reading.formats.broken import BrokenError


def extract(data: bytes, kind: str) -> str:
    """Return the text of a document in format `kind`; raises BrokenError, and nothing else, for any bytes at all."""
    from kg.errors import ReadingError

    try:
        text = _reader(kind)(data)
    except (BrokenError, MemoryError):
        raise
    except ReadingError as error:
        raise BrokenError(str(error).removeprefix(": ")) from error
    # The outermost edge: libraries fail on damaged files in ways that no list of theirs is complete for.
    except Exception as error:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise BrokenError(f"the file is damaged ({said[:200]}); open it, save it again and try again") from error
    # Text that UTF-8 cannot hold is of no use to anybody: lone surrogates and NUL come from damaged files only.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def _reader(kind: str) -> Callable[[bytes], str]:
    if kind == "docx":
        from kg.reading.formats.docx import text_of_docx

        return text_of_docx
    if kind == "pdf":
        from kg.reading.formats.pdf import text_of_pdf

        return text_of_pdf
    if kind == "ofd":
        from kg.reading.formats.ofd import text_of_ofd

        return text_of_ofd
    if kind == "html":
        from kg.reading.formats.html import text_of_html

        return text_of_html
    from kg.reading.formats.markdown import text_of_markdown

    return text_of_markdown
