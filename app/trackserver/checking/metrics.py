"""What Prometheus reads of the checks of links."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.trackserver.checking.service import Checking


class CheckingMetrics(Collector):
    """Figures of one web process."""

    def __init__(self, checking: Checking) -> None:
        self._checking = checking

    def collect(self) -> Iterator[Metric]:
        """Read the integers."""
        links = CounterMetricFamily(
            "sendoff_checked_links", "Links told, by where the verdict came from.", labels=["from"]
        )
        for source, count in list(self._checking.sources.items()):
            links.add_metric([source], count)
        yield links
        verdicts = CounterMetricFamily(
            "sendoff_link_checks", "Links asked for, by what was found.", labels=["status"]
        )
        for status, count in self._checking.verdicts.items():
            verdicts.add_metric([status], count)
        yield verdicts
        yield CounterMetricFamily(
            "sendoff_link_requests", "Requests sent to sites.", self._checking.requests
        )
        yield GaugeMetricFamily(
            "sendoff_links_waiting",
            "Links that wait, or are being asked for.",
            self._checking.waiting,
        )
