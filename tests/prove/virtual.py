"""Weeks in seconds: an event loop whose time jumps to the next thing that will happen, and a clock on it.

Nothing waits and no thread runs: what would be computed in a thread is computed at once and its answer delivered a
random moment later, so that tasks interleave, and the same seed always gives the same order.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any

_LONGEST_THREAD_S = 0.05


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits. `seed` decides how long threads seem to take."""

    def __init__(self, seed: int) -> None:
        self.passed_s = 0.0
        self._random = random.Random(seed)
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.passed_s

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Compute now, answer a little later."""
        future: asyncio.Future[Any] = self.create_future()
        try:
            result = func(*args)
        except BaseException as error:  # noqa: BLE001 - a thread hands on whatever it meets, a simulated kill too
            self.call_later(self._random.random() * _LONGEST_THREAD_S, _fail, future, error)
        else:
            self.call_later(self._random.random() * _LONGEST_THREAD_S, _answer, future, result)
        return future


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen again: every task waits for another")
        self._loop.passed_s += max(0.0, timeout)
        return super().select(0)


def _answer(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


class VirtualClock:
    """The time on a virtual loop; `shift_s` is how wrong this clock is at the moment."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start
        self.shift_s = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time() + self.shift_s)

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    async def until(self, moment: datetime) -> None:
        """Return when it is `moment`; at once if that has passed."""
        await self.sleep((moment - self.now()).total_seconds())


def utc(text: str) -> datetime:
    """An aware time from ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
