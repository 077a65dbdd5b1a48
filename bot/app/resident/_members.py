"""Keep track of the resident's channels: those of its settings, and those started or left in chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.app.resident._work import Work
from bot.models import Reply, TopicsOffer
from bot.settings import Settings
from handlers.onboarding import awaits_topics, leave, take_offer, welcome
from handlers.roster import Roster, read_roster, with_roster


class Members:
    """Keeps the environment's channels what settings and database say; `changed` is called after each change."""

    def __init__(self, work: Work, changed: Callable[[], None]) -> None:
        self._work = work
        self._changed = changed
        self._base = work.env  # as the settings have it, before what was started or left in chat
        self._roster = Roster()
        self._changing = asyncio.Lock()

    @property
    def waiting(self) -> tuple[str, ...]:
        """The keys of channels that wait for their topics."""
        return self._roster.waiting

    async def read(self) -> tuple[str, ...]:
        """Make the channels what the database says now; the keys of those that came."""
        before = set(self._work.env.settings.channels)
        self._roster = await read_roster(self._base)
        self._apply()
        return tuple(key for key in self._work.env.settings.channels if key not in before)

    def settle(self, settings: Settings, topics_texts: Mapping[str, str]) -> None:
        """Take other settings for those in force."""
        self._base = replace(self._base, settings=settings, topics_texts=topics_texts)
        self._apply()

    def _apply(self) -> None:
        self._work.env = with_roster(self._base, self._roster)
        self._changed()

    async def invited(self, platform: str, channel_id: str, beside: Sequence[str] = ()) -> tuple[str, ...]:
        """The bot is there; the keys of channels that are back by it."""
        async with self._changing:
            await welcome(self._base, platform, channel_id, beside)
            return await self.read()

    async def removed(self, platform: str, channel_id: str) -> None:
        """The bot is not there any more."""
        async with self._changing:
            await leave(self._base, platform, channel_id)
            await self.read()

    async def topics_awaited(self, platform: str, channel_id: str, person: str) -> bool:
        """Whether topics of this person would start the channel."""
        return await awaits_topics(self._base, TopicsOffer(platform, channel_id, person, ""))

    async def topics_offered(self, offer: TopicsOffer) -> tuple[Reply | None, tuple[str, ...]]:
        """What to answer, and the keys of channels that are started by it."""
        async with self._changing:
            reply = await take_offer(self._base, offer)
            return reply, await self.read()
