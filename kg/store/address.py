"""Where a remote store is: the three addresses of a SPARQL 1.1 service, and who asks there.

sparql+http://HOST/BASE?service=NAME&query=PATH&update=PATH&graphs=PATH
"""

from __future__ import annotations

import netrc
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

from kg.errors import StoreError

SCHEMES = ("sparql+http", "sparql+https")
#: Where services keep their query, update and graph-store addresses, below the base.
SERVICES: Mapping[str, tuple[str, str, str]] = {
    "oxigraph": ("query", "update", "store"),
    "fuseki": ("query", "update", "data"),
    "graphdb": ("", "statements", "rdf-graphs/service"),
    "virtuoso": ("sparql", "sparql-auth", "sparql-graph-crud-auth"),
}
#: What the default graph of a query is: the graphs of the store by name, or whatever the service takes for it.
UNIONS = ("named", "service")
_PARAMETERS = frozenset({"service", "query", "update", "graphs", "union"})
_USER, _PASSWORD = "ZEREN_STORE_USER", "ZEREN_STORE_PASSWORD"


@dataclass(frozen=True, slots=True)
class Address:
    """The addresses of one service (http or https URLs); `base` is what messages call it."""

    base: str
    query: str
    update: str
    graphs: str
    union: str = "named"

    def __str__(self) -> str:
        return self.base

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `sparql+http://…`. Raises StoreError where it is none, or holds a password."""
        parts = urlsplit(text.removeprefix("sparql+"))
        if not is_address(text) or not parts.hostname:
            raise StoreError(f"{text}: a remote store is sparql+http://HOST/… or sparql+https://HOST/…")
        if "@" in parts.netloc:
            raise StoreError(f"a password in an address is soon in a log: set {_USER} and {_PASSWORD}, or use ~/.netrc")
        given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        unknown = sorted(given.keys() - _PARAMETERS)
        if unknown:
            raise StoreError(f"{text}: {unknown[0]} is none of {', '.join(sorted(_PARAMETERS))}")
        paths = _choice(given, "service", tuple(SERVICES))
        base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        query, update, graphs = (
            urljoin(f"{base}/", given.get(name, path)).removesuffix("/")
            for name, path in zip(("query", "update", "graphs"), SERVICES[paths], strict=True)
        )
        return cls(base, query, update, graphs, _choice(given, "union", UNIONS))


def is_address(store: object) -> bool:
    """Tell whether the setting `store` names a service, not a folder."""
    return isinstance(store, str) and store.startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def credentials(url: SplitResult) -> tuple[str, str] | None:
    """Return the user and password for a service: from the environment, else from the netrc file, else none.

    Raises StoreError for a netrc file that cannot be read.
    """
    user = os.environ.get(_USER)
    if user:
        return user, os.environ.get(_PASSWORD, "")
    try:
        found = netrc.netrc().authenticators(url.hostname or "")
    except FileNotFoundError:
        return None
    except (OSError, netrc.NetrcParseError) as error:
        raise StoreError(f"the netrc file cannot be read: {error}") from None
    return (found[0], found[2] or "") if found else None


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    chosen = given.get(name, choices[0])
    if chosen not in choices:
        raise StoreError(f"{name}={chosen}: there are {', '.join(choices)}")
    return chosen
