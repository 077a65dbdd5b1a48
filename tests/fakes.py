"""Fakes of the ports, shared by all tests. Each implements its Protocol, which mypy checks at the end of this file."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.errors import ChannelClosed, PaperlarkError, PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import (
    AnnounceType,
    Finding,
    Listing,
    ListingEntry,
    ListingState,
    MessageRef,
    Paper,
    PlatformStatus,
    Post,
    PostKey,
    Question,
    RecentMessage,
    Reply,
    Request,
    Score,
    TopicsOffer,
    Vote,
    VoteOutcome,
)
from bot.ports import Inbox, Progress, ScoringJob, ScoringResult, no_progress

START = datetime(2025, 5, 8, 7, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when told to, or when somebody sleeps."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._passed = timedelta(0)
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await asyncio.sleep(0)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._passed += timedelta(seconds=seconds)


class FakeInbox:
    """Remembers what a platform hands in and answers as it was told to.

    `outcome` is the answer to votes, or the error they meet; `replies` maps a request's name to what is answered.
    """

    def __init__(self, replies: Mapping[str, Sequence[Reply] | Exception] | None = None) -> None:
        self.votes: list[Vote] = []
        self.requests: list[Request] = []
        self.reconnections: list[str] = []
        self.invitations: list[str] = []
        self.besides: list[tuple[str, ...]] = []
        self.removals: list[str] = []
        self.offers: list[TopicsOffer] = []
        self.offer_reply: Reply | None = None
        self.not_awaited: set[tuple[str, str, str]] = set()
        self.replies = replies or {}
        self.outcome: VoteOutcome | PaperlarkError = VoteOutcome.COUNTED

    async def vote(self, vote: Vote) -> VoteOutcome:
        if isinstance(self.outcome, PaperlarkError):
            raise self.outcome
        self.votes.append(vote)
        return self.outcome

    async def request(self, request: Request) -> AsyncIterator[Reply]:
        self.requests.append(request)
        replies = self.replies.get(request.name, ())
        if isinstance(replies, Exception):
            raise replies
        for reply in replies:
            yield reply

    async def press(self, vote: Vote) -> VoteOutcome:
        return await self.vote(vote)

    async def reconnected(self, platform: str, channel_id: str | None = None) -> None:
        self.reconnections.append(platform if channel_id is None else channel_id)

    async def invited(self, platform: str, channel_id: str, beside: Sequence[str] = ()) -> None:
        self.invitations.append(channel_id)
        self.besides.append(tuple(beside))

    async def removed(self, platform: str, channel_id: str) -> None:
        self.removals.append(channel_id)

    async def topics_awaited(self, platform: str, channel_id: str, person: str) -> bool:
        return (platform, channel_id, person) not in self.not_awaited

    async def topics_offered(self, offer: TopicsOffer) -> Reply | None:
        self.offers.append(offer)
        return self.offer_reply


class FakeSource:
    """Listings that a test announces; complete at 05:00 UTC of their day, Monday to Friday but for `holidays`.

    `down` is the error every question meets, `past_down` that of questions about days, `found` what a search finds; `doubts` makes the listings of days partial; `asked` remembers the questions.
    """

    name = "fake"

    def __init__(self, clock: Clock, holidays: Mapping[date, str] | None = None) -> None:
        self.clock = clock
        self.holidays = dict(holidays or {})
        self.announced: dict[date, list[tuple[Paper, dict[str, AnnounceType]]]] = {}
        self.down: Exception | None = None
        self.past_down: Exception | None = None
        self.found: tuple[Paper, ...] = ()
        self.doubts: dict[date, str] = {}
        self.asked: list[tuple[object, ...]] = []

    def announce(self, day: date, *papers: Paper, types: Mapping[str, AnnounceType] | None = None) -> None:
        """Put papers on the listing of a day: new in the primary category and crosses elsewhere, or by `types`."""
        lines = self.announced.setdefault(day, [])
        for paper in papers:
            kinds = {
                name: AnnounceType.NEW if name == paper.primary_category else AnnounceType.CROSS
                for name in paper.categories
            }
            lines.append((paper, dict(types) if types else kinds))

    def newest_day(self, now: datetime) -> date:
        day = now.astimezone(UTC).date()
        while self.quiet_reason(day) or datetime.combine(day, time(5), UTC) > now:
            day -= timedelta(days=1)
        return day

    def quiet_reason(self, day: date) -> str:
        return self.holidays.get(day, "") or ("weekend" if day.weekday() > 4 else "")

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        self.asked.append(("newest", *categories))
        if self.down:
            raise self.down
        return self._listing(self.newest_day(self.clock.now()), categories)

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        self.asked.append(("days", first, last, *categories))
        if self.past_down:
            raise self.past_down
        if self.down:
            raise self.down
        return tuple(self._listing(first + timedelta(days=n), categories) for n in range((last - first).days + 1))

    async def papers(self, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> tuple[Paper, ...]:
        if self.down:
            raise self.down
        known = {paper.arxiv_id: paper for lines in self.announced.values() for paper, _ in lines}
        return tuple(known[one] for one in arxiv_ids if one in known)

    async def search(self, question: Question, limit: int) -> tuple[Paper, ...]:
        self.asked.append(("search", question.text))
        if self.down:
            raise self.down
        return self.found[:limit]

    def _listing(self, day: date, categories: Sequence[str]) -> Listing:
        if reason := self.quiet_reason(day):
            return Listing(day, tuple(categories), ListingState.EMPTY, note=reason)
        if day not in self.announced or day > self.newest_day(self.clock.now()):
            return Listing(day, tuple(categories), ListingState.PENDING, note="not announced yet")
        lines = [(paper, kinds) for paper, kinds in self.announced[day] if set(kinds) & set(categories)]
        entries = [
            ListingEntry(paper.arxiv_id, name, day, kind)
            for paper, kinds in lines
            for name, kind in kinds.items()
            if name in categories
        ]
        first_seen = {AnnounceType.NEW, AnnounceType.CROSS}
        papers = [
            replace(paper, listing_day=day if first_seen & set(kinds.values()) else None) for paper, kinds in lines
        ]
        state = ListingState.PARTIAL if day in self.doubts else ListingState.COMPLETE
        note = self.doubts.get(day, "")
        return Listing(day, tuple(categories), state, tuple(entries), tuple(papers), "fake", note)


class FakeEmbedder:
    """Vectors from a hash of the text: the same for the same text, unlike each other otherwise."""

    name = "fake-embedder"
    dimensions = 16

    def __init__(self) -> None:
        self.down: Exception | None = None
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.down:
            raise self.down
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            if text:
                seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")
                vector = np.random.default_rng(seed).normal(size=self.dimensions)
                vectors[row] = vector / np.linalg.norm(vector)
        return vectors


class FakeScorer:
    """Gives every paper the relevance that `relevance` names for its id, else `default`.

    `down` is the error scoring meets; `jobs` remembers what was scored.
    """

    name = "local scorer"
    fingerprint = "local scorer|fake"

    def __init__(self, default: int = 7) -> None:
        self.relevance: dict[str, int] = {}
        self.default = default
        self.down: Exception | None = None
        self.jobs: list[ScoringJob] = []

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        if self.down:
            raise self.down
        self.jobs.append(job)
        return ScoringResult(tuple(self._score(paper) for paper in job.papers))

    def _score(self, paper: Paper) -> Score:
        relevance = self.relevance.get(paper.arxiv_id, self.default)
        return Score(paper.arxiv_id, paper.version, relevance, 5, "a comment", closeness=float(relevance), model="fake")


class Fault(Enum):
    """What can happen to one attempt to post."""

    DELAYED = "not posted, try later"
    REFUSED = "not posted, never will be"
    CLOSED = "not posted, nor will anything be until somebody opens the channel"
    LOST = "no answer, not posted"
    UNANSWERED = "no answer, but posted"
    LATE = "no answer, and it appears later"


@dataclass
class Posted:
    """One message on the fake platform. `votes` are (person, emoji) pairs."""

    ref: MessageRef
    key: PostKey
    post: Post
    at: datetime
    votes: list[tuple[str, str]] = field(default_factory=list)


class FakePlatform:
    """A chat that keeps its own transcript, and fails as it is told to.

    `faults` maps the text of a key, or "" for any, to what the next attempts meet, in order. A late request lands
    `late_s` after its attempt. `blind` is the error that looking meets, `closed` holds the channels that take nothing.
    """

    def __init__(self, clock: Clock, name: str = "console") -> None:
        self.name = name
        self.clock = clock
        self.messages: list[Posted] = []
        self.deleted: list[Posted] = []
        self.notified: list[tuple[str, str]] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.attempts: list[str] = []
        self.blind: PlatformError | None = None
        self.closed: set[str] = set()
        self.late_s = 3600.0
        self.delay_s = 7.0
        self._landing: list[tuple[datetime, Posted]] = []
        self._last = 0

    async def run(self, inbox: Inbox) -> None:
        await inbox.reconnected(self.name)
        await asyncio.Event().wait()

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        self._land()
        self.attempts.append(str(key))
        fault = next((self.faults[name].pop(0) for name in (str(key), "") if self.faults[name]), None)
        if fault is Fault.DELAYED:
            raise PostDelayed(f"{key}: slow down", retry_after_s=self.delay_s)
        if channel_id in self.closed:
            raise ChannelClosed(f"{key}: not in this channel")
        if fault is Fault.REFUSED:
            raise PostRefused(f"{key}: a message nobody can take")
        if fault is Fault.CLOSED:
            raise ChannelClosed(f"{key}: not in this channel")
        if fault is Fault.LOST:
            raise PostUncertain(f"{key}: no answer")
        message = self._message(channel_id, post, key, thread)
        if fault is Fault.LATE:
            self._landing.append((self.clock.now() + timedelta(seconds=self.late_s), message))
            raise PostUncertain(f"{key}: no answer")
        self.messages.append(message)
        if fault is Fault.UNANSWERED:
            raise PostUncertain(f"{key}: no answer")
        return message.ref

    def _message(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None) -> Posted:
        self._last += 1
        ref = MessageRef(self.name, channel_id, str(self._last), thread.message if thread else None)
        return Posted(ref, key, post, self.clock.now())

    def _land(self) -> None:
        now = self.clock.now()
        for due, message in [landing for landing in self._landing if landing[0] <= now]:
            self._landing.remove((due, message))
            message.at = due
            self.messages.append(message)

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        for message in self.messages:
            if message.ref == ref:
                message.post = post
                return
        raise PlatformError(f"{ref.message} is not there")

    async def delete(self, ref: MessageRef) -> None:
        self.deleted += [message for message in self.messages if message.ref == ref]
        self.messages = [message for message in self.messages if message.ref != ref]

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        if self.blind:
            raise self.blind
        self._land()
        found = [one for one in self.messages if (one.ref.channel_id, one.key) == (channel_id, key) and one.at >= since]
        return tuple(one.ref for one in sorted(found, key=lambda one: one.at))

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        if self.blind:
            raise self.blind
        self._land()
        return tuple(
            RecentMessage(one.ref, str(one.key), one.at, self._reactions(one), one.post.title)
            for one in self.messages
            if one.ref.channel_id == channel_id and one.at >= since
        )

    def _reactions(self, message: Posted) -> dict[str, tuple[str, ...]]:
        emojis = dict.fromkeys(emoji for _, emoji in message.votes)
        return {emoji: tuple(person for person, other in message.votes if other == emoji) for emoji in emojis}

    async def notify(self, target: str, text: str) -> None:
        self.notified.append((target, text))

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        self.notified.append((channel_id, filename))

    async def check(self) -> tuple[Finding, ...]:
        return ()

    def status(self) -> PlatformStatus:
        return PlatformStatus(connected=True)


if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.ports import ChatPlatform, Embedder, Scorer, Source

    _clock: Clock = FakeClock()
    _inbox: Inbox = FakeInbox()
    _source: Source = FakeSource(FakeClock())
    _embedder: Embedder = FakeEmbedder()
    _scorer: Scorer = FakeScorer()
    _platform: ChatPlatform = FakePlatform(FakeClock())
