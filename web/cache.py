"""Answers that were given before: kept by what was asked of which content, bounded in bytes, oldest out first."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass

# Functions that give another value each time, and an escaped letter, which may be one of theirs. A false alarm costs a
# question that could have been spared.
_FLEETING = re.compile(r"(?:NOW|RAND|UUID|BNODE)\s*+[(#]|\\U(?:0000)?00[4-7]")


@dataclass(slots=True)  # one is made for every answer, and a frozen one slowly
class Kept:
    """An answer as sent, and its query: the body in one content coding (`""`: none), the rows if they were counted."""

    body: bytes
    media_type: str
    coding: str
    query: str
    rows: int | None = None

    @property
    def size(self) -> int:
        """Bytes that it takes, near enough."""
        return len(self.body) + 2 * len(self.query)


class AnswerCache:
    """A least-recently-used cache, safe for threads; `capacity` in bytes, 0 keeps nothing."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._largest = capacity // 16  # one large answer must not push out everything else
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """Return what is kept under `key`."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer, if it is not too large."""
        if kept.size > self._largest:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += kept.size - (before.size if before else 0)
            self._kept[key] = kept
            while self._size > self.capacity:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest.size


def lasts(query: str) -> bool:
    """Tell whether a query has the same answer as long as the content is the same: not with NOW(), RAND() and such."""
    text = query.upper()
    # What is looked for first is found fast, or not at all, as in most queries.
    if not ("NOW" in text or "RAND" in text or "UUID" in text or "BNODE" in text or "\\U" in text):
        return True
    return _FLEETING.search(text) is None
