"""One bot in its rooms: processes that come and go, readers who vote, and the verdict on what is left."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.models import PostRole
from tests.loopback.faulty import ChatMessage, Fault
from tests.prove.child import ended, started
from tests.prove.orders import Orders, Touch
from tests.prove.rooms import Room, standing

_TABLES = ("posts", "digests", "digest_days", "candidates", "impressions", "topics_versions", "scores")
_PAPERS = 5  # what the sample's listing of that day has in the channel's categories


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens around the kill: `faults` of the rooms' posts, by number, and where a process was killed before."""

    name: str
    faults: Mapping[int, Fault] = field(default_factory=dict)
    killed_before: Touch | None = None


Vote = tuple[str, str, str, str]
"""Channel, paper, person, emoji."""


class Case:
    """A folder for the bots that come and go, and the rooms they are in."""

    def __init__(self, orders: Orders, rooms: Sequence[Room], scenario: Scenario) -> None:
        self._orders = orders
        self._rooms = rooms
        self._scenario = scenario
        self._votes: set[Vote] = set()
        self._pressed: dict[Vote, Room] = {}
        self._process: BaseProcess | None = None
        for room in rooms:
            room.on_stored = partial(self._stored, room)

    def _stored(self, room: Room, message: ChatMessage) -> None:
        """Readers vote the moment a message appears; what was to land late lands right behind its repetition."""
        if not message.subject:
            return
        papers = [m for m in room.messages() if m.subject]
        twins = [m for m in papers if m.key == message.key]
        different = len({m.key for m in papers})
        if len(twins) > 1:
            self._vote(room, message, "cleo", "🎉", missed=True)
        elif len(papers) == 1:
            self._vote(room, message, "ann", "👍", missed=False)
        elif different == 3:
            if person := room.press(message.message, "dora", "👍"):
                self._pressed[room.address.channel, message.subject, person, "👍"] = room
        elif different == _PAPERS:
            self._vote(room, message, "ben", "👎", missed=True)
        if len(twins) == 1 and room.is_late(message.key):
            room.land()

    def _vote(self, room: Room, message: ChatMessage, person: str, emoji: str, *, missed: bool) -> None:
        reader = room.react(message.message, person, emoji, missed=missed)
        self._votes.add((room.address.channel, message.subject, reader, emoji))

    def begin(self) -> None:
        """Bring the bot to where the scenario starts."""
        if self._scenario.killed_before:
            self.live(self._scenario.killed_before)
            for room in self._rooms:
                room.calm()
        for room in self._rooms:
            for number, fault in self._scenario.faults.items():
                room.fault(number, fault)

    def live(self, kill_at: Touch | None = None, trace: Path | None = None) -> int:
        """One process from its start to its end; its exit code."""
        for room in self._rooms:
            room.begin()
            if kill_at and kill_at[0] == "during" and room.can_kill(kill_at[1]):
                room.kill_during(kill_at[1], kill_at[2], self._kill)
        self._process = started(replace(self._orders, kill_at=kill_at, trace=trace))
        return ended(self._process)

    def _kill(self) -> None:
        if self._process is not None and self._process.pid is not None:
            os.kill(self._process.pid, signal.SIGKILL)

    def can_kill_during(self, what: str) -> bool:
        """Whether some room can kill the bot in the middle of such a call."""
        return any(room.can_kill(what) for room in self._rooms)

    def violations(self) -> Iterator[str]:
        """What is not as it must be, now that the bot has come to rest."""
        with closing(sqlite3.connect(self._orders.folder / "paperlark.db")) as db:
            for room in self._rooms:
                name = f"{room.address.platform}: " if len(self._rooms) > 1 else ""
                yield from (f"{name}{words}" for words in self._room_violations(room, db))
            yield from self._ledger_violations(db)

    def _room_violations(self, room: Room, db: sqlite3.Connection) -> Iterator[str]:
        there = standing(room)
        counts = Counter(message.key for message in there)
        papers = {message.key for message in there if message.role is PostRole.PAPER}
        if len(papers) != _PAPERS:
            yield f"{len(papers)} papers posted instead of {_PAPERS}"
        if doubled := [key for key, count in counts.items() if count > 1]:
            yield f"posted more than once: {doubled}"
        if len(counts) - len(papers) != 1:
            yield f"{len(counts) - len(papers)} headers"
        yield from room.violations()
        channel = room.address.channel
        query = "SELECT message, channel||'/'||digest||'/'||role||'/'||subject FROM posts WHERE state = 'sent' AND channel = ?"
        if dict(db.execute(query, [channel])) != {message.message: message.key for message in there}:
            yield "the ledger's messages are not those of the chat"
        query = "SELECT arxiv_id FROM impressions WHERE shown_at IS NOT NULL AND channel = ?"
        shown = {row[0] for row in db.execute(query, [channel])}
        if shown != {message.subject for message in there if message.subject}:
            yield "impressions are not what was shown"

    def _ledger_violations(self, db: sqlite3.Connection) -> Iterator[str]:
        if count := db.execute("SELECT count(*) FROM posts WHERE state != 'sent'").fetchone()[0]:
            yield f"{count} intents open"
        if count := db.execute("SELECT count(*) FROM digests WHERE completed_at IS NULL").fetchone()[0]:
            yield f"{count} digests not completed"
        votes = set(db.execute("SELECT channel, arxiv_id, person, emoji FROM current_votes"))
        # A press that nobody confirmed may have died with the process: its reader sees that, and presses again.
        told = {vote for vote, room in self._pressed.items() if room.was_told(vote[2])}
        wanted = self._votes | told
        if lost := sorted(wanted - votes):
            yield f"lost votes {lost}"
        if extra := sorted(votes - self._votes - set(self._pressed)):
            yield f"votes nobody gave {extra}"

    @property
    def pressed(self) -> tuple[int, int]:
        """How many vote buttons were pressed, and of how many the reader was told that it counted."""
        return len(self._pressed), sum(room.was_told(vote[2]) for vote, room in self._pressed.items())

    def state(self) -> tuple[object, ...]:
        """Everything that a restart with nothing to do must leave alone."""
        with closing(sqlite3.connect(self._orders.folder / "paperlark.db")) as db:
            tables = tuple(tuple(db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")) for table in _TABLES)
            votes = tuple(db.execute("SELECT channel, arxiv_id, person, emoji FROM current_votes ORDER BY 1, 2, 3, 4"))
        rooms = tuple((m.message, m.key, m.is_deleted) for room in self._rooms for m in room.messages())
        return (*tables, votes, rooms)


Rooms = Callable[[float], Sequence[Room]]
"""Makes the rooms of one case; the clock of their platforms is moved by so many seconds."""
