"""Quads at rest and how they are asked: one small Protocol, an embedded store now, remote ones behind the same door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.store.writing import Change

    Row = dict[str, Identifier]


class Pieces(Protocol):
    """The rest of a large answer: pieces in order, or a QueryError where it is cut off."""

    rows: int | None  # as of an `Answer`, known once the last piece was taken

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""

    def __next__(self) -> bytes:
        """Return the next piece."""

    def close(self) -> None:
        """Do without what is left."""


class LoopPieces(Protocol):
    """The same for an event loop."""

    rows: int | None

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return itself."""

    async def __anext__(self) -> bytes:
        """Return the next piece."""

    def close(self) -> None:
        """Do without what is left."""


@dataclass(slots=True)
class Answer:
    """A serialised result: its bytes, their media type, and the version of the content that it was made from.

    The version is empty where other hosts had a part in it: such an answer is not to be kept.

    A large one comes in pieces: `body` is its beginning and `more` the rest, which raises a QueryError where it is cut
    off; whoever takes such an answer reads it to the end or closes it. `rows` are its solutions or triples, where
    somebody counted them.
    """

    body: bytes
    media_type: str
    version: str = ""
    more: Pieces | None = None
    rows: int | None = None

    def whole(self) -> bytes:
        """Return all of the bytes."""
        return self.body if self.more is None else b"".join((self.body, *self.more))


@runtime_checkable
class ChangingStore(Protocol):
    """A store that takes changes to the graphs of users."""

    def change(self, asked: Change, body: bytes = b"") -> bool:
        """Make a change, whole or not at all as far as the store can; tell whether it created a graph.

        Raises QueryError of the kind that fits (ReadOnlyGraphError, GraphNotFoundError, QuerySyntaxError …), or
        StoreError if it cannot be written.
        """


class Store(Protocol):
    """Something that answers SPARQL 1.1 queries over the graphs of zeren.

    `graphs`, where given, are the IRIs whose union is the default graph; without it the default graph is the union of
    all graphs, or with `union=False` the one that has no name. `bindings` bind variables of the query to terms; they
    are never pasted into its text. Relative IRIs in it are resolved against `base`.
    """

    @property
    def version(self) -> str:
        """A string that changes whenever the content does."""

    def answer(
        self,
        query: str,
        *,
        media_types: Sequence[str] = (),
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        base: str | None = None,
        client: str = "",
    ) -> Answer:
        """Run a query of any form and serialise its result in the first of `media_types` that fits the form.

        `client` is who asks: one of them never keeps the others out, where there are places to be had.

        Raises the QueryError that fits.
        """

    def select(
        self,
        query: str,
        *,
        bindings: Mapping[str, Identifier] | None = None,
        graphs: Sequence[str] | None = None,
    ) -> list[Row]:
        """Run a SELECT query; each row maps the bound variables to rdflib terms."""


@runtime_checkable
class LoopStore(Protocol):
    """A store that an event loop may ask: who is cancelled while waiting leaves nothing running."""

    async def answered(
        self,
        query: str,
        *,
        media_types: Sequence[str] = (),
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        union: bool = True,
        base: str | None = None,
        client: str = "",
    ) -> tuple[Answer, LoopPieces | None]:
        """Return the answer to a query, and the pieces after its body if it is a large one; see `Store.answer`.

        `client` is who asks: one of them never keeps the others out.
        """
