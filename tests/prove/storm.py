"""Seeded mornings in a storm: the whole bot with the real SDKs on Slack and Discord at once, arXiv and an LLM beside it.

Everything that talks to the bot fails as the seed says, while processes are killed and started again; then it is calm,
and rooms, ledger, votes and the LLM's bill must be as if nothing had happened. A seed fixes what goes wrong and when;
what the bot does in the same moment is up to real sockets and real time.
"""

from __future__ import annotations

import heapq
import json
import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.faulty import ChatMessage, Fault, true_now
from tests.loopback.openai import LoopbackOpenAI
from tests.prove import money
from tests.prove.child import ended, started
from tests.prove.judging import Vote, ledger_violations, room_violations, vote_violations
from tests.prove.kills import relevant
from tests.prove.orders import MORNING, Orders, shift_to
from tests.prove.rooms import PEOPLE, Room, standing
from tests.prove.rooms.discord import DiscordRoom
from tests.prove.rooms.slack import SlackRoom
from tests.prove.verdict import REASONS

_PAPERS = 5
STORM_S = 4.0
_LIVES = 6
_ENDS = {0, -signal.SIGKILL, -signal.SIGTERM}
_EMOJI = ("👍", "👎", "🎉")
_POSTS = tuple(fault for fault in Fault if fault not in {Fault.REFUSED, Fault.KILLS_CALLER})
_OF_ARXIV = ("503", "429", "malformed", "empty", "html", "cut", "truncated", "dropped", "silent")
_OF_LLM = (
    "rate_limit", "server_error", "overloaded", "html", "html_200", "bad_json", "empty", "hang", "drop", "lost",
    "content_filter", "refusal", "silence", "no_choices", "quota", "unauthorized",
)  # fmt: skip
_SAMPLE = Path(__file__).parents[2] / "bot" / "sources" / "sample_papers.jsonl"


@dataclass(frozen=True, slots=True)
class Result:
    """What one seed came to."""

    seed: int
    violations: tuple[str, ...]
    kills: int
    posts: int
    healed: int
    votes: int
    explained: int
    met: Mapping[str, int]


