"""The world a simulated bot lives in: arXiv, a scorer, a chat and its readers, all of which fail as their seed says."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadSourceAnswer, ScorerError, SourceUnavailable
from bot.models import AnnounceType, Listing, ListingEntry, ListingState, Paper, Question, Score
from bot.ports import Progress, ScoringJob, ScoringResult, no_progress
from tests.loopback.faulty import JSON, CallFailed, Chat, Fault
from tests.prove.plan import DAYS, MONDAY, Plan, at, chat_kind
from tests.prove.virtual import VirtualClock, utc

CATEGORIES = ("cs.CL", "cs.LG")
MIN_RELEVANCE = 6
_SATURDAY = 5
_TIMEOUT_S = 10.0
_READ_FROM_S = 5 * 3600


def relevance_of(arxiv_id: str) -> int:
    """What the fake scorer thinks of a paper: 3 to 10."""
    return 3 + hashlib.sha256(arxiv_id.encode()).digest()[0] % 8


class FakeScorer:
    """Scores by a hash; fails in the plan's windows."""

    name = "local scorer"
    fingerprint = "hash"

    def __init__(self, plan: Plan, truth: VirtualClock) -> None:
        self._plan = plan
        self._truth = truth

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        await self._truth.sleep(2)
        if any(window.covers(self._truth.now()) for window in self._plan.scorer):
            self._plan.met["scorer fails"] += 1
            raise ScorerError("no scores today")
        return ScoringResult(tuple(_score(paper) for paper in job.papers))


def _score(paper: Paper) -> Score:
    return Score(paper.arxiv_id, paper.version, relevance_of(paper.arxiv_id), 5, "so it seems", (1,))


class FakeEmbedder:
    """Unit vectors from a hash; no two papers are near."""

    name = "hash-32"
    dimensions = 32

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [np.random.default_rng(_number(text)).standard_normal(self.dimensions) for text in texts]
        vectors = np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimensions)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


