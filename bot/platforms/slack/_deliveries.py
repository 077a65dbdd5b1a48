"""Events that were dealt with: Slack delivers some of them twice, and minutes later."""

from __future__ import annotations

from bot.clock import Clock

_KEPT_S = 2 * 3600.0  # a repetition has been seen after six minutes; an hour is what Slack speaks of
_MOST = 20_000


class Deliveries:
    """Remembers the ids of events for a while. Votes do not need it: the store knows each of theirs for ever."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done_at: dict[str, float] = {}

    def is_done(self, event_id: str) -> bool:
        """Whether this event was dealt with before."""
        done_at = self._done_at.get(event_id)
        return done_at is not None and self._clock.monotonic() - done_at < _KEPT_S

    def done(self, event_id: str) -> None:
        """It is dealt with now; what failed is not, and may come again."""
        now = self._clock.monotonic()
        self._done_at.pop(event_id, None)
        self._done_at[event_id] = now
        while len(self._done_at) > _MOST or now - next(iter(self._done_at.values())) >= _KEPT_S:
            del self._done_at[next(iter(self._done_at))]
