"""What the parts of the resident share: the environment in force, the schedule, and how trouble is contained."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.errors import PaperlarkError
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

    def spawn(self, job: Coroutine[Any, Any, None]) -> None:
        """Let a job run beside everything else; whoever stops the resident waits for it."""
        task = asyncio.ensure_future(job)
        self.jobs.add(task)
        task.add_done_callback(self.jobs.discard)

    async def guarded(self, name: str, job: Awaitable[None]) -> None:
        """A failing job is logged and harms no other; each is tried again by the schedule."""
        try:
            await job
        except Exception:
            logger.exception("%s failed", name)

    async def contained(self, key: str, handle: Handle) -> None:
        """One channel's trouble is logged and harms no other; the next hourly recovery tries again."""
        try:
            async with self.busy[key]:
                await handle(self.env, key)
        except (DeliveryPaused, PaperlarkError) as error:
            logger.warning("%s for %s must wait: %s", handle.__name__, key, error)
        except Exception:
            logger.exception("%s for %s failed", handle.__name__, key)

    async def for_every_channel(self, handle: Handle) -> None:
        """The same for all channels side by side."""
        await asyncio.gather(*(self.contained(key, handle) for key in self.env.settings.channels))
