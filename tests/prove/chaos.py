"""Seeded mornings on which everything fails, in virtual time: the real handlers, resident and database; a faulty world.

Each seed lives through four listing days with two channels. Tuesday goes wrong in every way at once (in one of five
seeds Monday too); the others are calm. Then the chat's transcript must hold every relevant paper once, the database every
vote once, and every morning that arXiv or the scorer spoilt a header that says so.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app.resident import Resident
from bot.errors import PaperlarkError
from bot.models import AnnounceType, PostKey, PostState
from bot.settings import CatchUp, ChannelSettings, ScorerName, Settings
from bot.store.sqlite import SqliteStore
from handlers.delivery import DeliveryPaused
from handlers.environment import Environment
from tests.loopback.faulty import Chat, ChatMessage, FaultyPlatform
from tests.prove.virtual import VirtualClock, VirtualLoop, VirtualSchedule, utc
from tests.prove.world import DAYS, MIN_RELEVANCE, FakeEmbedder, FakeScorer, FakeSource, VirtualWire, make_plan, relevance_of

START = utc("2025-05-05T06:00")
_READABLE = utc("2025-05-06T04:42")
END = utc("2025-05-08T13:30")
_PLACES = {"room-a": "a", "room-b": "b"}
_PEOPLE = ("ann", "ben", "cleo")
_EMOJI = ("👍", "👎", "🎉")
_REASONS = ("could not be reached", "no announcement", "could not be scored")
_MEMORY = Path("/dev/shm")  # a database in memory's file system: these runs test order, not disks

_life: contextvars.ContextVar[Life | None] = contextvars.ContextVar("life", default=None)


class Killed(BaseException):
    """The simulated process ends here, in the middle of whatever it does."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one seed came to."""

    seed: int
    violations: tuple[str, ...]
    kills: int
    posts: int
    healed: int
    votes: int
    explained: int
    met: Mapping[str, int]


class Life:
    """One process of the bot, from its start to its death."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._countdown: int | None = None
        self.is_dead = False
        self.died = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()
        self._store = SqliteStore(week.folder / "paperlark.db", tap=self.tap)
        self._resident = Resident(self._environment(), schedule=VirtualSchedule(week.clock, 3600, week.unhandled))
        context = contextvars.copy_context()
        context.run(_life.set, self)
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
            if isinstance(error, BaseException) and not _is_end(error):
                self._week.unhandled(error)
        self._store.close()

    async def rest(self) -> None:
        """Let what is under way come to its end; an hour must be enough."""
        await asyncio.wait_for(self._resident.started.wait(), 3600)


def _is_end(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_end(one) for one in error.exceptions)
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

    async def violations(self) -> Sequence[str]:
        """Everything that is not as it must be at the end."""
        store = SqliteStore(self.folder / "paperlark.db")
        try:
            found = list(dict.fromkeys(self.exceptions))[:5]
            for place, key in _PLACES.items():
                messages = [message for message in self.chat.messages.values() if message.place == place]
                found += [f"{key}: {words}" for words in self._post_violations(key, messages)]
                found += [f"{key}: {words}" for words in self._header_violations(messages)]
                found += [f"{key}: {words}" for words in self._explanation_violations(key, messages)]
                found += [f"{key}: {words}" for words in await _ledger_violations(store, key, messages)]
        finally:
            store.close()
        return found

    def _post_violations(self, key: str, messages: Sequence[ChatMessage]) -> Iterator[str]:
        standing = Counter(message.subject for message in messages if message.subject and not message.is_deleted)
        if doubled := sorted(subject for subject, count in standing.items() if count > 1):
            yield f"duplicates {doubled}"
        headers = Counter(message.key for message in messages if not message.subject and not message.is_deleted)
        if doubled := sorted(header for header, count in headers.items() if count > 1):
            yield f"duplicate headers {doubled}"
        expected = self._expected(key, set(standing))
        if lost := sorted(expected - set(standing)):
            yield f"lost papers {lost}"
        if extra := sorted(set(standing) - expected):
            yield f"papers nobody expects {extra}"

    def _expected(self, key: str, posted: Collection[str]) -> set[str]:
        """The relevant papers announced to the channel, from Monday on; where Monday was spoilt, from what came first."""
        by_day = {day: self._relevant(key, day) for day in DAYS}
        papers: set[str] = set()
        for day, of_day in by_day.items():
            others = set().union(*(of_other for other, of_other in by_day.items() if other != day))
            if self.plan.is_fresh and not papers and not (of_day - others) & set(posted):
                continue
            papers |= of_day
        return papers

    def _relevant(self, key: str, day: date) -> set[str]:
        categories = set(self.settings.channels[key].categories)
        return {
            paper.arxiv_id
            for paper, kind, where in self.source.announced.get(day, [])
            if kind in {AnnounceType.NEW, AnnounceType.CROSS}
            and set(where) & categories
            and relevance_of(paper.arxiv_id) >= MIN_RELEVANCE
        }

    def _header_violations(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        """A header without papers must give a reason, and papers that come after it must say that they are late."""
        papers = Counter(_digest(message) for message in messages if message.subject)
        for message in messages:
            if message.subject or message.is_deleted:
                continue
            if not papers[_digest(message)] and not any(reason in message.text for reason in (*_REASONS, "threshold")):
                yield f"a header without papers and reason: {message.text!r}"


    def _explanation_violations(self, key: str, messages: Sequence[ChatMessage]) -> Iterator[str]:
        """A morning that had to go without its listing says so, and what comes later that day says that it is late."""
        due = utc("2025-05-06T09:00" if key == "a" else "2025-05-06T13:00")
        if not self._is_spoilt(due):
            return
        headers = [m for m in messages if not m.subject and not m.is_deleted and m.posted_at >= due]
        reasons = [n for n, message in enumerate(headers) if any(reason in message.text for reason in _REASONS)]
        if not reasons:
            yield f"the morning of {due} was spoilt and nobody said so"
        elif any("Papers of Tue" in m.text and "Late" not in m.text for m in headers[reasons[0] + 1 :]):
            yield "late papers do not say that they are late"

    def _is_spoilt(self, due: datetime) -> bool:
        """Whether Tuesday's listing could not be read until after `due` by a bot that lived and knew the time."""
        if self.plan.is_fresh or any(start <= due + timedelta(minutes=5) and end >= due for start, end in self.dead):
            return False
        if any(moment <= due for moment, _ in self.plan.shifts):
            return False
        until = due + timedelta(minutes=5)
        always = [window for window in self.plan.source if window.rate == 1 and window.start <= _READABLE and window.end > until]
        return bool(always) or self.plan.deferred == DAYS[1] or self.plan.appears[DAYS[1]] > until


