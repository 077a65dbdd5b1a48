"""One bot in its rooms: processes that come and go, readers who vote and ask, and the verdict on what is left."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.loopback.faulty import ChatMessage, Fault
from tests.loopback.openai import LoopbackOpenAI
from tests.prove import lists, money
from tests.prove.acts import Waiter
from tests.prove.child import ended, started
from tests.prove.judging import Vote, ledger_violations, room_violations, vote_violations
from tests.prove.orders import MORNING, Orders, Touch
from tests.prove.rooms import PEOPLE, Room, standing
from tests.prove.taps import LLM_CALL

_TABLES = ("posts", "digests", "digest_days", "candidates", "impressions", "topics_versions", "scores", *lists.TABLES)
_VOTED = 5  # the number of papers at which the last vote is given
_QUESTION = "language models"
_ANSWERED = "says so"  # what the loopback LLM says of every paper


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is killed, and around what.

    `faults` of the rooms' posts, by number; `killed_before`, where a process was killed already. `role` is what the
    killed process does, `before` what processes did before it, `after` what they do once it is dead (default: the
    same). `acts` names what readers do during the role "act". In the end every room holds so many `papers` and
    `headers`.
    """

    name: str
    faults: Mapping[int, Fault] = field(default_factory=dict)
    killed_before: Touch | None = None
    role: str = "run"
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    acts: str = ""
    papers: int = 5
    headers: int = 1
    moment: datetime = MORNING


