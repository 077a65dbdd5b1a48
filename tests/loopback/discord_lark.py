"""A bot on discord.py at a loopback Discord."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager, suppress

import discord
import yarl
from discord import app_commands

from tests.loopback.discord import LoopbackDiscord

INTENTS = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True)
PATIENCE_S = 100


class Lark(discord.Client):
    """A bot that writes down what it hears and answers in every way it can."""

    def __init__(self, intents: discord.Intents = INTENTS) -> None:
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=0.1,
        )
        self.heard: list[tuple] = []
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(the_group())
        self.add_dynamic_items(Vote)

    async def before_identify_hook(self, shard_id, *, initial=False):
        """The server of these tests does not ask for five seconds between two logins."""

    async def on_ready(self):
        self.heard.append(("ready",))

    async def on_resumed(self):
        self.heard.append(("resumed",))

    async def on_message(self, message):
        if message.author != self.user:
            self.heard.append(("message", message.author.name, message.content))

    async def on_raw_reaction_add(self, event):
        self.heard.append(("added", str(event.emoji), event.user_id))

    async def on_raw_reaction_remove(self, event):
        self.heard.append(("removed", str(event.emoji), event.user_id))

    async def on_raw_reaction_clear(self, event):
        self.heard.append(("cleared", event.message_id))

    async def on_raw_reaction_clear_emoji(self, event):
        self.heard.append(("cleared", str(event.emoji)))

    async def on_guild_join(self, guild):
        self.heard.append(("joined", guild.name))

    async def on_guild_remove(self, guild):
        self.heard.append(("left", guild.name))

    async def on_guild_channel_delete(self, channel):
        self.heard.append(("no channel", channel.name))

    async def on_raw_thread_delete(self, event):
        self.heard.append(("no thread", event.thread_id))

    async def on_interaction(self, interaction):
        if interaction.type is discord.InteractionType.modal_submit:
            (row,) = interaction.data["components"]
            await interaction.response.send_message(f"kept {row['components'][0]['value']}", ephemeral=True)


class Vote(discord.ui.DynamicItem[discord.ui.Button], template=r"vote:(?P<paper>[0-9.]+)"):
    """A button that any later process answers for."""

    def __init__(self, paper: str) -> None:
        super().__init__(discord.ui.Button(label="👍", custom_id=f"vote:{paper}"))
        self.paper = paper

    @classmethod
    async def from_custom_id(cls, _interaction, _item, match):
        return cls(match["paper"])

    async def callback(self, interaction):
        await interaction.response.send_message(f"counted for {self.paper}", ephemeral=True)


def the_group() -> app_commands.Group:
    group = app_commands.Group(name="papers", description="Papers")

    @group.command(name="ask", description="Ask about papers")
    async def ask(interaction, text: str):
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content=f"about {text}")
        more = await interaction.followup.send("and more", ephemeral=True, wait=True)
        await more.edit(content="and even more")

    @ask.autocomplete("text")
    async def complete(_interaction, current):
        return [app_commands.Choice(name=f"{current}?", value=current)]

    @group.command(name="edit", description="Edit the topics")
    async def edit(interaction):
        modal = discord.ui.Modal(title="Topics", custom_id="form")
        modal.add_item(discord.ui.TextInput(label="One a line", custom_id="text", style=discord.TextStyle.paragraph))
        await interaction.response.send_modal(modal)

    @group.command(name="start", description="Start from a file")
    async def start(interaction, file: discord.Attachment):
        await interaction.response.send_message((await file.read()).decode(), ephemeral=True)

    return group


class Room:
    """A guild with a channel in which ada reads and olga owns everything."""

    def __init__(self, server: LoopbackDiscord, monkeypatch) -> None:
        self.server = server
        self.people = server.people
        self.olga = server.world.add_person("olga")
        self.ada = server.world.add_person("ada")
        self.guild = server.world.add_guild("readers", self.olga, [self.ada])
        self.channel_id = server.world.add_channel(self.guild, "papers")
        self.nonces = itertools.count()
        monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway.url))

    @asynccontextmanager
    async def lark(self, **options):
        """A bot that is logged in and ready."""
        lark = Lark(**options)
        running = asyncio.create_task(lark.start(self.server.token))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while ("ready",) not in lark.heard and not running.done():  # noqa: ASYNC110 - the client has no event
                    await asyncio.sleep(0.01)
            if running.done():
                await running
            yield lark
        finally:
            await lark.close()
            with suppress(discord.DiscordException, OSError):
                await running
            await self.server.gateway.wait_for_sessions(0)

    async def send(self, lark, text="", **more):
        return await lark.get_channel(int(self.channel_id)).send(text, nonce=str(next(self.nonces)), **more)

    async def settle(self):
        async with asyncio.timeout(PATIENCE_S):
            await self.people.settle()
        await asyncio.sleep(0.02)
