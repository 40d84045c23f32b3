"""Every setting, in one table: the command line, the environment, the documentation and the tests all read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from kg.resources import data_dir

DEFAULT_BASE = "https://w3id.org/zeren/id/"
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its field in `Settings`, its default and what it means (the help text of its option)."""

    name: str
    default: object
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    file: bool = False
    secret: bool = False

    @property
    def option(self) -> str:
        """The command-line option, e.g. `--time-limit`; a secret has none, for who is on the machine can read it."""
        return "" if self.secret else "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable, e.g. `ZEREN_TIME_LIMIT`."""
        return "ZEREN_" + self.name.upper()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run, passed explicitly to whoever needs them."""

    store: Path | str
    documents: Path
    reviews: Path
    base: str
    reasoner: str
    alignment: bool
    lang: str
    time_limit: float
    memory_limit: int
    result_limit: int
    row_limit: int
    buffer_limit: int
    workers: int
    default_graph: str
    write_token_file: Path | None
    write_token: str
    cache: int
    client_limit: int
    queue_limit: int
    request_limit: int
    change_limit: int
    allow_origin: str
    allow_host: tuple[str, ...]
    access_log: Path | None
    host: str
    port: int

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Settings:
        """Return the defaults, overlaid with what is given (names as in the table)."""
        values = {s.name: s.default for s in TABLE} | dict(given)
        return cls(**{f.name: values[f.name] for f in fields(cls)})  # type: ignore[arg-type]


TABLE = (
    Setting("store", Path(".zeren"), "Folder of the store, or sparql+http://… for a SPARQL service (docs/stores.md)."),
    Setting(
        "documents", data_dir() / "documents", "Folder that a store is built from; by default what ships with zeren."
    ),
    Setting(
        "reviews",
        data_dir() / "reviews",
        "Folder of corrections by people, applied on reading; by default what ships with zeren.",
    ),
    Setting("base", DEFAULT_BASE, "What the IRIs of everything read from documents start with."),
    Setting("reasoner", "rules", "What draws the inferences: compiled rules, or owlrl itself.", ("rules", "owlrl")),
    Setting("alignment", False, "Load the alignments to ORG, PROV-O and other vocabularies into the ontology graph."),
    Setting("lang", "zh", "Language of labels and messages.", ("zh", "en")),
    Setting("time_limit", 10.0, "Seconds that one query may run.", minimum=0.05),
    Setting("memory_limit", 2048, "MiB of memory that one query may use.", minimum=16),
    Setting("result_limit", 1024, "MiB that one query's result may have.", minimum=1),
    Setting("row_limit", 10_000_000, "Rows or triples that one query's result may have; 0: any number.", minimum=0),
    Setting(
        "buffer_limit",
        16,
        "MiB of a result that are held back, so that it may still fail as a whole; a larger one is streamed.",
        minimum=1,
    ),
    Setting("workers", 4, "Processes that answer queries.", minimum=1),
    Setting(
        "default_graph", "union", "What a query that names no graph asks: all of them, or none.", ("union", "empty")
    ),
    Setting(
        "write_token_file", None, "File with the token for changes over HTTP; without it there are none.", file=True
    ),
    Setting("write_token", "", "The token itself; if there is a file too, the file counts.", secret=True),
    Setting("cache", 64, "MiB of answers that the SPARQL endpoint keeps; 0 keeps none.", minimum=0),
    Setting("client_limit", 20, "Queries of one client that are answered at a time; more get 429.", minimum=1),
    Setting("queue_limit", 200, "Queries that are taken in at a time; more get 503.", minimum=1),
    Setting("request_limit", 1, "MiB that one request may have; more get 413.", minimum=1, maximum=1024),
    Setting(
        "change_limit",
        64,
        "MiB that one change may have, from who has the token; more get 413.",
        minimum=1,
        maximum=1024,
    ),
    Setting("allow_origin", "", "Web origin whose pages may ask the endpoint (CORS), or *; by default none."),
    Setting("allow_host", (), "Host, or HOST:PORT, that SERVICE and LOAD may reach; to be repeated. By default none."),
    Setting("access_log", None, "File that gets one line of JSON for each query.", file=True),
    Setting("host", "127.0.0.1", "Address that `serve` listens on."),
    Setting("port", 8000, "Port that `serve` listens on; if it is taken, the next free one.", minimum=0, maximum=65535),
)
BY_NAME = {setting.name: setting for setting in TABLE}
