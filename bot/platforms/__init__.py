"""Chat platforms by the name that settings use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.ports import ChatPlatform

if TYPE_CHECKING:
    from bot.settings import Settings

PlatformFactory = Callable[["Settings", Clock], ChatPlatform]
"""Makes a platform from the settings; it does not connect yet."""


def _console(settings: Settings, clock: Clock) -> ChatPlatform:
    from bot.platforms.console import ConsolePlatform

    return ConsolePlatform(clock, transcript=settings.data_dir / "terminal.jsonl")


PLATFORMS: Mapping[str, PlatformFactory] = MappingProxyType({"console": _console})
