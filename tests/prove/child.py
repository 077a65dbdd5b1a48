"""What runs in a process that will be killed: the real bot, on a chat that outlives it.

The processes are forked from a server that has everything imported and the word vectors loaded, so that each costs
little; `processes()` makes that server. Nothing is open in it when it forks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from bot.app import wiring
from bot.app.by_hand import make_digests
from bot.app.resident import Resident, leave_soon
from bot.app.wiring import opened
from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.models import MessageRef, Post, PostKey, RecentMessage
from bot.settings import ArxivSettings, ChannelSettings, ScorerName, Settings, TimingSettings
from bot.store.schema import migrations
from handlers.edition import score_ahead
from handlers.listing import ingest_due
from handlers.topics import take_up_topics
from tests.loopback.faulty import FaultyPlatform, HttpWire, Wire

CHANNEL = "terminal"
MORNING = datetime.fromisoformat("2025-05-06T09:00:20+00:00")
TOPICS = Path(__file__).parents[2] / "prompts" / "topics.example.md"

# Loaded before the first fork, so that children need not.
_EMBEDDER = EMBEDDERS["wordllama"](EmbedderOptions())
_EMBEDDER.embed(["warm"])

Touch = tuple[str, str, int]
"""A point of a run: "before" | "during" | "after", what is touched, and for the how-manieth time (1-based)."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a child is to do.

    With `stuck_s` a worker thread that embeds does not come back for that long.

    `kill_at` is where it kills itself; `trace` is the file that receives every point it passed. `shift_s` moves its
    clock. `role` is "prepare" (ingest and score, post nothing), "run" (the resident bot until nothing is left to do),
    "stay" (the resident bot until a signal) or "digest" (the one-shot command).
    """

    folder: Path
    url: str
    shift_s: float
    role: str = "run"
    kill_at: Touch | None = None
    trace: Path | None = None
    papers: int = 4
    more: int = 2
    scale: float = 0.02
    timeout_s: float = 0.4
    source: str = "sample"
    arxiv_url: str = ""
    stuck_s: float = 0.0


@dataclass(slots=True)
class Tap:
    """Counts the points a run passes, and kills the process at one of them."""

    kill_at: Touch | None
    passed: list[Touch] = field(default_factory=list)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __call__(self, moment: str, what: str) -> None:
        self._counts[moment, what] += 1
        touch = (moment, what, self._counts[moment, what])
        if touch == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(touch)


class TappedPlatform(FaultyPlatform):
    """The faulty platform with a point before and after each call that does something."""

    def __init__(self, wire: Wire, tap: Callable[[str, str], None]) -> None:
        super().__init__(wire)
        self._tap = tap

    async def post(self, place: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        self._tap("before", "chat.post")
        ref = await super().post(place, post, key, thread)
        self._tap("after", "chat.post")
        return ref

    async def find(
        self, place: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        self._tap("before", "chat.find")
        found = await super().find(place, key, since, thread)
        self._tap("after", "chat.find")
        return found

    async def recent(self, place: str, since: datetime) -> tuple[RecentMessage, ...]:
        self._tap("before", "chat.recent")
        messages = await super().recent(place, since)
        self._tap("after", "chat.recent")
        return messages

    async def delete(self, ref: MessageRef) -> None:
        self._tap("before", "chat.delete")
        await super().delete(ref)
        self._tap("after", "chat.delete")


def settings_for(orders: Orders) -> Settings:
    """Settings of a bot with one channel, whose waits are scaled."""
    channel = ChannelSettings(
        topics=TOPICS, categories=("cs.CL", "cs.LG"), papers=orders.papers, more=orders.more, min_relevance=2
    )
    urls = {"ARXIV_API_URL": f"{orders.arxiv_url}/api/query", "ARXIV_RSS_URL": f"{orders.arxiv_url}/rss"}
    return Settings(
        data_dir=orders.folder,
        source=orders.source,
        scorer=ScorerName.LOCAL,
        now=f"{orders.shift_s:+f}s",
        arxiv=ArxivSettings(interval_s=0),
        timing=TimingSettings(scale=orders.scale, settle_s=10, look_gap_s=5, retry_s=5),
        channels={CHANNEL: channel},
        **(urls if orders.arxiv_url else {}),  # type: ignore[arg-type]
    )


def child(orders: Orders) -> None:
    """The whole life of a child process."""
    logging.basicConfig(filename=orders.folder / "log.txt", level=logging.INFO, format="%(asctime)s %(message)s")
    sys.stderr = (orders.folder / "stderr.txt").open("a")
    tap = Tap(orders.kill_at)
    _tap_migrations(tap)
    # Forked with the vectors loaded: only the wrapper must be the one of this process.
    embedder = _StuckEmbedder(orders.folder / "stuck", orders.stuck_s) if orders.stuck_s else _EMBEDDER
    vars(wiring)["EMBEDDERS"] = {**EMBEDDERS, "wordllama": lambda options: embedder}
    roles: dict[str, Callable[[Orders, Tap], Coroutine[Any, Any, None]]] = {
        "prepare": _prepare, "run": _run, "stay": _stay, "digest": _digest,
    }  # fmt: skip
    asyncio.run(roles[orders.role](orders, tap))
    if orders.trace:
        orders.trace.write_text(json.dumps(tap.passed))


def _tap_migrations(tap: Tap) -> None:
    for migration in migrations._migrations:
        tapped = migration.fn

        def step(db: Any, fn: Any = tapped, name: str = migration.name) -> None:
            tap("before", f"migration {name}")
            fn(db)
            tap("after", f"migration {name}")

        migration.fn = step


def _platform(orders: Orders, tap: Tap) -> TappedPlatform:
    return TappedPlatform(HttpWire(orders.url, orders.timeout_s), tap)


async def _prepare(orders: Orders, tap: Tap) -> None:
    with opened(settings_for(orders), platforms={}, tap=tap) as env:
        await take_up_topics(env, CHANNEL)
        await ingest_due(env)
        await score_ahead(env, CHANNEL)


async def _first(life: asyncio.Task[None], event: asyncio.Event) -> None:
    """Wait for the event, or for the end of the bot."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({life, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _run(orders: Orders, tap: Tap) -> None:
    """The resident bot until its start-up is done, the platform's events are heard and votes are reconciled."""
    platform = _platform(orders, tap)
    with opened(settings_for(orders), platforms={"console": platform}, tap=tap) as env:
        resident = Resident(env)
        life = asyncio.create_task(resident.run())
        await _first(life, resident.started)
        for _ in range(2):  # the poll under way, and a whole one
            platform.polled.clear()
            await _first(life, platform.polled)
        await resident.reconnected("console")
        resident.stop()
        await life


