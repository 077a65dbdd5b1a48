"""Chat platforms by the name that settings use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.errors import SettingsError
from bot.ports import ChatPlatform

if TYPE_CHECKING:
    from bot.settings import Settings

PlatformFactory = Callable[["Settings", Clock], ChatPlatform]
"""Makes a platform from the settings, or raises SettingsError; it does not connect yet."""

_SLACKS = ("xoxb-", "xoxp-", "xapp-")


def _console(settings: Settings, clock: Clock) -> ChatPlatform:
    import sys

    from bot.platforms.console import ConsolePlatform

    transcript = settings.data_dir / "terminal.jsonl"
    return ConsolePlatform(clock, transcript=transcript, outlives_input=not sys.stdin.isatty())


def _slack(settings: Settings, clock: Clock) -> ChatPlatform:
    from bot.platforms.slack import SlackPlatform, wrong_kinds

    bot_token, app_token = settings.slack_bot_token, settings.slack_app_token
    if bot_token is None or app_token is None:
        tokens = {"SLACK_BOT_TOKEN": bot_token, "SLACK_APP_TOKEN": app_token}
        raise SettingsError(
            [
                f"{name} is not set: Slack needs both tokens (docs/slack.md)"
                for name, token in tokens.items()
                if not token
            ]
        )
    if mistakes := wrong_kinds(bot_token.get_secret_value(), app_token.get_secret_value()):
        raise SettingsError(mistakes)
    channel_ids = {key: channel.id for key, channel in settings.channels.items() if channel.platform == "slack"}
    return SlackPlatform(
        clock,
        bot_token=bot_token,
        app_token=app_token,
        api_url=settings.slack_api_url,
        settings=settings.slack,
        channel_ids=channel_ids,
    )


def _discord(settings: Settings, clock: Clock) -> ChatPlatform:
    from bot.platforms.discord import DiscordPlatform

    token = settings.discord_token
    if token is None or not token.get_secret_value():
        raise SettingsError(["DISCORD_TOKEN is not set: Discord needs the bot's token (docs/discord.md)"])
    if token.get_secret_value().startswith(_SLACKS):
        raise SettingsError(["DISCORD_TOKEN is a token of Slack; copy the bot's own (docs/discord.md)"])
    channel_ids = {key: channel.id for key, channel in settings.channels.items() if channel.platform == "discord"}
    return DiscordPlatform(
        clock, token=token, api_url=settings.discord_api_url, settings=settings.discord, channel_ids=channel_ids
    )


PLATFORMS: dict[str, PlatformFactory] = {"console": _console, "slack": _slack, "discord": _discord}
"""Every platform by its name in the settings; whoever adds one here, from wherever, needs nothing else."""

HAS_TOKENS: dict[str, Callable[[Settings], bool]] = {
    "slack": lambda settings: bool(settings.slack_bot_token or settings.slack_app_token),
    "discord": lambda settings: bool(settings.discord_token),
}
"""Whether a platform is to run before any channel is on it, because people may start channels there."""
