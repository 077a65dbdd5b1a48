"""Share the environment in force and the schedule among the parts of the resident, and contain their failures."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.errors import ChannelGone, PaperlarkError
from bot.schedule import Schedule
from handlers.environment import Environment
from handlers.morning.delivery import DeliveryPaused

logger = logging.getLogger(__name__)

Handle = Callable[[Environment, str], Awaitable[object]]
"""A handler of one channel, by its key."""


class Work:
    """One channel is worked on by one job at a time; a job that fails harms no other.

    `env` is replaced when settings or channels change. `stopping` is set once, at the end.
    """

    def __init__(self, env: Environment, schedule: Schedule) -> None:
        self.env = env
        self.schedule = schedule
        self.stopping = asyncio.Event()
        self.busy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.jobs: set[asyncio.Task[None]] = set()
        self.refusals: dict[str, str] = {}  # by platform: why it does not take the bot's token
        self._back: dict[str, asyncio.Event] = defaultdict(asyncio.Event)  # by platform

    def serves(self, key: str) -> bool:
        """Whether there is still something to be done for a channel."""
        return key in self.env.settings.channels and not self.stopping.is_set()

    def wake(self, platform: str) -> None:
        """Let what waits for this platform try again at once."""
        self.refusals.pop(platform, None)
        back = self._back.pop(platform, None)
        if back is not None:
            back.set()

    async def pause(self, key: str, pause_s: float) -> bool:
        """Wait `pause_s`, or less if the platform of the channel comes back meanwhile; whether it did."""
        back = self._back[self.env.channel(key).platform]
        waits = [asyncio.ensure_future(one) for one in (back.wait(), self.env.clock.sleep(pause_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return back.is_set()

    def spawn(self, job: Coroutine[Any, Any, None]) -> None:
        """Let a job run beside everything else; whoever stops the resident waits for it."""
        task = asyncio.ensure_future(job)
        self.jobs.add(task)
        task.add_done_callback(self.jobs.discard)

    async def guarded(self, name: str, job: Awaitable[None]) -> None:
        """Await a job; if it fails that is logged and harms no other. Each is tried again by the schedule."""
        try:
            await job
        except ChannelGone as gone:
            logger.info("%s is off: %s", name, gone)
        except Exception:
            logger.exception("%s failed", name)

    async def contained(self, key: str, handle: Handle) -> None:
        """Await one channel's handler; if it fails that is logged, and the next hourly recovery tries again."""
        try:
            async with self.busy[key]:
                await handle(self.env, key)
        except ChannelGone as gone:
            logger.info("%s is off: %s", handle.__name__, gone)
        except (DeliveryPaused, PaperlarkError) as error:
            logger.warning("%s for %s must wait: %s", handle.__name__, key, error)
        except Exception:
            logger.exception("%s for %s failed", handle.__name__, key)

    async def for_every_channel(self, handle: Handle) -> None:
        """The same for all channels side by side."""
        await asyncio.gather(*(self.contained(key, handle) for key in self.env.settings.channels))
