"""Weeks in seconds: an event loop whose time jumps to the next thing that will happen, and clocks and jobs on it.

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

from apscheduler.triggers.base import BaseTrigger

from bot.clock import Clock
from bot.schedule import Job, Schedule

_LONGEST_THREAD_S = 0.05
_LONGEST_WAIT_S = 1800.0


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


class VirtualSchedule(Schedule):
    """`Schedule` on a clock that jumps: the same triggers and rules (coalesce, one at a time, misfire grace).

    `broken` is told of every exception a job lets out.
    """

    def __init__(self, clock: Clock, misfire_s: int, broken: Callable[[BaseException], None]) -> None:
        self._clock = clock
        self._misfire_s = misfire_s
        self._broken = broken
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Jobs fire from the moment they are set."""

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    def _add(self, name: str, trigger: BaseTrigger, job: Job) -> None:
        self._set(name, self._fire_by(trigger, job))

    def forget(self, name: str) -> None:
        if known := self._tasks.pop(name, None):
            known.cancel()

    def every(self, name: str, interval_s: float, job: Job) -> None:
        self._set(name, self._fire_every(interval_s, job))

    def once(self, name: str, delay_s: float, job: Job) -> None:
        self._set(name, self._fire_once(delay_s, job))

    def _forget(self, kind: str, keep: set[str]) -> None:
        """Channels stay in the proof, and have no lists."""

    def forget_lists(self, keep: set[str]) -> None:
        """No list is kept in the proof."""

    def next_times(self) -> dict[str, datetime]:
        return {}

    def _set(self, name: str, coroutine: Any) -> None:
        if (known := self._tasks.get(name)) and known is not asyncio.current_task():
            known.cancel()
        self._tasks[name] = asyncio.create_task(coroutine)

    async def _fire_by(self, trigger: BaseTrigger, job: Job) -> None:
        due = trigger.get_next_fire_time(None, self._clock.now())
        while due is not None:
            # Like the real one it looks at the clock when another job wakes it, so a jump is noticed in time.
            wait_s = (due - self._clock.now()).total_seconds()
            await self._clock.sleep(min(max(0.0, wait_s), _LONGEST_WAIT_S))
            now = self._clock.now()
            if now < due:
                continue
            if (now - due).total_seconds() <= self._misfire_s:
                await self._run(job)
            due = trigger.get_next_fire_time(due, max(self._clock.now(), due + timedelta(seconds=1)))

    async def _fire_every(self, interval_s: float, job: Job) -> None:
        while True:
            await self._clock.sleep(interval_s)
            await self._run(job)

    async def _fire_once(self, delay_s: float, job: Job) -> None:
        await self._clock.sleep(delay_s)
        await self._run(job)

    async def _run(self, job: Job) -> None:
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - the proof counts what a job lets out
            self._broken(error)


def utc(text: str) -> datetime:
    """An aware time from ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
