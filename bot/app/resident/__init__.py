"""Run the bot that stays: it listens, posts when it is time, and puts right what an interruption left."""

from bot.app.resident._resident import Resident, leave_soon

__all__ = ["Resident", "leave_soon"]
