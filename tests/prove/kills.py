"""Kill the process at every point where a morning touches the database or the chat, start it again, and look.

The judge is the chat's own transcript. A point is a write of the database (before its transaction begins, after it is
on disk), a step of the schema, or a call of the chat (before it is made, after it was answered, or during it: done, the
caller killed before the answer).
"""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.loopback.faulty import Chat, Fault, true_now
from tests.loopback.openai import LoopbackOpenAI, realistic_verdict
from tests.prove.case import Case, Rooms, Scenario
from tests.prove.orders import MORNING, Orders, Touch, shift_to, touches
from tests.prove.rooms import Room
from tests.prove.rooms.discord import DiscordRoom
from tests.prove.rooms.faulty import FaultyRoom
from tests.prove.rooms.slack import SlackRoom

_SEED = 5
_KILLED = -signal.SIGKILL
_TRIES = 10
_TRACES = 2  # what only one of several undisturbed runs passes is chance
_WEDNESDAY = MORNING + timedelta(days=1)
_PLANNED: Touch = ("before", "ledger.plan", 1)


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the bot is, and what happens to it there; `has_llm` if an LLM scores and answers."""

    name: str
    rooms: Rooms
    scenarios: tuple[Scenario, ...]
    has_llm: bool = False


def _scenarios(post: str) -> tuple[Scenario, ...]:
    return (
        Scenario("a first morning"),
        Scenario("recovery after a kill", killed_before=("during", post, 3)),
        Scenario("answers lost", {3: Fault.BROKEN, 5: Fault.LOST, 6: Fault.DELAYED}),
        Scenario("a post that lands late", {3: Fault.LATE}),
    )


def _faulty(shift_s: float) -> Sequence[Room]:
    shift = timedelta(seconds=shift_s)
    return [FaultyRoom(Chat(lambda: true_now() + shift))]


FAULTY = Proof("a faulty chat", _faulty, _scenarios("chat.post"))
SLACK = Proof("Slack", lambda shift_s: [SlackRoom(shift_s)], _scenarios("slack chat.postMessage"))
DISCORD = Proof("Discord", lambda shift_s: [DiscordRoom(shift_s)], _scenarios("discord create_message"))
BOTH = Proof(
    "Slack and Discord with an LLM",
    lambda shift_s: [SlackRoom(shift_s), DiscordRoom(shift_s)],
    (
        Scenario("a first morning"),
        Scenario("a question", role="act", acts="ask", before=("run",), after=("act",)),
        Scenario("votes", role="act", acts="vote", before=("run",), after=("run",)),
        Scenario("an import", role="import", before=("run",)),
        Scenario(
            "a backfill",
            role="backfill",
            before=("run",),
            after=("backfill", "run"),
            papers=17,
            headers=3,
            moment=_WEDNESDAY,
        ),
    ),
    has_llm=True,
)
PROOFS: Mapping[str, Proof] = {"kills": FAULTY, "kills-slack": SLACK, "kills-discord": DISCORD, "kills-both": BOTH}


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


def relevant(paper: dict[str, str]) -> dict[str, Any]:
    """A verdict that lets every paper be posted."""
    verdict = realistic_verdict(paper)
    return {**verdict, "relevance": max(2, verdict["relevance"])}


@contextmanager
def case(proof: Proof, scenario: Scenario) -> Iterator[tuple[Case, Path]]:
    """A fresh case, brought to where its scenario starts."""
    shift_s = shift_to(scenario.moment, true_now())
    with tempfile.TemporaryDirectory(prefix="paperlark-prove-") as name, ExitStack() as stack:
        rooms = [stack.enter_context(room) for room in proof.rooms(shift_s)]
        llm = stack.enter_context(LoopbackOpenAI(verdict=relevant)) if proof.has_llm else None
        orders = Orders(Path(name), "", shift_s, rooms=tuple(room.address for room in rooms))
        orders = replace(orders, llm_url=llm.base_url if llm else "")
        made = Case(orders, rooms, scenario, llm)
        made.begin()
        yield made, Path(name)


def points(proof: Proof, scenario: Scenario) -> tuple[Touch, ...]:
    """Every point that undisturbed runs of the scenario pass.

    Up to the plan all scenarios are alike, so only the first one has the points before it.
    """
    runs = [_trace(proof, scenario) for _ in range(_TRACES)]
    passed = tuple(point for point in runs[0] if all(point in run for run in runs))
    if scenario.role == "run" and scenario is not proof.scenarios[0] and _PLANNED in passed:
        passed = passed[passed.index(_PLANNED) :]
    return passed


def _trace(proof: Proof, scenario: Scenario) -> tuple[Touch, ...]:
    with case(proof, scenario) as (made, folder):
        trace = folder / "trace.json"
        if code := made.live(trace=trace):
            raise RuntimeError(f"the undisturbed run of {scenario.name!r} ended with {code}:\n{_log(folder)}")
        if found := list(made.violations()):
            raise RuntimeError(f"the undisturbed run of {scenario.name!r}: {found}\n{_log(folder)}")
        passed = touches(trace)
        during = [
            ("during", what, number)
            for moment, what, number in passed
            if moment == "before" and made.can_kill_during(what)
        ]
    return (*passed, *during)


def prove(proof: Proof, scenario: Scenario, point: Touch) -> Outcome:
    """Kill at one point, start again, look; start again, and nothing may change.

    Whether an event or a look comes first differs between runs, so a point may be missed; then it is tried again.
    """
    for _ in range(_TRIES):
        if (outcome := _try(proof, scenario, point)) is not None:
            return outcome
    return Outcome(scenario.name, point, (f"not passed in {_TRIES} runs",))


def _try(proof: Proof, scenario: Scenario, point: Touch) -> Outcome | None:
    """None if the run did not pass the point."""
    with case(proof, scenario) as (made, folder):
        if (code := made.live(kill_at=point)) == 0:
            return None
        violations = [] if code == _KILLED else [f"the bot ended with {code}"]
        violations += made.broken()
        violations += made.restart()
        violations += made.violations()
        before = made.state()
        violations += (f"the second time, {words}" for words in made.restart())
        if made.state() != before:
            violations.append("the second restart changed something")
        if violations:
            kept = Path(tempfile.mkdtemp(prefix="paperlark-violation-"))
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            violations.append(f"kept in {kept}")
    return Outcome(scenario.name, point, tuple(violations))


def sampled(points: Sequence[Touch], every: int, skip: int = 0) -> tuple[Touch, ...]:
    """One point of so many, in order: every so manieth after they were shuffled, always in the same way.

    With the first `skip` of the shuffled ones left out, others are chosen: 0 to `every` - 1 share all points out.
    """
    shuffled = random.Random(_SEED).sample(points, len(points))
    chosen = set(shuffled[skip::every])
    return tuple(point for point in points if point in chosen)


def prove_all(
    proof: Proof, report: Callable[[str], None], choose: Callable[[Sequence[Touch]], Iterable[Touch]] = list
) -> tuple[Outcome, ...]:
    """Every chosen point (default: all) of every scenario, reported one by one."""
    outcomes = []
    for scenario in proof.scenarios:
        for point in choose(points(proof, scenario)):
            outcome = prove(proof, scenario, point)
            report(str(outcome))
            outcomes.append(outcome)
    return tuple(outcomes)


def _log(folder: Path) -> str:
    return (folder / "log.txt").read_text()[-3000:]
