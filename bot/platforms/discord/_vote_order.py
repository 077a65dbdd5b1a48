"""The order of votes: Discord gives its events no time, so they count in the order in which they arrive."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from bot.clock import Clock


class VoteOrder:
    """Number what arrives; each number is higher than the one before, whatever the clock does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0.0

    def stamp(self) -> tuple[datetime, float]:
        """The moment, and the order in seconds since the epoch."""
        now = self._clock.now()
        self._last = max(now.timestamp(), math.nextafter(self._last, math.inf))
        return now.astimezone(UTC), self._last
