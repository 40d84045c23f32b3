"""The content of a store in short: a hash of each graph, and over these the version that it is.

So the version of a store that was changed is known from the graphs that were changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

# A graph's name is the last term of four; neither a literal nor the object of three terms is taken for it.
_NAMED = re.compile(rb'[^ ]+ [^ ]+ .+ <([^<>" ]*)> \.')


def digests_of(nquads: bytes | Path) -> dict[str, str]:
    """Return of each graph the SHA-256 over its triples as N-Triples; the default graph's name is the empty string.

    `nquads` are sorted lines, each once, as a store writes them: `kg.store.service` hashes the same bytes.
    """
    found: dict[bytes, hashlib._Hash] = {}
    for name, triple in triples_of(nquads):
        if name not in found:
            found[name] = hashlib.sha256()
        found[name].update(triple)
    return {name.decode("utf-8", "replace"): digest.hexdigest() for name, digest in found.items()}


def triples_of(nquads: bytes | Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield each quad as the name of its graph and its triple, a line of N-Triples."""
    for line in _lines(nquads):
        named = _NAMED.fullmatch(line)
        if named:
            yield named[1], line[: named.start(1) - 1] + b".\n"
        else:
            yield b"", line + b"\n"


def version_over(digests: Mapping[str, str]) -> str:
    """Return the version that graphs with these hashes are."""
    lines = (f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def _lines(nquads: bytes | Path) -> Iterator[bytes]:
    if isinstance(nquads, bytes):
        yield from (line for line in nquads.split(b"\n") if line)
        return
    with nquads.open("rb") as file:
        for line in file:
            yield line.removesuffix(b"\n")
