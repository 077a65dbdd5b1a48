"""Choose the channels a one-shot command is about: those of the settings, and those started in chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.app.wiring import opened
from bot.errors import UsageError
from bot.ports import ChatPlatform
from bot.settings import Settings
from handlers.environment import Environment
from handlers.roster import read_roster, with_every_channel


@asynccontextmanager
async def opened_for(
    settings: Settings,
    channels: Sequence[str],
    *,
    platforms: Mapping[str, ChatPlatform] | None = None,
    topics_optional: bool = False,
) -> AsyncIterator[tuple[Environment, tuple[str, ...]]]:
    """The environment with every channel there is, and the keys of those meant: the ones named, else all.

    Raises:
        UsageError: one is unknown, or there is none at all.
        SettingsError, StoreError, EmbedderError: it cannot be opened.
    """
    with opened(settings, platforms=platforms, topics_optional=topics_optional) as env:
        everywhere = with_every_channel(env, await read_roster(env))
        yield everywhere, chosen(everywhere.settings, channels)


def chosen(settings: Settings, channels: Sequence[str]) -> tuple[str, ...]:
    """The keys of the channels meant: those named, else all.

    Raises:
        UsageError: one is unknown, or there is none at all.
    """
    if not settings.channels:
        raise UsageError("there is no channel yet: name one in the settings, or invite the bot to one and start it")
    if unknown := [key for key in channels if key not in settings.channels]:
        there_are = ", ".join(settings.channels)
        raise UsageError(f"no channel {', '.join(unknown)} in the settings or started in chat; known: {there_are}")
    return tuple(channels) or tuple(settings.channels)


def the_one(keys: Sequence[str], purpose: str) -> str:
    """The only key of these.

    Raises:
        UsageError: there are several; `purpose` says in a few words why that will not do.
    """
    if len(keys) > 1:
        raise UsageError(f"{purpose}: choose one with --channel ({', '.join(keys)})")
    return keys[0]
