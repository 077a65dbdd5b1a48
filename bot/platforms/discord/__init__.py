"""Discord as a place where readers are: discord.py behind the chat port. Any number of guilds per process."""

from bot.platforms.discord._platform import DiscordPlatform

__all__ = ["DiscordPlatform"]
