"""What the service tells of itself while it runs: counters for Prometheus, and one line of JSON for each query."""

from __future__ import annotations

import hashlib
import json
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import TextIO

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)  # seconds


class Measures(Collector):
    """The counters of one process, and the access log (None: none is written).

    They are plain numbers until somebody asks: the library's own have a lock each, and every request counts.
    """

    def __init__(self, log: TextIO | None = None) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._within = [0] * (len(_BUCKETS) + 1)
        self._seconds = 0.0
        self._cached = 0
        self._log = log
        self._lock = threading.Lock()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    @property
    def has_log(self) -> bool:
        """Whether there is a log to write to."""
        return self._log is not None

    def count(self, operation: str, status: int, seconds: float, *, cached: bool) -> None:
        """Count one request that was answered."""
        with self._lock:
            self._requests[operation, status] += 1
            self._within[bisect_left(_BUCKETS, seconds)] += 1
            self._seconds += seconds
            self._cached += cached

    def collect(self) -> Iterator[Metric]:
        """Yield the counters as Prometheus has them."""
        with self._lock:
            requests, within, seconds, cached = dict(self._requests), list(self._within), self._seconds, self._cached
        about = "Requests to the SPARQL endpoint and the graph store."
        counted = CounterMetricFamily("zeren_sparql_requests", about, labels=("operation", "status"))
        for (operation, status), count in requests.items():
            counted.add_metric((operation, str(status)), count)
        yield counted
        bounds = (*map(str, _BUCKETS), "+Inf")
        yield HistogramMetricFamily(
            "zeren_sparql_seconds",
            "Seconds from a request to its answer.",
            buckets=list(zip(bounds, accumulate(within), strict=True)),
            sum_value=seconds,
        )
        yield CounterMetricFamily("zeren_sparql_cached", "Answers taken from the cache.", value=cached)

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
