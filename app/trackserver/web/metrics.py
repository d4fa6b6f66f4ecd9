"""What Prometheus reads. The hot paths count in plain integers, which cost next to nothing."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.trackserver.ingest.inbox_writer import Inbox

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Counts:
    """What the hot paths saw, by outcome; each but ``kept_not`` is written by one thread only."""

    __slots__ = ("bad_token", "click", "kept_not", "open", "probe", "unsubscribe")

    def __init__(self) -> None:
        self.open = self.click = self.unsubscribe = 0
        self.probe = self.bad_token = self.kept_not = 0


class Metrics:
    """The metrics of one web process."""

    def __init__(self, counts: Counts, inbox: Inbox) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_HotPaths(counts, inbox))
        self._requests = Counter(
            "sendoff_requests",
            "Requests to declared endpoints.",
            ("method", "path", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "sendoff_request_seconds",
            "How long they took.",
            ("method", "path"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request to a declared endpoint."""
        if method not in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}:
            method = "other"  # a client must not make up series
        self._requests.labels(method, path, status).inc()
        self._seconds.labels(method, path).observe(seconds)

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self.registry)


class _HotPaths(Collector):
    def __init__(self, counts: Counts, inbox: Inbox) -> None:
        self._counts = counts
        self._inbox = inbox

    def collect(self) -> Iterator[Metric]:
        """Read the integers."""
        hits = CounterMetricFamily("sendoff_hits", "Hits by what became of them.", labels=["kind"])
        for kind in Counts.__slots__:
            hits.add_metric([kind], getattr(self._counts, kind))
        yield hits
        tally = self._inbox.tally
        items = CounterMetricFamily(
            "sendoff_inbox_items", "Items kept, by where they were kept first.", labels=["place"]
        )
        items.add_metric(["store"], tally.stored)
        items.add_metric(["spill"], tally.spilled)
        yield items
        yield CounterMetricFamily(
            "sendoff_inbox_replayed", "Items brought from the spill file.", tally.replayed
        )
        yield CounterMetricFamily("sendoff_inbox_commits", "Commits of hits.", tally.commits)
        yield CounterMetricFamily(
            "sendoff_inbox_commit_seconds", "Time in those commits.", tally.commit_seconds
        )
        yield GaugeMetricFamily(
            "sendoff_inbox_waiting", "Items that wait for a commit.", self._inbox.waiting()
        )
        yield GaugeMetricFamily(
            "sendoff_spill_items", "Items in the spill file.", self._inbox.spill.items()
        )
        yield GaugeMetricFamily(
            "sendoff_store_healthy", "1 while the store takes hits.", int(self._inbox.healthy)
        )
