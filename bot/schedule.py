"""Say when mornings and chores are due, and let APScheduler run them then.

APScheduler knows only the machine's clock at the moment a job is added, so what is due is decided here, by our own
clock; APScheduler runs it beside the others and ends it when we stop.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.settings import WEEKDAYS, ChannelSettings, LibrarySettings

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

LOOK_S = 30.0  # so often the clock is looked at: no timer notices that the machine slept or its clock was put right
_BACK = timedelta(minutes=1)  # a clock that goes back by more was put right
_SHORTEST_S = 0.01
_LONGEST_PAUSE_DAYS = 9  # a week of one weekday, and a day more


@dataclass(frozen=True, slots=True)
class SetTime:
    """A time of day on some weekdays (0 is Monday) in a time zone, as UTC instants.

    A time that daylight saving skips is at the instant it would have been; one that comes twice is the first of them.
    """

    at: time
    zone: ZoneInfo
    weekdays: frozenset[int]

    def next(self, moment: datetime) -> datetime:
        """The first instant after `moment` (aware)."""
        return next(one for one in self._around(moment) if one > moment)

    def last(self, moment: datetime) -> datetime:
        """The newest instant at or before `moment` (aware), at most nine days back."""
        return max(one for one in self._around(moment) if one <= moment)

    def _around(self, moment: datetime) -> Iterator[datetime]:
        """The instants of the days before and after `moment`, oldest first; at least one of each."""
        today = moment.astimezone(self.zone).date()
        for offset in range(-_LONGEST_PAUSE_DAYS, _LONGEST_PAUSE_DAYS + 1):
            day = today + timedelta(days=offset)
            if day.weekday() in self.weekdays:
                yield datetime.combine(day, self.at, self.zone).astimezone(UTC)


def mornings_of(channel: ChannelSettings) -> SetTime:
    """The mornings of a channel, in its own time zone."""
    return _set_time(channel.time, channel.zone, channel.weekdays)


def last_due(channel: ChannelSettings, now: datetime) -> datetime:
    """The newest morning of the channel that was due at or before `now` (aware), at most nine days back."""
    return mornings_of(channel).last(now)


def last_night(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest time of day `at` in `zone` at or before `now` (aware)."""
    return _set_time(at, zone, WEEKDAYS).last(now)


