"""Which other hosts a query or a change may reach: those that are allowed by name, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from kg.errors import ForeignHostError

OPTION = "--allow-host"
_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\s/:@?#\[\]]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE)
_SAFE = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts by name: a name without a port allows the ports of http and https, one with a port only that."""

    allowed: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> Hosts:
        """Read names as users give them (`HOST` or `HOST:PORT`). ValueError for one that is none."""
        allowed: set[tuple[str, int]] = set()
        for name in names:
            found = _NAME.fullmatch(name.strip())
            if found is None:
                raise ValueError(f"{OPTION} takes a host or HOST:PORT, not {name!r}")
            host = _canonical(found["host"].strip("[]"))
            ports = (int(found["port"]),) if found["port"] else tuple(_PORTS.values())
            allowed.update((host, port) for port in ports)
        return cls(frozenset(allowed))

    def address(self, iri: str) -> str:
        """Return the URL to ask for an IRI, in ASCII. ForeignHostError unless its host is allowed."""
        try:
            parts = urlsplit(iri)
            port = parts.port
            host = _canonical(parts.hostname or "")
        except ValueError as error:
            raise ForeignHostError(f"<{iri}> is no address: {error}") from None
        if parts.scheme not in _PORTS:
            raise ForeignHostError(f"<{iri}>: only http and https addresses are reached from here, whatever is allowed")
        if not host or "@" in parts.netloc:
            raise ForeignHostError(f"<{iri}> names no host, or a user before it")
        named = f"[{host}]" if ":" in host else host
        if port is not None and port != _PORTS[parts.scheme]:
            named += f":{port}"
        if (host, port or _PORTS[parts.scheme]) not in self.allowed:
            raise ForeignHostError(f"{named} is not among the hosts that may be reached from here ({OPTION} {named})")
        query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
        return f"{parts.scheme}://{named}{quote(parts.path, safe=_SAFE) or '/'}{query}"


def _canonical(host: str) -> str:
    """Return a host name as it is looked up: in ASCII, in lower case. ValueError for one that cannot be."""
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()
