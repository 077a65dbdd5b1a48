"""Slack as a place where readers are: slack-bolt in Socket Mode behind the chat port. One workspace per process."""

from bot.platforms.slack._platform import SlackPlatform

__all__ = ["SlackPlatform"]
