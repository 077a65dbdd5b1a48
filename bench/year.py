"""A year of history: `python -m bench.year [--days N]`. How start, refit, question and database grow with it.

A listing of 400 papers a day, a digest of fifteen of them, and fifty votes a day by ten readers. The days are written
into the database through the store's own ports, as the bot writes them; what is measured is then done by the handlers
themselves, on one channel.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.ask import CORPUS
from bench.listings import some_papers
from bench.questions import SEED, blended, chance_of, known_items
from bot.app.resident import Resident
from bot.app.wiring import opened
from bot.models import (
    AnnounceType,
    CandidateRecord,
    Contribution,
    DigestKind,
    DigestPlan,
    DigestRecord,
    Intent,
    Listing,
    ListingEntry,
    ListingState,
    MessageRef,
    Paper,
    Post,
    PostKey,
    PostRole,
    PostState,
    Ranked,
    Score,
    Totals,
    Vote,
)
from bot.query import parse_question
from bot.ranking.terms import embedding_text
from bot.settings import BackupSettings, ChannelSettings, HealthSettings, ScorerName, Settings, TimingSettings
from handlers.archive import extend_background
from handlers.ask import find
from handlers.environment import Environment
from handlers.learning import refit
from handlers.topics import take_up_topics
from tests.fakes import FakeSource
from tests.loopback.faulty import Chat, ChatServer, FaultyPlatform, HttpWire
from tests.prove.blocking import SetClock

LISTING, SHOWN, VOTES = 400, 15, 50
_READERS = 10
_KEY, _PLACE = "bench", "terminal"
_CATEGORIES = ("cs.LG",)
_FIRST = date(2025, 1, 2)
_TOPICS = "1. Quantization and pruning\n2. Safety and alignment\n3. Video diffusion models\n"
_QUESTIONS = 60


class Year:
    """Writes days of history, one after the other."""

    def __init__(self, env: Environment, pairs: Iterator[tuple[Paper, Any]]) -> None:
        self._env = env
        self._pairs = pairs
        self._chance = random.Random(SEED)  # noqa: S311 - no secret
        self._days = _weekdays()
        self._mark: date | None = None
        self.number = 0

    async def live(self, days: int) -> date:
        """So many days more; the last of them."""
        for _ in range(days):
            day = next(self._days)
            await self._day(day)
        return day

    async def _day(self, day: date) -> None:
        env, self.number = self._env, self.number + 1
        pairs = [next(self._pairs) for _ in range(LISTING)]
        papers = [
            replace(paper, listing_day=day, categories=_CATEGORIES, primary_category="cs.LG") for paper, _ in pairs
        ]
        entries = tuple(ListingEntry(paper.arxiv_id, "cs.LG", day, AnnounceType.NEW) for paper in papers)
        listing = Listing(day, _CATEGORIES, ListingState.COMPLETE, entries, tuple(papers), witness="bench")
        at = _nine(day)
        await env.store.listings.save(env.source.name, listing, at)
        vectors = {
            paper.arxiv_id: np.asarray(vector, dtype=np.float32)
            for paper, (_, vector) in zip(papers, pairs, strict=True)
        }
        await env.store.papers.add_vectors(env.embedder.name, vectors)
        scores = [self._score(paper) for paper in papers]
        await env.store.scores.add("bench", scores, at)
        await self._digest(day, papers, scores)
        if self.number % 10 == 0:
            await extend_background(env, _CATEGORIES)

    def _score(self, paper: Paper) -> Score:
        chance = self._chance
        verdict = (chance.randint(1, 10), chance.randint(1, 10), "Close to a topic by its words.")
        return Score(paper.arxiv_id, paper.version, *verdict, topics=(1,), model="wordllama", closeness=chance.random())

    async def _digest(self, day: date, papers: Sequence[Paper], scores: Sequence[Score]) -> None:
        store, number, at = self._env.store, self.number, _nine(day)
        ranked = tuple(
            Ranked(paper, score, position, 2.5, _contributions(paper))
            for position, (paper, score) in enumerate(zip(papers[:SHOWN], scores, strict=False), start=1)
        )
        record = DigestRecord(
            channel=_KEY,
            number=number,
            kind=DigestKind.MORNING,
            occasion=f"morning {at:%Y-%m-%dT%H:%MZ}",
            days=(day,),
            totals=Totals(LISTING, LISTING, SHOWN),
            planned_at=at,
            completed_at=None,
            scored_by="local scorer",
            selected_by=_TOPICS,
            shown=5,
            remarks=(),
        )
        intents = [self._intent(PostKey(_KEY, number, PostRole.HEADER), 0, "Papers of the day")]
        intents += [
            self._intent(
                PostKey(_KEY, number, PostRole.PAPER, one.paper.arxiv_id), one.position, embedding_text(one.paper)[:700]
            )
            for one in ranked
        ]
        fates = tuple(
            CandidateRecord(paper.arxiv_id, score.relevance, 1.0, "shown" if index < SHOWN else "left")
            for index, (paper, score) in enumerate(zip(papers, scores, strict=True))
        )
        if not await store.ledger.plan(DigestPlan(record, self._mark, fates, ranked, tuple(intents))):
            raise SystemExit(f"the plan of {day} was refused")
        for intent in intents:
            await store.ledger.claim(intent.key, at)
            await store.ledger.complete(intent.key, self._ref(intent.key), at)
        await store.ledger.finish(_KEY, number, at)
        self._mark = day
        await store.feedback.record(list(self._votes(day, ranked)), at + timedelta(hours=1))

    def _intent(self, key: PostKey, sequence: int, text: str) -> Intent:
        return Intent(key, sequence, PostState.PLANNED, "console", _PLACE, Post(key.role, text), in_thread=sequence > 5)

    def _ref(self, key: PostKey) -> MessageRef:
        return MessageRef("console", _PLACE, f"m{key.digest}-{key.subject}")

    def _votes(self, day: date, ranked: Sequence[Ranked]) -> Iterator[Vote]:
        given = self._chance.sample([(one, reader) for one in ranked for reader in range(_READERS)], VOTES)
        for index, (one, reader) in enumerate(given):
            at = _nine(day) + timedelta(minutes=index)
            ref = self._ref(PostKey(_KEY, self.number, PostRole.PAPER, one.paper.arxiv_id))
            emoji = "👎" if self._chance.random() < 0.3 else "👍"
            yield Vote(f"{self.number}-{index}", ref, f"reader {reader}", emoji, True, at, at.timestamp())


def _contributions(paper: Paper) -> tuple[Contribution, ...]:
    topics = [Contribution("topic", f"topic {n} (quantization and pruning)", 0.7) for n in range(1, 3)]
    liked = [Contribution("liked", f"like {paper.arxiv_id}", 0.2, paper.arxiv_id) for _ in range(4)]
    return (*topics, *liked, Contribution("rest", "the rest", 0.3))


def _weekdays() -> Iterator[date]:
    day = _FIRST
    while True:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def _nine(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)


def _settings(folder: Path) -> Settings:
    (folder / "topics.md").write_text(_TOPICS, encoding="utf-8")
    return Settings(
        data_dir=folder,
        source="sample",
        scorer=ScorerName.LOCAL,
        timing=TimingSettings(scale=0.02),
        health=HealthSettings(enabled=False),
        backup=BackupSettings(enabled=False),
        channels={_KEY: ChannelSettings(id=_PLACE, topics=folder / "topics.md", categories=_CATEGORIES)},
    )


@contextmanager
def _bot(folder: Path, clock: SetClock, url: str) -> Iterator[Environment]:
    platforms = {"console": FaultyPlatform(HttpWire(url))}
    with opened(_settings(folder), clock=clock, platforms=platforms) as env:
        yield replace(env, source=FakeSource(clock))


async def run(days: int) -> None:
    """Print a line for a quarter, a half and the whole of so many days."""
    real = some_papers(CORPUS)
    clock = SetClock()
    chat = Chat(clock.now)
    with tempfile.TemporaryDirectory(prefix="paperlark-year-") as name, ChatServer(chat) as server:
        folder = Path(name)
        with _bot(folder, clock, server.url) as env:
            await take_up_topics(env, _KEY)
            vectors = env.embedder.embed([embedding_text(paper) for paper in real])
            pairs = iter([*zip(real, vectors, strict=True)])
            year = Year(env, _chained(pairs, blended(real, vectors, days * LISTING)))
        for target in (days // 4, days // 2, days):
            with _bot(folder, clock, server.url) as env:
                year._env = env  # noqa: SLF001 - the same year, the database opened anew
                last = await year.live(target - year.number)
                clock.at(_nine(last) + timedelta(hours=2))
                await extend_background(env, _CATEGORIES)
            await _measure(folder, clock, server.url, target, real)


def _chained(*parts: Iterator[tuple[Paper, Any]]) -> Iterator[tuple[Paper, Any]]:
    for part in parts:
        yield from part


async def _measure(folder: Path, clock: SetClock, url: str, days: int, real: Sequence[Paper]) -> None:
    began = time.perf_counter()
    with _bot(folder, clock, url) as env:
        opened_s = time.perf_counter() - began
        resident = Resident(env)
        life = asyncio.create_task(resident.live())
        await resident.started.wait()
        started_s = time.perf_counter() - began
        resident.schedule.stop()
        life.cancel()
        await asyncio.wait({life})
        refit_s = [await _refit(env, clock, n, days) for n in range(3)]
        first_s, asked = await _ask(env, real)
    size = _size_of(folder)
    votes = days * VOTES
    print(
        f"{days} days, {days * LISTING:,} papers, {votes:,} votes: database {size / 2**20:,.0f} MB "
        f"({size / days / 1024:,.0f} kB a day); open {opened_s:.2f} s, started {started_s:.1f} s; refit after a vote "
        f"{refit_s[0]:.1f} s, then {min(refit_s[1:]):.1f} s; question: first {first_s:.1f} s, then median "
        f"{np.median(asked):.0f} ms, p95 {np.percentile(asked, 95):.0f} ms",
        flush=True,
    )


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("paperlark.db*"))


async def _refit(env: Environment, clock: SetClock, number: int, days: int) -> float:
    """A vote more, and what is learned from it."""
    (digest, *_) = await env.store.ledger.digests(_KEY, 1)
    (paper, *_) = await env.store.ledger.ranked(_KEY, digest.number)
    ref = MessageRef("console", _PLACE, f"m{digest.number}-{paper.paper.arxiv_id}")
    now = clock.now()
    await env.store.feedback.record(
        [Vote(f"more-{days}-{number}", ref, f"more {number}", "👍", True, now, now.timestamp())], now
    )
    return await _timed(refit(env, _KEY))


async def _ask(env: Environment, real: Sequence[Paper]) -> tuple[float, list[float]]:
    sets = known_items(real, chance_of(1)).values()
    texts = [one.text for asked in sets for one in asked[: _QUESTIONS // 3]]
    today = env.clock.now().date()
    first_s = await _timed(find(env, _KEY, parse_question("the first question reads everything", today)))
    return first_s, [1000 * await _timed(find(env, _KEY, parse_question(text, today))) for text in texts]


async def _timed(work: Any) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def main() -> None:
    """Print how everything grows in a year."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=250)
    options, _ = parser.parse_known_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    asyncio.run(run(options.days))


if __name__ == "__main__":
    main()
