"""Fire jobs when they are due: APScheduler, told the time by our clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock
from bot.settings import WEEKDAYS, ChannelSettings, LibrarySettings

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

_LONGEST_PAUSE_DAYS = 9  # a week of one weekday, and a day more


class _Mornings(BaseTrigger):  # type: ignore[misc] # apscheduler 3 has no types
    """A time of day on some weekdays in a time zone, in UTC instants.

    APScheduler's own cron trigger fires twice where a time comes twice, and called during the second of two such hours
    it may never return.
    """

    def __init__(self, at: time, zone: ZoneInfo, weekdays: Iterable[str]) -> None:
        self._time = at
        self._zone = zone
        self._weekdays = {WEEKDAYS.index(day) for day in weekdays}

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first morning after the previous firing; without one, the first not before `now`."""
        start = previous_fire_time + timedelta(microseconds=1) if previous_fire_time else now
        return next(moment for moment in self.around(start) if moment >= start)

    def around(self, moment: datetime) -> Iterator[datetime]:
        """The mornings of the days before and after `moment`, oldest first; at least one of each."""
        today = moment.astimezone(self._zone).date()
        for offset in range(-_LONGEST_PAUSE_DAYS, _LONGEST_PAUSE_DAYS + 1):
            day = today + timedelta(days=offset)
            if day.weekday() in self._weekdays:
                yield datetime.combine(day, self._time, self._zone).astimezone(UTC)


def morning_trigger(channel: ChannelSettings) -> BaseTrigger:
    """The trigger of a channel's mornings, in its own time zone.

    A time that daylight saving skips fires at the same instant it would have had; one that comes twice fires only the
    first time.
    """
    return _mornings(channel)


def last_due(channel: ChannelSettings, now: datetime) -> datetime:
    """The newest morning of the channel that was due at or before `now` (aware), at most nine days back."""
    return max(moment for moment in _mornings(channel).around(now) if moment <= now)


def last_night(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest time of day `at` in `zone` at or before `now` (aware)."""
    return max(moment for moment in _Mornings(at, zone, WEEKDAYS).around(now) if moment <= now)


def last_list_due(library: LibrarySettings, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment at or before `now` (aware) at which a channel's weekly list was due."""
    return max(moment for moment in _weeks(library, zone).around(now) if moment <= now)


def _mornings(channel: ChannelSettings) -> _Mornings:
    return _Mornings(channel.time, channel.zone, channel.weekdays)


def _weeks(library: LibrarySettings, zone: ZoneInfo) -> _Mornings:
    return _Mornings(library.time, zone, (library.weekday,))


class _Shifted(BaseTrigger):  # type: ignore[misc] # apscheduler 3 has no types
    """A trigger that lives in shifted time, for a scheduler that lives in the machine's."""

    def __init__(self, inner: BaseTrigger, shift: timedelta) -> None:
        self._inner = inner
        self._shift = shift

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The inner trigger's next time, moved back into machine time."""
        previous = previous_fire_time + self._shift if previous_fire_time else None
        moment = self._inner.get_next_fire_time(previous, now + self._shift)
        return moment - self._shift if moment else None


class Schedule:
    """Jobs by name. Every job is idempotent, so a repeated or late firing does no harm."""

    def __init__(self, clock: Clock, misfire_s: int) -> None:
        self._clock = clock
        self._scheduler: Any = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": misfire_s},
        )

    def start(self) -> None:
        """Begin firing; needs the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Fire no more; jobs under way are left to their owner."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def mornings(self, key: str, channel: ChannelSettings, job: Job) -> None:
        """Fire `job` at every morning of the channel, replacing what was set for it."""
        self._add(f"morning {key}", morning_trigger(channel), job)

    def weekly_list(self, key: str, library: LibrarySettings, zone: ZoneInfo, job: Job) -> None:
        """Fire `job` whenever the channel's weekly list is due, replacing what was set for it."""
        self._add(f"list {key}", _weeks(library, zone), job)

    def nightly(self, name: str, at: time, zone: ZoneInfo, job: Job) -> None:
        """Fire `job` every day at `at`, replacing what was set for it."""
        self._add(name, _Mornings(at, zone, WEEKDAYS), job)

    def every(self, name: str, interval_s: float, job: Job) -> None:
        """Fire `job` every `interval_s` seconds, first after one interval."""
        pause_s = max(1, round(interval_s))
        start = self._clock.now() + timedelta(seconds=pause_s)
        self._add(name, IntervalTrigger(seconds=pause_s, start_date=start, timezone="UTC"), job)

    def once(self, name: str, delay_s: float, job: Job) -> None:
        """Fire `job` once after `delay_s`, replacing an earlier appointment of that name."""
        moment = self._clock.now() + timedelta(seconds=delay_s)
        self._add(name, DateTrigger(run_date=moment, timezone="UTC"), job)

    def forget(self, name: str) -> None:
        """Fire the job of this name no more, if there is one."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)

    def forget_mornings(self, keep: set[str]) -> None:
        """Drop the mornings of channels that are gone."""
        self._forget("morning ", keep)

    def forget_lists(self, keep: set[str]) -> None:
        """Drop the weekly lists of all channels but these."""
        self._forget("list ", keep)

    def _forget(self, kind: str, keep: set[str]) -> None:
        for job in self._scheduler.get_jobs():
            if job.id.startswith(kind) and job.id.removeprefix(kind) not in keep:
                job.remove()

    def next_morning(self, key: str) -> str:
        """When the channel's next morning is, in words; "none" if it has none."""
        moment = self.next_times().get(f"morning {key}")
        return moment.strftime("%Y-%m-%d %H:%M %Z") if moment else "none"

    def next_times(self) -> dict[str, datetime]:
        """When each job fires next, in our clock's time."""
        shift = self._shift()
        return {job.id: job.next_run_time + shift for job in self._scheduler.get_jobs() if job.next_run_time}

    def _add(self, name: str, trigger: BaseTrigger, job: Job) -> None:
        work = partial(_until_stopped, job)
        self._scheduler.add_job(work, _Shifted(trigger, self._shift()), id=name, replace_existing=True)

    def _shift(self) -> timedelta:
        shift = self._clock.now() - datetime.now(self._scheduler.timezone)
        # Below a second it is only the time between two looks at the clock.
        return shift if abs(shift) >= timedelta(seconds=1) else timedelta(0)


async def _until_stopped(job: Job) -> None:
    """Run a job. The scheduler ends those under way when it stops, and would tell of each as of a fault."""
    with suppress(asyncio.CancelledError):
        await job()
