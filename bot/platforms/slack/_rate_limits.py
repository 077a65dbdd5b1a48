"""Slack's rate limits, kept from this side: messages apart from each other, and so many calls of a method a minute."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping

from bot.clock import Clock
from bot.platforms._core.calls import LONGEST_WAIT_S, CallError, Outcome

WINDOW_S = 65.0  # Slack's minute, and time for calls that were long on their way
# A little less than Slack takes, for what another process may have called a moment ago. Windows are not here: they are
# worth nothing later. Nor are messages, which have a pace of their own.
PER_MINUTE: Mapping[str, int] = {
    "conversations.history": 40,
    "conversations.replies": 40,
    "conversations.info": 40,
    "users.conversations": 40,
    "users.info": 80,
    "reactions.get": 40,
    "reactions.add": 40,
    "chat.update": 40,
    "chat.delete": 40,
}
_SECOND = 1.0  # Slack's own measure between two messages


class MessagePace:
    """Reserve turns at posting: so many seconds apart in one channel, and in the whole workspace.

    Whoever asks first goes first. A channel that has to wait long keeps no other one waiting.
    """

    def __init__(self, clock: Clock, *, message_gap_s: float, workspace_gap_s: float) -> None:
        self._clock = clock
        self._message_gap_s = message_gap_s
        self._workspace_gap_s = workspace_gap_s
        self._free_at: dict[str, float] = {}
        self._workspace_free_at = 0.0
        self._queues: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def turn(self, channel_id: str) -> None:
        """Return when a message may go to this channel.

        Raises:
            CallError: Slack has asked to wait for longer than anybody should wait here.
        """
        async with self._queues[channel_id]:
            now = self._clock.monotonic()
            ready = max(now, self._free_at.get(channel_id, now))
            if ready - now > LONGEST_WAIT_S:
                said = "chat.postMessage: Slack has asked to wait"
                raise CallError(said, Outcome.LATER, "ratelimited", retry_after_s=ready - now)
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


class MethodLimits:
    """Reserve calls by method; whoever asks first goes first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turns: dict[str, deque[float]] = defaultdict(deque)
        self._free_at: dict[str, float] = {}

    async def turn(self, method: str) -> None:
        """Return when the method may be called; at once for one without a limit here."""
        most = PER_MINUTE.get(method)
        if most is None:
            return
        now = self._clock.monotonic()
        turns = self._turns[method]
        at = max(now, self._free_at.get(method, now))
        if len(turns) == most:
            at = max(at, turns.popleft() + WINDOW_S)
        turns.append(at)
        if at > now:
            await self._clock.sleep(at - now)

    def hold(self, method: str, seconds: float) -> None:
        """Reserve no turn of the method for so long: Slack asked for it."""
        self._free_at[method] = max(self._free_at.get(method, 0.0), self._clock.monotonic() + seconds)
