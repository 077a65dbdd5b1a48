"""Whether rooms, ledger and votes are as they must be when the bot has come to rest; the rooms are believed first."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from bot.models import PostRole
from tests.prove.rooms import Room, standing

Vote = tuple[str, str, str, str]
"""Channel, paper, person, emoji."""


def room_violations(room: Room, db: sqlite3.Connection, papers: int, headers: int | None) -> Iterator[str]:
    """What is wrong in a room that should hold so many papers, and so many other messages (None: any number)."""
    there = standing(room)
    counts = Counter(message.key for message in there)
    shown = {message.subject for message in there if message.role is PostRole.PAPER}
    if len(shown) != papers:
        yield f"{len(shown)} papers posted instead of {papers}"
    if doubled := [key for key, count in counts.items() if count > 1]:
        yield f"posted more than once: {doubled}"
    if doubled := _doubled(message.subject for message in there if message.role is PostRole.PAPER):
        yield f"papers in two digests: {doubled}"
    others = sum(message.role is not PostRole.PAPER for message in there)
    if headers is not None and others != headers:
        yield f"{others} headers instead of {headers}"
    yield from room.violations()
    channel = room.address.channel
    query = (
        "SELECT message, channel||'/'||digest||'/'||role||'/'||subject FROM posts WHERE state = 'sent' AND channel = ?"
    )
    if dict(db.execute(query, [channel])) != {message.message: message.key for message in there}:
        yield "the ledger's messages are not those of the chat"
    query = "SELECT arxiv_id FROM impressions WHERE shown_at IS NOT NULL AND channel = ?"
    if {row[0] for row in db.execute(query, [channel])} != shown:
        yield "impressions are not what was shown"


def _doubled(values: Iterator[str]) -> list[str]:
    return sorted(value for value, count in Counter(values).items() if count > 1)


def ledger_violations(db: sqlite3.Connection) -> Iterator[str]:
    """What the ledger has left open."""
    if count := db.execute("SELECT count(*) FROM posts WHERE state != 'sent'").fetchone()[0]:
        yield f"{count} intents open"
    if count := db.execute("SELECT count(*) FROM digests WHERE completed_at IS NULL").fetchone()[0]:
        yield f"{count} digests not completed"


def vote_violations(db: sqlite3.Connection, given: Collection[Vote], pressed: Mapping[Vote, Room]) -> Iterator[str]:
    """Votes that are lost, and votes that nobody gave.

    A press that nobody confirmed may have died with the process: its reader sees that, and presses again.
    """
    votes = set(db.execute("SELECT channel, arxiv_id, person, emoji FROM current_votes"))
    told = {vote for vote, room in pressed.items() if any("counted" in one for one in room.told(vote[2]))}
    if lost := sorted((set(given) | told) - votes):
        yield f"lost votes {lost}"
    if extra := sorted(votes - set(given) - set(pressed)):
        yield f"votes nobody gave {extra}"
