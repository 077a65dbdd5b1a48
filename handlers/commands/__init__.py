"""What readers ask for by button, command or plain line; blind to platforms."""

from handlers.commands.channel import channel_at, channel_for
from handlers.commands.dispatch import answer, is_vote
from handlers.commands.permissions import who_manages

__all__ = ["answer", "channel_at", "channel_for", "is_vote", "who_manages"]
