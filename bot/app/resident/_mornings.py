"""Post the mornings of the resident: at their time, late, missed, or what an interruption left of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from bot.app.resident._work import Work
from bot.errors import ChannelGone, PaperlarkError
from bot.models import DigestKind
from bot.schedule import last_due
from handlers.environment import Environment
from handlers.listing import ingest_due
from handlers.morning import has_begun, post_morning
from handlers.morning.delivery import DeliveryPaused
from handlers.morning.edition import score_ahead
from handlers.onboarding import deliver_notices
from handlers.recovery import recover_channel

logger = logging.getLogger(__name__)


class Mornings:
    """Posts what is due as soon as it can be posted, and looks for listings."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._failures = 0

    def appoint(self) -> None:
        """Put every channel's mornings and the looks for listings into the schedule, as the settings have them now."""
        env, schedule = self._work.env, self._work.schedule
        timing = env.settings.timing
        channels = env.settings.channels
        for key, channel in channels.items():
            schedule.mornings(key, channel, partial(self.post, key))
        schedule.forget_mornings(keep=set(channels))
        schedule.every("listings", timing.poll_s * timing.scale, self.watch_listings)

    async def post(self, key: str) -> None:
        """Post the newest due morning of a channel if it is owed; tries again with growing pauses until it is done.

        A channel known before is owed it however late it is; a new one only for a while after its time.
        """
        first_s = pause_s = self._work.env.settings.timing.retry_s
        owed: datetime | None = None
        while self._work.serves(key):
            try:
                async with self._work.busy[key]:
                    env = self._work.env
                    due = last_due(env.channel(key), env.clock.now())
                    if due != owed and not await _is_owed(env, key, due):
                        return
                    owed = due
                    await post_morning(env, key, due)
                    return
            except ChannelGone as gone:
                logger.info("the morning of %s is off: %s", key, gone)
            except (DeliveryPaused, PaperlarkError) as pause:
                if isinstance(pause, DeliveryPaused) and pause.retry_after_s:
                    pause_s = max(pause_s, pause.retry_after_s)
                logger.warning("morning of %s is not finished (%s); next try in %.0f s", key, pause, pause_s)
            except Exception:
                logger.exception("morning of %s failed; next try in %.0f s", key, pause_s)
            if not self._work.serves(key):
                return
            is_back = await self._work.pause(key, pause_s)
            pause_s = first_s if is_back else min(2 * pause_s, self._work.env.settings.timing.poll_s)

    async def post_first(self, key: str) -> None:
        """Show whoever starts a channel what it brings, at once and not tomorrow."""
        await self._work.contained(key, deliver_notices)
        await self._work.contained(key, _post_now)

    async def watch_listings(self) -> None:
        """Ingest what has appeared, score it ahead, and post it where a morning had to go without it."""
        work = self._work
        ingested = await ingest_due(work.env)
        timing = work.env.settings.timing
        if ingested.problem or ingested.doubt:
            self._failures += 1
            pause_s = min(timing.retry_s * 2 ** (self._failures - 1), timing.poll_s)
            work.schedule.once("listings again", pause_s * timing.scale, self.watch_listings)
        else:
            self._failures = 0
        if ingested.days:
            await work.for_every_channel(score_ahead)
            for key in work.env.settings.channels:
                # Not waited for: a channel whose platform is down must not keep the others from the next listing.
                work.spawn(work.guarded(f"the late morning of {key}", self._post_late(key)))

    async def recover(self, waiting: Iterable[str]) -> None:
        """What the schedule does every hour: finish, reconcile, catch up; `waiting` are channels without topics."""
        await self._work.for_every_channel(recover_channel)
        await self._work.for_every_channel(_catch_up)
        await asyncio.gather(*(self._work.contained(key, deliver_notices) for key in waiting))

    async def _post_late(self, key: str) -> None:
        env = self._work.env
        if await has_begun(env, key, last_due(env.channel(key), env.clock.now())):
            await self.post(key)


async def _catch_up(env: Environment, key: str) -> None:
    """Try once to post a morning that is owed and was not posted at its time."""
    due = last_due(env.channel(key), env.clock.now())
    if await _is_owed(env, key, due):
        await post_morning(env, key, due)


async def _is_owed(env: Environment, key: str, due: datetime) -> bool:
    now = env.clock.now()
    digests = await env.store.ledger.digests(key)
    if any(digest.kind is DigestKind.MORNING and due < digest.planned_at <= now for digest in digests):
        # The channel was started, or served by hand, since: nothing was missed unless this morning was begun.
        return await has_begun(env, key, due)
    return bool(digests) or (now - due).total_seconds() <= env.settings.timing.misfire_s


async def _post_now(env: Environment, key: str) -> None:
    await post_morning(env, key, env.clock.now())
