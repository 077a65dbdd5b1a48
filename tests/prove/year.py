"""A year of mornings, 2027, day by day on a virtual clock: none missing, none twice, and memory that does not grow.

The real resident, handlers and database live through arXiv's calendar of that year, holidays that are foreseen by rule
included, two changes of the clocks, a week in which arXiv is away, one in which the chat is, one in which the process
is, and a suspend of sixty hours.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.resident import Resident
from bot.errors import SourceUnavailable
from bot.models import DigestKind, DigestRecord
from bot.schedule import Schedule
from bot.settings import BackupSettings, ChannelSettings, HealthSettings, ScorerName, Settings, TimingSettings
from bot.sources.arxiv.calendar import Calendar
from bot.sources.arxiv.holidays import bundled_calendar
from bot.store import Store
from handlers.environment import Environment
from tests.builders import a_paper
from tests.fakes import FakeEmbedder, FakePlatform, FakeScorer, FakeSource, Fault
from tests.prove.virtual import VirtualClock, VirtualLoop, utc

YEAR = 2027
_KEY = "room"
_ZONE = "Europe/Berlin"
_NINE = time(9)
_LOOK_S = 600.0  # a year has a million half minutes
_PAPERS = 6
_WARM = 20  # days after which memory may not grow any more
_MOST_GROWTH = 1.10
_ARXIV_AWAY = (date(YEAR, 2, 8), date(YEAR, 2, 15))
_CHAT_AWAY = (date(YEAR, 5, 10), date(YEAR, 5, 17))
_DOWN = (date(YEAR, 8, 9), date(YEAR, 8, 16))
_SUSPENDED = (date(YEAR, 10, 5), 60.0)  # from noon, hours
_TOPICS = "1. Quantization\n - Relevant: low-bit weights\n"


class YearSource(FakeSource):
    """An arXiv that keeps the calendar of the year; every listing day has some papers."""

    def __init__(self, clock: VirtualClock, calendar: Calendar) -> None:
        super().__init__(clock)
        self._calendar = calendar
        number = 0
        for day in calendar.listing_days(date(YEAR - 1, 12, 20), date(YEAR, 12, 31)):
            papers = []
            for _ in range(_PAPERS):
                number += 1
                papers.append(a_paper(f"27{day:%m}.{number:05d}", listing_day=day))
            self.announce(day, *papers)

    def newest_day(self, now: datetime) -> date:
        return self._calendar.newest_possible(now)

    def quiet_reason(self, day: date) -> str:
        return self._calendar.why_no_listing(day)


class Silent(FakePlatform):
    """A chat that keeps no transcript of a year in memory: only who was posted when, and how often."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.times: Counter[str] = Counter()

    async def post(self, *args, **options):  # type: ignore[no-untyped-def]
        ref = await super().post(*args, **options)
        self.times[str(self.messages[-1].key)] += 1
        self.messages = self.messages[-400:]
        self.attempts.clear()
        return ref


class Year:
    """The world for a year, and the lives of the bot in it."""

    def __init__(self, loop: VirtualLoop, folder: Path, last: date) -> None:
        self._folder = folder
        self._last = last
        self.clock = VirtualClock(loop, utc(f"{YEAR}-01-01T00:00"))
        self.calendar = bundled_calendar()
        self.source = YearSource(self.clock, self.calendar)
        self.chat = Silent(self.clock)
        self.unhandled: list[str] = []
        self.memory_mb: dict[date, float] = {}
        self.digests: tuple[DigestRecord, ...] = ()

    async def live(self) -> None:
        """From New Year to the last day, with one stop between."""
        await self._life(min(_DOWN[0], self._last))
        if self._last > _DOWN[0]:
            await self.clock.until(utc(f"{_DOWN[1]}T00:00"))
            await self._life(self._last)

    async def _life(self, last: date) -> None:
        store = Store(self._folder / "paperlark.db")
        resident = Resident(self._environment(store), schedule=Schedule(self.clock, self._note_failure, look_s=_LOOK_S))
        life = asyncio.create_task(resident.live())
        while self.clock.now().date() < last:
            self._weather(self.clock.now())
            self.memory_mb[self.clock.now().date()] = _resident_mb()
            # Day by day; the suspend is a jump of the clock that no timer feels.
            await self.clock.sleep(24 * 3600 - self.clock.now().timestamp() % (24 * 3600) + 1)
            if self.clock.now().date() == _SUSPENDED[0]:
                await self.clock.sleep(12 * 3600)
                self.clock.shift_s += _SUSPENDED[1] * 3600
        life.cancel()
        await asyncio.wait({life})
        self.digests = await store.ledger.digests(_KEY, 10_000)
        store.close()

    def _weather(self, now: datetime) -> None:
        today = now.date()
        self.source.down = SourceUnavailable("503") if _ARXIV_AWAY[0] <= today < _ARXIV_AWAY[1] else None
        self.chat.faults.clear()
        if _CHAT_AWAY[0] <= today < _CHAT_AWAY[1]:
            self.chat.faults[""] = [Fault.DELAYED] * 5000
        self.chat.notified.clear()

    def _note_failure(self, name: str, error: Exception) -> None:
        self.unhandled.append(f"{self.clock.now():%Y-%m-%d}: {name} failed with {error!r}")

    def _environment(self, store: Store) -> Environment:
        channel = ChannelSettings(categories=("cs.CL",), id=_KEY, time=_NINE, timezone=_ZONE, papers=3, more=3)
        return Environment(
            settings=Settings(
                data_dir=self._folder,
                scorer=ScorerName.LOCAL,
                health=HealthSettings(enabled=False),
                backup=BackupSettings(enabled=False),
                timing=TimingSettings(poll_s=10_800, reconcile_s=21_600),
                channels={_KEY: channel},
            ),
            store=store,
            source=self.source,
            scorer=FakeScorer(),
            embedder=FakeEmbedder(),
            platforms={self.chat.name: self.chat},
            clock=self.clock,
            topics_texts={_KEY: _TOPICS},
        )


