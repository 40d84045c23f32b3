"""Which files are documents: those named, those in folders, those that fit a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.reading.formats import FORMATS

READABLE = tuple(suffix for form in FORMATS for suffix in form.suffixes)
_PATTERN = re.compile(r"[*?\[]")
# Word's lock files, hidden files, and what tells about a folder rather than being one of its documents.
_ASIDE = re.compile(r"[.~]|README\b", re.IGNORECASE)


def documents(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the readable files among `paths` in a fixed order: folders searched in full, patterns (*, ?, **) filled in.

    A file that is named itself comes as it is, whatever its ending; what does not exist is for reading to refuse.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if _is_document(p.relative_to(path)) and p.is_file())
        elif _PATTERN.search(str(path)) and not path.exists():
            fitting = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
            yield from documents(p for p in fitting if p.is_dir() or _is_document(Path(p.name))) if fitting else [path]
        else:
            yield path


def _is_document(path: Path) -> bool:
    return path.suffix.lower() in READABLE and not any(_ASIDE.match(part) for part in path.parts)
