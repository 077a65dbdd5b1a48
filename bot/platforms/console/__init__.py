"""The terminal as a chat platform: papers with numbers, votes and questions as typed lines."""

from bot.platforms.console._lines import LineReader, StdinLines
from bot.platforms.console._platform import ConsolePlatform

__all__ = ["ConsolePlatform", "LineReader", "StdinLines"]