class _StuckEmbedder:
    """An embedder whose threads hang; it leaves a file behind when the first one does."""

    def __init__(self, sign: Path, stuck_s: float) -> None:
        self._sign = sign
        self._stuck_s = stuck_s
        self.name, self.dimensions = _EMBEDDER.name, _EMBEDDER.dimensions

    def embed(self, texts: Sequence[str]) -> Any:
        self._sign.touch()
        time.sleep(self._stuck_s)
        return _EMBEDDER.embed(texts)


async def _stay(orders: Orders, tap: Tap) -> None:
    """What `paperlark run` does."""
    with opened(settings_for(orders), platforms={"console": _platform(orders, tap)}, tap=tap) as env:
        await Resident(env).run()
        leave_soon()


async def _digest(orders: Orders, tap: Tap) -> None:
    vars(wiring)["PLATFORMS"] = {"console": lambda settings, clock: _platform(orders, tap)}
    await make_digests(settings_for(orders), [CHANNEL], None, dry_run=False, output=None)


@cache
def processes() -> ForkServerContext:
    """Where children come from."""
    # A process that forks must not have threads.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.prove.child"])
    return context


def ran(orders: Orders, limit_s: float = 60.0) -> int:
    """Run a child to its end; its exit code, negative for a signal. One that does not end is killed: -9999."""
    process = processes().Process(target=child, args=(orders,), daemon=True)
    process.start()
    process.join(limit_s)
    if process.is_alive():
        process.kill()
        process.join()
        return -9999
    return process.exitcode if process.exitcode is not None else -9999


def shift_to(moment: datetime, now: datetime) -> float:
    """The shift in seconds that makes `now` look like `moment`."""
    return (moment - now).total_seconds()


def touches(trace: Path) -> Sequence[Touch]:
    """The points that a traced child passed, in order."""
    return [(moment, what, number) for moment, what, number in json.loads(trace.read_text())]
