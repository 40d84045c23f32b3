"""How many solutions an answer holds, counted in its bytes as they pass: the serializer does not say."""

from __future__ import annotations

import re

_CSV = "text/csv"
# A row of JSON begins after another one, or after the bracket, with a name; what a row holds begins after a colon. In a
# string a quotation mark is escaped, and one that ends a string is followed by a comma or a brace. Only a row without
# any value looks like what a string may hold as well; this is a count for a log.
_ROWS = {
    "application/sparql-results+json": re.compile(rb'[\[,]\{(?:"[^},:\]]|\}(?=[,\]]))'),
    "application/sparql-results+xml": re.compile(rb"<result>"),
}
_LONGEST = 8  # bytes of the beginning of a row


class Tally:
    """The count of rows in what was taken so far of an answer in `media_type`, piece by piece."""

    def __init__(self, media_type: str) -> None:
        self._row = _ROWS.get(media_type)
        self._csv = media_type == _CSV
        self._carried = b""  # the end of a piece, where a row may begin that the next piece goes on with
        self._quoted = False
        self._count = 0 if self._row else -1  # the first line names the columns

    @property
    def rows(self) -> int:
        """The rows of the answer, once all of it was taken."""
        return max(self._count, 0)

    def take(self, piece: bytes) -> None:
        """Count the rows of the next piece."""
        text = self._carried + piece
        if self._row:
            self._count += len(self._row.findall(text))
            last = max((row.end() for row in self._row.finditer(text, max(0, len(text) - 2 * _LONGEST))), default=0)
            self._carried = text[max(last, len(text) - _LONGEST + 1) :]
        elif self._csv:
            self._carried = text[-1:] if text.endswith(b"\r") else b""
            self._take_csv(text[: len(text) - len(self._carried)])
        else:
            self._count += piece.count(b"\n")

    def _take_csv(self, text: bytes) -> None:
        for number, part in enumerate(text.split(b'"')):  # a line may end inside a quotation
            self._quoted ^= bool(number)
            self._count += 0 if self._quoted else part.count(b"\r\n")
