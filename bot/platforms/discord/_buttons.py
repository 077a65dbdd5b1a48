"""Buttons and menus that work however old their message is: what they carry says everything, so none is remembered."""

from __future__ import annotations

import re
from typing import Any, Protocol, Self

import discord

from bot.platforms.discord._keys import ASK, DOWN, OF, PICK, START, UP


class Desk(Protocol):
    """Whoever deals with what is pressed and picked."""

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button was pressed."""
        ...

    async def picked(self, interaction: discord.Interaction[Any], custom_id: str, arxiv_id: str, label: str) -> None:
        """A paper was picked from a menu."""
        ...


class HasDesk(Protocol):
    """The client that an interaction comes with."""

    @property
    def desk(self) -> Desk:
        """Where what is pressed and picked goes."""
        ...


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
        client: HasDesk = interaction.client
        await client.desk.pressed(interaction, self.custom_id)


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
        client: HasDesk = interaction.client
        arxiv_id = next(iter(self.item.values), "")
        label = next((option.label for option in self.item.options if option.value == arxiv_id), arxiv_id)
        await client.desk.picked(interaction, self.custom_id, arxiv_id, label)


ITEMS = (PressedButton, PickedPaper)
