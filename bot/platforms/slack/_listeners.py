"""What Slack tells the bot: every event that the manifest subscribes to has its listener here."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.emoji import normalise
from bot.models import MessageRef, Vote
from bot.platforms.slack._api import PLATFORM, SlackApi
from bot.platforms.slack._blocks import ASK, VOTES
from bot.platforms.slack._bolt import quiet_app
from bot.platforms.slack._conversation import Conversation
from bot.platforms.slack._people import People
from bot.platforms.slack._replies import FORM
from bot.ports import Inbox

logger = logging.getLogger(__name__)

Body = Mapping[str, Any]
_VOTE_ACTION = re.compile("|".join(VOTES))
_ASK_ACTION = re.compile(f"{ASK}:.*")
_LEFT = ("channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted", "group_deleted")
_BACK = ("channel_unarchive", "group_unarchive")
_PATIENCE_S = 1.5  # an event must be acknowledged within three seconds


class Listeners:
    """Turn Slack's events into calls of the inbox.

    A vote is acknowledged once it is stored, so that Slack delivers it again if it is not. What takes longer is done
    after the acknowledgement. `handled` holds the ids of events that were dealt with.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        api: SlackApi,
        conversation: Conversation,
        people: People,
        handled: MutableMapping[str, None],
        identity: Body,
    ) -> None:
        self._inbox = inbox
        self._api = api
        self._conversation = conversation
        self._people = people
        self._handled = handled
        self._identity = identity
        self._own_user = str(identity["user_id"])

    def app(self) -> AsyncApp:
        """A Bolt app with every listener."""

        async def authorize() -> AuthorizeResult:  # Bolt looks at its parameters, and understands no method
            return self._authorize()

        app = quiet_app(self._api.client, authorize)
        app.event("reaction_added")(self._reaction)
        app.event("reaction_removed")(self._reaction)
        app.event("member_joined_channel")(self._once(self._joined))
        app.event("member_left_channel")(self._once(self._member_left))
        for kind in _LEFT:
            app.event(kind)(self._once(self._left))
        for kind in _BACK:
            app.event(kind)(self._once(self._back))
        app.event("app_mention")(self._once(self._conversation.mentioned))
        app.event("message")(self._once(self._conversation.said))
        app.action(_VOTE_ACTION)(self._conversation.vote_pressed)
        app.action(_ASK_ACTION)(self._conversation.ask_pressed)
        app.view(FORM)(self._conversation.form_sent)
        app.command("/papers")(self._conversation.commanded)
        return app

    def _once(self, listen: Callable[[Body], Awaitable[None]]) -> Callable[[Body, Body], Awaitable[None]]:
        """A listener that nothing reaches twice: a question has one answer, and an old farewell ends nothing new."""

        async def listener(event: Body, body: Body) -> None:  # Bolt looks at these names
            event_id = str(body.get("event_id", ""))
            if event_id not in self._handled:
                await listen(event)
                self._handled[event_id] = None  # what failed is not handled, and may come again

        return listener

    def _authorize(self) -> AuthorizeResult:
        identity = self._identity
        return AuthorizeResult(
            enterprise_id=identity.get("enterprise_id"),
            team_id=identity.get("team_id"),
            bot_id=identity.get("bot_id"),
            bot_user_id=self._own_user,
            bot_token=self._api.client.token,
        )

    async def _reaction(self, event: Body, body: Body) -> None:
        """Hand in an emoji that was added or removed. What is not on a message of ours costs nothing."""
        message = event.get("item") or {}
        if message.get("type") != "message" or event.get("item_user", self._own_user) != self._own_user:
            return
        person = str(event["user"])
        if await self._is_bot(person):
            return
        order = float(event["event_ts"])
        vote = Vote(
            event_id=f"{PLATFORM}:{body['event_id']}",
            ref=MessageRef(PLATFORM, str(message["channel"]), str(message["ts"])),
            person=person,
            emoji=normalise(str(event["reaction"])),
            added=event["type"] == "reaction_added",
            at=datetime.fromtimestamp(order, UTC),
            order=order,
        )
        await self._inbox.vote(vote)

    async def _is_bot(self, person: str) -> bool:
        """Whether it is a bot; somebody of whom Slack does not tell in time votes as a person."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return (await self._people.get(person)).is_bot
        except TimeoutError:
            return False

    async def _joined(self, event: Body) -> None:
        if event.get("user") == self._own_user:
            await self._back(event)

    async def _member_left(self, event: Body) -> None:
        if event.get("user") == self._own_user:
            await self._left(event)

    async def _left(self, event: Body) -> None:
        await self._inbox.removed(PLATFORM, str(event["channel"]))

    async def _back(self, event: Body) -> None:
        self._conversation.spawn(self._inbox.invited(PLATFORM, str(event["channel"])))
