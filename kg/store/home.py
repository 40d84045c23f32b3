"""Where a store is at home: in a folder here, or at a service elsewhere; who builds and changes it need not know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kg.store.address import Address, is_address

if TYPE_CHECKING:
    import pyoxigraph as ox


class Home(Protocol):
    """What `kg.store.generations.Generations` and `kg.store.service.Service` both are."""

    def current(self) -> str | None:
        """Return the name of the generation that counts, or None where nothing was built."""

    def about(self, generation: str) -> dict[str, Any]:
        """Return what a generation says of itself: format, version, documents."""

    def version(self, generation: str) -> str:
        """Return the hash over the content of a generation."""

    def open(self, generation: str) -> ox.Store:
        """Return a generation's quads as built, for reading only."""

    def digests(self, generation: str) -> Mapping[str, str]:
        """Return the hash of each graph of a generation as built (`kg.store.digests`), by its name."""

    def write(self, nquads: bytes | Path, about: dict[str, Any], *, based_on: str | None = None) -> str:
        """Make these quads the generation that counts, whole or not at all; return its name."""

    def change(self, nquads: bytes | Path, replaced: Collection[str], about: dict[str, Any], *, based_on: str) -> str:
        """Make the generation that counts of another, these quads in the place of its `replaced` graphs; as `write`."""


def home(store: Path | str, base: str) -> Home:
    """Return the home of the store that the setting `store` names. StoreError for an address that is none."""
    if isinstance(store, str) and is_address(store):
        from kg.store.service import Service

        return Service(Address.parse(store), base)
    from kg.store.generations import Generations

    return Generations(Path(store))