def _digest(message: ChatMessage) -> int:
    key = PostKey.parse(message.key)
    return key.digest if key else 0


async def _ledger_violations(store: SqliteStore, key: str, messages: Sequence[ChatMessage]) -> Sequence[str]:
    found = []
    if open_intents := await store.ledger.open_intents(key):
        found.append(f"{len(open_intents)} intents open")
    if unfinished := await store.ledger.unfinished(key):
        found.append(f"digests {unfinished} unfinished")
    shown = {impression.arxiv_id for impression in await store.feedback.impressions(key)}
    posted = {message.subject for message in messages if message.subject}
    if shown != posted:
        found.append(f"impressions differ from what was shown: {sorted(shown ^ posted)}")
    votes = {(vote.arxiv_id, vote.person, vote.emoji) for vote in await store.feedback.current(key)}
    given = {(message.subject, *reaction) for message in messages for reaction in message.reactions}
    if lost := sorted(given - votes):
        found.append(f"lost votes {lost}")
    if extra := sorted(votes - given):
        found.append(f"votes nobody gave {extra}")
    for record in await store.ledger.digests(key):
        for intent in await store.ledger.intents(key, record.number):
            if intent.state is not PostState.SENT or intent.ref is None:
                found.append(f"{intent.key} is {intent.state}: {intent.note}")
            elif not any(m.message == intent.ref.message and not m.is_deleted for m in messages):
                found.append(f"{intent.key} points at a message that is gone")
    return found


def _settings(folder: Path, *, singly: bool) -> Settings:
    common: dict[str, Any] = {"papers": 2, "more": 30, "min_relevance": MIN_RELEVANCE}
    return Settings(
        data_dir=folder,
        scorer=ScorerName.LOCAL,
        catch_up=CatchUp.SINGLY if singly else CatchUp.FOLDED,
        channels={
            "a": ChannelSettings(id="room-a", categories=("cs.CL", "cs.LG"), **common),
            "b": ChannelSettings(id="room-b", categories=("cs.LG",), timezone="America/New_York", **common),
        },
    )


class _Complaints(logging.Handler):
    """Collects logged exceptions that nobody raised on purpose."""

    def __init__(self, week: Week) -> None:
        super().__init__(logging.WARNING)
        self._week = week

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, (PaperlarkError, DeliveryPaused)) and not _is_end(error):
            self._week.exceptions.append(f"logged {error!r} ({record.getMessage()})")


@contextmanager
def _watched(week: Week) -> Iterator[None]:
    handler = _Complaints(week)
    loggers = [logging.getLogger(name) for name in ("bot", "handlers", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.propagate = True


def _task(loop: asyncio.AbstractEventLoop, coro: Any, context: contextvars.Context | None = None) -> asyncio.Task[Any]:
    """Every task belongs to the life that made it."""
    task = asyncio.Task(coro, loop=loop, context=context)
    life = (context or contextvars.copy_context()).get(_life)
    if life is not None:
        life.tasks.add(task)
    return task


def prove(seed: int) -> Result:
    """Live through one seed."""
    folder = Path(tempfile.mkdtemp(prefix="paperlark-chaos-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(seed)) as runner:
            return runner.run(_prove(seed, folder))
    finally:
        shutil.rmtree(folder)


async def _prove(seed: int, folder: Path) -> Result:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    week = Week(seed, loop, folder)
    loop.set_task_factory(_task)  # type: ignore[arg-type]
    with _watched(week):
        await week.live()
        violations = await week.violations()
    messages = list(week.chat.messages.values())
    headers = [m for m in messages if not m.subject]
    return Result(
        seed=seed,
        violations=tuple(violations),
        kills=week.kills,
        posts=len(messages),
        healed=sum(message.is_deleted for message in messages),
        votes=sum(len(message.reactions) for message in messages),
        explained=sum(any(reason in m.text for reason in _REASONS) for m in headers),
        met=dict(week.plan.met),
    )


def prove_all(seeds: Sequence[int], report: Callable[[Result], None]) -> tuple[Result, ...]:
    """Every seed, one after the other."""
    results = []
    for seed in seeds:
        results.append(prove(seed))
        report(results[-1])
    return tuple(results)
