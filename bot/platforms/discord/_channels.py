"""Which channel something belongs to: a thread has the channel it was opened in."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import discord

from bot.clock import Clock
from bot.platforms._core.calls import CallError
from bot.platforms._core.remembered import Remembered
from bot.platforms.discord._api import Answer, DiscordApi
from bot.platforms.discord._wire import Wire

logger = logging.getLogger(__name__)

_THREADS = frozenset({10, 11, 12})  # announcement, public, private
_KEPT_S = 86_400.0  # a thread never moves
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel, and the thread in it if it is one."""

    channel_id: str
    thread: str | None = None


class Channels:
    """Tell channels from threads; what discord.py does not hold, such as an archived thread, is asked once."""

    def __init__(self, api: DiscordApi, wire: Wire, clock: Clock) -> None:
        self._api = api
        self._wire = wire
        self._asked: Remembered[int, Spot] = Remembered(clock, kept_s=_KEPT_S, most=_REMEMBERED)

    async def of(self, channel: int) -> Spot:
        """Where this channel or thread is; what cannot be asked is taken for a channel."""
        client = self._wire.connected
        held = client.get_channel(channel) if client else None
        if held is not None:
            return spot_of(held, channel)
        try:
            return await self._asked.get(channel, lambda: self._ask(channel))
        except CallError as error:
            logger.warning("whether something happened in a thread could not be asked: %s", error)
            return Spot(str(channel))

    async def _ask(self, channel: int) -> Spot:
        answer: Answer = await self._api.read("asking for a channel", lambda http: http.get_channel(channel))
        is_thread = int(answer.get("type", 0)) in _THREADS and answer.get("parent_id")
        return Spot(str(answer["parent_id"]), str(channel)) if is_thread else Spot(str(channel))


def spot_of(channel: object, channel_id: int | None) -> Spot:
    """Where a channel that discord.py holds is."""
    if isinstance(channel, discord.Thread):
        return Spot(str(channel.parent_id), str(channel.id))
    return Spot(str(channel_id or 0))
