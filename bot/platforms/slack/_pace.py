"""Turns at posting: so many seconds apart in one channel, and in the whole workspace."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from bot.clock import Clock

_SECOND = 1.0  # Slack's own measure


class Pace:
    """Reserves turns; whoever asks first goes first. A channel that has to wait long keeps no other one waiting."""

    def __init__(self, clock: Clock, *, message_gap_s: float, workspace_gap_s: float) -> None:
        self._clock = clock
        self._message_gap_s = message_gap_s
        self._workspace_gap_s = workspace_gap_s
        self._free_at: dict[str, float] = {}
        self._workspace_free_at = 0.0
        self._queues: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def turn(self, channel_id: str) -> None:
        """Return when a message may go to this place."""
        async with self._queues[channel_id]:
            now = self._clock.monotonic()
            ready = max(now, self._free_at.get(channel_id, now))
            if ready > now:
                await self._clock.sleep(ready - now)
            # Only now: a turn of the workspace reserved for a later moment would keep every other channel waiting.
            at = max(ready, self._workspace_free_at)
            self._workspace_free_at = at + self._workspace_gap_s
            self._free_at[channel_id] = max(self._free_at.get(channel_id, 0.0), at + self._message_gap_s)
            if at > ready:
                await self._clock.sleep(at - ready)

    def arrived(self, channel_id: str) -> None:
        """Count from now: a message that was long on its way must not have the next one at its heels."""
        self.hold(channel_id, min(self._message_gap_s, _SECOND))

    def hold(self, channel_id: str, seconds: float) -> None:
        """Let nothing go there for so long."""
        self._free_at[channel_id] = max(self._free_at.get(channel_id, 0.0), self._clock.monotonic() + seconds)
