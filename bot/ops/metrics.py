"""Write the metrics in Prometheus' text format. Channels go by their keys; nothing here names a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.models import Figures

Labelled = Mapping[Any, float]
"""Values by their labels' values, a tuple of texts as long as the family's labels."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything measured at one moment; None is unknown. `connected` is by platform, `alarms` names those up."""

    figures: Figures
    connected: Mapping[str, bool] = field(default_factory=dict)
    loop_lag_s: float = 0.0
    longest_lag_s: float = 0.0
    database_bytes: int | None = None
    disk_free_bytes: int | None = None
    last_backup: datetime | None = None
    alarms: tuple[str, ...] = ()
    started_at: datetime | None = None


def metrics_page(snapshot: Snapshot) -> bytes:
    """The page that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(snapshot))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        """The metrics, one family after the other."""
        yield _gauge("build_info", "The version that runs.", ("version",), {(__version__,): 1})
        yield from _of_figures(self._snapshot.figures)
        yield from _of_machine(self._snapshot)


def _of_figures(figures: Figures) -> Iterator[Metric]:
    yield _gauge("posts", "Messages written down, by how far they have come.", ("channel", "state"), figures.posts)
    yield _gauge("digests", "Digests written down.", ("channel",), _single(figures.digests))
    yield _gauge("votes", "Votes stored, taken back ones included.", ("channel",), _single(figures.votes))
    yield _gauge("papers", "Papers in the archive.", (), {(): figures.papers})
    yield _gauge("scores", "Scores stored.", (), {(): figures.scores})
    yield _counter("llm_calls", "Calls of language models.", ("model", "outcome"), figures.llm_calls)
    yield _counter("llm_tokens", "Tokens they used.", ("model", "kind"), figures.llm_tokens)
    yield _counter("llm_usd", "What the priced ones cost.", ("model",), _single(figures.llm_usd))
    mornings = {channel: moment.timestamp() for channel, moment in figures.last_morning.items()}
    text = "When the newest morning was posted to its end."
    yield _gauge("last_morning_timestamp_seconds", text, ("channel",), _single(mornings))
    if figures.newest_listing is not None:
        day = datetime.combine(figures.newest_listing, time(), UTC).timestamp()
        yield _gauge("newest_listing_timestamp_seconds", "The day of the newest complete listing.", (), {(): day})


def _of_machine(snapshot: Snapshot) -> Iterator[Metric]:
    connected = {(name,): float(is_there) for name, is_there in snapshot.connected.items()}
    yield _gauge("platform_connected", "Whether the platform is connected now.", ("platform",), connected)
    yield _gauge("event_loop_lag_seconds", "How late the event loop was just now.", (), {(): snapshot.loop_lag_s})
    text = "How late it was at most since the start."
    yield _gauge("event_loop_lag_max_seconds", text, (), {(): snapshot.longest_lag_s})
    yield _gauge("alarm_up", "Alarms that are up.", ("alarm",), dict.fromkeys(((name,) for name in snapshot.alarms), 1))
    singles: tuple[tuple[str, str, float | None], ...] = (
        ("database_bytes", "Size of the database with its log.", snapshot.database_bytes),
        ("disk_free_bytes", "Free space where the database is.", snapshot.disk_free_bytes),
        ("last_backup_timestamp_seconds", "When the newest backup was made.", _stamp(snapshot.last_backup)),
        ("start_timestamp_seconds", "When the bot was started.", _stamp(snapshot.started_at)),
    )
    for name, text, value in singles:
        if value is not None:
            yield _gauge(name, text, (), {(): value})


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _single(values: Mapping[str, float]) -> Labelled:
    return {(name,): value for name, value in values.items()}


def _gauge(name: str, text: str, labels: tuple[str, ...], values: Labelled) -> Metric:
    family = GaugeMetricFamily(f"paperlark_{name}", text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _counter(name: str, text: str, labels: tuple[str, ...], values: Labelled) -> Metric:
    family = CounterMetricFamily(f"paperlark_{name}", text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value or 0)
    return family