class Storm:
    """One seed's world while it lasts."""

    def __init__(self, seed: int, folder: Path, stack: ExitStack, length_s: float) -> None:
        self._rng = random.Random(seed)
        self._length_s = length_s
        self._lock = threading.Lock()
        shift_s = shift_to(MORNING, true_now())
        self.rooms: Sequence[Room] = [stack.enter_context(room) for room in (SlackRoom(shift_s), DiscordRoom(shift_s))]
        self.llm = stack.enter_context(LoopbackOpenAI(verdict=relevant))
        self.arxiv = stack.enter_context(LoopbackArxiv(_rows(), now=MORNING, held=0.0))
        self.met: Counter[str] = Counter()
        self.kills = 0
        self.given: set[Vote] = set()
        self.pressed: dict[Vote, Room] = {}
        self._presses: set[tuple[str, str]] = set()
        self._is_stormy = True
        addresses = tuple(room.address for room in self.rooms)
        self.orders = Orders(
            folder, "", shift_s, rooms=addresses, llm_url=self.llm.base_url, source="arxiv",
            arxiv_url=self.arxiv.api_url.removesuffix("/api/query"),
            llm_tokens=self._rng.choice([200_000, 200_000, 200_000, 4_000]),
        )  # fmt: skip
        for room in self.rooms:
            room.on_stored = partial(self._tempt, room)

    def brew(self) -> None:
        """Decide what goes wrong with arXiv, the LLM and the posts."""
        rng = self._rng
        if rng.random() < 0.4:
            kind = rng.choice(_OF_ARXIV)
            times = rng.choice([1, 2, 5, None])
            self.arxiv.fault(kind, times=times)
        for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
            self.llm.fault(rng.choice(_OF_LLM), times=rng.choice([1, 1, 2, None]))
        for room in self.rooms:
            rate = rng.choice([0.0, 0.1, 0.3, 0.6])
            for number in range(1, 20):
                if rng.random() < rate:
                    room.fault(number, rng.choice(_POSTS))

    def blow(self) -> None:
        """Live through it: processes come and go until its end, or one comes to rest by itself."""
        began = time.monotonic()
        events = list(self._events())
        heapq.heapify(events)
        kills = [self._rng.uniform(0.05, 2.0) for _ in range(self._rng.choice([0, 1, 1, 2, 3]))]
        signals = [self._rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]) for _ in kills]
        for life in range(_LIVES):
            process = started(self.orders)
            ends_at = time.monotonic() + kills[life] if life < len(kills) else began + 3 * self._length_s
            while process.is_alive() and time.monotonic() < ends_at:
                while events and time.monotonic() - began >= events[0][0]:
                    heapq.heappop(events)[2]()
                process.join(0.01)
            if process.is_alive() and process.pid is not None:
                self.kills += 1
                os.kill(process.pid, signals[life] if life < len(kills) else signal.SIGKILL)
            if (code := ended(process, 20)) not in _ENDS:
                self.met[f"ended with {code}"] += 1
            if life >= len(kills) and time.monotonic() - began > self._length_s:
                break

    def _events(self) -> Iterator[tuple[float, int, Callable[[], None]]]:
        """What happens when, in seconds from the beginning."""
        rng = self._rng
        number = 0
        for room in self.rooms:
            for _ in range(rng.choice([0, 1, 2, 4])):
                number += 1
                yield rng.uniform(0, self._length_s), number, partial(self._trouble, room)
            for _ in range(rng.choice([0, 3, 6])):
                number += 1
                yield rng.uniform(0.3, self._length_s), number, partial(self._vote, room)
            for _ in range(3):
                number += 1
                yield rng.uniform(0.3, self._length_s), number, room.land

    def _trouble(self, room: Room) -> None:
        if broken := room.trouble(self._rng):
            self.met[f"{room.address.platform}: {broken}"] += 1

    def calm(self) -> None:
        """From now on all goes well, and what is late lands."""
        self._is_stormy = False
        self.arxiv._faults.clear()
        self.llm.faults.clear()
        for room in self.rooms:
            room.calm()
            room.land()

    def _tempt(self, room: Room, message: ChatMessage) -> None:
        """Some readers are faster than the answer to the bot."""
        if message.subject and self._is_stormy and self._rng.random() < 0.4:
            self._react(room, message)

    def _vote(self, room: Room) -> None:
        papers = [message for message in standing(room) if message.subject]
        single = [one for one in papers if sum(other.key == one.key for other in papers) == 1]
        if not single:
            return
        message = self._rng.choice(single)
        person = self._rng.choice(PEOPLE)
        if self._rng.random() < 0.3 and (room.address.platform, person) not in self._presses:
            self._presses.add((room.address.platform, person))  # a second press takes the first one back
            if reader := room.press(message.message, person, "👍"):
                self.pressed[room.address.channel, message.subject, reader, "👍"] = room
        else:
            self._react(room, message)

    def _react(self, room: Room, message: ChatMessage) -> None:
        """Give a vote, or take one back."""
        with self._lock:
            person, emoji = self._rng.choice(PEOPLE), self._rng.choice(_EMOJI)
            channel, missed = room.address.channel, self._rng.random() < 0.3
            names = {(one[1], one[3]) for one in self.given if one[0] == channel}
            if (message.subject, emoji) in names and self._rng.random() < 0.5:
                reader = room.unreact(message.message, person, emoji)
                self.given.discard((channel, message.subject, reader, emoji))
            else:
                reader = room.react(message.message, person, emoji, missed=missed)
                self.given.add((channel, message.subject, reader, emoji))

    def violations(self) -> Iterator[str]:
        """What is not as it must be, now that the bot has come to rest."""
        with closing(sqlite3.connect(self.orders.folder / "paperlark.db")) as db:
            for room in self.rooms:
                found = [*room_violations(room, db, _PAPERS, None), *_unexplained(room)]
                yield from (f"{room.address.platform}: {words}" for words in found)
            yield from ledger_violations(db)
            yield from vote_violations(db, self.given, self.pressed)
            # Every failure may make the bot ask again, so that only the bill is looked at.
            yield from money.violations(self.llm, db, self.orders.llm_tokens, n_kills=1000)

    def all_met(self) -> Mapping[str, int]:
        """What really went wrong, by the servers' own journals."""
        met = self.met + Counter(f"arXiv: {seen.fault}" for seen in self.arxiv.journal.requests if seen.fault)
        met += Counter(f"LLM: {seen.fault}" for seen in self.llm.journal if seen.fault)
        for room in self.rooms:
            met += Counter(f"{room.address.platform}: {fault}" for fault in room.struck())
        return met

    def state(self) -> tuple[object, ...]:
        """What a restart with nothing to do must leave alone."""
        return tuple((m.message, m.key, m.is_deleted) for room in self.rooms for m in room.messages())


