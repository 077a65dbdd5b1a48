"""The bot under load, in a process of its own: it lives as `paperlark run` does, and measures itself meanwhile."""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.app.resident import Resident
from bot.app.wiring import opened
from bot.models import MessageRef, Vote
from bot.settings import BackupSettings, ChannelSettings, HealthSettings, ScorerName, Settings
from bot.sources.sample import SampleSource

_TICK_S = 0.01
_LOOK_S = 0.1
_VOTERS = 200
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Channel:
    """One of many channels."""

    platform: str
    channel_id: str
    topics: Path
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What the bot is given. Tokens and addresses come as settings by their names in the environment.

    `stage` is a file whose text says what is going on, written by whoever makes the load: "direct" asks the bot to be
    given `votes` at its own inbox, "end" to stop.
    """

    folder: Path
    now: str
    papers: Path
    channels: Mapping[str, Channel]
    access: Mapping[str, str]
    stage: Path
    votes: int = 10_000


@dataclass(slots=True)
class Measured:
    """What the bot saw, the worst of each stage: how late the loop was and how long it computed, in ms; MB; votes a s.

    Lateness has two more causes than computing on the loop: threads of the bot, and whatever else the machine does.
    """

    late_ms: dict[str, float] = field(default_factory=dict)
    computed_ms: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    direct_votes_per_s: float = 0.0


def live(load: Load) -> None:
    """The whole life of the process; leaves its figures in `measured.json`."""
    measured = asyncio.run(_live(load))
    (load.folder / "measured.json").write_text(json.dumps(asdict(measured)), encoding="utf-8")


async def _live(load: Load) -> Measured:
    measured = Measured()
    with opened(_settings(load)) as made:
        source = SampleSource(clock=made.clock, path=load.papers)
        source._papers()  # noqa: SLF001 - reading a file is the load's doing, not the bot's
        resident = Resident(replace(made, source=source))
        ticking = asyncio.create_task(_tick(load, measured))
        life = asyncio.create_task(resident.run())
        while (stage := _stage(load)) != "end" and not life.done():
            if stage == "direct" and not measured.direct_votes_per_s:
                measured.direct_votes_per_s = await _vote_directly(resident, load)
                (load.folder / "voted").touch()
            await asyncio.sleep(_LOOK_S)
        resident.stop()
        await life
        ticking.cancel()
    return measured


def _settings(load: Load) -> Settings:
    channels = {
        key: ChannelSettings(
            platform=channel.platform, id=channel.channel_id, topics=channel.topics, categories=channel.categories,
            papers=10, more=0, min_relevance=1,
        )
        for key, channel in load.channels.items()
    }  # fmt: skip
    return Settings(
        data_dir=load.folder / "data",
        source="sample",
        scorer=ScorerName.LOCAL,
        now=load.now,
        health=HealthSettings(enabled=False),
        backup=BackupSettings(enabled=False),
        channels=channels,
        **load.access,  # type: ignore[arg-type]
    )


async def _tick(load: Load, measured: Measured) -> None:
    """How late the loop is, and how much memory the process has, again and again."""
    stage, looked = _stage(load), time.perf_counter()
    while True:
        before, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(_TICK_S)
        now = time.perf_counter()
        _keep_most(measured.late_ms, stage, (now - before - _TICK_S) * 1000)
        _keep_most(measured.computed_ms, stage, (time.thread_time() - worked) * 1000)
        if now - looked > _LOOK_S:
            stage, looked = _stage(load), now
            measured.memory_mb[stage] = _most_memory_mb()


def _most_memory_mb() -> float:
    """The most this program has held so far; getrusage counts the program that started it as well."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _keep_most(figures: dict[str, float], stage: str, value: float) -> None:
    figures[stage] = max(figures.get(stage, 0.0), value)


def stand_by(stage: Path, into: Path) -> None:
    """A process that does nothing but tick: how late the machine alone makes one, by stage in milliseconds."""
    late_ms: dict[str, float] = {}
    while (name := stage.read_text(encoding="utf-8")) != "end":
        for _ in range(round(_LOOK_S / _TICK_S)):
            before = time.perf_counter()
            time.sleep(_TICK_S)
            _keep_most(late_ms, name, (time.perf_counter() - before - _TICK_S) * 1000)
    into.write_text(json.dumps(late_ms), encoding="utf-8")


def _stage(load: Load) -> str:
    return load.stage.read_text(encoding="utf-8")


async def _vote_directly(resident: Resident, load: Load) -> float:
    """Give votes at the inbox, by many voters who each wait for their own; how many were on disk each second."""
    with closing(sqlite3.connect(load.folder / "data" / "paperlark.db")) as db:
        query = "SELECT platform, channel_id, message, thread FROM posts WHERE role = 'paper' AND state = 'sent'"
        papers = [MessageRef(*row) for row in db.execute(query)]
    now = datetime.now().astimezone()
    votes = [
        Vote(f"direct-{n}", papers[n % len(papers)], f"reader {n}", "🎉", True, now, now.timestamp() + n * 1e-6)
        for n in range(load.votes)
    ]

    async def give(some: Sequence[Vote]) -> None:
        for vote in some:
            await resident.vote(vote)

    began = time.perf_counter()
    await asyncio.gather(*(give(votes[n::_VOTERS]) for n in range(_VOTERS)))
    return load.votes / (time.perf_counter() - began)
