"""Rewrite each channel's list once a week, and show the channel what it liked most."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.app.exporting import keep_list
from bot.app.resident._work import Work
from bot.schedule import last_list_due
from handlers.environment import Environment
from handlers.weekly import post_most_liked


class WeeklyLists:
    """Keeps what `[library]` asks for. What a restart or a failure interrupted is done when the chores come round."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._done: dict[str, datetime] = {}
        self._library = work.env.settings.library

    def appoint(self) -> None:
        """Put every channel's list into the schedule, as the settings have it now."""
        env, schedule = self._work.env, self._work.schedule
        library = env.settings.library
        if library != self._library:
            self._library = library
            self._done.clear()
        wanted = env.settings.channels if library.folder or library.is_posted else {}
        for key, channel in wanted.items():
            schedule.weekly_list(key, library, channel.zone, partial(self._keep_one, key))
        schedule.forget_lists(keep=set(wanted))

    async def catch_up(self) -> None:
        """Do what is due since the last time of each channel and not done yet."""
        library = self._work.env.settings.library
        if library.folder or library.is_posted:
            await self._work.for_every_channel(self.keep_week)

    async def _keep_one(self, key: str) -> None:
        await self._work.contained(key, self.keep_week)

    async def keep_week(self, env: Environment, key: str) -> None:
        """Do what is due of one channel, if it is not done.

        Raises:
            OutputError: the list could not be written; the channel is shown its week all the same.
            DeliveryPaused: the platform does not take the message now.
        """
        library = env.settings.library
        due = last_list_due(library, env.channel(key).zone, env.clock.now())
        if self._done.get(key) == due:
            return
        try:
            await keep_list(env, key, due)
        finally:
            if library.is_posted:
                await post_most_liked(env, key, due)
        self._done[key] = due
