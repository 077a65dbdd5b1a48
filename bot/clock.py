"""Tell the time and wait: everything that needs either takes a Clock."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.errors import SettingsError

_SHIFT = re.compile(r"(?P<sign>[+-])(?P<count>\d+(?:\.\d+)?)(?P<unit>[smhdw])")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_NOT_A_TIME = "PAPERLARK_NOW = {!r}: write an ISO time (2025-05-08T07:00Z) or a span (+2d, -90m)"
_YEARS = range(1991, 2200)  # arXiv's first one, and any that leaves the calendar room to look ahead


class Clock(Protocol):
    """Wall time, monotonic time and pauses."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring how long something took."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Pause for `seconds` (not negative)."""
        ...


class SystemClock:
    """The machine's clock, shifted by a constant.

    `scale` shortens every pause (0.01 makes a minute 0.6 s) but not the time that `now` tells: whole-process
    tests need short waits and true times.
    """

    def __init__(self, shift: timedelta = timedelta(0), scale: float = 1.0) -> None:
        self._shift = shift
        self._scale = scale

    def now(self) -> datetime:
        """The machine's time plus the shift."""
        return datetime.now(UTC) + self._shift

    def monotonic(self) -> float:
        """The machine's monotonic seconds, never scaled."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Pause for `seconds` times the scale."""
        await asyncio.sleep(max(0.0, seconds) * self._scale)


def shift_from(text: str, now: datetime) -> timedelta:
    """The shift that `PAPERLARK_NOW` asks for: an ISO time, or a span such as `+2d` or `-90m`.

    An ISO time without zone is UTC. An empty text asks for none.

    Raises:
        SettingsError: `text` is neither, or not within a few centuries.
    """
    text = text.strip()
    if not text:
        return timedelta(0)
    try:
        shift = _shift(text, now)
        is_sane = (now + shift).year in _YEARS
    except (ValueError, OverflowError) as error:
        raise SettingsError([_NOT_A_TIME.format(text[:80])]) from error
    if not is_sane:
        raise SettingsError([_NOT_A_TIME.format(text[:80])])
    return shift


def _shift(text: str, now: datetime) -> timedelta:
    if match := _SHIFT.fullmatch(text):
        span = timedelta(seconds=float(match["count"]) * _UNIT_S[match["unit"]])
        return span if match["sign"] == "+" else -span
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
