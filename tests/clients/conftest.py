"""A service that takes changes, for clients that make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kg.store.generations import Generations
from tests.conftest import serving


@dataclass(frozen=True, slots=True)
class Writable:
    """The address of a service, and the token for changing what it holds."""

    address: str
    token: str

    @property
    def authorization(self) -> str:
        """The header's value."""
        return f"Bearer {self.token}"


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """Return a service on an empty store that takes changes."""
    folder = tmp_path_factory.mktemp("writable")
    token = "fedcba9876543210fedcba9876543210"
    Generations(folder / "store").write(b"", {"documents": []})
    (folder / "token").write_text(token, "ascii")
    with serving("--store", str(folder / "store"), "--write-token-file", str(folder / "token")) as (address, _):
        yield Writable(address, token)
