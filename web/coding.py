"""Compressed answers: brotli or gzip, whichever the client takes, and only where it is worth it."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
from werkzeug.http import parse_accept_header

_WORTH_BYTES = 1400  # what fits into one packet anyway


def coded(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Return the body in the best content coding of an Accept-Encoding header, and its name (`""`: as it is)."""
    coding = _best(accepted) if len(body) >= _WORTH_BYTES else ""
    if coding == "br":
        return brotli.compress(body, quality=4), coding
    if coding == "gzip":
        # Without a time, so that the same answer is the same bytes.
        return gzip.compress(body, compresslevel=5, mtime=0), coding
    return body, ""


@lru_cache(maxsize=64)
def _best(accepted: str) -> str:
    taken = {coding.lower(): quality for coding, quality in parse_accept_header(accepted)}
    best = max(("br", "gzip"), key=lambda coding: taken.get(coding, 0))  # the first of equals
    return best if taken.get(best, 0) > 0 else ""
