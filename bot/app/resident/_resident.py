"""Run one process of `paperlark run`: its start, its inbox, its end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

from bot.app.resident._members import Members
from bot.app.resident._mornings import Mornings
from bot.app.resident._threads import spare_the_loop
from bot.app.resident._upkeep import Upkeep
from bot.app.resident._weekly import WeeklyLists
from bot.app.resident._work import Work
from bot.app.wiring import read_topics
from bot.errors import PaperlarkError, TokenRefused
from bot.models import Reply, Request, TopicsOffer, Vote, VoteOutcome
from bot.ports import ChatPlatform
from bot.schedule import Schedule
from bot.settings import Settings, load_settings
from bot.store.run_lock import run_lock
from handlers.commands import answer, channel_at, channel_for, is_vote
from handlers.commands.privacy import tidy
from handlers.environment import Environment
from handlers.learning import refit
from handlers.onboarding import deliver_notices
from handlers.reaction import VoteQueue
from handlers.recovery import recover_channel
from handlers.roster import key_at
from handlers.topics_file import take_up_topics

logger = logging.getLogger(__name__)

_FIXED = (
    "arxiv", "llm", "scorer", "source", "embedder", "slack", "discord", "health", "data_dir", "timing", "log_level",
)  # fmt: skip
_LAST_VOTES_S = 0.5
_LAST_THREADS_S = 1.0


class Resident:
    """The bot that stays. It is the Inbox of every platform.

    `config` is the settings file that SIGHUP reads again; None if there is none. `started` is set once everything that
    was left or missed before the start has been tried.
    """

    def __init__(self, env: Environment, config: Path | None = None, schedule: Schedule | None = None) -> None:
        self._config = config
        self._work = Work(env, schedule or Schedule(env.clock))
        self._votes = VoteQueue(env)
        self._members = Members(self._work, self._appoint)
        self.mornings = Mornings(self._work)
        self._lists = WeeklyLists(self._work)
        self.upkeep = Upkeep(self._work)
        self.started = asyncio.Event()

    @property
    def env(self) -> Environment:
        """The environment in force."""
        return self._work.env

    @property
    def schedule(self) -> Schedule:
        """What fires when."""
        return self._work.schedule

    async def vote(self, vote: Vote) -> VoteOutcome:
        """See Inbox."""
        outcome = await self._votes.record(vote)
        if outcome is VoteOutcome.COUNTED:
            self._learn_soon(channel_at(self.env, vote.ref.platform, vote.ref.channel_id))
        return outcome

    async def press(self, vote: Vote) -> VoteOutcome:
        """See Inbox."""
        outcome = await self._votes.press(vote)
        if outcome in {VoteOutcome.COUNTED, VoteOutcome.WITHDRAWN}:
            self._learn_soon(channel_at(self.env, vote.ref.platform, vote.ref.channel_id))
        return outcome

    async def request(self, request: Request) -> AsyncIterator[Reply]:
        """See Inbox."""
        async for reply in answer(self.env, request):
            yield reply
        if is_vote(request):
            self._learn_soon(channel_for(self.env, request.platform, request.channel_id, request.beside))

    def _learn_soon(self, key: str | None) -> None:
        """Refit the channel once the burst of votes is over, and only once for all of them."""
        if key is not None:
            timing = self.env.settings.timing
            job = partial(self._work.contained, key, refit)
            self.schedule.once(f"learning {key}", timing.learn_s * timing.scale, job)

    async def reconnected(self, platform: str, channel_id: str | None = None) -> None:
        """See Inbox."""
        self._work.wake(platform)
        self.schedule.look()
        for key, channel in self.env.settings.channels.items():
            if channel.platform == platform and channel_id in {None, channel.id}:
                await self._work.contained(key, recover_channel)

    async def invited(self, platform: str, channel_id: str, beside: Sequence[str] = ()) -> None:
        """See Inbox."""
        returned = await self._members.invited(platform, channel_id, beside)
        for key in {key_at(platform, one) for one in (channel_id, *beside)} & set(self._members.waiting):
            await self._work.contained(key, deliver_notices)
        for key in returned:
            self._work.spawn(self.mornings.post(key))

    async def removed(self, platform: str, channel_id: str) -> None:
        """See Inbox."""
        await self._members.removed(platform, channel_id)

    async def topics_awaited(self, platform: str, channel_id: str, person: str) -> bool:
        """See Inbox."""
        return await self._members.topics_awaited(platform, channel_id, person)

    async def topics_offered(self, offer: TopicsOffer) -> Reply | None:
        """See Inbox."""
        reply, started = await self._members.topics_offered(offer)
        for key in started:
            self._work.spawn(self.mornings.post_first(key))
        return reply

    async def run(self) -> None:
        """Live until told to stop or until every platform has ended; what is in flight has `stop_s` to finish.

        Raises:
            LockHeld: another process runs on this database.
        """
        async with AsyncExitStack() as held:
            held.enter_context(run_lock(self.env.settings.database, self.env.clock.now()))
            await held.enter_async_context(self.upkeep.answering())
            self._heed_signals()
            spare_the_loop()
            life = asyncio.create_task(self.live())
            stop = asyncio.create_task(self._work.stopping.wait())
            await asyncio.wait({life, stop}, return_when=asyncio.FIRST_COMPLETED)
            self.stop()
            stop.cancel()
            self.schedule.stop()
            working = {life, *self._work.jobs, *self.schedule.running}
            for task in working:
                task.cancel()
            working.add(asyncio.create_task(self.env.ingesting.stop()))
            # What cannot finish in time is abandoned where recovery finds it.
            await asyncio.wait(working, timeout=self.env.settings.timing.stop_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._votes.drain(), _LAST_VOTES_S)
            with suppress(asyncio.CancelledError):
                if life.done():
                    life.result()
            logger.info("stopped")

    def stop(self) -> None:
        """Ask the bot to stop."""
        self._work.stopping.set()

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

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
        self._members.settle(settings, {key: texts[key] for key in known})
        self._work.spawn(self._work.for_every_channel(take_up_topics))
        logger.info("settings reloaded: %d channels", len(known))

    def _warn_of_what_waits(self, settings: Settings) -> None:
        """What is built once cannot change while the bot runs; saying nothing would look as if it had."""
        now = self.env.settings
        if waiting := [name for name in _FIXED if getattr(now, name) != getattr(settings, name)]:
            logger.warning("changes of %s take effect at the next start", ", ".join(waiting))

    async def live(self) -> None:
        """Post, listen and recover until every platform has ended; `run` adds the lock and the signals."""
        await self._members.read()
        self.schedule.start()
        async with asyncio.TaskGroup() as tasks:
            chores = tasks.create_task(self._start_up())
            platforms = [tasks.create_task(self._listen(platform)) for platform in self.env.platforms.values()]
            if platforms:
                # Told to stop, the group cancels each once: a second time would break off its good-bye.
                await asyncio.wait(platforms)
            chores.cancel()

    async def _listen(self, platform: ChatPlatform) -> None:
        """Run one platform until it ends; its failures are its own, and each one in a row is given more time."""
        pause_s = self.env.settings.timing.retry_s
        while True:
            began = self.env.clock.monotonic()
            try:
                await platform.run(self)
            except PaperlarkError as error:
                logger.error("platform %s failed: %s", platform.name, error)  # noqa: TRY400 - for a person to act on
                if isinstance(error, TokenRefused):
                    self._work.refusals[platform.name] = str(error)
                    self._work.spawn(self._work.guarded("the look for trouble", self.upkeep.look()))
            except Exception:
                logger.exception("platform %s failed", platform.name)
            else:
                return
            longest_s = self.env.settings.timing.poll_s
            if self.env.clock.monotonic() - began > longest_s:
                pause_s = self.env.settings.timing.retry_s
            logger.warning("platform %s is started again in %.0f s", platform.name, pause_s)
            await self.env.clock.sleep(pause_s)
            pause_s = min(2 * pause_s, longest_s)

    async def _start_up(self) -> None:
        """Finish what was left, then what was missed."""
        work, mornings = self._work, self.mornings
        await work.for_every_channel(take_up_topics)
        await work.for_every_channel(recover_channel)
        channels = self.env.settings.channels
        # Side by side: a source that does not answer must not keep a due morning from saying so.
        await asyncio.gather(
            work.guarded("the look for listings", mornings.watch_listings()),
            *(work.guarded(f"the morning of {key}", mornings.post(key)) for key in channels),
        )
        await work.guarded("the weekly lists", self._lists.catch_up())
        await work.guarded("deleting what is old", tidy(self.env))
        for key in channels:
            logger.info("%s: next morning %s; `paperlark digest` posts one now", key, self.schedule.next_morning(key))
        self.started.set()
        logger.info("started: %d channels, what was left or missed has been tried", len(self.env.settings.channels))
        await work.guarded("the backup of the night", self.upkeep.back_up())

    def _appoint(self) -> None:
        """The channels changed: so do their jobs."""
        self._votes.env = self.env
        self.mornings.appoint()
        self._lists.appoint()
        self.upkeep.appoint()
        timing = self.env.settings.timing
        self.schedule.every("recovery", timing.reconcile_s * timing.scale, self.recover)

    async def recover(self) -> None:
        """Put right what is open or missed, now."""
        await self.mornings.recover(self._members.waiting)
        await self._work.guarded("the weekly lists", self._lists.catch_up())
        await self._work.guarded("deleting what is old", tidy(self.env))
        await self._work.guarded("the backup of the night", self.upkeep.back_up())


def leave_soon() -> None:
    """End this process a second from now even if a thread is still busy, with a silent server for one.

    What the thread was doing is found by recovery, as after a kill.
    """
    timer = threading.Timer(_LAST_THREADS_S, os._exit, [0])
    timer.daemon = True
    timer.start()
