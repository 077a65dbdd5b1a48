"""Slack's side of the chat port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cachetools import TTLCache
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import PlatformError, TokenRefused
from bot.models import DISLIKE, LIKE, Finding, MessageRef, PlatformStatus, Post, PostKey, PostRole, RecentMessage
from bot.platforms._core.answers import seed
from bot.platforms._core.calls import CallError, Outcome, of_a_post
from bot.platforms.slack._answers import Answers
from bot.platforms.slack._api import PLATFORM, SlackApi
from bot.platforms.slack._blocks import message, notification
from bot.platforms.slack._connection import Connection
from bot.platforms.slack._conversation import Conversation
from bot.platforms.slack._doctor import examine
from bot.platforms.slack._history import History
from bot.platforms.slack._listeners import Listeners
from bot.platforms.slack._people import People
from bot.platforms.slack._rate_limits import MessagePace
from bot.platforms.slack._refusals import NO_THREADS, TOKEN_REFUSED
from bot.platforms.slack._shared_channels import SharedChannels
from bot.ports import Inbox
from bot.settings import SlackSettings

logger = logging.getLogger(__name__)

_NOT_STARTED = PlatformStatus(connected=False, detail="not started")

# Not among them: channel_not_found, which a mistyped id gets as well. That must go on being told of as a fault.
_OUTSIDE = frozenset({"not_in_channel", "is_archived"})
# Slack sends some events twice: after six minutes has been seen, an hour is what it speaks of. Votes do not need this,
# since the store knows each of theirs for ever.
_EVENTS_KEPT_S = 2 * 3600.0
_MOST_EVENTS = 20_000
_LAST_ANSWERS_S = 2.0  # what is being answered at the end may take so long: whoever stops the bot kills it soon
_SEEDS = {LIKE: "+1", DISLIKE: "-1"}
_PLAIN = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}
_ONLY_WHEN_NEW = ("unfurl_links", "unfurl_media", "mrkdwn")


class SlackPlatform:
    """One Slack workspace, reached by a bot token (Web API) and an app token (Socket Mode).

    `channel_ids` are the channel ids that the doctor looks at.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        bot_token: SecretStr,
        app_token: SecretStr,
        api_url: str,
        settings: SlackSettings | None = None,
        channel_ids: Mapping[str, str] | None = None,
    ) -> None:
        self._clock = clock
        self._settings = settings or SlackSettings()
        self._channel_ids = channel_ids or {}
        timeout_s = round(self._settings.timeout_s)
        self._client = _client(bot_token, api_url, timeout_s)
        self._app_client = _client(app_token, api_url, timeout_s)
        self._api = SlackApi(self._client, clock)
        self._people = People(self._api, clock)
        self._history = History(self._api, self._people)
        self._handled: TTLCache[str, None] = TTLCache(_MOST_EVENTS, _EVENTS_KEPT_S, timer=clock.monotonic)
        self._shared = SharedChannels(self._api, self._people, clock)
        self._pace = MessagePace(
            clock, message_gap_s=self._settings.message_gap_s, workspace_gap_s=self._settings.workspace_gap_s
        )
        self._connection: Connection | None = None
        self._inbox: Inbox | None = None
        self._identity: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """Its name in settings and tables."""
        return PLATFORM

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled.

        Raises:
            TokenRefused: a token is not accepted.
            PlatformError: Slack cannot be reached.
        """
        try:
            await self._listen(inbox)
        except CallError as error:
            raise (TokenRefused if error.code in TOKEN_REFUSED else PlatformError)(str(error)) from error

    async def _listen(self, inbox: Inbox) -> None:
        self._inbox = inbox
        identity = await self._who_am_i()
        conversation = Conversation(
            inbox=inbox,
            api=self._api,
            answers=Answers(self._api, inbox, self._pace, self._shared),
            people=self._people,
            history=self._history,
            own_user=str(identity["user_id"]),
        )
        listeners = Listeners(
            inbox=inbox,
            api=self._api,
            conversation=conversation,
            people=self._people,
            handled=self._handled,
            identity=identity,
        )
        self._connection = Connection(self._app_client, lambda: self._greeted(inbox))
        logger.info("Slack workspace %s, as %s", identity.get("team"), identity.get("user"))
        try:
            await self._connection.run(listeners.app(), SlackApi(self._app_client, self._clock))
        finally:
            await asyncio.shield(conversation.drain(_LAST_ANSWERS_S))

    async def _greeted(self, inbox: Inbox) -> None:
        """After every connection: votes and invitations may have been missed."""
        try:
            await inbox.reconnected(self.name)
            async for channel in self._api.pages(
                "users.conversations", "channels", types="public_channel,private_channel", exclude_archived=1
            ):
                await inbox.invited(self.name, str(channel["id"]))
        except PlatformError as error:
            logger.warning("what was missed while there was no connection must wait: %s", error)
        except Exception:  # the edge: the next connection or the hourly recovery tries again
            logger.exception("what was missed while there was no connection could not be put right")

    async def _who_am_i(self) -> Mapping[str, Any]:
        if self._identity is None:
            self._identity = await self._api.read("auth.test")
        return self._identity

    async def _own_user(self) -> str:
        return str((await self._who_am_i())["user_id"])

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        """Send one message, when it is its turn.

        Raises:
            ChannelClosed, PostRefused, PostDelayed: certainly not posted.
            PostUncertain: perhaps posted.
        """
        head = {"thread_ts": thread.thread or thread.message} if thread else {}
        content = message(post, key)
        try:
            await self._pace.turn(channel_id)
            try:
                answer = await self._api.write("chat.postMessage", channel=channel_id, **content, **head)
            except CallError as error:
                if not head or error.code != NO_THREADS:
                    raise
                head = {}
                answer = await self._api.write("chat.postMessage", channel=channel_id, **content)
        except CallError as error:
            await self._after(channel_id, error)
            raise of_a_post(error) from error
        self._pace.arrived(channel_id)
        ref = MessageRef(PLATFORM, channel_id, str(answer["ts"]), head.get("thread_ts"))
        if post.role is PostRole.PAPER and post.votable and self._settings.seed_reactions:
            await self._seed(ref)
        return ref

    async def _after(self, channel_id: str, error: CallError) -> None:
        """Draw the conclusions from a post that failed.

        Whoever was put out while the bot was away, or never let in, is told of by no event: a closed door says it. What
        waits there is posted as soon as the bot is invited.
        """
        if error.outcome is Outcome.LATER:
            self._pace.hold(channel_id, error.retry_after_s or 0.0)
        if self._inbox is not None and error.code in _OUTSIDE:
            await self._inbox.removed(PLATFORM, channel_id)

    async def _seed(self, ref: MessageRef) -> None:
        await seed(
            lambda emoji: self._api.write(
                "reactions.add", channel=ref.channel_id, timestamp=ref.message, name=_SEEDS[emoji]
            )
        )

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        """Replace a message of ours.

        Raises:
            PlatformError: it could not be replaced.
        """
        content = {name: part for name, part in message(post, key).items() if name not in _ONLY_WHEN_NEW}
        await self._api.write("chat.update", channel=ref.channel_id, ts=ref.message, **content)

    async def delete(self, ref: MessageRef) -> None:
        """Remove a message of ours; a message already gone is no error.

        Raises:
            PlatformError: it could not be removed.
        """
        try:
            await self._api.write("chat.delete", channel=ref.channel_id, ts=ref.message)
        except CallError as error:
            if error.code != "message_not_found":
                raise

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        """Our messages carrying `key`, oldest first: in the channel itself, and in a thread if one is given.

        Raises:
            HistoryHidden: the bot may not look there.
            PlatformError: it could not look now.
        """
        return await self._history.find(channel_id, key, since, thread, await self._own_user())

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        """Our messages since then with their reactions, threads included, oldest first.

        Raises:
            HistoryHidden: the bot may not look there.
            PlatformError: it could not look now.
        """
        return await self._history.recent(channel_id, since, await self._own_user())

    @property
    def who_manages(self) -> str:
        """Who may change a channel."""
        return "whoever made the channel or administers this workspace"

    async def manages(self, channel_id: str, person: str) -> bool:
        """Whether this person created the channel or administers the workspace.

        Raises:
            PlatformError: it could not be asked.
        """
        return (await self._people.get(person, fresh=True)).is_admin or await self._people.created(channel_id, person)

    async def may_see(self, channel_id: str, person: str) -> bool:
        """Whether this person is a member of the channel: only then its votes are theirs to give.

        Raises:
            PlatformError: it could not be asked.
        """
        return await self._shared.is_in(channel_id, person)

    async def may_write(self, channel_id: str, person: str) -> bool:
        """Whether this person is a member of the channel.

        Raises:
            PlatformError: it could not be asked.
        """
        return await self._shared.is_in(channel_id, person)

    async def called(self, channel_id: str, person: str) -> str:
        """The person's display name."""
        del channel_id
        return (await self._people.get(person)).name

    async def notify(self, target: str, text: str) -> None:
        """Write to a person or into a channel, outside the ledger.

        Raises:
            PlatformError: it could not be written.
        """
        await self._pace.turn(target)
        await self._api.write("chat.postMessage", channel=target, text=notification(text), **_PLAIN)

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        """Send a file.

        Raises:
            PlatformError: it could not be sent.
        """
        if not content:
            raise PlatformError(f"{filename}: Slack takes no empty files")
        await self._api.upload(channel_id, filename, content, thread.message if thread else None)

    async def check(self) -> tuple[Finding, ...]:
        """Tokens, scopes, and every channel of the settings."""
        return await examine(self._api, SlackApi(self._app_client, self._clock), self._channel_ids)

    def status(self) -> PlatformStatus:
        """Whether it is connected now, and what Slack has asked to wait with."""
        status = self._connection.status() if self._connection else _NOT_STARTED
        return self._api.waits.beside(status, "Slack")


def _client(token: SecretStr, api_url: str, timeout_s: int) -> AsyncWebClient:
    """A client that repeats nothing by itself: a repeated post would be a duplicate below the ledger."""
    return AsyncWebClient(token=token.get_secret_value(), base_url=api_url, timeout=timeout_s, retry_handlers=[])
