"""Discord's rate limits: buckets of routes, and one for everything."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

GLOBAL_PER_S = 50

# Bucket, calls and seconds by operation, as seen on Discord. What is not named has a roomy bucket of its own.
BUCKETS: Mapping[str, tuple[str, int, float]] = {
    "create_message": ("messages", 5, 5.0),
    "edit_message": ("edits", 5, 5.0),
    "delete_message": ("deletions", 5, 1.0),
    "bulk_delete": ("bulk", 1, 1.0),
    "get_messages": ("history", 5, 5.0),
    "get_message": ("history", 5, 5.0),
    "add_reaction": ("reactions", 1, 0.25),
    "remove_own_reaction": ("reactions", 1, 0.25),
    "remove_reaction": ("reactions", 1, 0.25),
    "clear_reactions": ("reactions", 1, 0.25),
    "clear_emoji": ("reactions", 1, 0.25),
    "get_reactions": ("reaction-users", 1, 0.25),
    "typing": ("typing", 5, 5.0),
    "create_dm": ("direct", 10, 10.0),
    "start_thread_from_message": ("threads", 50, 300.0),
    "start_thread": ("threads", 50, 300.0),
    "create_follow_up": ("webhook", 5, 2.0),
    "edit_response": ("webhook", 5, 2.0),
    "delete_response": ("webhook", 5, 2.0),
    "put_commands": ("commands", 5, 20.0),
    "create_command": ("commands", 5, 20.0),
}
ROOMY = (10, 10.0)

# Interactions and their webhooks are outside the limit of everything together; what says who one is has no bucket.
OUTSIDE_GLOBAL = {
    "answer_interaction", "create_follow_up", "edit_response", "delete_response", "get_response", "get_gateway",
}  # fmt: skip
NO_BUCKET = {"answer_interaction", "get_gateway", "get_gateway_bot", "get_attachment"}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a call may do: `wait_s` 0 if it may go on; `headers` go with the answer."""

    wait_s: float
    headers: Mapping[str, str]
    is_global: bool = False


class Limits:
    """Counts calls by bucket and major parameter; `ticks` are seconds that only grow, `pace` multiplies every window."""

    def __init__(self, ticks: Callable[[], float], now: Callable[[], float], pace: float = 1.0) -> None:
        self._ticks = ticks
        self._now = now
        self.pace = pace
        self.buckets = dict(BUCKETS)
        self._calls: dict[str, deque[float]] = {}
        self._everything: deque[float] = deque()

    def now(self) -> float:
        """The world's time."""
        return self._now()

    def ask(self, operation: str, major: str) -> Allowance:
        """Count a call, unless it must wait."""
        ticks = self._ticks()
        if operation not in OUTSIDE_GLOBAL and (wait := self._over(self._everything, GLOBAL_PER_S, 1.0)):
            return Allowance(wait, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, is_global=True)
        if operation in NO_BUCKET:
            return Allowance(0.0, {})
        name, most, seconds = self.buckets.get(operation, (operation, *ROOMY))
        calls = self._calls.setdefault(f"{name}:{major}", deque())
        wait = self._over(calls, most, seconds)
        if not wait:
            calls.append(ticks)
            if operation not in OUTSIDE_GLOBAL:
                self._everything.append(ticks)
        reset_after = calls[0] + seconds * self.pace - ticks
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - len(calls))),
            "X-RateLimit-Reset": f"{self._now() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
        }
        return Allowance(wait, {**headers, "X-RateLimit-Scope": "user"} if wait else headers)

    def _over(self, calls: deque[float], most: int, seconds: float) -> float:
        """The seconds to wait if the window is full. A window begins with its first call and ends as a whole."""
        ticks, window = self._ticks(), seconds * self.pace
        if calls and calls[0] + window <= ticks:
            calls.clear()
        return max(0.001, calls[0] + window - ticks) if len(calls) >= most else 0.0
