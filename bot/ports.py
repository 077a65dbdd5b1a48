"""The outside world on one page: what Paperlark asks of sources, scorers, embedders and platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bot.models import (
    Background,
    Finding,
    Listing,
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
    TokenCost,
    Topics,
    TopicsOffer,
    Vote,
    VoteOutcome,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str, int, int], None]
"""Called as progress(stage, done, total) during long work; total 0 means unknown."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


class Throttle(Protocol):
    """A turn at a resource that all processes on one database share."""

    async def turn(self) -> None:
        """Return when it is this caller's turn; turns are at least the agreed interval apart."""
        ...


class Source(Protocol):
    """Where papers come from."""

    @property
    def name(self) -> str:
        """The source's name in the listings table."""
        ...

    def newest_day(self, now: datetime) -> date:
        """The newest listing day that may be complete at `now` (aware), by the source's own calendar.

        It may have a `quiet_reason`, if that is no more than a prediction: then it is asked for, but not expected.
        """
        ...

    def quiet_reason(self, day: date) -> str:
        """Why no listing is expected on `day` ("weekend", "holiday: Thanksgiving"), or "" if one is."""
        ...

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        """The newest announcement in these categories, with its day, types and papers.

        A listing with state EMPTY means that the source shows no announcement now (weekend, holiday).

        Raises:
            SourceError: nothing believable could be read.
        """
        ...

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        """The listings of every day from `first` to `last`, both included, oldest first.

        Days without announcement have state EMPTY; days not announced yet PENDING.

        Raises:
            SourceError: nothing believable could be read.
        """
        ...

    async def papers(self, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> tuple[Paper, ...]:
        """The papers with these ids, as far as they exist, in the order asked.

        Raises:
            SourceError: nothing believable could be read.
        """
        ...

    async def search(self, question: Question, limit: int) -> tuple[Paper, ...]:
        """The papers that fit the question's words, phrases, authors, categories and days, best first.

        What a source cannot know (what was seen or liked) it leaves out of account.

        Raises:
            SourceError: nothing believable could be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is now, for the doctor; `their_time` is what its server's clock said, None if it said nothing."""

    findings: tuple[Finding, ...]
    their_time: datetime | None = None


@runtime_checkable
class KnowsItself(Protocol):
    """A source that can be examined."""

    async def examine(self, categories: Sequence[str]) -> SourceState:
        """What one polite request about these categories tells; a failure is a finding."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors. Thread-safe; blocking, so called from worker threads."""

    @property
    def name(self) -> str:
        """Names the vectors in the database; another model has another name."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors `(n_texts, dimensions)`, float32; an empty text has the zero vector.

        Raises:
            EmbedderError: no vectors could be made.
        """
        ...


Keep = Callable[[Sequence[Score]], Awaitable[None]]
"""Called with scores as soon as they are final, so that what was paid for survives a crash."""

CascadeOrder = Callable[[Sequence[Score]], Sequence[int]]
"""Given a local score of every paper, the indexes of those worth a closer look, best first; muted ones are left out."""


async def keep_nothing(scores: Sequence[Score]) -> None:
    """Leave the keeping of scores to the end."""


@dataclass(frozen=True, slots=True)
class ScoringJob:
    """Papers to score against topics, in the light of what is already known.

    `vectors` is float32 `(n_papers, dimensions)`, aligned with `papers`, from `embedder`. `background` holds nothing
    later than the papers' listing day. `archive` holds past papers, newest first, and `archive_vectors` `(n_archive,
    dimensions)` theirs: what a topic usually looks like, and what is not new any more. Both may be empty.

    The rest matters to a scorer that costs something. `known` holds final scores given before under the same
    fingerprint; they stand, and are not paid for again. `order` says whom to ask about first (default: by closeness),
    `wanted` how many papers can be posted, `votes` how many the order has learned from. What is spent is booked on
    `channel`. With `rehearsal` nothing is sent.
    """

    papers: tuple[Paper, ...]
    topics: Topics
    vectors: NDArray[np.float32]
    background: Background
    archive: tuple[Paper, ...] = ()
    archive_vectors: NDArray[np.float32] | None = None
    channel: str = ""
    known: Mapping[str, Score] = field(default_factory=dict)
    order: CascadeOrder | None = None
    wanted: int = 15
    votes: int = 0
    keep: Keep = keep_nothing
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """Scores in the order of the job's papers, what they cost, and honest remarks for the reader.

    A score with `fallback` is not final: asking again may give a better one. `scored_by` is what the header says, if
    not the scorer's name. After a rehearsal `rehearsed` says what would have been sent.
    """

    scores: tuple[Score, ...]
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    scored_by: str = ""
    rehearsed: str = ""


class Scorer(Protocol):
    """Judges papers: relevance to the topics and novelty, each 1-10."""

    @property
    def name(self) -> str:
        """What the digest's header says it was scored by."""
        ...

    @property
    def fingerprint(self) -> str:
        """What its scores depend on besides paper and topics: the model, the embedder, the prompt."""
        ...

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        """Score every paper of the job.

        Raises:
            ScorerError: no scores could be made at all.
        """
        ...


class Inbox(Protocol):
    """What a platform hands in. `app.py` gives each platform one; adapters never import handlers."""

    async def vote(self, vote: Vote) -> VoteOutcome:
        """Record a vote; returns once it is stored."""
        ...

    def request(self, request: Request) -> AsyncIterator[Reply]:
        """Answer a button or command; several replies may follow each other."""
        ...

    async def press(self, vote: Vote) -> VoteOutcome:
        """A vote button was pressed: give the vote, or take back one given by button; returns once it is stored.

        Pressing 👍 takes back a pressed 👎 and the other way round. `vote.added` is not looked at.
        """
        ...

    async def reconnected(self, platform: str, channel_id: str | None = None) -> None:
        """The platform may have missed events, or heard of changes without whose they were: reconcile.

        With `channel_id` only there.
        """
        ...

    async def invited(self, platform: str, channel_id: str, beside: Sequence[str] = ()) -> None:
        """The bot is a member of this channel; harmless to repeat.

        Where it comes to many channels at once, `beside` names the others: those known already are taken up again, and
        only if none is known the bot introduces itself, in this one.
        """
        ...

    async def removed(self, platform: str, channel_id: str) -> None:
        """The bot was removed from this channel, or it was closed; harmless to repeat."""
        ...

    async def topics_awaited(self, platform: str, channel_id: str, person: str) -> bool:
        """Whether the channel waits for its topics and this person may give them: only then a file is fetched."""
        ...

    async def topics_offered(self, offer: TopicsOffer) -> Reply | None:
        """Start the channel with these topics if it waits for them; what to tell the person, None for nothing."""
        ...


class ChatPlatform(Protocol):
    """A chat where readers are. A platform may do anything native behind this; only values cross it."""

    @property
    def name(self) -> str:
        """The platform's name in settings and tables."""
        ...

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""
        ...

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        """Send one message carrying `key`; never repeats by itself.

        With `thread` it goes into the thread of that message; where the bot may not make or use threads it goes into
        the channel itself, and the answer's `thread` is None.

        Raises:
            ChannelClosed: not posted, nor will any other message be until a person opens the channel: keep them all.
            PostRefused: not posted, and this message never will be; others may.
            PostDelayed: not posted now. A wait of more than a minute is for somebody who has other things to do.
            PostUncertain: perhaps posted: look with `find` before it is sent again.
        """
        ...

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        """Replace a message of ours.

        Raises:
            PlatformError: it could not be replaced.
        """
        ...

    async def delete(self, ref: MessageRef) -> None:
        """Remove a message of ours; a message already gone is no error.

        Raises:
            PlatformError: it could not be removed.
        """
        ...

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        """Our messages carrying `key` since then, oldest first (more than one: a duplicate to heal).

        Without `thread` those that stand in the channel itself; with it those in the thread of that message, and those
        that `post` put into the channel for want of a thread.

        Raises:
            HistoryHidden: the bot may not see the channel's messages; whether one is there cannot be known.
            PlatformError: it could not look now.
        """
        ...

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        """Our messages since then with the reactions they have now, threads included.

        Raises:
            HistoryHidden: the bot may not see the channel's messages.
            PlatformError: it could not look now.
        """
        ...

    async def notify(self, target: str, text: str) -> None:
        """Tell a person or channel something outside the ledger."""
        ...

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        """Send a file."""
        ...

    async def check(self) -> tuple[Finding, ...]:
        """What the doctor should know about this platform."""
        ...

    def status(self) -> PlatformStatus:
        """Whether it is connected now."""
        ...


@runtime_checkable
class KnowsManagers(Protocol):
    """A platform that can tell who may change a channel; on others everybody may, unless the settings name some."""

    @property
    def who_manages(self) -> str:
        """Who that is, to be said after "is left to": "whoever made the channel or …"."""
        ...

    async def manages(self, channel_id: str, person: str) -> bool:
        """Whether this person is one of them.

        Raises:
            PlatformError: it could not be asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A question answered in words. `sentences` cite papers by their position in the list given, from 1.

    `model` wrote it; `cost` is what it used, None if unknown.
    """

    sentences: tuple[str, ...]
    model: str
    cost: TokenCost | None = None


class Answerer(Protocol):
    """Answers a question in a few sentences out of papers. Its words are checked by `bot.citations` before use."""

    async def answer(self, question: str, papers: Sequence[Paper], channel: str) -> Answer:
        """The answer; what it costs is booked on `channel`.

        Raises:
            AnswerError: there is none: the model failed, refused, or the budget is reached.
        """
        ...
