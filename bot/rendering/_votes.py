"""Word what a voter is told."""

from __future__ import annotations

from bot.models import VoteOutcome
from bot.rendering._privacy import NOT_COUNTED


def vote_confirmation(outcome: VoteOutcome, emoji: str, title: str) -> str:
    """What a voter is told after pressing a button; "" for nothing."""
    words = {
        VoteOutcome.COUNTED: f"{emoji} counted for {title}. Press it again to take it back.",
        VoteOutcome.WITHDRAWN: f"Your {emoji} for {title} is taken back.",
        VoteOutcome.STANDING: f"Your {emoji} reaction to {title} counts already; remove the reaction to take it back.",
        VoteOutcome.OPTED_OUT: NOT_COUNTED,
        VoteOutcome.FOREIGN: "This message is not known to the bot any more: the vote was not counted.",
    }
    return words.get(outcome, "")
