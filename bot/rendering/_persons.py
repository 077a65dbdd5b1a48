"""Word what one person alone is told: a voter, and who wants to be forgotten."""

from __future__ import annotations

from datetime import date

from bot.models import Holdings, VoteOutcome
from bot.rendering._words import long_date
from bot.text import counted

NOT_COUNTED = "Not counted: you asked me to forget you. To be counted again, write: remember me"


def holdings_line(held: Holdings, whom: str = "you") -> str:
    """What is stored of somebody, in one sentence."""
    if held.is_empty:
        return f"Nothing is stored of {whom} now."
    saved = f" ({held.saved:,} on the list of saved papers)" if held.saved else ""
    parts = [f"{counted(held.votes, 'vote')}{saved}"]
    if held.events > held.votes:
        parts.append(f"{held.events - held.votes:,} older ones taken back or given again")
    if held.rules:
        parts.append(f"{held.rules:,} of the follows and mutes")
    return f"Stored of {whom}: {'; '.join(parts)}."


def forgotten_line(held: Holdings) -> str:
    """What was deleted of somebody, in one sentence."""
    if held.is_empty:
        return "There was nothing stored; nothing will be."
    rules = f", {held.rules:,} follows and mutes" if held.rules else ""
    votes = counted(held.votes, "vote") + (f", {held.saved:,} of them saved papers" if held.saved else "")
    return f"Deleted: {votes}{rules}. Nothing new is stored."


def backups_line(gone_by: date | None, whom: str = "you") -> str:
    """By when no nightly backup holds somebody any more; None where none are made."""
    if gone_by is None:
        return "I make no backups; copies made by hand are for whoever runs me to delete."
    return (
        f"The last nightly backup that may hold {whom} is gone by {long_date(gone_by)}; copies made by hand are for "
        "whoever runs me to delete."
    )


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