def last_list_due(library: LibrarySettings, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment at or before `now` (aware) at which a channel's weekly list was due."""
    return _weeks(library, zone).last(now)


def _weeks(library: LibrarySettings, zone: ZoneInfo) -> SetTime:
    return _set_time(library.time, zone, (library.weekday,))


def _set_time(at: time, zone: ZoneInfo, weekdays: Iterable[str]) -> SetTime:
    return SetTime(at, zone, frozenset(WEEKDAYS.index(day) for day in weekdays))


@dataclass(slots=True)
class _Timer:
    """A job and when it is due: at a set time, after every so many seconds, or once (None).

    An interval goes by both clocks, whichever comes first: the machine may have slept, or its clock been put right.
    """

    job: Job
    when: SetTime | float | None
    due: datetime
    due_s: float = math.inf  # monotonic

    def advance(self, now: datetime, now_s: float) -> None:
        """Set the first time after now, however many were missed."""
        if isinstance(self.when, SetTime):
            self.due = self.when.next(now)
        elif self.when is not None:
            self.due, self.due_s = now + timedelta(seconds=self.when), now_s + self.when

    def put_back(self, now: datetime) -> None:
        """Find the set time anew: a clock that was ahead may have passed some that are still to come."""
        if isinstance(self.when, SetTime):
            self.due = self.when.next(now)


class Schedule:
    """Runs jobs by name. Every job is idempotent, so a repeated or late run does no harm; missed ones are run once.

    The clock is looked at every `look_s` seconds, so that a set time which the machine slept through, or which a
    correction of its clock jumped over, is noticed within a minute. A job never runs twice at a time. `failed` is told
    of whatever a job raises.
    """

    def __init__(
        self, clock: Clock, failed: Callable[[str, Exception], None] | None = None, *, look_s: float = LOOK_S
    ) -> None:
        self._clock = clock
        self._look_s = look_s
        self._failed = failed or _log
        self._timers: dict[str, _Timer] = {}
        self._running: dict[str, asyncio.Task[Any] | None] = {}  # None from when it is due until it begins
        self._scheduler: Any = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None})
        self._changed = asyncio.Event()
        self._looked_at = clock.now()
        self._life: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin running jobs; needs the running event loop."""
        self._scheduler.start()
        self._life = asyncio.create_task(self._live())

    def stop(self) -> None:
        """Run no more and cancel what is under way."""
        if self._life is not None:
            self._life.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def running(self) -> frozenset[asyncio.Task[None]]:
        """The jobs under way."""
        return frozenset(task for task in self._running.values() if task is not None)

    def mornings(self, key: str, channel: ChannelSettings, job: Job) -> None:
        """Run `job` at every morning of the channel."""
        self._set(f"morning {key}", mornings_of(channel), job)

    def weekly_list(self, key: str, library: LibrarySettings, zone: ZoneInfo, job: Job) -> None:
        """Run `job` whenever the channel's weekly list is due."""
        self._set(f"list {key}", _weeks(library, zone), job)

    def nightly(self, name: str, at: time, zone: ZoneInfo, job: Job) -> None:
        """Run `job` every day at `at`."""
        self._set(name, _set_time(at, zone, WEEKDAYS), job)

    def every(self, name: str, interval_s: float, job: Job) -> None:
        """Run `job` every `interval_s` seconds, first after one interval."""
        self._set(name, interval_s, job)

    def once(self, name: str, delay_s: float, job: Job) -> None:
        """Run `job` once after `delay_s`, replacing an earlier appointment of that name."""
        due = self._clock.now() + timedelta(seconds=delay_s)
        self._timers[name] = _Timer(job, None, due, self._clock.monotonic() + delay_s)
        self._changed.set()

    def forget(self, name: str) -> None:
        """Run the job of this name no more, if there is one."""
        self._timers.pop(name, None)

    def forget_mornings(self, keep: set[str]) -> None:
        """Drop the mornings of channels that are gone."""
        self._forget("morning ", keep)

    def forget_lists(self, keep: set[str]) -> None:
        """Drop the weekly lists of all channels but these."""
        self._forget("list ", keep)

    def _forget(self, kind: str, keep: set[str]) -> None:
        for name in list(self._timers):
            if name.startswith(kind) and name.removeprefix(kind) not in keep:
                self.forget(name)

    def next_morning(self, key: str) -> str:
        """When the channel's next morning is, in words; "none" if it has none."""
        moment = self.next_times().get(f"morning {key}")
        return moment.strftime("%Y-%m-%d %H:%M %Z") if moment else "none"

    def next_times(self) -> dict[str, datetime]:
        """When each job is due next."""
        return {name: timer.due for name, timer in self._timers.items()}

    def _set(self, name: str, when: SetTime | float, job: Job) -> None:
        """Take up a repeated job; one that is there already goes on: neither interval nor due time starts anew."""
        known = self._timers.get(name)
        if known is not None and known.when == when:
            known.job = job
            return
        timer = self._timers[name] = _Timer(job, when, self._clock.now())
        timer.advance(self._clock.now(), self._clock.monotonic())
        self._changed.set()

    async def _live(self) -> None:
        while True:
            self.look()
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._changed.wait()

    def _pause_s(self) -> float:
        now, now_s = self._clock.now(), self._clock.monotonic()
        waits = [min((timer.due - now).total_seconds(), timer.due_s - now_s) for timer in self._timers.values()]
        return max(_SHORTEST_S, min([self._look_s, *waits]))

    def look(self) -> None:
        """Run what is due now."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        if now < self._looked_at - _BACK:
            for timer in self._timers.values():
                timer.put_back(now)
        self._looked_at = now
        for name, timer in list(self._timers.items()):
            if now < timer.due and now_s < timer.due_s:
                continue
            if name not in self._running:
                self._run(name, timer.job)
            timer.advance(now, now_s)
            if timer.when is None:
                self.forget(name)

    def _run(self, name: str, job: Job) -> None:
        """Have it run at once; without a trigger that is what APScheduler does."""
        self._running[name] = None
        self._scheduler.add_job(self._tracked, args=(name, job), name=name)

    async def _tracked(self, name: str, job: Job) -> None:
        self._running[name] = asyncio.current_task()
        try:
            await job()
        except asyncio.CancelledError:  # we are stopping; APScheduler would report it as a fault of the job
            return
        except Exception as error:  # noqa: BLE001 - the edge: one job's fault stops no other
            self._failed(name, error)
        finally:
            self._running.pop(name, None)


def _log(name: str, error: Exception) -> None:
    logger.error("%s failed", name, exc_info=error)
