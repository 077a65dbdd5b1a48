"""A server of a simulated Discord in which people use the bot: discord.py's own parser, cache, tree and views."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import discord
import pytest
import pytest_asyncio
import simcord
from pydantic import SecretStr

from bot.models import MessageRef, Post, PostKey
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord._client import INTENTS, ConnectionEvents, PaperClient
from tests.fakes import FakeClock, FakeInbox
from tests.platforms.discord.loopback import connected
from tests.platforms.harnesses import DiscordHarness
from tests.platforms.posts import a_key, a_paper_post

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Room:
    """A server with a channel, in which ada reads and olga manages."""

    env: simcord.Env
    platform: DiscordPlatform
    inbox: FakeInbox
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    ada: simcord.MemberActor
    olga: simcord.MemberActor

    @property
    def channel_id(self) -> str:
        return str(self.channel.id)

    async def posted(
        self, post: Post | None = None, key: PostKey | None = None, thread: MessageRef | None = None
    ) -> discord.Message:
        """A post of the bot, as discord.py's clients see it."""
        ref = await self.platform.post(self.channel_id, post or a_paper_post(), key or a_key(), thread)
        return self.message(ref)

    def message(self, ref: MessageRef) -> discord.Message:
        """The message now."""
        channels = [self.channel, *self.channel.threads]
        return next(one for channel in channels for one in channel.history() if str(one.id) == ref.message)

    def new_client(self) -> PaperClient:
        """What a restart of the bot would log in with."""
        return self.platform.client(self.inbox, ConnectionEvents())


@pytest.fixture
def inbox() -> FakeInbox:
    return FakeInbox()


@pytest_asyncio.fixture
async def room(inbox: FakeInbox) -> AsyncIterator[Room]:
    platform = DiscordPlatform(FakeClock(), token=SecretStr("token"), api_url="http://127.0.0.1:9")
    env = simcord.Env(platform.client(inbox, ConnectionEvents()), approved_intents=INTENTS)
    await env.start()
    try:
        guild = env.create_guild("Reading group")
        channel = guild.create_text_channel("papers")
        managing = guild.create_role("managers", permissions=discord.Permissions(manage_channels=True))
        ada = guild.add_member(env.create_user("ada"))
        olga = guild.add_member(env.create_user("olga"), roles=[managing])
        await env.settle()
        yield Room(env, platform, inbox, guild, channel, ada, olga)
    finally:
        await env.shutdown()
    env.raise_errors()


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[DiscordHarness]:
    """A connected bot at a server with real sockets."""
    async with connected() as harness:
        yield harness
