"""How long the event loop is ever blocked: a ticker runs beside a morning of 600 papers and a burst of votes.

Slack wants an answer within three seconds and Discord a heartbeat, so nothing may compute on the loop.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.app.resident import Resident
from bot.app.wiring import opened
from bot.clock import SystemClock
from bot.models import MessageRef, Request, Vote
from bot.settings import ChannelSettings, HealthSettings, ScorerName, Settings, TimingSettings
from bot.sources.sample import SampleSource
from handlers.morning import post_morning
from tests.loopback.faulty import Chat, ChatServer, FaultyPlatform, HttpWire
from tests.prove.orders import TOPICS

MOST_MS = 100.0
_TICK_S = 0.01
_REPLAY = Path(__file__).parents[3] / "shared" / "data" / "replay" / "papers.jsonl.gz"
_CATEGORIES = ("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.IR")


@dataclass(frozen=True, slots=True)
class Blocked:
    """The longest times between two ticks, in milliseconds beyond the tick itself, and during what."""

    papers: int
    archive: int
    votes: int
    texts: str
    longest_ms: float
    by_stage: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        stages = ", ".join(f"{stage} {gap_ms:.0f} ms" for stage, gap_ms in self.by_stage)
        return (
            f"{self.papers} papers ({self.texts}) on {self.archive} archived ones, {self.votes} votes: "
            f"the event loop was never blocked longer than {self.longest_ms:.0f} ms ({stages})"
        )


class SetClock(SystemClock):
    """The machine's clock, moved from morning to morning."""

    def at(self, moment: datetime) -> None:
        self._shift = moment - datetime.now(UTC)


class Ticker:
    """Ticks every 10 ms and remembers, for each stage, how late the latest tick was."""

    def __init__(self) -> None:
        self.stage = "start"
        self.worst_s: dict[str, float] = {}

    async def run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            late_s = time.perf_counter() - before - _TICK_S
            self.worst_s[self.stage] = max(self.worst_s.get(self.stage, 0.0), late_s)


async def measure(papers: int = 600, archive_days: int = 7, votes: int = 500) -> Blocked:
    """Live through the days before without a ticker, then through the large one with it."""
    with tempfile.TemporaryDirectory(prefix="paperlark-blocking-") as name:
        folder = Path(name)
        days, texts = days_of_papers(papers, archive_days)
        (folder / "papers.jsonl").write_text("".join(json.dumps(row) + "\n" for rows in days for row in rows))
        clock = SetClock()
        chat = Chat(clock.now)
        with (
            ChatServer(chat) as server,
            opened(_settings(folder), clock=clock, platforms={"console": FaultyPlatform(HttpWire(server.url))}) as made,
        ):
            source = SampleSource(clock=clock, path=folder / "papers.jsonl")
            source._papers()  # reading a file is this proof's doing, not the bot's
            env = replace(made, source=source)
            for rows in days[:-1]:
                clock.at(nine(rows))
                await post_morning(env, "terminal", clock.now())
            clock.at(nine(days[-1]))
            ticker = await _live(Resident(env), chat, votes)
            archived = await env.store.papers.count() - len(days[-1])
    worst = {stage: seconds * 1000 for stage, seconds in ticker.worst_s.items()}
    return Blocked(len(days[-1]), archived, votes, texts, max(worst.values()), tuple(worst.items()))


async def _live(resident: Resident, chat: Chat, votes: int) -> Ticker:
    ticker = Ticker()
    posted_before = len(chat.messages)
    ticking = asyncio.create_task(ticker.run())
    ticker.stage = "ingesting, scoring, posting"
    life = asyncio.create_task(resident.run())
    voting = asyncio.create_task(_vote_while(resident, chat, posted_before, votes))
    await resident.started.wait()
    ticker.stage = "a burst of votes"
    await voting
    await resident.reconnected("console")
    ticker.stage = "why and similar"
    for message in [message for message in chat.standing() if message.subject][-2:]:
        for name in ("why", "similar", "abstract"):
            request = Request("console", "terminal", "ann", name, arxiv_id=message.subject)
            async for _ in resident.request(request):
                pass
    ticker.stage = "learning and stopping"
    await asyncio.sleep(2)
    resident.stop()
    await life
    ticking.cancel()
    return ticker