class FakeSource:
    """An arXiv with four listing days, which appear, fail, are late or never come as the plan says."""

    name = "arxiv"

    def __init__(self, plan: Plan, truth: VirtualClock, rng: random.Random) -> None:
        self._plan = plan
        self._truth = truth
        self._rng = rng
        self.announced = _announcements(plan, random.Random(rng.random()))

    def newest_day(self, now: datetime) -> date:
        day = (
            now.date() if (now - utc(f"{now.date()}T00:00")).seconds >= _READ_FROM_S else now.date() - timedelta(days=1)
        )
        while self.quiet_reason(day):
            day -= timedelta(days=1)
        return day

    def quiet_reason(self, day: date) -> str:
        return "weekend" if day.weekday() >= _SATURDAY else ""

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        kind = await self._trouble()
        now = self._truth.now()
        day = max((day for day in DAYS if now >= at(day, 4.7)), default=MONDAY)
        if kind == "empty" or (day == self._plan.deferred) or now < self._plan.appears[day]:
            return Listing(day, tuple(categories), ListingState.PENDING, note="nothing announced")
        return self._listing(day, categories)

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        kind = await self._trouble()
        wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        listings = [self._day(day, tuple(categories)) for day in wanted]
        if kind == "empty":
            listings = [
                Listing(one.day, one.categories, ListingState.PENDING, note="nothing there") for one in listings
            ]
        return tuple(listings)

    def _day(self, day: date, categories: tuple[str, ...]) -> Listing:
        now = self._truth.now()
        if reason := self.quiet_reason(day):
            return Listing(day, categories, ListingState.EMPTY, note=reason)
        is_hole = self._plan.hole_until is not None and day == DAYS[1] and now < self._plan.hole_until
        if is_hole or day not in self._plan.appears or day == self._plan.deferred or now < self._plan.appears[day]:
            return Listing(day, categories, ListingState.PENDING, note="nothing announced")
        return self._listing(day, categories)

    async def papers(self, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> tuple[Paper, ...]:
        return ()

    async def search(self, question: Question, limit: int) -> tuple[Paper, ...]:
        return ()

    async def _trouble(self) -> str:
        await self._truth.sleep(self._rng.uniform(0.5, 20))
        for window in self._plan.source:
            if window.covers(self._truth.now()) and self._rng.random() < window.rate:
                self._plan.met[f"arXiv: {window.kind}"] += 1
                if window.kind == "503":
                    raise SourceUnavailable("arXiv answers 503", 120.0)
                if window.kind == "malformed":
                    raise BadSourceAnswer("arXiv's answer is cut off")
                return window.kind
        return ""

    def _listing(self, day: date, categories: Sequence[str]) -> Listing:
        entries, papers = [], {}
        for paper, kind, where in self.announced[day]:
            for category in where:
                if category in categories:
                    entries.append(ListingEntry(paper.arxiv_id, category, day, kind))
                    papers[paper.arxiv_id] = paper
        return Listing(
            day, tuple(categories), ListingState.COMPLETE, tuple(entries), tuple(papers.values()), witness="fake"
        )


Announcement = tuple[Paper, AnnounceType, tuple[str, ...]]


def _announcements(plan: Plan, rng: random.Random) -> Mapping[date, list[Announcement]]:
    """Who is announced when: new papers, yesterday's once more as cross-lists and replacements."""
    announced: dict[date, list[Announcement]] = {}
    before: list[Paper] = []
    for day in DAYS:
        papers = [_paper(day, number, rng) for number in range(1, rng.randrange(4, 9))]
        lines: list[Announcement] = [(paper, AnnounceType.NEW, (paper.primary_category,)) for paper in papers]
        crossed = [paper for paper in papers if len(paper.categories) > 1]
        lines += [(paper, AnnounceType.CROSS, ("cs.LG",)) for paper in crossed]
        lines += [(paper, AnnounceType.CROSS, ("cs.LG",)) for paper in before[:1]]
        lines += [(paper, AnnounceType.REPLACE, (paper.primary_category,)) for paper in before[1:2]]
        announced[day], before = lines, papers
    if plan.deferred:
        following = plan.deferred + timedelta(days=1)
        announced[following] = announced.pop(plan.deferred) + announced[following]
    return announced


def _paper(day: date, number: int, rng: random.Random) -> Paper:
    arxiv_id = f"25{day:%m}.{day:%d}{number:03}"
    categories = rng.choice([("cs.CL",), ("cs.CL", "cs.LG"), ("cs.LG",)])
    submitted_at = at(day, -20)
    return Paper(
        arxiv_id, f"Paper {arxiv_id}", f"We study {arxiv_id}.", (f"Author {number}",), categories, categories[0], submitted_at, submitted_at,
        listing_day=day,
    )  # fmt: skip


class VirtualWire:
    """Calls of a chat in virtual time, with the plan's faults. `tap` is called around each, and while it is stored."""

    def __init__(
        self, chat: Chat, plan: Plan, truth: VirtualClock, rng: random.Random, tap: Callable[[str, str], None]
    ) -> None:
        self._chat = chat
        self._plan = plan
        self._truth = truth
        self._rng = rng
        self._tap = tap

    async def call(self, method: str, body: JSON) -> Any:
        self._tap("before", f"chat.{method}")
        await self._truth.sleep(self._rng.uniform(0.05, 0.8))
        fault = self._fault(method, body.get("channel_id", ""))
        if method == "events_owed" and not fault:
            await self._wait_for_events()
        answer = await self._meet(fault, method, body) if fault else self._chat.obey(method, body)
        self._tap("during", f"chat.{method}")
        await self._truth.sleep(self._rng.uniform(0.05, 0.8))
        if method == "events_owed":
            self._rng.shuffle(answer["events"])
        self._tap("after", f"chat.{method}")
        return answer

    def _fault(self, method: str, channel_id: str) -> Fault | None:
        is_trouble = self._plan.trouble_from <= self._truth.now() < self._plan.calm_from
        if method == "post" and is_trouble and self._rng.random() < self._plan.post_rate:
            return Fault(chat_kind(self._rng))
        for window in self._plan.chat:
            if (
                window.channel_id in {"", channel_id}
                and window.covers(self._truth.now())
                and self._rng.random() < window.rate
            ):
                return Fault(window.kind)
        return None

    async def _meet(self, fault: Fault, method: str, body: JSON) -> Any:
        self._plan.met[f"post: {fault}" if method == "post" else "other calls of the chat that fail"] += 1
        if fault in {Fault.LOST, Fault.BROKEN_STORED}:
            self._chat.obey(method, body)
        if fault is Fault.LATE and method == "post":
            # In time to be found, between the looks, or long after both.
            delay_s = self._rng.choice([3.0, 30.0, 62.0, 300.0, 5000.0])
            self._chat.postpone(body)
            asyncio.get_running_loop().call_later(delay_s, self._chat.land, body["key"])
        self._tap("during", f"chat.{method}")
        if fault in {Fault.SILENT, Fault.LATE, Fault.LOST}:
            await self._truth.sleep(_TIMEOUT_S)
        raise CallFailed(fault, self._rng.choice([None, 1.0, 30.0, 120.0]) if fault is Fault.DELAYED else None)

    async def _wait_for_events(self) -> None:
        """A long poll: until there is something, or a minute."""
        for _ in range(12):
            if self._chat.owed:
                return
            await self._truth.sleep(5)


if TYPE_CHECKING:
    from bot.ports import Embedder, Scorer, Source
    from tests.loopback.faulty import Wire

    def _ports(
        plan: Plan, clock: VirtualClock, rng: random.Random, chat: Chat
    ) -> tuple[Source, Scorer, Embedder, Wire]:
        return (
            FakeSource(plan, clock, rng),
            FakeScorer(plan, clock),
            FakeEmbedder(),
            VirtualWire(chat, plan, clock, rng, lambda moment, what: None),
        )
