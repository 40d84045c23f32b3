"""Which format a file is in: what its name says, what its bytes say, and whether the two agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from kg.errors import ReadingError
from kg.reading.formats.office import TITLE

_HEAD = 1024
_PDF = b"%PDF-"
_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2, the header signature
_MAIL = re.compile(
    rb"(?:[A-Za-z-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){1,40}?Content-Type:\s*multipart/related", re.I
)
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: its name, what it is called, and the endings of its files."""

    name: str
    title: str
    suffixes: tuple[str, ...]


FORMATS = (
    Format("txt", "plain text", (".txt", ".text")),
    Format("md", "Markdown", (".md", ".markdown")),
    Format("html", "a web page (HTML)", (".html", ".htm", ".xhtml")),
    Format("docx", "a Word document (docx)", (".docx", ".docm")),
    Format("pdf", "a PDF file", (".pdf",)),
    Format("ofd", "an OFD file", (".ofd",)),
    Format("doc", f"a {TITLE}", (".doc", ".wps", ".rtf", ".odt")),
)
_BY_SUFFIX = {suffix: form for form in FORMATS for suffix in form.suffixes}
_BY_NAME = {form.name: form for form in FORMATS}
_TEXTS = ("txt", "md", "html")

# What is recognised only to say what it is, and what to do about it.
_TO_TEXT = "save it as docx, PDF or plain text and try again"
_SHEET = "save the sheet as text with tabs (*.txt), or copy its table into a Word document, and try again"
_RECOGNISE = "it holds a picture and no text: recognise its text (OCR) first"
_REFUSED = {
    "encrypted": ("a document protected by a password", "take the password off and try again"),
    "xlsx": ("an Excel workbook", _SHEET),
    "xls": ("an Excel 97-2003 workbook", _SHEET),
    "ppt": ("a PowerPoint presentation", _TO_TEXT),
    "mht": ("a web archive (MHTML)", "open it in a browser and save it as “web page, HTML only”, or as PDF"),
    "odf": ("an OpenDocument file that is no text", _TO_TEXT),
    "zip": ("a zip archive that is no docx and no ofd", "unpack it and name the document inside"),
    "container": ("a compound file that is no Word document", _TO_TEXT),
    "png": ("a PNG image", _RECOGNISE),
    "jpeg": ("a JPEG image", _RECOGNISE),
    "tiff": ("a TIFF image", _RECOGNISE),
    "gzip": ("a gzip archive", "unpack it and name the document inside"),
    "rar": ("a RAR archive", "unpack it and name the document inside"),
}
_MARKS = (
    (b"{\\rtf", "doc"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
)
_PARTS = (
    ("word/", "docx"),
    ("OFD.xml", "ofd"),
    ("EncryptedPackage", "encrypted"),
    ("xl/", "xlsx"),
    ("ppt/", "ppt"),
    ("mimetypeapplication/vnd.oasis.opendocument.text", "doc"),
    ("content.xml", "odf"),
)
_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
)


def format_of(data: bytes, name: str) -> str:
    """Return the name of the format of `data`, one of FORMATS; `name` is the file's, or what stands for it.

    A name without a known ending leaves it to the bytes. Raises ReadingError where the bytes are of another
    format than the name says, or of none that is read.
    """
    expected = _BY_SUFFIX.get(PurePath(name).suffix.lower())
    found = _found(data)
    if found == "txt" and expected is not None and expected.name == "pdf" and _PDF in data[:_HEAD]:
        found = "pdf"
    if found in _REFUSED:
        title, remedy = _REFUSED[found]
        raise ReadingError(f"{name}: byte 0: expected {_expected(expected)}, found {title}; {remedy}")
    if expected is None or expected.name == found:
        return found
    if expected.name in _TEXTS and found in _TEXTS:
        return expected.name
    remedy = f"give it the ending {_BY_NAME[found].suffixes[0]} and try again"
    if found in _TEXTS:
        remedy = f"the file is damaged or has the wrong ending; if it is text, {remedy}"
    raise ReadingError(f"{name}: byte 0: expected {expected.title}, as its name says, found {_title(found)}; {remedy}")


def _expected(expected: Format | None) -> str:
    return f"{expected.title}, as its name says" if expected else "a document"


def _title(found: str) -> str:
    return "something else" if found == "txt" else _BY_NAME[found].title


def _found(data: bytes) -> str:
    head = data[:_HEAD]
    if data.startswith(b"PK\x03\x04"):
        return _in_archive(data)
    if data.startswith(_CONTAINER):
        return next((kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in data), "container")
    mark = next((kind for mark, kind in _MARKS if data.startswith(mark)), None)
    if mark:
        return mark
    # ISO 32000-1, annex H: readers accept the header anywhere in the first 1024 bytes.
    if _PDF in head and (head.lstrip().startswith(_PDF) or b"\0" in head):
        return "pdf"
    if _MAIL.match(head):
        return "mht"
    return "html" if _HTML.match(head) else "txt"


def _in_archive(data: bytes) -> str:
    """Tell what a zip archive holds by the names before its parts: its list at the end may be cut off, or endless."""
    for part, kind in _PARTS:
        if re.search(b"PK\x03\x04.{26}" + re.escape(part.encode()), data, re.DOTALL):
            return kind
    return "zip"