def violations(year: Year, last: date) -> Iterator[str]:
    """What is not as it must be at the end."""
    yield from list(dict.fromkeys(year.unhandled))[:5]
    if twice := [key for key, times in year.chat.times.items() if times > 1]:
        yield f"posted twice: {twice[:5]}"
    first = date(YEAR, 1, 1)
    listed = set(year.calendar.listing_days(first, last - timedelta(days=2)))
    covered = Counter(day for one in year.digests if one.kind is DigestKind.MORNING for day in one.days)
    if missing := sorted(listed - set(covered)):
        yield f"{len(missing)} listings never posted: {[str(day) for day in missing[:8]]}"
    if twice := sorted(str(day) for day, times in covered.items() if times > 1):
        yield f"listings posted twice: {twice[:8]}"
    due = Counter(one.occasion.partition(",")[0] for one in year.digests)
    for day in _days(first, last - timedelta(days=2)):
        if day.weekday() < 5 and not _is_away(day) and _occasion(day) not in due:
            yield f"no morning on {day}"
    dates = {one.planned_at.astimezone(ZoneInfo(_ZONE)).date() for one in year.digests}
    for day in sorted(listed):
        if not _is_away(day) and day not in dates:
            yield f"nothing was posted on {day}, whose listing was there"
    warm = year.memory_mb.get(date(YEAR, 1, 1) + timedelta(days=_WARM))
    grown = year.memory_mb[max(year.memory_mb)]
    if warm and grown > _MOST_GROWTH * warm:
        yield f"memory grew from {warm:.0f} MB after day {_WARM} to {grown:.0f} MB"


def _is_away(day: date) -> bool:
    """Whether the process or the machine was, or arXiv or the chat: then a morning is late, not missing."""
    spans = [_ARXIV_AWAY, _CHAT_AWAY, _DOWN, (_SUSPENDED[0], _SUSPENDED[0] + timedelta(days=4))]
    return any(first <= day <= last for first, last in spans)


def _occasion(day: date) -> str:
    due = datetime.combine(day, _NINE, ZoneInfo(_ZONE))
    return f"morning {due.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%MZ}"


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _resident_mb() -> float:
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def prove(options: argparse.Namespace, say: Callable[[str], None] = print, last: date = date(YEAR + 1, 1, 1)) -> bool:
    """Live through the year; True if nothing was violated."""
    logging.getLogger().setLevel(logging.CRITICAL)
    loop = VirtualLoop(getattr(options, "first_seed", 1))
    with tempfile.TemporaryDirectory(prefix="paperlark-year-") as name:
        year = Year(loop, Path(name), last)
        try:
            loop.run_until_complete(year.live())
        finally:
            loop.close()
        found = list(violations(year, last))
    say("\n".join([*found, _figures(year, len(found))]))
    return not found


def _figures(year: Year, n_violations: int) -> str:
    kinds: Mapping[str, int] = Counter(str(one.kind) for one in year.digests)
    days = sorted(year.memory_mb)
    warm = year.memory_mb[days[min(_WARM, len(days) - 1)]]
    quiet = sum(not one.days for one in year.digests)
    return (
        f"{len(days)} days: {dict(kinds)}, {quiet} without papers; {sum(year.chat.times.values()):,} messages; memory "
        f"{warm:.0f} MB after day {_WARM}, {year.memory_mb[days[-1]]:.0f} MB at the end; {n_violations} violated"
    )
