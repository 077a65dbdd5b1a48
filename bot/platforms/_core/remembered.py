"""Answers of a platform that are remembered for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from cachetools import TTLCache

from bot.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Look-ups kept for `kept_s`, at most `most` of them. A look-up that fails is not kept.

    Many who ask for one key at once are one question; whoever loses patience leaves the others be.
    """

    def __init__(self, clock: Clock, *, kept_s: float, most: int) -> None:
        self._clock = clock
        self._known: TTLCache[K, tuple[float, V]] = TTLCache(most, kept_s, timer=clock.monotonic)
        self._asking: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K, look_up: Callable[[], Awaitable[V]], *, fresh_s: float | None = None) -> V:
        """What is known of this key, else what `look_up` finds; nothing older than `fresh_s` seconds, if given."""
        kept = self._known.get(key)
        if kept is not None and (fresh_s is None or self._clock.monotonic() - kept[0] < fresh_s):
            return kept[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._ask(key, look_up))
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(asking)

    async def _ask(self, key: K, look_up: Callable[[], Awaitable[V]]) -> V:
        found = await look_up()
        self._known[key] = (self._clock.monotonic(), found)
        return found
