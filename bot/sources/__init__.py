"""Where papers come from. A new source is a module here and a line in `SOURCES`."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.clock import Clock
from bot.ports import Source, Throttle


@dataclass(frozen=True, slots=True)
class SourceParts:
    """What a source may need; each takes what it uses. The addresses and limits are arXiv's."""

    throttle: Throttle
    clock: Clock
    random: random.Random
    api_url: str = "https://export.arxiv.org/api/query"
    rss_url: str = "https://rss.arxiv.org/rss"
    timeout_s: float = 30.0
    attempts: int = 5
    backoff_s: float = 3.0
    lookback_days: int = 7
    page_size: int = 1000


def _arxiv(parts: SourceParts) -> Source:
    from bot.sources.arxiv import ArxivSource

    return ArxivSource(
        api_url=parts.api_url,
        rss_url=parts.rss_url,
        throttle=parts.throttle,
        clock=parts.clock,
        random=parts.random,
        timeout_s=parts.timeout_s,
        attempts=parts.attempts,
        backoff_s=parts.backoff_s,
        lookback_days=parts.lookback_days,
        page_size=parts.page_size,
    )


def _sample(parts: SourceParts) -> Source:
    from bot.sources.sample import SampleSource

    return SampleSource(clock=parts.clock)


SOURCES: Mapping[str, Callable[[SourceParts], Source]] = MappingProxyType({"arxiv": _arxiv, "sample": _sample})
"""Every source by its name in the settings."""
