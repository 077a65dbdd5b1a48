"""The bot that stays: it listens, posts when it is time, and puts right what an interruption left."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.app.wiring import read_topics
from bot.errors import PaperlarkError
from bot.models import Reply, Request, Vote, VoteOutcome
from bot.ports import ChatPlatform
from bot.schedule import Schedule, last_due
from bot.settings import load_settings
from bot.store.run_lock import run_lock
from handlers.commands import answer, channel_at
from handlers.delivery import DeliveryPaused
from handlers.edition import score_ahead
from handlers.environment import Environment
from handlers.learning import refit
from handlers.listing import ingest_due
from handlers.morning import has_begun, post_morning
from handlers.reaction import VoteQueue
from handlers.recovery import reconcile, recover_channel
from handlers.topics import take_up_topics

logger = logging.getLogger(__name__)


class Resident:
    """One process of `paperlark run`. It is the Inbox of every platform.

    `config` is the settings file that SIGHUP reads again; None if there is none. `started` is set once everything that
    was left or missed before the start has been tried.
    """

    def __init__(self, env: Environment, config: Path | None = None, schedule: Schedule | None = None) -> None:
        self.env = env
        self.started = asyncio.Event()
        self._config = config
        self._votes = VoteQueue(env)
        self._schedule = schedule or Schedule(env.clock, env.settings.timing.misfire_s)
        self._stopping = asyncio.Event()
        self._busy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failures = 0
        self._jobs: set[asyncio.Future[None]] = set()

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

    async def reconnected(self, platform: str) -> None:
        """See Inbox."""
        for key, channel in self.env.settings.channels.items():
            if channel.platform == platform:
                await self._contained(key, reconcile)

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
            life.cancel()
            # What cannot finish in time is abandoned where recovery finds it.
            await asyncio.wait({life}, timeout=self.env.settings.timing.stop_s)
            await self._votes.drain()
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
        except PaperlarkError:
            logger.exception("the settings were not reloaded")
            return
        known = {key: ch for key, ch in settings.channels.items() if ch.platform in self.env.platforms}
        if left := set(settings.channels) - set(known):
            logger.warning("channels %s need a platform that is not running: restart", ", ".join(sorted(left)))
        settings = settings.model_copy(update={"channels": known, "data_dir": self.env.settings.data_dir})
        self.env = replace(self.env, settings=settings, topics_texts={key: texts[key] for key in known})
        self._votes.env = self.env
        self._appoint()
        job = asyncio.ensure_future(self._take_up_topics())
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        logger.info("settings reloaded: %d channels", len(known))

    async def live(self) -> None:
        """Post, listen and recover until every platform has ended; `run` adds the lock and the signals."""
        self._appoint()
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
        await self.watch_listings()
        await asyncio.gather(*(self._missed_morning(key) for key in self.env.settings.channels))
        self.started.set()

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
        while not self._stopping.is_set():
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
            await asyncio.gather(*(self._late_morning(key) for key in self.env.settings.channels))

    async def _late_morning(self, key: str) -> None:
        due = last_due(self.env.channel(key), self.env.clock.now())
        if await has_begun(self.env, key, due):
            await self.morning(key)

    async def _missed_morning(self, key: str) -> None:
        """After downtime: the newest due morning of a channel known before, or of a new one if it is still due."""
        now = self.env.clock.now()
        due = last_due(self.env.channel(key), now)
        is_known = bool(await self.env.store.ledger.digests(key, limit=1))
        if is_known or (now - due).total_seconds() <= self.env.settings.timing.misfire_s:
            await self.morning(key)

    async def _recover_all(self) -> None:
        await self._for_every_channel(recover_channel)

    async def _take_up_topics(self) -> None:
        await self._for_every_channel(take_up_topics)

    async def _for_every_channel(self, handle: Callable[[Environment, str], Awaitable[object]]) -> None:
        await asyncio.gather(*(self._contained(key, handle) for key in self.env.settings.channels))

    async def _contained(self, key: str, handle: Callable[[Environment, str], Awaitable[object]]) -> None:
        """One channel's trouble is logged and harms no other; the next hourly recovery tries again."""
        try:
            async with self._busy[key]:
                await handle(self.env, key)
        except (DeliveryPaused, PaperlarkError) as error:
            logger.warning("%s for %s must wait: %s", handle.__name__, key, error)
        except Exception:
            logger.exception("%s for %s failed", handle.__name__, key)
