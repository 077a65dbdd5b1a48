"""Discord's side of the chat port."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

import discord
from pydantic import SecretStr

from bot.clock import Clock
from bot.errors import ChannelClosed, PlatformError, PostRefused
from bot.models import Attachment, Finding, MessageRef, PlatformStatus, Post, PostKey, PostRole, RecentMessage
from bot.platforms._core.answers import seed
from bot.platforms._core.calls import CallError, of_a_post
from bot.platforms.discord._api import PLATFORM, Answer, DiscordApi
from bot.platforms.discord._channels import Channels
from bot.platforms.discord._client import ConnectionEvents, PaperClient
from bot.platforms.discord._completion import Completion
from bot.platforms.discord._connection import Connection
from bot.platforms.discord._conversation import Conversation
from bot.platforms.discord._custom_ids import TooLong
from bot.platforms.discord._doctor import examine
from bot.platforms.discord._guilds import SharedChannels
from bot.platforms.discord._history import History
from bot.platforms.discord._listeners import Listeners
from bot.platforms.discord._messages import MOST_CONTENT, Content, of_post
from bot.platforms.discord._refusals import MISSING_ACCESS, NO_THREADS, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from bot.platforms.discord._slash import slash_group
from bot.platforms.discord._talk import Talk
from bot.platforms.discord._text import linked
from bot.platforms.discord._threads import Threads
from bot.platforms.discord._vote_order import VoteOrder
from bot.platforms.discord._wire import Endpoint, Wire, quiet
from bot.ports import Inbox
from bot.settings import DiscordSettings

logger = logging.getLogger(__name__)

_GONE = frozenset({UNKNOWN_MESSAGE, UNKNOWN_CHANNEL})
_CLOSED_DOOR = frozenset({UNKNOWN_CHANNEL, MISSING_ACCESS})
_STRANGER = frozenset({"10007", "10013"})  # unknown member, unknown user


class DiscordPlatform:
    """Every server that one bot is on, reached by its token.

    `channel_ids` are the channel ids that the doctor looks at.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: SecretStr,
        api_url: str,
        settings: DiscordSettings | None = None,
        channel_ids: Mapping[str, str] | None = None,
    ) -> None:
        quiet()
        self._clock = clock
        self._settings = settings or DiscordSettings()
        self._channel_ids = channel_ids or {}
        endpoint = Endpoint(api_url, self._settings.timeout_s, self._settings.longest_wait_s)
        self._wire = Wire(token, endpoint)
        self._api = DiscordApi(self._wire, clock)
        self._history = History(self._api)
        self._threads = Threads(self._api)
        self._vote_order = VoteOrder(clock)
        self._connection: Connection | None = None
        self._inbox: Inbox | None = None

    @property
    def name(self) -> str:
        """Its name in settings and tables."""
        return PLATFORM

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled.

        Raises:
            PlatformError: the token is not accepted, or Discord cannot be reached for a while.
        """
        self._inbox = inbox
        self._connection = Connection(
            self._wire,
            lambda events: self.client(inbox, events),
            patience_s=self._settings.patience_s,
            identify_gap_s=self._settings.identify_gap_s,
        )
        await self._connection.run()

    def client(self, inbox: Inbox, events: ConnectionEvents) -> PaperClient:
        """A client for one login, with everything that answers for it."""
        api, clock = self._api, self._clock
        channels, shared = Channels(api, self._wire, clock), SharedChannels(api, clock)
        conversation = Conversation(inbox, shared, self._vote_order)
        completion = Completion(inbox, api, clock)
        return PaperClient(
            self._wire,
            api=api,
            listeners=Listeners(
                inbox,
                api=api,
                channels=channels,
                history=self._history,
                threads=self._threads,
                vote_order=self._vote_order,
            ),
            conversation=conversation,
            talk=Talk(inbox, api, channels, shared),
            commands=lambda: slash_group(conversation, completion, clock),
            events=events,
        )

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        """Send one message; in the thread of `thread`, which is opened if need be.

        Raises:
            ChannelClosed, PostRefused, PostDelayed: certainly not posted.
            PostUncertain: perhaps posted.
        """
        if not channel_id.isdecimal():
            raise ChannelClosed(f"{channel_id!r} is no channel id of Discord; it has digits only")
        try:
            content = of_post(post, key)
        except TooLong as error:
            raise PostRefused(str(error)) from error
        try:
            answer, inside = await self._send(channel_id, content, str(key), thread)
        except CallError as error:
            await self._mark_if_left(channel_id, error)
            raise of_a_post(error) from error
        ref = MessageRef(PLATFORM, channel_id, str(answer["id"]), inside)
        if post.role is PostRole.HEADER:
            self._threads.titled(ref, post.title or post.text)
        if post.role is PostRole.PAPER and post.votable and self._settings.seed_reactions:
            await self._seed(ref)
        return ref

    async def _send(
        self, channel_id: str, content: Content, about: str, header: MessageRef | None
    ) -> tuple[Answer, str | None]:
        """Send a message into the header's thread, or into the channel where there can be none; the thread's id."""
        if header is not None:
            try:
                thread = await self._threads.open(header)
                return await self._api.send(thread, content, about), thread
            except CallError as error:
                if error.code not in NO_THREADS:
                    raise self._threads.in_a_thread(header, error) from error
                logger.warning("%s goes into the channel itself: %s", about, error)
        return await self._api.send(channel_id, content, about), None

    async def _mark_if_left(self, channel_id: str, error: CallError) -> None:
        """Whoever was put out while the bot was away is told of by no event, only by a door that stays closed."""
        client = self._wire.connected
        if error.code not in _CLOSED_DOOR:
            return
        if self._inbox is None or client is None or not client.is_ready() or client.get_channel(int(channel_id)):
            return
        if not any(guild.unavailable for guild in client.guilds):
            await self._inbox.removed(PLATFORM, channel_id)

    async def _seed(self, ref: MessageRef) -> None:
        channel, message = int(ref.thread or ref.channel_id), int(ref.message)
        await seed(lambda emoji: self._api.write("seeding", lambda http: http.add_reaction(channel, message, emoji)))

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        """Replace a message of ours.

        Raises:
            PlatformError: it could not be replaced.
        """
        try:
            content = of_post(post, key)
        except TooLong as error:
            raise PlatformError(str(error)) from error
        await self._threads.awake(ref, lambda: self._api.edit(ref.thread or ref.channel_id, ref.message, content))

    async def delete(self, ref: MessageRef) -> None:
        """Remove a message of ours; a message already gone is no error.

        Raises:
            PlatformError: it could not be removed.
        """
        channel, message = int(ref.thread or ref.channel_id), int(ref.message)
        try:
            await self._threads.awake(
                ref, lambda: self._api.write("deleting", lambda http: http.delete_message(channel, message))
            )
        except CallError as error:
            if error.code not in _GONE:
                raise

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        """Our messages carrying `key`, oldest first: in the channel itself, and in a thread if one is given.

        Raises:
            PlatformError: it could not look.
        """
        return await self._history.find(channel_id, key, since, thread)

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        """Our messages since then with their reactions, threads included, oldest first.

        Raises:
            PlatformError: it could not look.
        """
        return await self._history.recent(channel_id, since)

    @property
    def who_manages(self) -> str:
        """Who may change a channel."""
        return "whoever has the permission Manage Channels"

    async def manages(self, channel_id: str, person: str) -> bool:
        """Whether this person has the permission Manage Channels there.

        Raises:
            PlatformError: it could not be asked.
        """
        return (await self._permissions(channel_id, person)).manage_channels

    async def may_see(self, channel_id: str, person: str) -> bool:
        """Whether this person may view the channel.

        Raises:
            PlatformError: it could not be asked.
        """
        return (await self._permissions(channel_id, person)).view_channel

    async def may_write(self, channel_id: str, person: str) -> bool:
        """Whether this person may send messages there.

        Raises:
            PlatformError: it could not be asked.
        """
        allowed = await self._permissions(channel_id, person)
        return allowed.view_channel and allowed.send_messages

    async def called(self, channel_id: str, person: str) -> str:
        """The person's display name."""
        del channel_id
        try:
            user: Answer = await self._api.read("asking for a person", lambda http: http.get_user(int(person)))
        except CallError:
            return ""
        return str(user.get("global_name") or user.get("username") or "")

    async def _permissions(self, channel_id: str, person: str) -> discord.Permissions:
        """What this person may do in a channel; nothing for a stranger."""
        try:
            return await self._api.permissions(channel_id, person)
        except CallError as error:
            if error.code not in _STRANGER:
                raise
            return discord.Permissions.none()

    async def notify(self, target: str, text: str) -> None:
        """Write to a person or into a channel, outside the ledger.

        Raises:
            PlatformError: it could not be written.
        """
        if not target.isdecimal():
            raise PlatformError(f"{target!r} is no id of a person or channel of Discord; it has digits only")
        content = Content(linked(text, MOST_CONTENT))
        try:
            await self._api.send(target, content)
        except CallError as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            direct = await self._api.write(
                "opening a conversation", lambda http: http.start_private_message(int(target))
            )
            await self._api.send(str(direct["id"]), content)

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        """Send a file.

        Raises:
            PlatformError: it could not be sent.
        """
        if not content:
            raise PlatformError(f"{filename}: Discord takes no empty files")
        await self._send(channel_id, Content(attachment=Attachment(filename, content)), filename, thread)

    async def check(self) -> tuple[Finding, ...]:
        """The token, the invite link, and what is allowed in every channel of the settings."""
        return await examine(self._api, self._channel_ids)

    def status(self) -> PlatformStatus:
        """Whether it is connected now, and what Discord has asked to wait with."""
        status = (
            self._connection.status() if self._connection else PlatformStatus(connected=False, detail="not started")
        )
        return self._api.waits.beside(status, "Discord")
