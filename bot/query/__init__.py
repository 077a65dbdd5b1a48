"""Read what a typed line means: a question to the archive, or a command. Pure."""

from bot.query.commands import COMMANDS, parse_line
from bot.query.question import parse_date, parse_question

__all__ = ["COMMANDS", "parse_date", "parse_line", "parse_question"]
