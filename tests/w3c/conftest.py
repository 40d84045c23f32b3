"""A running service on an empty store, as the W3C's tests want it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.store.generations import Generations
from tests.conftest import serving
from tests.w3c.asked import Served
from tests.w3c.manifest import FOLDER

TOKEN = "0123456789abcdef0123456789abcdef"


# Not for the session: between two files its connection could idle for longer than the service keeps one.
@pytest.fixture(scope="module")
def empty_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service that holds nothing, takes changes, and whose default graph is the standard's."""
    if not FOLDER.is_dir():
        pytest.skip(f"the W3C's tests are not there ({FOLDER})")
    folder = tmp_path_factory.mktemp("w3c")
    Generations(folder / "store").write(b"", {"documents": []})
    (folder / "token").write_text(TOKEN, "ascii")
    options = ("--default-graph", "empty", "--write-token-file", str(folder / "token"))
    with serving("--store", str(folder / "store"), *options) as (address, _):
        service = Served(address, TOKEN)
        yield service
        service.close()
