"""Turns at posting: so many seconds apart in one channel, and in the whole workspace."""

from __future__ import annotations

from bot.clock import Clock

_WORKSPACE = ""
_SECOND = 1.0  # Slack's own measure


class Pace:
    """Reserves turns; whoever asks first goes first."""

    def __init__(self, clock: Clock, *, message_gap_s: float, workspace_gap_s: float) -> None:
        self._clock = clock
        self._message_gap_s = message_gap_s
        self._workspace_gap_s = workspace_gap_s
        self._free_at: dict[str, float] = {}

    async def turn(self, place: str) -> None:
        """Return when a message may go to this place."""
        now = self._clock.monotonic()
        at = max(now, self._free_at.get(place, now), self._free_at.get(_WORKSPACE, now))
        self._free_at[place] = at + self._message_gap_s
        self._free_at[_WORKSPACE] = at + self._workspace_gap_s
        if at > now:
            await self._clock.sleep(at - now)

    def arrived(self, place: str) -> None:
        """Count from now: a message that was long on its way must not have the next one at its heels."""
        self.hold(place, min(self._message_gap_s, _SECOND))

    def hold(self, place: str, seconds: float) -> None:
        """Let nothing go there for so long."""
        self._free_at[place] = max(self._free_at.get(place, 0.0), self._clock.monotonic() + seconds)
