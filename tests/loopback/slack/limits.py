"""Slack's rate limits, in the time of the workspace."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

# Calls a minute and method, from Slack's tiers; what is not named here is not limited.
PER_MINUTE = {
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.info": 50,
    "conversations.members": 100,
    "conversations.list": 20,
    "users.conversations": 50,
    "reactions.get": 50,
    "reactions.add": 50,
    "users.info": 100,
    "views.open": 100,
    "views.update": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
}


class Limits:
    """One message a second and channel, a number a minute for the workspace, and the tiers.

    `pace` multiplies every interval: 0.01 makes a second ten milliseconds.
    """

    def __init__(self, now: Callable[[], float], *, pace: float = 1.0, workspace_per_minute: int = 300) -> None:
        self._now = now
        self._pace = pace
        self._workspace_per_minute = workspace_per_minute
        self._posted: dict[str, float] = {}
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def wait_for(self, method: str, arguments: dict[str, Any]) -> int:
        """0 if the call may go on, else the seconds of Retry-After."""
        if method == "chat.postMessage":
            return self._posting(str(arguments.get("channel", "")))
        if method in PER_MINUTE:
            return self._in_window(method, PER_MINUTE[method])
        return 0

    def _posting(self, channel: str) -> int:
        elapsed = self._now() - self._posted.get(channel, -math.inf)
        if elapsed < self._pace - 1e-3:
            return max(1, math.ceil(self._pace - elapsed))
        if wait := self._in_window("the workspace", self._workspace_per_minute):
            return wait
        self._posted[channel] = self._now()
        return 0

    def _in_window(self, name: str, most: int) -> int:
        window_s = 60 * self._pace
        calls, now = self._calls[name], self._now()
        while calls and calls[0] <= now - window_s:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + window_s - now))
        calls.append(now)
        return 0
