"""The parts of a zipped document (docx, ofd), taken out under limits, so that a small file cannot become a huge one."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from kg.reading.formats.extract import BrokenError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_ENTRIES = 20_000
MAX_PART = 48 * 1024 * 1024
MAX_EXPANDED = 96 * 1024 * 1024
# Deflate cannot pass 1,032; a document.xml of Word that repeats itself was seen at 40.
MAX_RATIO = 300
_SMALL = 1024 * 1024
_AGAIN = "get the file anew from its source, or open it and save it again"
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError)


class Archive:
    """A zipped document; raises BrokenError where it is damaged, encrypted or over a limit."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _FAULTS as error:
            raise BrokenError(f"expected a whole zip archive, found a damaged one ({error}); {_AGAIN}") from error
        self._expanded = 0
        if len(self._zip.infolist()) > MAX_ENTRIES:
            raise BrokenError(f"expected at most {MAX_ENTRIES:,} parts, found {len(self._zip.infolist()):,}; {_AGAIN}")
        # Producers differ in the case of letters and in a slash at the start, which OPC and OFD readers forgive.
        self._parts = {self._key(info.filename): info for info in self._zip.infolist()}

    @staticmethod
    def _key(part: str) -> str:
        return part.replace("\\", "/").lstrip("/").lower()

    def __contains__(self, part: str) -> bool:
        return self._key(part) in self._parts

    def names(self) -> list[str]:
        """Return the names of the parts, in the order of the archive."""
        return [info.filename for info in self._zip.infolist()]

    def read(self, part: str) -> bytes:
        """Return the bytes of one part."""
        info = self._parts.get(self._key(part))
        if info is None:
            raise BrokenError(f"expected a part {part!r}, found none; {_AGAIN}")
        if info.flag_bits & 1:
            raise BrokenError("is protected by a password; take the password off and try again")
        if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise BrokenError(
                f"part {part!r} grows more than {MAX_RATIO} times when unpacked: no document does; {_AGAIN}"
            )
        allowed = min(MAX_PART, MAX_EXPANDED - self._expanded)
        try:
            with self._zip.open(info) as file:
                content = file.read(allowed + 1)
        except _FAULTS as error:
            raise BrokenError(f"part {part!r} is damaged ({error}); {_AGAIN}") from error
        if len(content) > allowed:
            raise BrokenError(f"part {part!r} unpacks to more than {allowed:,} bytes; split the document")
        self._expanded += len(content)
        return content

    def xml(self, part: str) -> Element:
        """Return the root element of one part, names without their namespaces."""
        from kg.reading.formats.markup import parse

        return parse(self.read(part), part)
