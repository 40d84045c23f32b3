"""What the service tells of itself while it runs: counters for Prometheus, and one line of JSON for each query."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)


class Measures:
    """The counters of one process, and the access log (None: none is written)."""

    def __init__(self, log: TextIO | None = None) -> None:
        self._registry = CollectorRegistry()
        requests = Counter(
            "zeren_sparql_requests",
            "Requests to the SPARQL endpoint and the graph store.",
            ("operation", "status"),
            registry=self._registry,
        )
        self._requests = lru_cache(maxsize=None)(requests.labels)  # operations and statuses are few
        self._seconds = Histogram(
            "zeren_sparql_seconds", "Seconds from a request to its answer.", buckets=_BUCKETS, registry=self._registry
        )
        self._cached = Counter("zeren_sparql_cached", "Answers taken from the cache.", registry=self._registry)
        self._log = log
        self._lock = threading.Lock()

    def count(self, operation: str, status: int, seconds: float, *, cached: bool) -> None:
        """Count one request that was answered."""
        self._requests(operation, status).inc()
        self._seconds.observe(seconds)
        if cached:
            self._cached.inc()

    def note(
        self, *, client: str, operation: str, text: str | None, status: int, seconds: float, size: int, rows: int | None
    ) -> None:
        """Write one line to the access log: the query as a hash only, and never a token.

        `text` is None where none was read: a graph as such, a request that was turned away.
        `rows` are the solutions or triples of an answer, None for what has none: ASK, a change, an error, a 304.
        """
        if self._log is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": client,
            "operation": operation,
            "query": None if text is None else hashlib.sha256(text.encode()).hexdigest()[:16],
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "bytes": size,
            "rows": rows,
        }
        with self._lock:
            self._log.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._log.flush()

    def text(self) -> bytes:
        """Return the counters in the Prometheus text format."""
        return generate_latest(self._registry)
