"""Which channels a person shares with the bot: only these may answer what is asked elsewhere."""

from __future__ import annotations

import logging

from bot.clock import Clock
from bot.platforms._core.calls import CallError
from bot.platforms._core.remembered import Remembered
from bot.platforms.slack._api import SlackApi
from bot.platforms.slack._people import People

logger = logging.getLogger(__name__)

_FRESH_S = 600.0
_REMEMBERED = 500
_OF_EVERY_KIND = {"types": "public_channel,private_channel", "exclude_archived": 1}

_Channels = dict[str, bool]  # ids in Slack's order, and whether each is private


class SharedChannels:
    """Ask Slack which channels a person and the bot are in, and remember it for ten minutes."""

    def __init__(self, api: SlackApi, people: People, clock: Clock) -> None:
        self._api = api
        self._people = people
        self._known: Remembered[str, _Channels] = Remembered(clock, kept_s=_FRESH_S, most=_REMEMBERED)

    async def beside(self, channel_id: str, person: str) -> tuple[str, ...]:
        """The channels that may answer this person in this place besides its own, those they are in first.

        A public channel is open to every member of the workspace, though not to guests. Where Slack cannot be asked
        nothing is shared.
        """
        try:
            ours = await self._channels()
            if channel_id in ours:
                return ()
            theirs = await self._channels(person)
            is_guest = (await self._people.get(person, fresh=True)).is_guest
        except CallError as error:
            logger.warning("which channels somebody shares with the bot could not be asked: %s", error)
            return ()
        shared = [channel for channel in ours if channel in theirs]
        public = [channel for channel, is_private in ours.items() if not (is_private or is_guest or channel in theirs)]
        return (*shared, *public)

    async def is_in(self, channel_id: str, person: str) -> bool:
        """Whether somebody is a member of a channel of the bot's; who was none is asked about again.

        Raises:
            CallError: Slack cannot be asked.
        """
        return channel_id in await self._channels(person) or channel_id in await self._ask(person)

    async def _channels(self, person: str = "") -> _Channels:
        """The channels of a person, or of the bot itself; a new channel of the bot is known ten minutes later."""
        return await self._known.get(person, lambda: self._ask(person))

    async def _ask(self, person: str) -> _Channels:
        whose = {"user": person} if person else {}
        pages = self._api.pages("users.conversations", "channels", **_OF_EVERY_KIND, **whose)
        return {str(one["id"]): bool(one.get("is_private")) async for one in pages}
