"""Slack's limits of methods, kept from this side: so many calls a minute, and none while Slack asks to wait."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from bot.clock import Clock

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


class Tiers:
    """Reserves turns by method; whoever asks first goes first."""

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
