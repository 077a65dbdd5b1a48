"""One seed's world, and the lives of the bot in it: the real resident on a real database, killed and started again."""

from __future__ import annotations

import asyncio
import contextvars
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app.resident import Resident
from bot.schedule import Schedule
from bot.settings import BackupSettings, CatchUp, ChannelSettings, HealthSettings, ScorerName, Settings
from bot.store import Store
from handlers.environment import Environment
from tests.loopback.faulty import Chat, ChatMessage, FaultyPlatform
from tests.prove.plan import make_plan
from tests.prove.virtual import VirtualClock, VirtualLoop, utc
from tests.prove.world import MIN_RELEVANCE, FakeEmbedder, FakeScorer, FakeSource, VirtualWire

START = utc("2025-05-05T06:00")
END = utc("2025-05-08T13:30")
_PEOPLE = ("ann", "ben", "cleo")
_EMOJI = ("👍", "👎", "🎉")

current_life: contextvars.ContextVar[Life | None] = contextvars.ContextVar("life", default=None)


class Killed(BaseException):
    """The simulated process ends here, in the middle of whatever it does."""


class Life:
    """One process of the bot, from its start to its death."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._countdown: int | None = None
        self.is_dead = False
        self.died = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()
        self._store = Store(week.folder / "paperlark.db", tap=self.tap)
        schedule = Schedule(week.clock, lambda _name, error: week.unhandled(error))
        self._resident = Resident(self._environment(), schedule=schedule)
        context = contextvars.copy_context()
        context.run(current_life.set, self)
        self._running = asyncio.get_running_loop().create_task(self._resident.live(), context=context)

    def _environment(self) -> Environment:
        week = self._week
        wire = VirtualWire(week.chat, week.plan, week.truth, week.rng, self.tap)
        return Environment(
            settings=week.settings,
            store=self._store,
            source=week.source,
            scorer=FakeScorer(week.plan, week.truth),
            embedder=FakeEmbedder(),
            platforms={"console": FaultyPlatform(wire)},
            clock=week.clock,
            topics_texts={"a": "1. Papers of all kinds", "b": "1. Papers of all kinds"},
        )

    def doom(self, touches: int) -> None:
        """Die after that many more touches of the database or the chat."""
        self._countdown = touches

    def tap(self, moment: str, what: str) -> None:
        """Every touch passes here; the dead touch nothing any more."""
        if self.is_dead:
            raise Killed
        if self._countdown is not None:
            self._countdown -= 1
            if self._countdown < 0:
                self.is_dead = True
                self.died.set()
                raise Killed

    async def bury(self) -> None:
        """End all that is left of the process, without letting it touch anything."""
        self.is_dead = True
        for task in list(self.tasks):
            task.cancel()
        for error in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(error, BaseException) and not is_end(error):
                self._week.unhandled(error)
        self._store.close()

    async def rest(self) -> None:
        """Let what is under way come to its end; an hour must be enough."""
        await asyncio.wait_for(self._resident.started.wait(), 3600)


def is_end(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(is_end(one) for one in error.exceptions)
    return isinstance(error, (Killed, asyncio.CancelledError))


class Week:
    """One seed: the world, the lives of the bot in it, and what went wrong."""

    def __init__(self, seed: int, loop: VirtualLoop, folder: Path) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.plan = make_plan(self.rng)
        self.truth = VirtualClock(loop, START)
        self.clock = VirtualClock(loop, START)
        self.chat = Chat(self.truth.now)
        self.chat.on_stored = self._tempt
        self.source = FakeSource(self.plan, self.truth, self.rng)
        self.settings = _settings(folder, singly=self.plan.singly)
        self.exceptions: list[str] = []
        self.kills = 0
        self.dead: list[tuple[datetime, datetime]] = []
        self._life: Life | None = None

    def unhandled(self, error: BaseException) -> None:
        self.exceptions.append(f"unhandled {error!r}")

    async def live(self) -> None:
        """From Monday to Thursday, and one start more."""
        others = [asyncio.create_task(one) for one in (self._shift_clock(), self._vote(), self._redeliver())]
        kills = list(self.plan.kills)
        while self.truth.now() < END:
            self._life = life = Life(self)
            while self.truth.now() < END and not life.is_dead:
                moment = next((at for at, _, _ in kills if at > self.truth.now()), END)
                await self._wait(life, min(moment, END))
                if not life.is_dead and moment < END:
                    _, touches, downtime_s = kills.pop(0)
                    life.doom(touches)
                    await self._wait(life, self.truth.now() + timedelta(minutes=10))
                    if not life.is_dead:
                        life.is_dead = True
            await life.bury()
            if self.truth.now() < END:
                self.kills += 1
                if self.rng.random() < 0.5:
                    self.chat.lose_events()
                died_at = self.truth.now()
                await self.truth.sleep(downtime_s)
                self.dead.append((died_at, self.truth.now()))
        self._life = life = Life(self)
        try:
            await life.rest()
        except TimeoutError as error:
            self.unhandled(error)
        await self.truth.sleep(120)
        await life.bury()
        for task in others:
            task.cancel()

    async def _wait(self, life: Life, moment: datetime) -> None:
        died = asyncio.create_task(life.died.wait())
        await asyncio.wait({died}, timeout=max(0.0, (moment - self.truth.now()).total_seconds()))
        died.cancel()

    async def _shift_clock(self) -> None:
        for moment, shift_s in sorted(self.plan.shifts):
            await self.truth.until(moment)
            self.clock.shift_s = shift_s

    async def _vote(self) -> None:
        for moment in self.plan.votes:
            await self.truth.until(moment)
            if messages := [message for message in self.chat.standing() if message.subject]:
                self._react(self.rng.choice(messages))

    def _tempt(self, message: ChatMessage) -> None:
        """Some readers are faster than the answer to the bot."""
        if message.subject and self.rng.random() < 0.3:
            self._react(message)

    def _react(self, message: ChatMessage) -> None:
        standing = list(message.reactions)
        missed = self.rng.random() < 0.3
        if standing and self.rng.random() < 0.4:
            person, emoji = self.rng.choice(standing)
            self.chat.react(message.message, person, emoji, added=False, missed=missed)
        else:
            person, emoji = self.rng.choice(_PEOPLE), self.rng.choice(_EMOJI)
            self.chat.react(message.message, person, emoji, added=True, missed=missed)

    async def _redeliver(self) -> None:
        """Now and then an event comes once more, long after it was acknowledged."""
        seen: dict[str, Any] = {}
        while True:
            await self.truth.sleep(90)
            if seen and self.rng.random() < 0.2:
                event_id = self.rng.choice(sorted(seen))
                self.chat.owed.setdefault(event_id, seen[event_id])
            seen.update(self.chat.owed)


def _settings(folder: Path, *, singly: bool) -> Settings:
    common: dict[str, Any] = {"papers": 2, "more": 30, "min_relevance": MIN_RELEVANCE}
    return Settings(
        data_dir=folder,
        scorer=ScorerName.LOCAL,
        catch_up=CatchUp.SINGLY if singly else CatchUp.FOLDED,
        health=HealthSettings(enabled=False),
        backup=BackupSettings(enabled=False),
        channels={
            "a": ChannelSettings(id="room-a", categories=("cs.CL", "cs.LG"), **common),
            "b": ChannelSettings(id="room-b", categories=("cs.LG",), timezone="America/New_York", **common),
        },
    )
