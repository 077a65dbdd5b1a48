"""`/papers` as Discord has it: a group with one subcommand for each command, `ask` for questions, `start` to begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.clock import Clock
from bot.models import Reply
from bot.platforms.discord._completion import Completion
from bot.platforms.discord._conversation import Conversation
from bot.platforms.discord._grammar import Slash, slashes
from bot.query import COMMANDS

Asking = discord.Interaction[Any]
Command = app_commands.Command[Any, ..., Any]

_GROUP = "papers"
_OPTIONS: Mapping[str, str] = {
    "id": "An arXiv id, such as 2505.03801",
    "name": "An author's name",
    "phrase": "Words of a title or abstract",
    "n": "The number of a topic",
    "until": "The first day with a morning again, such as 2025-06-02",
}
_COMPLETED = frozenset({"id", "n"})
_QUOTES = ' "“”„«»'
_MOST_TYPED = 200
_MOST_QUESTION = 1000


def slash_group(conversation: Conversation, completion: Completion, clock: Clock) -> app_commands.Group:
    """The whole group, for the command tree."""
    group = app_commands.Group(
        name=_GROUP,
        description="Papers of arXiv: ask, vote, save, follow, mute",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    group.add_command(_question(conversation))
    group.add_command(_start(conversation))
    for slash in slashes():
        command = _command(slash, conversation, clock)
        if slash.option in _COMPLETED:
            _complete(command, slash, conversation, completion)
        home = group if len(slash.path) == 1 else _subgroup(group, slash.path[0])
        home.add_command(command)
    return group


def understood(slash: Slash, value: str | None, clock: Clock) -> tuple[str, str | None] | None:
    """The argument and arxiv_id that this command makes of what was typed; None if it does not fit."""
    plain = value.strip(_QUOTES) if value else value  # phrases get their quotation marks from the command
    line = COMMANDS[slash.command].fits(" ".join(slash.rest(plain).split()), clock.now().date())
    return (line.argument, line.arxiv_id) if line else None


def _question(conversation: Conversation) -> Command:
    async def callback(interaction: Asking, text: app_commands.Range[str, 1, _MOST_QUESTION]) -> None:
        await conversation.ask(interaction, "ask", text)

    described = app_commands.describe(text='What you look for, such as: kv cache -vision author:"Zhou" since:2025-01')
    return app_commands.Command(name="ask", description="Ask the archive", callback=described(callback))


def _start(conversation: Conversation) -> Command:
    async def callback(interaction: Asking, file: discord.Attachment | None = None) -> None:
        await conversation.start(interaction, file)

    described = app_commands.describe(file="A text file with your topics; without it a window opens")
    meaning = "Bring papers to this channel every morning"
    return app_commands.Command(name="start", description=meaning, callback=described(callback))


def _command(slash: Slash, conversation: Conversation, clock: Clock) -> Command:
    async def answer(interaction: Asking, value: str | None) -> None:
        found = understood(slash, value, clock)
        if found is None:
            wanted = f"{slash.option}: {_OPTIONS[slash.option][:1].lower()}{_OPTIONS[slash.option][1:]}"
            await conversation.say(
                interaction, Reply(f"I do not understand “{value}” there.", (f"What I need is {wanted}.",))
            )
        else:
            await conversation.ask(interaction, slash.command, found[0], arxiv_id=found[1])

    async def bare(interaction: Asking) -> None:
        await answer(interaction, None)

    async def given(interaction: Asking, value: app_commands.Range[str, 1, _MOST_TYPED]) -> None:
        await answer(interaction, value)

    async def perhaps(interaction: Asking, value: app_commands.Range[str, 1, _MOST_TYPED] | None = None) -> None:
        await answer(interaction, value)

    callback: Any = bare if not slash.option else perhaps if slash.is_optional else given
    if slash.option:
        callback = app_commands.describe(value=_OPTIONS[slash.option])(callback)
        callback = app_commands.rename(value=slash.option)(callback)
    return app_commands.Command(name=slash.path[-1], description=slash.meaning, callback=callback)


def _complete(command: Command, slash: Slash, conversation: Conversation, completion: Completion) -> None:
    @command.autocomplete("value")
    async def offered(interaction: Asking, typed: str) -> list[app_commands.Choice[str]]:
        pairs = await completion.offers(slash.option, typed, conversation.typing(interaction, slash.command))
        return [app_commands.Choice(name=shown, value=value) for shown, value in pairs]


def _subgroup(group: app_commands.Group, name: str) -> app_commands.Group:
    known = group.get_command(name)
    if isinstance(known, app_commands.Group):
        return known
    subgroup = app_commands.Group(name=name, description=COMMANDS[name].meaning[:100])
    group.add_command(subgroup)
    return subgroup
