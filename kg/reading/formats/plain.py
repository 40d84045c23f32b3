"""Plain text: which encoding a file is in, and a clear error where it is no text at all."""

from __future__ import annotations

import codecs
import re

from kg.errors import ReadingError

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as that of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_REMEDY = "save it as plain text in UTF-8 and try again"


# Byte order marks of files put together, soft hyphens, marks of direction, joiners and spaces without width.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINE_END = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


def seen(text: str) -> str:
    """Return `text` without the characters that are never printed, which programs leave inside words."""
    return _UNSEEN.sub("", text)


def text_of_plain(data: bytes, name: str) -> str:
    """Return the text of `data`, from UTF-8, UTF-16, UTF-32 or GB18030.

    What is not seen is not text (`seen`), and a line ends with a line feed or with both characters of CR LF, whatever
    single character ended it. Nothing else is changed, so offsets are code points into exactly what is returned.
    Raises ReadingError (file, offset, what was expected, remedy) for binary input.
    """
    text = _LINE_END.sub("\n", seen(decoded(data, name)))
    found = _CONTROLS.search(text)
    if found:
        offset = found.start()
        raise ReadingError(
            f"{name}: character {offset}: expected text, found the control character U+{ord(text[offset]):04X}; "
            f"the file is binary or damaged: {_REMEDY}"
        )
    return text


def decoded(data: bytes, name: str) -> str:
    """Return the characters of `data`, control characters included; raises ReadingError where it is no text."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding, name, len(bom))
    guess = _utf16_without_bom(data)
    if guess:
        return _strict(data, guess, name, 0)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _gb18030(data, name, error)


def _gb18030(data: bytes, name: str, utf8: UnicodeDecodeError) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        offset = max(error.start, utf8.start)
        raise ReadingError(_no_text(name, data, offset)) from error
    if _CONTROLS.search(text) is None and not looks_chinese(text):
        raise ReadingError(_no_text(name, data, utf8.start))
    return text


def _strict(data: bytes, encoding: str, name: str, skipped: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        offset = error.start + skipped
        expected = f"expected text in {encoding.upper()}, as the mark at its start says"
        raise ReadingError(f"{name}: byte {offset}: {expected}; {_REMEDY}") from error


def _utf16_without_bom(data: bytes) -> str | None:
    """Tell UTF-16 by its line breaks and full stops, which no UTF-8 or GB18030 text holds as NUL pairs."""
    head = data[:4096]
    if len(head) < 4 or b"\0" not in head or len(data) % 2:
        return None
    little = sum(head.count(mark) for mark in (b"\x0a\x00", b"\x02\x30", b"\x0c\xff"))
    big = sum(head.count(mark) for mark in (b"\x00\x0a", b"\x30\x02", b"\xff\x0c"))
    if not little and not big:
        return None
    encoding = "utf-16-le" if little >= big else "utf-16-be"
    try:
        return encoding if looks_chinese(data.decode(encoding)) else None
    except UnicodeDecodeError:
        return None


def looks_chinese(text: str) -> bool:
    """Tell whether a good part of the letters are common Han characters: a wrong encoding gives rare ones."""
    sample = [char for char in text[:4000] if ord(char) > 0x7F]
    common = sum(1 for char in sample if "\u4e00" <= char <= "\u9fff" or char in "，。、；：？！（）《》“”‘’—…·　")
    return not sample or common * 10 >= len(sample) * 7


def _no_text(name: str, data: bytes, offset: int) -> str:
    found = f"found 0x{data[offset]:02X}"
    return f"{name}: byte {offset}: expected text in UTF-8, UTF-16 or GB18030, {found}; {_REMEDY}"
