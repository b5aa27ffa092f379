"""What is counted for `/metrics`: requests and how long they took, by route, and which release is read."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one app; a registry of its own, so that two apps in a process do not meet."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        names = ["method", "route"]
        self._requests = Counter("chm_requests", "Requests.", [*names, "status"], registry=self._registry)
        self._seconds = Histogram(
            "chm_request_seconds", "Time to the end of the answer.", names, buckets=_SECONDS, registry=self._registry
        )
        self._records = Gauge("chm_release_records", "Records of the release that is read.", registry=self._registry)
        self._published = Gauge(
            "chm_release_published_seconds", "When it was published, in seconds since 1970.", registry=self._registry
        )
        self._fault = Gauge("chm_release_fault", "1: a newer release cannot be opened.", registry=self._registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request that was answered. `route` is the pattern of its path, so that labels stay few."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def release(self, records: int, published: float) -> None:
        """Which release is read."""
        self._records.set(records)
        self._published.set(published)

    def fault(self, is_one: bool) -> None:
        """Whether a newer release cannot be opened."""
        self._fault.set(is_one)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
