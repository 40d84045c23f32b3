"""What can go wrong, as a small tree; each error says what failed, where, and what to do.

ZerenError
├── ReadingError      a file that cannot be read as a plan (which file, at which offset, why)
├── DataError         a file of ours (lexicon, registry, ontology, question) that breaks its own format
├── StoreError        the store is missing, damaged or in use
│   └── UpstreamError          a remote store answered otherwise than such a service should
│       ├── UpstreamUnavailableError  it cannot be reached, or says that it cannot answer now
│       └── UpstreamTimeoutError      it did not answer in time
├── InconsistentError a document whose statements contradict the ontology
├── QueryError        a query that cannot be answered
│   ├── QuerySyntaxError   malformed (line, column)
│   ├── QueryFormError     a form that is not answered here (an update)
│   ├── QueryFormatError   a result that cannot be had in the format asked for (SELECT as Turtle)
│   ├── ForeignHostError   SERVICE or LOAD of a host that is not allowed by name
│   ├── ReadOnlyGraphError a change to a graph that is derived from documents
│   ├── GraphNotFoundError a graph that is not there
│   ├── QueryTimeoutError  stopped at its time limit
│   ├── ResultTooLargeError over the limit of bytes, so not given at all
│   └── QueryCrashedError  ended by the memory limit or a fault; the store is unharmed
├── NotFoundError     a name that means nothing here (nearest names)
└── AmbiguousError    a name that means several things (candidates)
"""

from __future__ import annotations


class ZerenError(Exception):
    """The root: `str(error)` is a sentence for people, and `exit_code` is what the command line returns."""

    exit_code = 1


class ReadingError(ZerenError):
    """A document that cannot be read."""

    exit_code = 65


class DataError(ZerenError):
    """A lexicon, registry, ontology or question file that breaks its own format."""

    exit_code = 70


class StoreError(ZerenError):
    """The store is missing, damaged or in use by another writer."""

    exit_code = 74


class UpstreamError(StoreError):
    """A remote store that answered otherwise than a SPARQL service should: refused, failed, or sent what is none."""

    exit_code = 69


class UpstreamUnavailableError(UpstreamError):
    """A remote store that cannot be reached, or says that it cannot answer now."""


class UpstreamTimeoutError(UpstreamError):
    """A remote store that did not answer in time."""

    exit_code = 75


class InconsistentError(ZerenError):
    """A document whose statements contradict each other under the ontology."""

    exit_code = 65


class QueryError(ZerenError):
    """A query that cannot be answered."""

    exit_code = 65


class QuerySyntaxError(QueryError):
    """A malformed query; `line` and `column` count from 1 and are None where the parser names no place."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryFormError(QueryError):
    """A form of query that is not answered here: an update."""


class QueryFormatError(QueryError):
    """A result that cannot be had in the format asked for: SELECT as Turtle, CONSTRUCT as CSV."""


class ForeignHostError(QueryError):
    """A query or a change that would reach a host which is not allowed by name; nothing of it was run."""

    exit_code = 77


class ReadOnlyGraphError(QueryError):
    """A change that would touch a graph derived from documents; nothing of it was made."""

    exit_code = 77


class GraphNotFoundError(QueryError):
    """A graph that is not in the store."""

    exit_code = 66


class QueryTimeoutError(QueryError):
    """A query stopped at its time limit."""

    exit_code = 75


class ResultTooLargeError(QueryError):
    """A result over the limit; nothing of it is given, so that no cut answer passes for a whole one."""

    exit_code = 75


class QueryCrashedError(QueryError):
    """A query whose process ended (memory limit, stack); the store is unharmed."""

    exit_code = 75


class NotFoundError(ZerenError):
    """A name that nothing here bears; `nearest` are those that come close."""

    exit_code = 66

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class AmbiguousError(ZerenError):
    """A name that several things bear; `candidates` name them in full."""

    exit_code = 66

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates
