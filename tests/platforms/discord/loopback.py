"""A bot connected to a Discord with real sockets, with settings of a test's choice."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.settings import DiscordSettings
from tests.platforms.harnesses import DiscordHarness, discord_harness


def connected(**settings: object) -> AbstractAsyncContextManager[DiscordHarness]:
    """The harness of the contract, with these settings."""
    return discord_harness(Path(), DiscordSettings.model_validate(settings))
