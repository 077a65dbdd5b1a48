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
    import sys

    from bot.platforms.console import ConsolePlatform

    transcript = settings.data_dir / "terminal.jsonl"
    return ConsolePlatform(clock, transcript=transcript, outlives_input=not sys.stdin.isatty())


PLATFORMS: Mapping[str, PlatformFactory] = MappingProxyType({"console": _console})
