"""From a file to its text: it is opened, its format told, and its text taken out."""

from __future__ import annotations

from pathlib import Path

from kg.errors import ReadingError
from kg.reading.formats import Extract, extract

MAX_BYTES = 50_000_000


def load(path: Path) -> bytes:
    """Return the bytes of `path`; raises ReadingError where it cannot be opened or is over MAX_BYTES."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ReadingError(_too_large(str(path), size))
        with path.open("rb") as file:
            # A pipe or a device has no size, and may have no end.
            return file.read(MAX_BYTES + 1)
    except IsADirectoryError as error:
        raise ReadingError(f"{path}: is a folder; name the file inside it") from error
    except FileNotFoundError as error:
        raise ReadingError(f"{path}: there is no such file; check the name") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadingError(f"{path}: cannot be opened ({reason})") from error


def decode(data: bytes, name: str) -> str:
    """Return the text alone of what `take` gives."""
    return take(data, name).text


def take(data: bytes, name: str) -> Extract:
    """Return the text of the document `data`, whatever its format; offsets of its plan count in this text.

    `name` is the file's name, or what stands for it. Raises ReadingError (file, offset, what was expected, remedy)
    for empty and oversized input, and for what no format can read.
    """
    if len(data) > MAX_BYTES:
        raise ReadingError(_too_large(name, len(data)))
    if not data:
        raise ReadingError(f"{name}: is empty; expected the text of a document")
    found = extract(data, name)
    if not found.text.strip():
        raise ReadingError(f"{name}: is empty; expected the text of a document")
    return found


def _too_large(name: str, size: int) -> str:
    return f"{name}: {size:,} bytes, over the limit of {MAX_BYTES:,}; split it into its documents"