class Case:
    """A folder for the bots that come and go, and the rooms they are in."""

    def __init__(
        self, orders: Orders, rooms: Sequence[Room], scenario: Scenario, llm: LoopbackOpenAI | None = None
    ) -> None:
        self._orders = orders
        self._rooms = rooms
        self._scenario = scenario
        self._llm = llm
        self._votes: set[Vote] = set()
        self._pressed: dict[Vote, Room] = {}
        self._askers: dict[str, Room] = {}
        self._n_kills = 0
        self._process: BaseProcess | None = None
        for room in rooms:
            room.on_stored = partial(self._stored, room)
        lists.write(orders.lists)

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
            self._vote(room, message, "ann", "👍")
        elif different == 3:
            self._press(room, message, "dora", "👍")
        elif different == _VOTED:
            self._vote(room, message, "ben", "👎", missed=True)
        if len(twins) == 1 and room.is_late(message.key):
            room.land()

    def _vote(self, room: Room, message: ChatMessage, person: str, emoji: str, *, missed: bool = False) -> None:
        reader = room.react(message.message, person, emoji, missed=missed)
        self._votes.add((room.address.channel, message.subject, reader, emoji))

    def _press(self, room: Room, message: ChatMessage, person: str, emoji: str) -> None:
        if reader := room.press(message.message, person, emoji):
            self._pressed[room.address.channel, message.subject, reader, emoji] = room

    def begin(self) -> None:
        """Bring the bot to where the scenario starts."""
        for role in self._scenario.before:
            if code := self.live(role):
                raise RuntimeError(f"{role} ended with {code}")
        if self._scenario.killed_before:
            self.live(kill_at=self._scenario.killed_before)
            for room in self._rooms:
                room.calm()
        for room in self._rooms:
            for number, fault in self._scenario.faults.items():
                room.fault(number, fault)

    def live(self, role: str = "", kill_at: Touch | None = None, trace: Path | None = None) -> int:
        """One process from its start to its end; its exit code."""
        role = role or self._scenario.role
        self._n_kills += kill_at is not None
        for room in self._rooms:
            room.begin()
        if kill_at and kill_at[0] == "during":
            self._kill_during(*kill_at[1:])
        waiter = Waiter(self._orders, self._act, self._acting()) if role == "act" else None
        self._process = started(replace(self._orders, role=role, kill_at=kill_at, trace=trace))
        watching = waiter.watch(self._process) if waiter else None
        code = ended(self._process)
        if watching:
            watching.join()
        return code

    def _kill_during(self, what: str, number: int) -> None:
        for room in self._rooms:
            if room.can_kill(what):
                room.kill_during(what, number, self._kill)
        if self._llm is not None and what == LLM_CALL:
            self._llm.fault("lost", skip=number - 1, then=self._kill)

    def _kill(self) -> None:
        if self._process is not None and self._process.pid is not None:
            os.kill(self._process.pid, signal.SIGKILL)

    def can_kill_during(self, what: str) -> bool:
        """Whether somebody can kill the bot in the middle of such a call."""
        return any(room.can_kill(what) for room in self._rooms) or (self._llm is not None and what == LLM_CALL)

    def restart(self) -> Iterator[str]:
        """Let the bot come to rest; what goes wrong with that."""
        for role in self._scenario.after or (self._scenario.role,):
            if code := self.live(role):
                yield f"{role} ended with {code}"

    # What readers do

    def _act(self) -> None:
        for room in self._rooms:
            if self._scenario.acts == "ask":
                self._askers[room.ask(self._asker(), _QUESTION)] = room
            else:
                self._change_votes(room)

    def _asker(self) -> str:
        """Another one after every kill, so that an answer is known to be for whom."""
        return PEOPLE[-1 - self._n_kills]

    def _change_votes(self, room: Room) -> None:
        first, second, third, *_ = [message for message in standing(room) if message.subject]
        taken_back = room.unreact(first.message, "ann", "👍")
        self._votes.discard((room.address.channel, first.subject, taken_back, "👍"))
        self._vote(room, second, "ann", "🎉")
        self._vote(room, second, "cleo", "👎")
        self._press(room, third, "eve", "👎")

    def _acting(self) -> Callable[[], bool]:
        """Whether readers have seen all that comes of what they did."""
        begun: list[Callable[[], bool]] = []

        def is_over() -> bool:
            if not begun:
                begun.extend(room.settling() for room in self._rooms)
            return all(is_settled() for is_settled in begun) and not any(self._unanswered())

        return is_over

    def _unanswered(self) -> Iterator[str]:
        """Whoever asked the living, and was not answered in words."""
        for person, room in list(self._askers.items())[-len(self._rooms) :]:
            if not any(_ANSWERED in told for told in room.told(person)):
                yield f"{room.address.platform}: nobody answered a question"

    # The verdict

    def broken(self) -> Iterator[str]:
        """What must never be seen, not even right after a kill."""
        with self._database() as db:
            yield from lists.half(db)

    def violations(self) -> Iterator[str]:
        """What is not as it must be, now that the bot has come to rest."""
        with self._database() as db:
            for room in self._rooms:
                name = f"{room.address.platform}: " if len(self._rooms) > 1 else ""
                found = room_violations(room, db, self._scenario.papers, self._scenario.headers)
                yield from (f"{name}{words}" for words in found)
            yield from ledger_violations(db)
            yield from vote_violations(db, self._votes, self._pressed)
            yield from lists.half(db)
            if "import" in (self._scenario.role, *self._scenario.before):
                yield from lists.missing(db, [room.address.channel for room in self._rooms])
            if self._llm is not None:
                yield from money.violations(self._llm, db, self._orders.llm_tokens, self._n_kills)
        yield from self._unanswered()

    def _database(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._orders.folder / "paperlark.db"))

    def state(self) -> tuple[object, ...]:
        """Everything that a restart with nothing to do must leave alone."""
        with self._database() as db:
            tables = tuple(tuple(db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")) for table in _TABLES)
            votes = tuple(db.execute("SELECT channel, arxiv_id, person, emoji FROM current_votes ORDER BY 1, 2, 3, 4"))
        rooms = tuple((m.message, m.key, m.is_deleted) for room in self._rooms for m in room.messages())
        return (*tables, votes, rooms)


Rooms = Callable[[float], Sequence[Room]]
"""Makes the rooms of one case; the clock of their platforms is moved by so many seconds."""
