"""Kill the process at every point where a morning touches the database or the chat, start it again, and look.

The judge is the chat's own transcript. A point is a write of the database (before its transaction begins, after it is
on disk), a step of the schema, or a call of the chat (before it is made, after it was answered, or during it: stored,
the caller killed before the answer).
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bot.models import PostRole
from tests.loopback.faulty import Chat, ChatMessage, ChatServer, Fault, true_now
from tests.prove.child import MORNING, Orders, Touch, ran, shift_to, touches

_KILLED = -signal.SIGKILL
_CALLS = ("chat.post", "chat.find", "chat.recent", "chat.delete")
_TABLES = (
    "posts",
    "digests",
    "digest_days",
    "candidates",
    "impressions",
    "feedback_events",
    "topics_versions",
    "scores",
)
_TRIES = 10
_PLANNED: Touch = ("before", "ledger.plan", 1)
_PAPERS = 5  # what the sample's listing of that day has in the channel's categories


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens around the kill: `faults` of the chat's calls, and where an earlier process was killed already."""

    name: str
    faults: Mapping[tuple[str, int], Fault]
    killed_before: Touch | None = None


SCENARIOS = (
    Scenario("a first morning", {}),
    Scenario("recovery after a kill", {}, killed_before=("during", "chat.post", 3)),
    Scenario("answers lost", {("post", 3): Fault.BROKEN, ("post", 5): Fault.LOST, ("post", 6): Fault.DELAYED}),
    Scenario("a post that lands late", {("post", 3): Fault.LATE}),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case; no `violations` is what must be."""

    scenario: str
    point: Touch
    violations: tuple[str, ...]

    def __str__(self) -> str:
        moment, what, number = self.point
        verdict = "; ".join(self.violations) or "once each, votes counted, ledger complete, second restart idle"
        return f"{self.scenario:24} {moment:7} {what} #{number}: {verdict}"


class Case:
    """One chat with its readers, and one folder for the bots that come and go."""

    def __init__(self, folder: Path, server: ChatServer, scenario: Scenario) -> None:
        self._server = server
        self._chat = server.chat
        self._scenario = scenario
        self._votes: set[tuple[str, str, str]] = set()
        self._orders = Orders(folder, server.url, shift_to(MORNING, true_now()))
        self._chat.on_stored = self._stored

    def _stored(self, message: ChatMessage) -> None:
        """Readers vote the moment a message appears; what was to land late lands right behind its repetition."""
        if not message.subject:
            return
        papers = [m for m in self._chat.messages.values() if m.subject]
        twins = [m for m in papers if m.key == message.key]
        if len(twins) > 1:
            self._vote(message, "cleo", "🎉", missed=True)
        elif len(papers) == 1:
            self._vote(message, "ann", "👍", missed=False)
        elif len({m.key for m in papers}) == _PAPERS:
            self._vote(message, "ben", "👎", missed=True)
        if len(twins) == 1 and any(late["key"] == message.key for late in self._chat.postponed):
            self._chat.land(message.key)

    def _vote(self, message: ChatMessage, person: str, emoji: str, *, missed: bool) -> None:
        self._votes.add((message.subject, person, emoji))
        self._chat.react(message.message, person, emoji, added=True, missed=missed)

    def begin(self) -> None:
        """Bring the bot to where the scenario starts."""
        if self._scenario.killed_before:
            self.live(self._scenario.killed_before)
            self._server.faults.clear()
        self._server.faults.update(self._scenario.faults)

    def live(self, kill_at: Touch | None = None, trace: Path | None = None) -> int:
        """One process from its start to its end; its exit code."""
        self._server.reset_counts()
        orders = replace(self._orders, kill_at=kill_at, trace=trace)
        if kill_at and kill_at[0] == "during":
            self._server.faults[kill_at[1].removeprefix("chat."), kill_at[2]] = Fault.KILLS_CALLER
        return ran(orders)

    def violations(self) -> Iterator[str]:
        """What is not as it must be, now that the bot has come to rest."""
        standing = Counter(message.key for message in self._chat.standing())
        papers = {message.key for message in self._chat.standing() if message.role is PostRole.PAPER}
        if len(papers) != _PAPERS:
            yield f"{len(papers)} papers posted instead of {_PAPERS}"
        if doubled := [key for key, count in standing.items() if count > 1]:
            yield f"posted more than once: {doubled}"
        if len(standing) - len(papers) != 1:
            yield f"{len(standing) - len(papers)} headers"
        if repeated := self._chat.repeated():
            yield f"sent again although it had been stored: {repeated}"
        if self._chat.owed:
            yield f"{len(self._chat.owed)} events not acknowledged"
        with closing(sqlite3.connect(self._orders.folder / "paperlark.db")) as db:
            yield from self._ledger_violations(db)

    def _ledger_violations(self, db: sqlite3.Connection) -> Iterator[str]:
        sent = dict(
            db.execute("SELECT message, channel||'/'||digest||'/'||role||'/'||subject FROM posts WHERE state = 'sent'")
        )
        if sent != {message.message: message.key for message in self._chat.standing()}:
            yield "the ledger's messages are not those of the chat"
        if count := db.execute("SELECT count(*) FROM posts WHERE state != 'sent'").fetchone()[0]:
            yield f"{count} intents open"
        if count := db.execute("SELECT count(*) FROM digests WHERE completed_at IS NULL").fetchone()[0]:
            yield f"{count} digests not completed"
        shown = {row[0] for row in db.execute("SELECT arxiv_id FROM impressions WHERE shown_at IS NOT NULL")}
        if shown != {message.subject for message in self._chat.standing() if message.subject}:
            yield "impressions are not what was shown"
        votes = sorted(db.execute("SELECT arxiv_id, person, emoji FROM current_votes"))
        if votes != sorted(self._votes):
            yield f"votes are {votes} instead of {sorted(self._votes)}"

    def state(self) -> tuple[object, ...]:
        """Everything that a restart with nothing to do must leave alone."""
        with closing(sqlite3.connect(self._orders.folder / "paperlark.db")) as db:
            tables = tuple(tuple(db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")) for table in _TABLES)
        chat = tuple((m.message, m.key, m.is_deleted) for m in self._chat.messages.values())
        return (*tables, chat)


@contextmanager
def case(scenario: Scenario) -> Iterator[tuple[Case, Path]]:
    """A fresh case, brought to where its scenario starts."""
    shift = timedelta(seconds=shift_to(MORNING, true_now()))
    with (
        tempfile.TemporaryDirectory(prefix="paperlark-prove-") as name,
        ChatServer(Chat(lambda: true_now() + shift)) as server,
    ):
        made = Case(Path(name), server, scenario)
        made.begin()
        yield made, Path(name)


def points(scenario: Scenario) -> tuple[Touch, ...]:
    """Every point that an undisturbed run of the scenario passes.

    Up to the plan all scenarios are alike, so only the first one has the points before it.
    """
    with case(scenario) as (made, folder):
        trace = folder / "trace.json"
        if code := made.live(trace=trace):
            raise RuntimeError(f"the undisturbed run of {scenario.name!r} ended with {code}:\n{_log(folder)}")
        if found := list(made.violations()):
            raise RuntimeError(f"the undisturbed run of {scenario.name!r}: {found}\n{_log(folder)}")
        passed = touches(trace)
    if scenario is not SCENARIOS[0] and _PLANNED in passed:
        passed = passed[passed.index(_PLANNED) :]
    during = [("during", what, number) for moment, what, number in passed if moment == "before" and what in _CALLS]
    return (*passed, *during)


def prove(scenario: Scenario, point: Touch) -> Outcome:
    """Kill at one point, start again, look; start again, and nothing may change.

    Whether an event or a look comes first differs between runs, so a point may be missed; then it is tried again.
    """
    for _ in range(_TRIES):
        if (outcome := _try(scenario, point)) is not None:
            return outcome
    return Outcome(scenario.name, point, (f"not passed in {_TRIES} runs",))


def _try(scenario: Scenario, point: Touch) -> Outcome | None:
    """None if the run did not pass the point."""
    with case(scenario) as (made, folder):
        if (code := made.live(point)) == 0:
            return None
        violations = [] if code == _KILLED else [f"the bot ended with {code}"]
        if code := made.live():
            violations.append(f"the restart ended with {code}")
        violations += made.violations()
        before = made.state()
        if code := made.live():
            violations.append(f"the second restart ended with {code}")
        if made.state() != before:
            violations.append("the second restart changed something")
        if violations:
            kept = Path(tempfile.mkdtemp(prefix="paperlark-violation-"))
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            violations.append(f"kept in {kept}")
    return Outcome(scenario.name, point, tuple(violations))


def prove_all(
    report: Callable[[str], None], choose: Callable[[Sequence[Touch]], Iterable[Touch]] = list
) -> tuple[Outcome, ...]:
    """Every chosen point (default: all) of every scenario, reported one by one."""
    outcomes = []
    for scenario in SCENARIOS:
        for point in choose(points(scenario)):
            outcome = prove(scenario, point)
            report(str(outcome))
            outcomes.append(outcome)
    return tuple(outcomes)


def _log(folder: Path) -> str:
    return (folder / "log.txt").read_text()[-3000:]
