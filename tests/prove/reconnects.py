"""Connections that break all the time, a machine that sleeps, a clock that jumps, a chat that is away for hours.

In virtual time, with the real resident, schedule, handlers and database. No timer may starve, and every morning is
posted once: at its time, or within a minute of when it can be.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.app.resident import Resident
from bot.errors import PlatformError, PostDelayed
from bot.models import MessageRef, Post, PostKey, PostRole
from bot.ports import Inbox
from bot.schedule import LOOK_S, Job, Schedule
from bot.settings import BackupSettings, ChannelSettings, HealthSettings, Settings
from bot.store import Store
from handlers.environment import Environment
from tests.builders import CHANNEL, some_papers
from tests.fakes import FakeEmbedder, FakePlatform, FakeScorer, FakeSource
from tests.prove.virtual import VirtualClock, VirtualLoop, utc

_START = utc("2025-05-05T06:00")  # a Monday; mornings are at nine
_DAYS = tuple(date(2025, 5, day) for day in (5, 6, 7, 8, 9, 12))
_FLAPS_S = 45.0
_CALM_S = 1200.0
_SOON = timedelta(minutes=1)


class FlappingChat(FakePlatform):
    """A chat whose connection breaks every `lasts_s` seconds, and which may be away altogether."""

    is_away = False
    lasts_s = _CALM_S

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.hellos: list[datetime] = []

    async def run(self, inbox: Inbox) -> None:
        while not self.is_away:
            self.hellos.append(self.clock.now())
            await inbox.invited(self.name, CHANNEL)
            await inbox.reconnected(self.name)
            await self.clock.sleep(self.lasts_s)
        raise PlatformError("no connection")

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        if self.is_away:
            raise PostDelayed("no connection")
        return await super().post(channel_id, post, key, thread)


class _Noting(Schedule):
    """The real schedule, and when each of its jobs began."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.begun: dict[str, list[datetime]] = {}

    def _run(self, name: str, job: Job) -> asyncio.Task[None]:
        self.begun.setdefault(name, []).append(self._clock.now())
        return super()._run(name, job)


class Bot:
    """A resident bot in virtual time."""

    def __init__(self, loop: VirtualLoop, folder: Path) -> None:
        self.clock = VirtualClock(loop, _START)
        self.chat = FlappingChat(self.clock)
        self.schedule = _Noting(self.clock)
        source = FakeSource(self.clock)
        for day in _DAYS:
            source.announce(day, *some_papers(2, day=day.day))
        self.store = Store(folder / "paperlark.db")
        self.env = Environment(
            settings=Settings(
                data_dir=folder,
                channels={CHANNEL: ChannelSettings(id=CHANNEL, categories=("cs.CL",))},
                health=HealthSettings(enabled=False),
                backup=BackupSettings(enabled=False),
            ),
            store=self.store,
            source=source,
            scorer=FakeScorer(),
            embedder=FakeEmbedder(),
            platforms={self.chat.name: self.chat},
            clock=self.clock,
            topics_texts={CHANNEL: "1. Quantization"},
        )

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        resident = Resident(self.env, schedule=self.schedule)
        life = asyncio.create_task(resident.live())
        await resident.started.wait()
        try:
            yield
        finally:
            resident.stop()
            self.schedule.stop()
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life

    async def until(self, text: str) -> None:
        await self.clock.until(utc(text))

    def unposted(self, expected: Mapping[str, str]) -> Iterator[str]:
        """Which of the mornings that should have been posted by now, and when, were not, or twice, or at another time."""
        headers = [one.at for one in self.chat.messages if one.key.role is PostRole.HEADER]
        for day, moment in expected.items():
            due = utc(f"{day}T{moment}")
            found = [at for at in headers if at.date() == due.date()]
            if len(found) != 1 or not due <= found[0] <= due + _SOON:
                yield f"the morning due at {due:%a %d %H:%M} was posted at {[f'{at:%H:%M:%S}' for at in found]}"
        shown = [one.key.subject for one in self.chat.messages if one.key.role is PostRole.PAPER]
        if len(shown) != len(set(shown)) or len(shown) != 2 * len(expected):
            yield f"{len(shown)} papers, {len(set(shown))} of them different, in {len(expected)} mornings"


