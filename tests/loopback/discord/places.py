"""Who the app is, and the guilds, channels, threads and direct conversations it is in, over REST."""

from __future__ import annotations

from typing import Any

from tests.loopback.discord.asked import Answer, Asked
from tests.loopback.discord.gateway import Gateway
from tests.loopback.discord.intents import flags_of
from tests.loopback.discord.journal import Journal
from tests.loopback.discord.posting import Posting
from tests.loopback.discord.refusals import Complaints, Refused, as_snowflake
from tests.loopback.discord.world import (
    APP,
    BOT_USER,
    DIRECT,
    HAS_THREAD,
    PUBLIC_THREAD,
    TEXT,
    THREAD_CREATED,
    THREAD_STARTER,
    Channel,
    Guild,
    Message,
)

ARCHIVE_MINUTES = (60, 1440, 4320, 10_080)
NEWS = 5


class Places:
    """Each method answers the operation of its name. `about_app` overrides fields of the application."""

    def __init__(self, posting: Posting, gateway: Gateway, journal: Journal) -> None:
        self.posting = posting
        self.events = posting.events
        self.payloads = posting.events.payloads
        self.world = posting.world
        self.gateway = gateway
        self.journal = journal
        self.about_app: dict[str, Any] = {}

    # Who it is

    def get_me(self, _asked: Asked) -> Answer:
        return 200, {**self.payloads.user(BOT_USER), "verified": True, "mfa_enabled": False, "email": None}

    def get_user(self, asked: Asked) -> Answer:
        if asked.ids["user"] not in self.world.people:
            raise Refused(10013)
        return 200, self.payloads.user(asked.ids["user"])

    def get_gateway(self, _asked: Asked) -> Answer:
        return 200, {"url": self.gateway.url}

    def get_gateway_bot(self, _asked: Asked) -> Answer:
        left = max(0, 1000 - self.gateway.identified)
        limit = {"total": 1000, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
        return 200, {"url": self.gateway.url, "shards": 1, "session_start_limit": limit}

    def get_application(self, _asked: Asked) -> Answer:
        bot = self.payloads.user(BOT_USER)
        return 200, {
            "id": APP, "name": "paperlark", "icon": None, "description": "", "type": None, "bot": bot, "summary": "",
            "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64, "team": None, "owner": bot,
            "flags": flags_of(self.gateway.privileged), "hook": True, "rpc_origins": [], "redirect_uris": [],
            "interactions_endpoint_url": None, "role_connections_verification_url": None, "tags": [],
            "approximate_guild_count": sum(BOT_USER in guild.members for guild in self.world.guilds.values()),
            "integration_types_config": {"0": {}}, **self.about_app,
        }  # fmt: skip

    # Guilds

    def get_my_guilds(self, _asked: Asked) -> Answer:
        mine = [guild for guild in self.world.guilds.values() if BOT_USER in guild.members]
        return 200, [{"id": one.id, "name": one.name, "owner": False, "features": []} for one in mine]

    def leave_guild(self, asked: Asked) -> Answer:
        guild = self.guild(asked)
        self.events.guild("GUILD_DELETE", guild, {"id": guild.id})
        del guild.members[BOT_USER]
        return 204, None

    def get_guild(self, asked: Asked) -> Answer:
        return 200, self.payloads.guild(self.guild(asked), counts=asked.query.get("with_counts") in {"1", "true"})

    def get_roles(self, asked: Asked) -> Answer:
        return 200, self.payloads.roles(self.guild(asked))

    def get_member(self, asked: Asked) -> Answer:
        guild = self.guild(asked)
        if asked.ids["user"] not in self.world.people:
            raise Refused(10013)
        if asked.ids["user"] not in guild.members:
            raise Refused(10007)
        return 200, self.payloads.member(guild, asked.ids["user"])

    def get_channels(self, asked: Asked) -> Answer:
        return 200, [self.payloads.channel(self.world.channels[one]) for one in self.guild(asked).channels]

    def get_active_threads(self, asked: Asked) -> Answer:
        guild = self.guild(asked)
        threads = [
            thread
            for channel in guild.channels
            for thread in self.world.threads_of(channel)
            if not thread.is_archived and self.world.sees(BOT_USER, thread)
        ]
        mine = [self.payloads.thread_member(thread, BOT_USER) for thread in threads if BOT_USER in thread.members]
        return 200, {"threads": [self.payloads.channel(thread) for thread in threads], "members": mine}

    # Channels

    def get_channel(self, asked: Asked) -> Answer:
        return 200, self.payloads.channel(self.channel(asked, "VIEW_CHANNEL"))

    def edit_channel(self, asked: Asked) -> Answer:
        """Only threads are changed here: name, archived, locked, how long they stay open."""
        thread = self.channel(asked, "VIEW_CHANNEL")
        if not thread.is_thread:
            raise Refused(50013)
        body, found = _fields(asked), Complaints()
        manages = self.world.may(BOT_USER, thread, "MANAGE_THREADS")
        if "locked" in body and not manages:
            raise Refused(50013)
        if set(body) != {"archived"} and thread.owner != BOT_USER and not manages:
            raise Refused(50013)
        if thread.is_locked and not manages:
            raise Refused(160005)
        if thread.is_archived and body.get("archived", True):
            raise Refused(50083)
        if "name" in body and found.text(("name",), body["name"], 1, 100):
            thread.name = body["name"]
        thread.archive_minutes = self._archive_minutes(body, found, thread.archive_minutes)
        found.raise_if_any()
        thread.is_locked = bool(body.get("locked", thread.is_locked))
        self.events.set_archived(thread, archived=bool(body.get("archived", thread.is_archived)))
        return 200, self.payloads.channel(thread)

    def delete_channel(self, asked: Asked) -> Answer:
        thread = self.channel(asked, "VIEW_CHANNEL")
        if not thread.is_thread:
            raise Refused(50013)
        self.need(thread, "MANAGE_THREADS")
        shown = self.payloads.channel(thread)
        self.events.channel("THREAD_DELETE", thread)
        del self.world.channels[thread.id]
        return 200, shown

    def create_dm(self, asked: Asked) -> Answer:
        person = str(as_snowflake(_fields(asked).get("recipient_id")))
        if person not in self.world.people:
            raise Refused(10013)
        if person == BOT_USER:
            raise Refused(50007)
        return 200, self.payloads.channel(self.world.direct_channel(person))

    # Threads

    def start_thread_from_message(self, asked: Asked) -> Answer:
        channel = self._home_of_threads(asked)
        message = channel.messages.get(asked.ids["message"])
        if message is None or message.only_for is not None:
            raise Refused(10008)
        if message.type in {THREAD_CREATED, THREAD_STARTER}:
            raise Refused(50021)
        name, minutes = self._thread_body(asked)
        if message.id in self.world.channels:
            raise Refused(160004)
        thread = self._open(channel, message.id, name, minutes)
        message.flags |= HAS_THREAD
        self.events.channel("THREAD_CREATE", thread)
        self.events.message("MESSAGE_UPDATE", message)
        starter = Message(
            self.world.snowflake(), thread.id, message.author, type=THREAD_STARTER, reply_to=message.id,
        )  # fmt: skip
        thread.messages[starter.id] = starter
        self.events.message("MESSAGE_CREATE", starter)
        return 201, self.payloads.channel(thread)

    def start_thread(self, asked: Asked) -> Answer:
        channel = self._home_of_threads(asked)
        name, minutes = self._thread_body(asked)
        found = Complaints()
        if _fields(asked).get("type", 12) != PUBLIC_THREAD:
            found.choices(("type",), (PUBLIC_THREAD,))
        found.raise_if_any()
        thread = self._open(channel, self.world.snowflake(), name, minutes)
        self.events.channel("THREAD_CREATE", thread)
        told = Message(self.world.snowflake(), channel.id, BOT_USER, name, type=THREAD_CREATED)
        self.world.put(told)
        self.events.message("MESSAGE_CREATE", told)
        return 201, self.payloads.channel(thread)

    def get_archived_threads(self, asked: Asked) -> Answer:
        channel = self.channel(asked, "VIEW_CHANNEL")
        self.need(channel, "READ_MESSAGE_HISTORY")
        threads = [thread for thread in self.world.threads_of(channel.id) if thread.is_archived]
        shown = [self.payloads.channel(thread) for thread in reversed(threads)]
        return 200, {"threads": shown, "members": [], "has_more": False}

    def join_thread(self, asked: Asked) -> Answer:
        return self._membership(asked, joins=True)

    def leave_thread(self, asked: Asked) -> Answer:
        return self._membership(asked, joins=False)

    def _membership(self, asked: Asked, *, joins: bool) -> Answer:
        thread = self.channel(asked, "VIEW_CHANNEL")
        if not thread.is_thread:
            raise Refused(50024)
        if thread.is_archived:
            raise Refused(50083)
        thread.members = [one for one in thread.members if one != BOT_USER] + [BOT_USER] * joins
        return 204, None

    def _home_of_threads(self, asked: Asked) -> Channel:
        channel = self.channel(asked, "VIEW_CHANNEL")
        if channel.type not in {TEXT, NEWS}:
            raise Refused(50024)
        self.need(channel, "READ_MESSAGE_HISTORY", "CREATE_PUBLIC_THREADS")
        return channel

    def _thread_body(self, asked: Asked) -> tuple[str, int]:
        body, found = _fields(asked), Complaints()
        name = body.get("name")
        found.text(("name",), name.strip() if isinstance(name, str) else name, 1, 100)
        minutes = self._archive_minutes(body, found, 4320)
        found.raise_if_any()
        return str(name).strip(), minutes

    def _archive_minutes(self, body: dict[str, Any], found: Complaints, usual: int) -> int:
        minutes = body.get("auto_archive_duration") or usual
        if minutes not in ARCHIVE_MINUTES:
            found.choices(("auto_archive_duration",), ARCHIVE_MINUTES)
            return usual
        return int(minutes)

    def _open(self, channel: Channel, thread_id: str, name: str, minutes: int) -> Channel:
        thread = Channel(
            thread_id, name, channel.guild, PUBLIC_THREAD, parent=channel.id, owner=BOT_USER, archive_minutes=minutes,
            created_at=self.world.now(), active_at=self.world.now(), members=[BOT_USER],
        )  # fmt: skip
        self.world.channels[thread.id] = thread
        return thread

    # What the other operations need

    def guild(self, asked: Asked) -> Guild:
        """The guild in the path.

        Raises:
            Refused: there is none, or the bot is not in it.
        """
        guild = self.world.guilds.get(asked.ids["guild"])
        if guild is None or BOT_USER not in guild.members:
            raise Refused(10004)
        return guild

    def channel(self, asked: Asked, *names: str) -> Channel:
        """The channel in the path, if the bot has these permissions there.

        Raises:
            Refused: there is none, or the bot must not do this there.
        """
        channel = self.world.channels.get(asked.ids["channel"])
        if channel is None:
            raise Refused(10003)
        if not self.world.sees(BOT_USER, channel):
            raise Refused(50001)
        self.need(channel, *names)
        return channel

    def need(self, channel: Channel, *names: str) -> None:
        """Refuse unless the bot has these permissions in a channel.

        Raises:
            Refused: it has not.
        """
        if channel.type != DIRECT and not self.world.may(BOT_USER, channel, *names):
            raise Refused(50013)


def _fields(asked: Asked) -> dict[str, Any]:
    if not isinstance(asked.body, dict):
        raise Refused(50109)
    return asked.body
