"""Long waits that a platform has asked for, told to whoever watches the bot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.models import PlatformStatus
from bot.platforms._core.calls import LONGEST_WAIT_S, CallError


class LongWaits:
    """Remember until when a platform has asked to wait, where that is longer than anybody waits for in place."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def note(self, what: str, error: CallError) -> None:
        """Note the wait that a failed call was answered with, if it is a long one."""
        if error.retry_after_s is not None and error.retry_after_s > LONGEST_WAIT_S:
            self._until[what] = self._clock.now() + timedelta(seconds=error.retry_after_s)

    def beside(self, status: PlatformStatus, platform: str) -> PlatformStatus:
        """The status with the waits that are not over."""
        now = self._clock.now()
        self._until = {what: until for what, until in self._until.items() if until > now}
        if not self._until:
            return status
        waits = ", ".join(f"{what} until {until:%H:%M} UTC" for what, until in sorted(self._until.items()))
        return replace(status, detail=f"{status.detail}; {platform} has asked to wait: {waits}")
