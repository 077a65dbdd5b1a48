"""Whole processes: SIGTERM in the middle of a morning, and the one-shot `digest` beside a running bot."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.faulty import Chat, ChatServer, Fault, true_now
from tests.prove.case import Case, Scenario
from tests.prove.child import ran, started
from tests.prove.orders import MORNING, Orders, shift_to
from tests.prove.rooms.faulty import FaultyRoom

MOST_S = 10.0
_LIMIT_S = 120.0
_SAMPLE = Path(__file__).parents[2] / "bot" / "sources" / "sample_papers.jsonl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case; `took_s` is how long the process took to end, where that matters."""

    name: str
    violations: tuple[str, ...]
    took_s: float | None = None

    def __str__(self) -> str:
        took = f" ({self.took_s:.2f} s)" if self.took_s is not None else ""
        return f"{self.name}: {'; '.join(self.violations) or 'as it must be'}{took}"


@contextmanager
def _world() -> Iterator[tuple[Case, ChatServer, Orders]]:
    shift_s = shift_to(MORNING, true_now())
    chat = Chat(lambda: true_now() + timedelta(seconds=shift_s))
    with tempfile.TemporaryDirectory(prefix="paperlark-processes-") as name, FaultyRoom(chat) as room:
        orders = Orders(Path(name), "", shift_s, rooms=(room.address,))
        yield Case(orders, [room], Scenario("processes")), room.server, orders


def _wait(until: Callable[[], bool], limit_s: float = _LIMIT_S) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + limit_s
    while not until():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _terminate(process: BaseProcess) -> tuple[float, int | None]:
    """Seconds from SIGTERM to the end, and the exit code."""
    assert process.pid is not None
    began = time.monotonic()
    os.kill(process.pid, signal.SIGTERM)
    process.join(_LIMIT_S)
    took_s = time.monotonic() - began
    if process.is_alive():
        process.kill()
    return took_s, process.exitcode


def terminated(name: str, messages: int, *, silent: bool = False) -> Outcome:
    """SIGTERM when that many messages stand: between two posts, or (`silent`) while a post waits for its answer."""
    with _world() as (case, server, orders):
        server.pause_s = 0.2
        if silent:
            server.faults["post", messages + 1] = Fault.SILENT
        process = started(replace(orders, role="stay", scale=1.0, timeout_s=30.0))
        calls = messages + 1 if silent else 0
        ready = _wait(lambda: len(server.chat.messages) >= messages and server.counts.get("post", 0) >= calls)
        took_s, code = _terminate(process)
        server.pause_s = 0.0
        return _judged(name, case, orders, ready=ready, took_s=took_s, code=code)


def terminated_while_arxiv_is_silent() -> Outcome:
    """SIGTERM while arXiv says nothing."""
    with _world() as (_, _, orders), LoopbackArxiv(_rows(), now=MORNING) as arxiv:
        arxiv.fault("silent", times=None)
        base = arxiv.api_url.removesuffix("/api/query")
        process = started(replace(orders, role="stay", scale=1.0, source="arxiv", arxiv_url=base))
        ready = _wait(lambda: bool(arxiv.journal.requests))
        took_s, code = _terminate(process)
    violations = [] if ready else ["arXiv was never asked"]
    return Outcome("SIGTERM while arXiv is silent", tuple(violations + _timely(took_s, code)), took_s)


def terminated_while_a_thread_hangs() -> Outcome:
    """SIGTERM while a worker thread computes and will not be back in time; a restart does its work again."""
    with _world() as (case, _, orders):
        process = started(replace(orders, role="stay", scale=1.0, stuck_s=60.0))
        ready = _wait((orders.folder / "stuck").exists)
        took_s, code = _terminate(process)
        return _judged("SIGTERM while a thread hangs", case, orders, ready=ready, took_s=took_s, code=code)


def _rows() -> list[dict[str, object]]:
    lines = _SAMPLE.read_text(encoding="utf-8").splitlines()
    return [{**row, "date": row["listing_day"]} for row in map(json.loads, filter(str.strip, lines))]


def _judged(name: str, case: Case, orders: Orders, *, ready: bool, took_s: float, code: int | None) -> Outcome:
    violations = [] if ready else ["the moment never came"]
    violations += _timely(took_s, code)
    if restart := ran(orders):
        violations.append(f"the restart ended with {restart}")
    return Outcome(name, (*violations, *case.violations()), took_s)


def _timely(took_s: float, code: int | None) -> list[str]:
    found = [] if took_s <= MOST_S else [f"took {took_s:.1f} s to stop"]
    # Before it listens to signals, SIGTERM ends it as it ends any process.
    return found if code in {0, -signal.SIGTERM} else [*found, f"ended with {code}"]


def beside(number: int) -> Outcome:
    """`run` and two `digest` start together, with lost answers, and no paper is posted twice."""
    faults = [{}, {("post", 2): Fault.BROKEN}, {("post", 3): Fault.LOST}, {("post", 1): Fault.BROKEN_STORED}]
    with _world() as (case, server, orders):
        server.pause_s = 0.02
        server.faults.update(faults[number % len(faults)])
        others = [started(replace(orders, role="digest")) for _ in range(2)]
        time.sleep(0.05 * number)
        code = ran(orders)
        for process in others:
            process.join(_LIMIT_S)
        violations = [f"run ended with {code}"] if code else []
        if restart := ran(orders):
            violations.append(f"the restart ended with {restart}")
        return Outcome(f"digest beside run, round {number + 1}", (*violations, *case.violations()))


def prove_all(report: Callable[[str], None], rounds: int = 12) -> tuple[Outcome, ...]:
    """Every case, reported one by one."""
    cases: list[Callable[[], Outcome]] = [
        lambda: terminated("SIGTERM while the database is made", 0),
        lambda: terminated("SIGTERM after the header", 1),
        lambda: terminated("SIGTERM after three posts", 3),
        lambda: terminated("SIGTERM while a post waits for its answer", 2, silent=True),
        terminated_while_arxiv_is_silent,
        terminated_while_a_thread_hangs,
        *(lambda n=n: beside(n) for n in range(rounds)),
    ]
    outcomes = []
    for run_case in cases:
        outcomes.append(run_case())
        report(str(outcomes[-1]))
    return tuple(outcomes)
