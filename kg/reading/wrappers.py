"""Texts that come wrapped in markup: tags of a web page and keys of JSON are blanked, every offset kept."""

from __future__ import annotations

import re

_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9]{0,10})(?:\s[^<>]{0,400})?/?>|<!--[^<>]{0,400}-->|<![^<>]{0,200}>")
_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|#160|#xa0);", re.IGNORECASE)
_INLINE = frozenset(["a", "b", "i", "u", "em", "strong", "span", "font", "sub", "sup", "o", "w", "st1", "label"])
_LEAST_TAGS = 2
_ESCAPED = re.compile(r"\\[nrt]")
_KEY = re.compile(r"[\[{,]\s{0,40}(?:\"[^\"\\\n]{1,40}\"\s{0,4}:\s{0,4})?\"")
_CLOSING = re.compile(r"\"(?=\s{0,40}[,}\]])|[}\]\s]{1,400}$")


def unwrapped(text: str) -> str:
    """Return `text` with the marks of HTML or JSON around its words blanked: of the same length, blocks on lines.

    JSON is one where its strings hold lines of their own (an escaped n); records of short strings stay as they are.
    """
    if "<" in text and sum(1 for _ in zip(range(_LEAST_TAGS), _TAG.finditer(text), strict=False)) >= _LEAST_TAGS:
        return _ENTITY.sub(_blank, _TAG.sub(_without_tag, text))
    if text.lstrip()[:1] in ("{", "[") and "\\n" in text:
        return _KEY.sub(_line, _CLOSING.sub(_blank, _ESCAPED.sub("\n ", text)))
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _line(match: re.Match[str]) -> str:
    return "\n" + " " * (len(match[0]) - 1)


def _without_tag(match: re.Match[str]) -> str:
    """Return a block's tag as a line end; one inside a line as marks that are not printed, which reading leaves out."""
    if (match["name"] or "").lower() in _INLINE:
        return "\u200b" * len(match[0])
    return _line(match)
