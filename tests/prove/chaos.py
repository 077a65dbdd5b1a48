"""Seeded mornings on which everything fails, in virtual time: the real handlers, resident and database; a faulty world.

Each seed lives through four listing days with two channels. Tuesday goes wrong in every way at once (in one of five
seeds Monday too); the others are calm. Then the chat's transcript must hold every relevant paper once, the database every
vote once, and every morning that arXiv or the scorer spoilt a header that says so.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import PaperlarkError
from handlers.morning.delivery import DeliveryPaused
from tests.prove.verdict import REASONS, violations
from tests.prove.virtual import VirtualLoop
from tests.prove.week import Week, current_life, is_end

_MEMORY = Path("/dev/shm")  # a database in memory's file system: these runs test order, not disks


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


class _Complaints(logging.Handler):
    """Collects logged exceptions that nobody raised on purpose."""

    def __init__(self, week: Week) -> None:
        super().__init__(logging.WARNING)
        self._week = week

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, (PaperlarkError, DeliveryPaused)) and not is_end(error):
            self._week.exceptions.append(f"logged {error!r} ({record.getMessage()})")


@contextmanager
def _watched(week: Week) -> Iterator[None]:
    handler = _Complaints(week)
    loggers = [logging.getLogger(name) for name in ("bot", "handlers", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.propagate = True


def _task(loop: asyncio.AbstractEventLoop, coro: Any, context: contextvars.Context | None = None) -> asyncio.Task[Any]:
    """Every task belongs to the life that made it."""
    task = asyncio.Task(coro, loop=loop, context=context)
    life = (context or contextvars.copy_context()).get(current_life)
    if life is not None:
        life.tasks.add(task)
    return task


def prove(seed: int) -> Result:
    """Live through one seed."""
    folder = Path(tempfile.mkdtemp(prefix="paperlark-chaos-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(seed)) as runner:
            return runner.run(_prove(seed, folder))
    finally:
        shutil.rmtree(folder)


async def _prove(seed: int, folder: Path) -> Result:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    week = Week(seed, loop, folder)
    loop.set_task_factory(_task)
    with _watched(week):
        await week.live()
        found = await violations(week)
    messages = list(week.chat.messages.values())
    headers = [m for m in messages if not m.subject]
    return Result(
        seed=seed,
        violations=tuple(found),
        kills=week.kills,
        posts=len(messages),
        healed=sum(message.is_deleted for message in messages),
        votes=sum(len(message.reactions) for message in messages),
        explained=sum(any(reason in m.text for reason in REASONS) for m in headers),
        met=dict(week.plan.met),
    )


def prove_all(seeds: Sequence[int], report: Callable[[Result], None], workers: int = 2) -> tuple[Result, ...]:
    """Every seed, in order, by as many processes as there are workers."""
    results = []
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for result in pool.map(prove, seeds):
            results.append(result)
            report(result)
    return tuple(results)
