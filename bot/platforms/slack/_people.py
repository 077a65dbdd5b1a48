"""Ask Slack about people and channels."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.platforms._core.calls import CallError
from bot.platforms._core.remembered import Remembered
from bot.platforms.slack._api import SlackApi

logger = logging.getLogger(__name__)

_KEPT_S = 86_400.0
_FRESH_S = 300.0
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Person:
    """What matters of somebody."""

    is_bot: bool = False
    is_admin: bool = False
    is_guest: bool = False
    timezone: str = ""
    name: str = ""


class People:
    """Ask Slack about people, and remember the answers for a day."""

    def __init__(self, api: SlackApi, clock: Clock) -> None:
        self._api = api
        self._known: Remembered[str, Person] = Remembered(clock, kept_s=_KEPT_S, most=_REMEMBERED)

    async def get(self, person: str, *, fresh: bool = False) -> Person:
        """The person; where Slack cannot be asked, somebody of whom nothing is known: no bot, no admin, a guest.

        With `fresh` nothing older than a few minutes is believed: rights change, what is a bot stays one.
        """
        try:
            return await self._known.get(person, lambda: self._ask(person), fresh_s=_FRESH_S if fresh else None)
        except CallError as error:
            # A person taken for a stranger votes as everybody does; the doctor names the missing scope.
            logger.warning("nothing is known of a person: %s", error)
            return Person(is_guest=True)

    async def _ask(self, person: str) -> Person:
        user: dict[str, Any] = (await self._api.read("users.info", user=person))["user"]
        admin = any(user.get(name) for name in ("is_admin", "is_owner", "is_primary_owner"))
        guest = any(user.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        name = (user.get("profile") or {}).get("display_name") or user.get("real_name") or user.get("name") or ""
        return Person(bool(user.get("is_bot")), bool(admin), bool(guest), str(user.get("tz") or ""), str(name))

    async def created(self, channel_id: str, person: str) -> bool:
        """Whether this person made the channel.

        Raises:
            CallError: Slack cannot be asked.
        """
        info = await self._api.read("conversations.info", channel=channel_id)
        return bool((info.get("channel") or {}).get("creator") == person)
