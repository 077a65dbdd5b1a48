"""Forty mornings of an arXiv whose feed is stale, half, misdated or refused: no paper is lost, no header claims too much.

The source and everything from ingest to the posted header are the real ones; arXiv is a server on this machine, and
the API holds the truth. Every day the seed draws what is wrong with the feed, with the API, and until when, and how
often the bot looks: some days like one that stays, some days like a command that runs once.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.models import DigestKind, DigestRecord
from bot.rendering import is_disagreement, promises_rest
from bot.settings import ArxivSettings, ChannelSettings, Settings
from bot.sources.arxiv import ArxivSource
from bot.sources.arxiv.calendar import Calendar
from bot.store import Store
from handlers.environment import Environment
from handlers.morning import post_morning
from tests.builders import CHANNEL
from tests.fakes import FakeClock, FakeEmbedder, FakePlatform, FakeScorer
from tests.loopback.arxiv import LoopbackArxiv

MORNINGS = 40
_CATEGORIES = ("cs.CL", "cs.LG")
_FIRST = date(2025, 3, 3)
_HOUR = 7
_LOOKS = (7.6, 8.3, 9.5, 12.0, 15.0, 20.0)  # of a bot that stays; one that runs once has none
_SAID = re.compile(r"([\d,]+) papers? of this listing came late, with digest (\d+)")
_LATE = re.compile(r"([\d,]+) late papers? of an earlier listing")
_TOLERATED_PAPERS, _TOLERATED_SHARE = 5, 0.03


@dataclass(slots=True)
class Result:
    """What one seed came to."""

    seed: int
    violations: tuple[str, ...] = ()
    posts: int = 0
    kills: int = 0
    healed: int = 0  # papers that came late
    votes: int = 0
    explained: int = 0  # headers that told of a doubt
    met: Mapping[str, int] = field(default_factory=Counter)


class Season:
    """Forty listing days, and a bot that lives through them."""

    def __init__(self, seed: int, folder: Path, arxiv: LoopbackArxiv, deferred: date) -> None:
        self.rng = random.Random(seed)
        self.met: Counter[str] = Counter()
        self.said: dict[int, DigestRecord] = {}  # digests as they were when they were posted
        self.problems: list[str] = []
        self.arxiv = arxiv
        self.deferred = deferred
        self.clock = FakeClock(_at(_FIRST, 0))
        self.platform = FakePlatform(self.clock)
        self.store = Store(folder / "paperlark.db")
        channel = ChannelSettings(categories=_CATEGORIES, id=CHANNEL, papers=5, more=50, min_relevance=1)
        self.env = Environment(
            settings=Settings(data_dir=folder, channels={CHANNEL: channel}),
            store=self.store,
            source=ArxivSource(
                api_url=arxiv.api_url,
                rss_url=arxiv.rss_url,
                settings=ArxivSettings(attempts=2, backoff_s=1.0, interval_s=0.0),
                throttle=_NoThrottle(),
                clock=self.clock,
                random=random.Random(seed),
                calendar=Calendar({date(2025, 1, 1): "New Year's Day"}),
            ),
            scorer=FakeScorer(),
            embedder=FakeEmbedder(),
            platforms={self.platform.name: self.platform},
            clock=self.clock,
            topics_texts={CHANNEL: "1. Quantization\n - Relevant: low-bit weights\n"},
        )

    async def live(self) -> None:
        """All mornings, and two good ones after them."""
        days = _weekdays(_FIRST, MORNINGS + 2)
        for number, day in enumerate(days):
            self.arxiv.clear_faults()
            # The first morning tells what the archive holds, and the last two what came late.
            if 0 < number < MORNINGS:
                self._go_wrong(day)
            looks = [hour for hour in _LOOKS if self.rng.random() < 0.8] if self.rng.random() < 0.7 else []
            for hour in (_HOUR, *looks):
                await self._morning(day, hour)

    def _go_wrong(self, day: date) -> None:
        rng = self.rng
        until = _at(day, rng.choice([7.2, 8.1, 11, 24]))
        kind = rng.choice(
            ["", "", "stale", "stale", "half", "half", "lagging", "stale then good", "406", "403", "html"]
        )
        if kind:
            self.met[kind] += 1
            self.arxiv.fault(kind, times=None, target="rss", until=until)
        if rng.random() < 0.15:
            kind = rng.choice(["406", "503", "empty"])
            self.met[f"API {kind}"] += 1
            self.arxiv.fault(kind, times=None, target="api", until=until)

    async def _morning(self, day: date, hour: float) -> None:
        seconds = (_at(day, hour) - self.clock.now()).total_seconds()
        self.clock.advance(max(0.0, seconds))
        self.arxiv.set_now(self.clock.now())
        try:
            await post_morning(self.env, CHANNEL, _at(day, _HOUR))
        except Exception as error:  # noqa: BLE001 - the proof counts whatever a morning lets out
            self.problems.append(f"{day}: {type(error).__name__}: {error}")
        for record in await self.store.ledger.digests(CHANNEL):
            self.said.setdefault(record.number, record)


class _NoThrottle:
    async def turn(self) -> None:
        """Return at once."""


def prove_all(seeds: Sequence[int], report: Callable[[Result], None], workers: int) -> list[Result]:
    """Live through a season for each twentieth seed: one is as long as many mornings elsewhere."""
    seasons = seeds[: max(1, len(seeds) // 20)]
    logging.getLogger().setLevel(logging.CRITICAL)
    with ThreadPoolExecutor(workers) as pool:
        results = []
        for result in pool.map(lambda seed: asyncio.run(prove_one(seed)), seasons):
            report(result)
            results.append(result)
    return results


async def prove_one(seed: int) -> Result:
    """One season from its beginning to its verdict."""
    rows, deferred = _rows(random.Random(seed))
    with tempfile.TemporaryDirectory(prefix="paperlark-feeds-") as name:
        async with LoopbackArxiv(rows, held=0.05, now=_at(_FIRST, 6), seed=seed) as arxiv:
            season = Season(seed, Path(name), arxiv, deferred)
            try:
                await season.live()
                return await _verdict(seed, season, Path(name))
            finally:
                season.store.close()


async def _verdict(seed: int, season: Season, folder: Path) -> Result:
    truth = {paper.arxiv_id: paper.listing_day for paper in season.arxiv.papers.values()}
    last = _weekdays(_FIRST, MORNINGS)[-1]  # what came after it may still be on its way
    owed = {one: day for one, day in truth.items() if _FIRST <= day < last}
    digests = {one.number: one for one in await season.store.ledger.digests(CHANNEL, 1000)}
    with closing(sqlite3.connect(folder / "paperlark.db")) as db:
        considered = dict(db.execute("SELECT arxiv_id, digest FROM candidates"))
        entries = {
            (one, date.fromisoformat(day)) for one, day in db.execute("SELECT arxiv_id, day FROM listing_entries")
        }
    violations = [*season.problems, *_paper_violations(season, owed, considered, digests)]
    for number, record in digests.items():
        if record.days:
            found = _header_violations(record, season.said[number], truth, considered, entries)
            violations += [f"digest {number} of {record.days[-1]}: {words}" for words in found]
    late = sum(
        int(said[1].replace(",", "")) for one in digests.values() for said in map(_SAID.fullmatch, one.remarks) if said
    )
    doubted = sum(any(map(promises_rest, one.remarks)) for one in season.said.values())
    return Result(seed, tuple(violations), len(season.platform.messages), 0, late, 0, doubted, season.met)


def _paper_violations(
    season: Season, truth: Mapping[str, date], considered: Mapping[str, int], digests: Mapping[int, DigestRecord]
) -> Iterator[str]:
    if lost := sorted(set(truth) - set(considered)):
        yield f"{len(lost)} papers were never considered: {[(one, str(truth[one])) for one in lost[:5]]}"
    posted = Counter(one.key.subject for one in season.platform.messages if one.key.subject)
    if twice := [one for one, times in posted.items() if times > 1]:
        yield f"posted twice: {twice[:5]}"
    for one, day in truth.items():
        if one in considered:
            waited = digests[considered[one]].planned_at.date() - day
            # Three days; a listing that was put off, or a weekend, is not the bot's delay.
            if waited > timedelta(days=3 + 2 * (day.weekday() >= 3)):
                yield f"{one} of {day} was considered {waited.days} days later"
                return


def _header_violations(
    record: DigestRecord,
    said_first: DigestRecord,
    truth: Mapping[str, date],
    considered: Mapping[str, int],
    entries: set[tuple[str, date]],
) -> Iterator[str]:
    """What a header claims: at first that it is whole, unless it says that it is not; later what came after it."""
    announced = {one for one, day in truth.items() if day in record.days}
    after = {one for one in announced if considered.get(one, 0) > record.number}
    is_doubted = any(promises_rest(remark) for remark in said_first.remarks)
    is_whole = len(after) <= max(_TOLERATED_PAPERS, _TOLERATED_SHARE * len(announced))
    if record.kind is DigestKind.MORNING and not is_doubted and not is_whole:
        yield f"claimed to be whole, but {len(after)} of {len(announced)} papers came later: {said_first.remarks}"
    claimed = said_first.totals.announced - _late_in(said_first)
    if claimed > len(announced) + max(_TOLERATED_PAPERS, _TOLERATED_SHARE * len(announced)):
        yield f"claims {claimed} papers announced, where there were {len(announced)}"
    if any(promises_rest(remark) for remark in record.remarks):
        yield f"still promises the rest: {record.remarks}"
    told = {int(said[2]): int(said[1].replace(",", "")) for said in map(_SAID.fullmatch, record.remarks) if said}
    of_days = {one for one in considered if any((one, day) in entries for day in record.days)}
    came = Counter(considered[one] for one in of_days if considered[one] > record.number)
    if told != dict(came):
        yield f"tells of late papers {told}, but there are {dict(came)}"
    foreign = [
        one
        for one, number in considered.items()
        if number == record.number and truth.get(one) not in (*record.days, None)
    ]
    late_here = {one for one in foreign if truth[one] < min(record.days)}
    is_told = any("late paper" in remark for remark in record.remarks) or record.kind is DigestKind.REMEDIAL
    if len(late_here) > _TOLERATED_PAPERS and not is_told:
        yield f"{len(late_here)} papers of an earlier listing without a word"
    if early := [one for one in foreign if truth[one] > max(record.days)]:
        yield f"{len(early)} papers of a later listing: {early[:5]}"
    if any(is_disagreement(remark) for remark in record.remarks) and not is_doubted and announced and not after:
        yield f"tells of a disagreement that there was not: {record.remarks}"


def _late_in(record: DigestRecord) -> int:
    """How many papers of earlier listings a header says to have among its own."""
    said = (_LATE.match(remark) for remark in record.remarks)
    return sum(int(one[1].replace(",", "")) for one in said if one)


def _rows(rng: random.Random) -> tuple[list[dict[str, Any]], date]:
    """Listings of ten to sixty papers for each weekday; one day is put off, and the next has the papers of both."""
    rows: list[dict[str, Any]] = []
    number = 100
    days = [
        *(_FIRST - timedelta(days=back) for back in (14, 13, 12, 11, 10, 7, 6, 5, 4, 3)),
        *_weekdays(_FIRST, MORNINGS + 2),
    ]
    deferred = rng.choice(days[15:-10])
    for day in days:
        for index in range(rng.randint(10, 60)):
            number += rng.randint(1, 4)
            categories = (["cs.CL"], ["cs.LG", "cs.CL"], ["cs.LG"], ["cs.CV", "cs.LG"])[index % 4]
            arxiv_id = f"2503.{number:05d}"
            listed = day if day != deferred else days[days.index(day) + 1]
            rows.append(
                {"arxiv_id": arxiv_id, "title": f"On {arxiv_id}", "abstract": f"We study {arxiv_id}.", "authors": ["Ada Lovelace"],
                 "categories": categories, "date": str(listed)}
            )  # fmt: skip
    return rows, deferred


def _weekdays(first: date, n: int) -> list[date]:
    days = (first + timedelta(days=number) for number in range(2 * n + 7))
    return [day for day in days if day.weekday() < 5][:n]


def _at(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)
