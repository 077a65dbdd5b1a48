"""Where papers come from. A new source is a module here and a line in `SOURCES`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.ports import Source, Throttle
from bot.settings import ArxivSettings


@dataclass(frozen=True, slots=True)
class SourceParts:
    """What a source may need; each takes what it uses. The addresses and settings are arXiv's."""

    throttle: Throttle
    clock: Clock
    random: random.Random
    api_url: str = "https://export.arxiv.org/api/query"
    rss_url: str = "https://rss.arxiv.org/rss"
    arxiv: ArxivSettings = field(default_factory=ArxivSettings)


def _arxiv(parts: SourceParts) -> Source:
    from bot.sources.arxiv import ArxivSource

    return ArxivSource(
        api_url=parts.api_url,
        rss_url=parts.rss_url,
        settings=parts.arxiv,
        throttle=parts.throttle,
        clock=parts.clock,
        random=parts.random,
    )


def _sample(parts: SourceParts) -> Source:
    from bot.sources.sample import SampleSource

    return SampleSource(clock=parts.clock)


SOURCES: dict[str, Callable[[SourceParts], Source]] = {"arxiv": _arxiv, "sample": _sample}
"""Every source by its name in the settings; whoever adds one here, from wherever, needs nothing else."""