async def _vote_while(resident: Resident, chat: Chat, posted_before: int, votes: int) -> None:
    """Votes from the moment the first paper stands, fifty at a time."""
    given = 0
    while given < votes:
        papers = [message for message in list(chat.messages.values())[posted_before:] if message.subject]
        if not papers:
            await asyncio.sleep(_TICK_S)
            continue
        batch = [papers[(given + n) % len(papers)] for n in range(min(50, votes - given))]
        now = resident.env.clock.now()
        events = [
            Vote(f"burst-{given + n}", MessageRef("console", m.channel_id, m.message, m.thread), f"reader {given + n}", "👍", True,
                 now, now.timestamp())
            for n, m in enumerate(batch)
        ]  # fmt: skip
        await asyncio.gather(*(resident.vote(event) for event in events))
        given += len(events)


def _settings(folder: Path) -> Settings:
    channel = ChannelSettings(topics=TOPICS, categories=_CATEGORIES, papers=5, more=10)
    timing = TimingSettings(scale=0.02)
    return Settings(
        data_dir=folder / "data",
        source="sample",
        scorer=ScorerName.LOCAL,
        timing=timing,
        health=HealthSettings(enabled=False),
        channels={"terminal": channel},
    )


def nine(rows: Sequence[dict[str, Any]]) -> datetime:
    """The morning of these papers' listing day."""
    return datetime.fromisoformat(f"{rows[0]['listing_day']}T09:00:10+00:00")


def days_of_papers(papers: int, archive_days: int) -> tuple[list[list[dict[str, Any]]], str]:
    """Listing days, the last with `papers` papers, and what their texts are: recorded ones, or mixed from the sample."""
    if _REPLAY.exists():
        return _recorded(papers, archive_days), "recorded abstracts"
    return _mixed(papers, archive_days), "texts mixed from the bundled sample"


def _recorded(papers: int, archive_days: int) -> list[list[dict[str, Any]]]:
    with gzip.open(_REPLAY, "rt", encoding="utf-8") as file:
        rows = sorted((json.loads(line) for line in file), key=lambda row: row["date"])
    days = [list(group) for _, group in groupby(rows, key=lambda row: row["date"])]
    last = next(index for index in range(archive_days, len(days)) if len(days[index]) >= papers)
    wanted = [*days[last - archive_days : last], days[last][:papers]]
    return [[_row(row, date.fromisoformat(row["date"])) for row in rows] for rows in wanted]


def _row(row: dict[str, Any], day: date) -> dict[str, Any]:
    categories = row["categories"]
    return {
        "arxiv_id": row["arxiv_id"], "version": 1, "title": row["title"], "abstract": row["abstract"],
        "authors": row["authors"], "categories": categories, "primary_category": categories[0],
        "published_at": f"{day - timedelta(days=2)}T12:00:00+00:00", "comment": "", "listing_day": str(day),
    }  # fmt: skip


def _mixed(papers: int, archive_days: int) -> list[list[dict[str, Any]]]:
    rng = random.Random(0)
    lines = resources.files("bot.sources").joinpath("sample_papers.jsonl").read_text(encoding="utf-8").splitlines()
    sample = [json.loads(line) for line in lines if line.strip()]
    sentences = [sentence for row in sample for sentence in row["abstract"].split(". ")]
    listing_days = _weekdays(date(2025, 4, 1), archive_days + 1)
    return [
        [_invented(rng, sample, sentences, day, n) for n in range(papers if day == listing_days[-1] else papers // 2)]
        for day in listing_days
    ]


def _invented(
    rng: random.Random, sample: list[dict[str, Any]], sentences: list[str], day: date, number: int
) -> dict[str, Any]:
    row = {**rng.choice(sample), "arxiv_id": f"25{day:%m}.{day:%d}{number:03}", "date": str(day)}
    row["title"] = " ".join(rng.choice(sample)["title"].split()[:5] + row["title"].split()[-4:])
    row["abstract"] = ". ".join(rng.sample(sentences, 8))
    return _row(row, day)


def _weekdays(first: date, count: int) -> list[date]:
    days: Iterator[date] = (first + timedelta(days=n) for n in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]