def _unexplained(room: Room) -> Iterator[str]:
    """Headers without papers that give no reason, and late papers that do not say so."""
    there = standing(room)
    headers = [message for message in there if not message.subject]
    digests = Counter(message.key.split("/")[1] for message in there if message.subject)
    quiet = [header for header in headers if not digests[header.key.split("/")[1]]]
    for header in quiet:
        if not any(reason in header.text for reason in (*REASONS, "threshold")):
            yield f"a header without papers and reason: {header.text!r}"
    if quiet and any(digests[header.key.split("/")[1]] and "Late" not in header.text for header in headers):
        yield "late papers do not say that they are late"


def prove(seed: int, length_s: float = STORM_S) -> Result:
    """Live through one seed; processes come and go for so many seconds at least."""
    with tempfile.TemporaryDirectory(prefix="paperlark-storm-") as name, ExitStack() as stack:
        storm = Storm(seed, Path(name), stack, length_s)
        storm.brew()
        storm.blow()
        storm.calm()
        found = [f"the calm ended with {code}" for _ in range(2) if (code := ended(started(storm.orders)))]
        found += storm.violations()
        before = storm.state()
        found += [f"the restart ended with {code}" for _ in range(1) if (code := ended(started(storm.orders)))]
        if storm.state() != before:
            found.append("the restart changed something")
        if found:
            kept = Path(tempfile.mkdtemp(prefix=f"paperlark-storm-violation-{seed}-"))
            for file in ("log.txt", "stderr.txt", "paperlark.db"):
                (kept / file).write_bytes((Path(name) / file).read_bytes())
            found.append(f"kept in {kept}")
        messages = [message for room in storm.rooms for message in room.messages()]
        reasons = [message for message in messages if not message.subject and any(r in message.text for r in REASONS)]
        return Result(
            seed=seed,
            violations=tuple(found),
            kills=storm.kills,
            posts=len(messages),
            healed=sum(message.is_deleted for message in messages),
            votes=len(storm.given) + len(storm.pressed),
            explained=len(reasons),
            met=dict(storm.all_met()),
        )


def _rows() -> list[dict[str, Any]]:
    rows = map(json.loads, filter(str.strip, _SAMPLE.read_text(encoding="utf-8").splitlines()))
    return [{**row, "date": row["listing_day"]} for row in rows]


def prove_all(seeds: Sequence[int], report: Callable[[Result], None], workers: int = 2) -> tuple[Result, ...]:
    """Every seed, so many at a time."""
    results = []
    with ThreadPoolExecutor(workers) as pool:
        for result in pool.map(prove, seeds):
            results.append(result)
            report(result)
    return tuple(results)