async def flapping(bot: Bot) -> AsyncIterator[str]:
    """The connection breaks every 45 s: recovery, listings and alarms come as often as ever, and so do mornings."""
    timing, alarms = bot.env.settings.timing, bot.env.settings.alarms
    bot.chat.lasts_s = _FLAPS_S
    async with bot.living():
        began = bot.clock.now()
        await bot.until("2025-05-05T10:05")
        passed_s = (bot.clock.now() - began).total_seconds()
    for name, every_s in {"recovery": timing.reconcile_s, "listings": timing.poll_s, "alarms": alarms.check_s}.items():
        runs = bot.schedule.begun.get(name, [])
        gaps = [(b - a).total_seconds() for a, b in zip([began, *runs], [*runs, bot.clock.now()], strict=True)]
        if max(gaps) > every_s + LOOK_S or abs(len(runs) - passed_s / every_s) > 1:
            yield f"{name} ran {len(runs)} times in {passed_s / 3600:.0f} h, once not for {max(gaps):.0f} s"
    for violation in bot.unposted({"2025-05-05": "09:00"}):
        yield violation


async def sleeping(bot: Bot) -> AsyncIterator[str]:
    """The machine sleeps over a morning, and over a week-end."""
    async with bot.living():
        await bot.until("2025-05-05T20:00")
        bot.clock.shift_s += 14 * 3600  # no timer counts while the machine sleeps
        await bot.until("2025-05-09T20:00")
        bot.clock.shift_s += 63 * 3600
        await bot.until("2025-05-12T12:00")
    slept = {"2025-05-05": "09:00", "2025-05-06": "10:00", "2025-05-12": "11:00"}
    for violation in bot.unposted({**dict.fromkeys(("2025-05-07", "2025-05-08", "2025-05-09"), "09:00"), **slept}):
        yield violation


async def corrected(bot: Bot) -> AsyncIterator[str]:
    """The clock is put right over a morning, forwards and back."""
    async with bot.living():
        await bot.until("2025-05-06T08:30")
        bot.clock.shift_s += 45 * 60
        await bot.until("2025-05-07T09:20")
        bot.clock.shift_s -= 3600
        await bot.until("2025-05-08T09:20")
    expected = {"2025-05-05": "09:00", "2025-05-06": "09:15", "2025-05-07": "09:00", "2025-05-08": "09:00"}
    for violation in bot.unposted(expected):
        yield violation


async def outage(bot: Bot) -> AsyncIterator[str]:
    """The chat is away for hours over a morning; whoever waits for it is woken when it is back."""
    async with bot.living():
        await bot.until("2025-05-06T07:00")
        bot.chat.is_away = True
        await bot.until("2025-05-06T14:20")
        bot.chat.is_away = False
        await bot.until("2025-05-06T18:00")
    reconnected = min(at for at in bot.chat.hellos if at >= utc("2025-05-06T14:20"))
    headers = [one.at for one in bot.chat.messages if one.key.role is PostRole.HEADER]
    if len(headers) != 2 or headers[-1] > reconnected + _SOON:
        yield f"the chat was back at {reconnected:%H:%M:%S}, and headers came at {[f'{at:%d %H:%M:%S}' for at in headers]}"


_SCENARIOS: tuple[Callable[[Bot], AsyncIterator[str]], ...] = (flapping, sleeping, corrected, outage)


def prove_all(report: Callable[[str], None]) -> bool:
    """Live through every scenario; True if nothing was violated."""
    violated = 0
    for scenario in _SCENARIOS:
        found = violations(scenario)
        violated += bool(found)
        report(f"{scenario.__name__}: {'; '.join(found) or 'holds'}")
    return not violated


def violations(scenario: Callable[[Bot], AsyncIterator[str]]) -> tuple[str, ...]:
    """What went wrong in a scenario."""
    folder = Path(tempfile.mkdtemp(prefix="paperlark-reconnects-"))

    async def live() -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        bot = Bot(loop, folder)
        try:
            return tuple([violation async for violation in scenario(bot)])
        finally:
            bot.store.close()

    try:
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(1)) as runner:
            return runner.run(live())
    finally:
        shutil.rmtree(folder)
