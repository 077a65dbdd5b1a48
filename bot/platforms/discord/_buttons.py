"""Buttons and menus that work however old their message is: what they carry says everything, so none is remembered."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.platforms.discord._conversation import Conversation
from bot.platforms.discord._custom_ids import ASK, DOWN, OF, PICK, START, UP


class PressedButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=rf"(?s:(?:{UP}|{DOWN}|{ASK}|{OF})\|.*|{START}(?:\|.*)?)",
):
    """A button of a post or an answer."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """See DynamicItem."""
        del interaction, match
        assert isinstance(item, discord.ui.Button)  # noqa: S101 - no other item has such an id
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """See Item."""
        await _conversation(interaction).pressed(interaction, self.custom_id)


class PickedPaper(
    discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]],
    template=rf"(?s:{PICK}(?:\|.*)?)",
):
    """A menu of the papers in an answer."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """See DynamicItem."""
        del interaction, match
        assert isinstance(item, discord.ui.Select)  # noqa: S101 - no other item has such an id
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """See Item."""
        arxiv_id = next(iter(self.item.values), "")
        label = next((option.label for option in self.item.options if option.value == arxiv_id), arxiv_id)
        await _conversation(interaction).picked(interaction, self.custom_id, arxiv_id, label)


ITEMS = (PressedButton, PickedPaper)


def _conversation(interaction: discord.Interaction[Any]) -> Conversation:
    """The conversation of the client that an interaction comes with."""
    conversation: Conversation = interaction.client.conversation
    return conversation
