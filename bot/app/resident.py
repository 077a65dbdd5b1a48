"""The bot that stays: it listens, posts when it is time, and puts right what an interruption left."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.app.wiring import read_topics
from bot.errors import PaperlarkError
from bot.models import Reply, Request, TopicsOffer, Vote, VoteOutcome
from bot.ports import ChatPlatform
from bot.schedule import Schedule, last_due
from bot.settings import Settings, load_settings
from bot.store.run_lock import run_lock
from bot.store_ports import DigestKind
from handlers.commands import answer, channel_at, channel_for, is_vote
from handlers.delivery import DeliveryPaused
from handlers.edition import score_ahead
from handlers.environment import Environment
from handlers.learning import refit
from handlers.listing import ingest_due
from handlers.morning import has_begun, post_morning
from handlers.onboarding import Roster, deliver_notices, key_at, leave, read_roster, take_offer, welcome, with_roster
from handlers.reaction import VoteQueue
from handlers.recovery import reconcile, recover_channel
from handlers.topics import take_up_topics

logger = logging.getLogger(__name__)

_LAST_VOTES_S = 0.5
_LAST_THREADS_S = 1.0


class Resident:
    """One process of `paperlark run`. It is the Inbox of every platform.

    `config` is the settings file that SIGHUP reads again; None if there is none. `started` is set once everything that
    was left or missed before the start has been tried.
    """

    def __init__(self, env: Environment, config: Path | None = None, schedule: Schedule | None = None) -> None:
        self.env = env
        self._base = env  # as the settings have it, before what was started or left in chat
        self._roster = Roster()
        self._changing_roster = asyncio.Lock()
        self.started = asyncio.Event()
        self._config = config
        self._votes = VoteQueue(env)
        self._schedule = schedule or Schedule(env.clock, env.settings.timing.misfire_s)
        self._stopping = asyncio.Event()
        self._busy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failures = 0
        self._jobs: set[asyncio.Task[None]] = set()

    async def vote(self, vote: Vote) -> VoteOutcome:
        """See Inbox."""
        outcome = await self._votes.record(vote)
        key = channel_at(self.env, vote.ref.platform, vote.ref.place)
        if outcome is VoteOutcome.COUNTED and key is not None:
            self._learn_soon(key)
        return outcome

    def _learn_soon(self, key: str) -> None:
        """Refit the channel once the burst of votes is over, and only once for all of them."""
        timing = self.env.settings.timing
        self._schedule.once(f"learning {key}", timing.learn_s * timing.scale, partial(self._contained, key, refit))

    async def request(self, request: Request) -> AsyncIterator[Reply]:
        """See Inbox."""
        async for reply in answer(self.env, request):
            yield reply
        key = channel_for(self.env, request.platform, request.place)
        if is_vote(request) and key is not None:
            self._learn_soon(key)

    async def reconnected(self, platform: str) -> None:
        """See Inbox."""
        for key, channel in self.env.settings.channels.items():
            if channel.platform == platform:
                await self._contained(key, reconcile)

    async def press(self, vote: Vote) -> VoteOutcome:
        """See Inbox."""
        outcome = await self._votes.press(vote)
        key = channel_at(self.env, vote.ref.platform, vote.ref.place)
        if outcome in {VoteOutcome.COUNTED, VoteOutcome.WITHDRAWN} and key is not None:
            self._learn_soon(key)
        return outcome

    async def invited(self, platform: str, place: str) -> None:
        """See Inbox."""
        async with self._changing_roster:
            await welcome(self._base, platform, place)
            returned = await self._read_roster()
        await self._contained(key_at(platform, place), deliver_notices)
        for key in returned:
            self._spawn(self._missed_morning(key))

    async def removed(self, platform: str, place: str) -> None:
        """See Inbox."""
        async with self._changing_roster:
            await leave(self._base, platform, place)
            await self._read_roster()

    async def topics_offered(self, offer: TopicsOffer) -> Reply | None:
        """See Inbox."""
        async with self._changing_roster:
            reply = await take_offer(self._base, offer)
            started = await self._read_roster()
        for key in started:
            self._spawn(self._first_morning(key))
        return reply

    async def _first_morning(self, key: str) -> None:
        """Whoever starts a channel sees what it brings at once, not tomorrow."""
        await self._contained(key, deliver_notices)
        await self._contained(key, _post_now)

    async def _read_roster(self) -> tuple[str, ...]:
        """Make the channels what the database says now; the keys of those that came."""
        before = set(self.env.settings.channels)
        self._roster = await read_roster(self._base)
        self._apply_roster()
        return tuple(key for key in self.env.settings.channels if key not in before)

    async def run(self) -> None:
        """Live until told to stop or until every platform has ended; what is in flight has `stop_s` to finish.

        Raises:
            LockHeld: another process runs on this database.
        """
        with run_lock(self.env.settings.database, self.env.clock.now()):
            self._heed_signals()
            life = asyncio.create_task(self.live())
            stop = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({life, stop}, return_when=asyncio.FIRST_COMPLETED)
            self._stopping.set()
            stop.cancel()
            self._schedule.stop()
            working = {life, *self._jobs}
            for task in working:
                task.cancel()
            # What cannot finish in time is abandoned where recovery finds it.
            await asyncio.wait(working, timeout=self.env.settings.timing.stop_s)
            await self.env.ingesting.stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._votes.drain(), _LAST_VOTES_S)
            with suppress(asyncio.CancelledError):
                if life.done():
                    life.result()
            logger.info("stopped")

    def stop(self) -> None:
        """Ask the bot to stop."""
        self._stopping.set()

    def reload(self) -> None:
        """Read the settings and topics again; mistakes leave everything as it is."""
        try:
            settings = load_settings(self._config)
            texts = read_topics(settings.channels)
        except PaperlarkError as error:
            logger.warning("the settings were not reloaded: %s", error)
            return
        self._warn_of_what_waits(settings)
        known = {key: ch for key, ch in settings.channels.items() if ch.platform in self.env.platforms}
        if left := set(settings.channels) - set(known):
            logger.warning("channels %s need a platform that is not running: restart", ", ".join(sorted(left)))
        settings = settings.model_copy(update={"channels": known, "data_dir": self.env.settings.data_dir})
        self._base = replace(self._base, settings=settings, topics_texts={key: texts[key] for key in known})
        self._apply_roster()
        self._spawn(self._take_up_topics())
        logger.info("settings reloaded: %d channels", len(known))

    def _warn_of_what_waits(self, settings: Settings) -> None:
        """What is built once cannot change while the bot runs; saying nothing would look as if it had."""
        now = self.env.settings
        fixed = ("arxiv", "llm", "scorer", "source", "embedder", "slack", "data_dir", "timing", "log_level")
        if waiting := [name for name in fixed if getattr(now, name) != getattr(settings, name)]:
            logger.warning("changes of %s take effect at the next start", ", ".join(waiting))

    def _apply_roster(self) -> None:
        self.env = with_roster(self._base, self._roster)
        self._votes.env = self.env
        self._appoint()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        job = asyncio.ensure_future(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def live(self) -> None:
        """Post, listen and recover until every platform has ended; `run` adds the lock and the signals."""
        self._roster = await read_roster(self._base)
        self._apply_roster()
        self._schedule.start()
        async with asyncio.TaskGroup() as tasks:
            chores = tasks.create_task(self._start_up())
            platforms = [tasks.create_task(self._listen(platform)) for platform in self.env.platforms.values()]
            await asyncio.gather(*platforms)
            chores.cancel()

    async def _listen(self, platform: ChatPlatform) -> None:
        """Run one platform until it ends; its failures are its own."""
        while True:
            try:
                await platform.run(self)
            except Exception:
                logger.exception("platform %s failed; it is started again", platform.name)
                await self.env.clock.sleep(self.env.settings.timing.retry_s)
            else:
                return

    async def _start_up(self) -> None:
        """Finish what was left, then what was missed."""
        await self._take_up_topics()
        await self._for_every_channel(recover_channel)
        channels = self.env.settings.channels
        # Side by side: a source that does not answer must not keep a due morning from saying so.
        await asyncio.gather(
            self._guarded("the look for listings", self.watch_listings()),
            *(self._guarded(f"the morning of {key}", self._missed_morning(key)) for key in channels),
        )
        for key in channels:
            logger.info("%s: next morning %s; `paperlark digest` posts one now", key, self._schedule.next_morning(key))
        self.started.set()
        logger.info("started: %d channels, what was left or missed has been tried", len(self.env.settings.channels))

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    def _appoint(self) -> None:
        timing = self.env.settings.timing
        channels = self.env.settings.channels
        for key, channel in channels.items():
            self._schedule.mornings(key, channel, partial(self.morning, key))
        self._schedule.forget_mornings(keep=set(channels))
        self._schedule.every("listings", timing.poll_s * timing.scale, self.watch_listings)
        self._schedule.every("recovery", timing.reconcile_s * timing.scale, self._recover_all)

    async def morning(self, key: str) -> None:
        """Post the channel's newest due morning; what cannot be done now is tried again with growing pauses."""
        due = last_due(self.env.channel(key), self.env.clock.now())
        pause_s = self.env.settings.timing.retry_s
        while not self._stopping.is_set() and key in self.env.settings.channels:
            try:
                async with self._busy[key]:
                    await post_morning(self.env, key, due)
            except DeliveryPaused as pause:
                logger.warning("morning of %s is not finished (%s); next try in %.0f s", key, pause, pause_s)
            except Exception:
                logger.exception("morning of %s failed; next try in %.0f s", key, pause_s)
            else:
                return
            await self.env.clock.sleep(pause_s)
            pause_s = min(2 * pause_s, self.env.settings.timing.poll_s)

    async def watch_listings(self) -> None:
        """Ingest what has appeared, score it ahead, and post it where a morning had to go without it."""
        ingested = await ingest_due(self.env)
        timing = self.env.settings.timing
        if ingested.problem:
            self._failures += 1
            pause_s = min(timing.retry_s * 2 ** (self._failures - 1), timing.poll_s)
            self._schedule.once("listings again", pause_s * timing.scale, self.watch_listings)
            return
        self._failures = 0
        if ingested.days:
            await self._for_every_channel(score_ahead)
            for key in self.env.settings.channels:
                # Not waited for: a channel whose platform is down must not keep the others from the next listing.
                self._spawn(self._guarded(f"the late morning of {key}", self._late_morning(key)))

    async def _late_morning(self, key: str) -> None:
        due = last_due(self.env.channel(key), self.env.clock.now())
        if await has_begun(self.env, key, due):
            await self.morning(key)

    async def _missed_morning(self, key: str) -> None:
        """After downtime: the newest due morning of a channel known before, or of a new one if it is still due."""
        if await self._is_owed(key):
            await self.morning(key)

    async def _is_owed(self, key: str) -> bool:
        now = self.env.clock.now()
        due = last_due(self.env.channel(key), now)
        digests = await self.env.store.ledger.digests(key)
        if any(digest.kind is DigestKind.MORNING and digest.planned_at > due for digest in digests):
            # The channel was started, or served by hand, since: nothing was missed unless this morning was begun.
            return await has_begun(self.env, key, due)
        return bool(digests) or (now - due).total_seconds() <= self.env.settings.timing.misfire_s

    async def _recover_all(self) -> None:
        await self._for_every_channel(recover_channel)
        await self._for_every_channel(self._catch_up)
        await asyncio.gather(*(self._contained(key, deliver_notices) for key in self._roster.waiting))

    async def _catch_up(self, env: Environment, key: str) -> None:
        """One try at a morning that never fired: the machine slept through it, or its clock was put right."""
        if await self._is_owed(key):
            await post_morning(env, key, last_due(env.channel(key), env.clock.now()))

    async def _take_up_topics(self) -> None:
        await self._for_every_channel(take_up_topics)

    async def _for_every_channel(self, handle: Callable[[Environment, str], Awaitable[object]]) -> None:
        await asyncio.gather(*(self._contained(key, handle) for key in self.env.settings.channels))

    async def _guarded(self, name: str, job: Awaitable[None]) -> None:
        """A failing job is logged and harms no other; each is tried again by the schedule."""
        try:
            await job
        except Exception:
            logger.exception("%s failed", name)

    async def _contained(self, key: str, handle: Callable[[Environment, str], Awaitable[object]]) -> None:
        """One channel's trouble is logged and harms no other; the next hourly recovery tries again."""
        try:
            async with self._busy[key]:
                await handle(self.env, key)
        except (DeliveryPaused, PaperlarkError) as error:
            logger.warning("%s for %s must wait: %s", handle.__name__, key, error)
        except Exception:
            logger.exception("%s for %s failed", handle.__name__, key)


async def _post_now(env: Environment, key: str) -> None:
    await post_morning(env, key, env.clock.now())


def leave_soon() -> None:
    """End this process a second from now even if a thread is still busy, with a silent server for one.

    What the thread was doing is found by recovery, as after a kill.
    """
    timer = threading.Timer(_LAST_THREADS_S, os._exit, [0])
    timer.daemon = True
    timer.start()
