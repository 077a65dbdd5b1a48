"""Count what each person asks of the bot, so that nobody takes all of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

_MOST_PEOPLE = 5_000
MINUTE_S, DAY_S = 60.0, 86_400.0


class Limits:
    """What people did lately, in memory; a restart forgets it. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._done: dict[tuple[str, str, float], deque[float]] = {}
        self._asking: set[str] = set()
        self._told: set[tuple[str, str]] = set()

    def allows(self, person: str, what: str, now_s: float, *bounds: tuple[int, float]) -> bool:
        """Whether a person may do this once more; if so it counts. Each bound is (most, within seconds), 0 for none."""
        held = [self._lately(person, what, window_s, now_s) for most, window_s in bounds]
        if any(most and len(times) >= most for times, (most, _) in zip(held, bounds, strict=True)):
            return False
        for times in held:
            times.append(now_s)
        self._told.discard((person, what))
        return True

    def first_refusal(self, person: str, what: str) -> bool:
        """Whether this person has not been told yet that this is too much for now."""
        is_first = (person, what) not in self._told
        self._told.add((person, what))
        return is_first

    @contextmanager
    def asking(self, person: str) -> Iterator[bool]:
        """Hold a person's one question; what it yields says whether there is no other of theirs at work."""
        is_free = person not in self._asking
        self._asking.add(person)
        try:
            yield is_free
        finally:
            if is_free:
                self._asking.discard(person)

    def _lately(self, person: str, what: str, window_s: float, now_s: float) -> deque[float]:
        key = (person, what, window_s)
        times = self._done.pop(key, deque())
        self._done[key] = times  # the newest last: whoever was quiet longest is forgotten first
        while times and now_s - times[0] >= window_s:
            times.popleft()
        while len(self._done) > _MOST_PEOPLE:
            del self._done[next(iter(self._done))]
        return times
