"""Slack as a place where readers are: slack-bolt in Socket Mode behind the chat port. One workspace per process."""

from bot.platforms.slack._platform import SlackPlatform
from bot.platforms.slack._tokens import wrong_kinds

__all__ = ["SlackPlatform", "wrong_kinds"]
