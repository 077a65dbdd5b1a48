"""What the tests of the arXiv source share."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import pytest_asyncio

from bot.settings import ArxivSettings
from bot.sources.arxiv import ArxivSource
from bot.sources.arxiv.calendar import Calendar
from bot.sources.arxiv.fetch import Fetcher
from tests.fakes import FakeClock
from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.rows import listings
from tests.sources.fakes import CountingThrottle

THURSDAY_MORNING = datetime(2025, 5, 8, 6, 0, tzinfo=UTC)

MakeSource = Callable[..., ArxivSource]


def hasty(**settings: Any) -> ArxivSettings:
    """Settings with short time limits and few attempts; no bounds are checked."""
    return ArxivSettings(timeout_s=0.5, attempts=4, backoff_s=2.0).model_copy(update=settings)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(THURSDAY_MORNING)


@pytest.fixture
def throttle() -> CountingThrottle:
    return CountingThrottle()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[LoopbackArxiv]:
    """Listings of four weeks up to Friday, 9 May 2025; it is the Thursday morning before."""
    rows = listings(date(2025, 4, 14), date(2025, 5, 9))
    async with LoopbackArxiv(rows, now=THURSDAY_MORNING, held=0.1) as running:
        yield running


@pytest.fixture
def fetcher(clock: FakeClock, throttle: CountingThrottle) -> Fetcher:
    return Fetcher(hasty(timeout_s=0.3), throttle=throttle, clock=clock, random=random.Random(1))


@pytest.fixture
def make_source(server: LoopbackArxiv, clock: FakeClock, throttle: CountingThrottle) -> MakeSource:
    """Makes a source that reads the loopback server."""

    def make(**options: Any) -> ArxivSource:
        parts: dict[str, Any] = {
            "api_url": server.api_url,
            "rss_url": server.rss_url,
            "throttle": throttle,
            "clock": clock,
            "random": random.Random(1),
            "calendar": Calendar({date(2025, 12, 25): "Christmas Day"}),
        }
        settings = {name: options.pop(name) for name in tuple(options) if name in ArxivSettings.model_fields}
        return ArxivSource(settings=hasty(**settings), **parts | options)

    return make
