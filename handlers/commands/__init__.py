"""What readers ask for by button, command or plain line; blind to platforms."""

from handlers.commands.dispatch import answer
from handlers.commands.places import channel_at

__all__ = ["answer", "channel_at"]
