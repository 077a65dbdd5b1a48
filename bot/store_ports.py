"""What Paperlark asks of its database, subject by subject. All SQL lives behind this, in `bot/store/`.

Every method is one transaction: it happens wholly or not at all, and is on disk when it returns. All raise StoreError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.models import (
    AnnounceType,
    CurrentVote,
    FeedbackEvent,
    Impression,
    Listing,
    ListingState,
    MessageRef,
    Paper,
    Post,
    PostKey,
    PostState,
    Question,
    Ranked,
    Score,
    TokenCost,
    Totals,
    Vote,
    VoteOutcome,
    VoteSource,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PaperStore(Protocol):
    """Papers, their vectors, and what they say together."""

    async def get(self, arxiv_ids: Sequence[str]) -> Mapping[str, Paper]:
        """The known ones among these ids."""
        ...

    async def before(self, day: date, limit: int) -> tuple[Paper, ...]:
        """The newest `limit` papers of listing days up to and including `day`, newest first."""
        ...

    async def add(self, papers: Sequence[Paper], seen_at: datetime) -> int:
        """Insert or refresh papers; an older version never overwrites a newer. Returns how many were new."""
        ...

    async def vectors(self, arxiv_ids: Sequence[str], embedder: str) -> Mapping[str, NDArray[np.float32]]:
        """The stored vectors of these papers."""
        ...

    async def add_vectors(self, embedder: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store vectors, replacing older ones of the same embedder."""
        ...

    async def background(self, embedder: str) -> tuple[date, bytes] | None:
        """The stored background: the last listing day it counts, and its bytes, which the store does not read."""
        ...

    async def save_background(self, embedder: str, upto: date, blob: bytes) -> None:
        """Store the background, replacing the one before."""
        ...

    async def count(self) -> int:
        """How many papers the archive holds."""
        ...


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """What is stored of one category's listing of one day."""

    category: str
    day: date
    state: ListingState
    announced: int
    checked_at: datetime
    witness: str
    note: str


class ListingStore(Protocol):
    """Which listings were read, and who was announced in them."""

    async def save(self, source: str, listing: Listing, checked_at: datetime) -> int:
        """Store a listing with its papers and entries; repeating it changes nothing. Returns how many are new."""
        ...

    async def records(
        self, source: str, categories: Sequence[str], first: date, last: date
    ) -> tuple[ListingRecord, ...]:
        """What is known of these days, oldest first."""
        ...

    async def newest_complete(self, source: str, categories: Sequence[str], upto: date) -> date | None:
        """The newest day, not after `upto`, on which every one of the categories is complete."""
        ...

    async def entries(
        self,
        categories: Sequence[str],
        types: Sequence[AnnounceType],
        first: date,
        last: date,
        seen_after: datetime | None = None,
    ) -> tuple[str, ...]:
        """The distinct papers announced so on these days, in order of day and id.

        With `seen_after` only those whose line was stored after that moment.
        """
        ...

    async def announced(self, categories: Sequence[str], days: Sequence[date]) -> int:
        """How many distinct papers were announced on these days, of every type."""
        ...


class ScoreStore(Protocol):
    """Scores, kept by what they depend on."""

    async def get(self, cache_key: str, papers: Sequence[Paper]) -> Mapping[str, Score]:
        """Stored scores of exactly these versions under this key."""
        ...

    async def add(self, cache_key: str, scores: Sequence[Score], at: datetime) -> None:
        """Store scores, replacing those of the same key and version."""
        ...


@dataclass(frozen=True, slots=True)
class TopicsVersion:
    """One version of a channel's topics text."""

    channel: str
    version: int
    raw: str
    origin: str
    created_at: datetime


class TopicStore(Protocol):
    """The versions of every channel's topics."""

    async def current(self, channel: str) -> TopicsVersion | None:
        """The newest version."""
        ...

    async def history(self, channel: str) -> tuple[TopicsVersion, ...]:
        """Every version, newest first."""
        ...

    async def add(self, channel: str, raw: str, origin: str, at: datetime) -> TopicsVersion:
        """Make `raw` the current version; the same text as the current one makes no new version."""
        ...


class DigestKind(StrEnum):
    """Why a digest exists."""

    MORNING = "morning"  # moves the channel's mark
    REMEDIAL = "remedial"  # for days already gone


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """One digest as the ledger knows it. `days` may be empty: a morning that could only say why.

    `occasion` is what called for it ("morning 2026-11-20T08:00Z", "remedial 2026-11-17", …); nothing calls twice.
    """

    channel: str
    number: int
    kind: DigestKind
    occasion: str
    days: tuple[date, ...]
    totals: Totals
    planned_at: datetime
    completed_at: datetime | None
    scored_by: str
    selected_by: str
    shown: int
    remarks: tuple[str, ...]
    cost: TokenCost | None = None
    remedial_on: date | None = None


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    """A paper that was considered for a channel's digest, and what became of it.

    `fate` is "shown", "thread", "left", "duplicate" or "muted".
    """

    arxiv_id: str
    relevance: int
    utility: float
    fate: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A message that is to be sent exactly once, and how far it has come."""

    key: PostKey
    sequence: int
    state: PostState
    platform: str
    place: str
    post: Post
    in_thread: bool
    attempts: int = 0
    attempted_at: datetime | None = None
    ref: MessageRef | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """A digest with all that must be written down before its first message is tried.

    `after` is the channel's mark the plan was made from; if it moved meanwhile, the plan is refused.
    """

    record: DigestRecord
    after: date | None
    candidates: tuple[CandidateRecord, ...]
    shown: tuple[Ranked, ...]
    intents: tuple[Intent, ...]


class LedgerStore(Protocol):
    """Digests and the intents of their messages (DESIGN §4)."""

    async def mark(self, channel: str) -> date | None:
        """The channel's last posted listing day: the newest day any of its mornings covers."""
        ...

    async def first_day(self, channel: str) -> date | None:
        """The oldest listing day any of its mornings covers; nothing older is ever a late arrival."""
        ...

    async def offered(self, channel: str, arxiv_ids: Sequence[str]) -> frozenset[str]:
        """Those that were candidates of this channel before."""
        ...

    async def candidates(self, channel: str) -> Mapping[str, date]:
        """Every paper ever considered for the channel, with the last listing day of that digest."""
        ...

    async def next_number(self, channel: str) -> int:
        """The number the channel's next digest will have, from 1."""
        ...

    async def plan(self, plan: DigestPlan) -> bool:
        """Write a whole digest down.

        False, and nothing written, if its number or occasion is taken, a candidate was offered before, or the mark is
        not `after` any more: somebody else was faster.
        """
        ...

    async def add_intents(self, intents: Sequence[Intent]) -> int:
        """Write further messages down (notes, notices); those already there stay. Returns how many are new."""
        ...

    async def intents(self, channel: str, digest: int) -> tuple[Intent, ...]:
        """The messages of one digest in sending order."""
        ...

    async def open_intents(self, channel: str | None = None) -> tuple[Intent, ...]:
        """All messages neither sent nor dropped, in sending order."""
        ...

    async def claim(self, key: PostKey, at: datetime) -> bool:
        """Turn planned into sending; False if it was not planned (any more)."""
        ...

    async def release(self, key: PostKey, note: str, attempts: int | None = None) -> bool:
        """Turn sending back into planned: it was certainly not posted.

        With `attempts` only if that many were made: two processes may have looked for the same lost answer, and the
        slower one must not take back what the faster one is sending again.
        """
        ...

    async def complete(self, key: PostKey, ref: MessageRef, at: datetime) -> None:
        """Turn sending into sent; a paper post becomes an impression in the same transaction."""
        ...

    async def drop(self, key: PostKey, note: str) -> None:
        """Give a message up for a stated reason."""
        ...

    async def move_ref(self, key: PostKey, ref: MessageRef) -> None:
        """The message of this key is another one now (a duplicate was healed)."""
        ...

    async def finish(self, channel: str, number: int, at: datetime) -> bool:
        """Mark a digest completed if none of its messages is open; True if it is completed now."""
        ...

    async def unfinished(self, channel: str) -> tuple[int, ...]:
        """The numbers of digests not completed, oldest first."""
        ...

    async def digests(self, channel: str, limit: int = 50) -> tuple[DigestRecord, ...]:
        """The newest digests, newest first."""
        ...

    async def digest_of_day(self, channel: str, day: date) -> DigestRecord | None:
        """The newest digest that covers this listing day."""
        ...

    async def digest_for(self, channel: str, occasion: str) -> DigestRecord | None:
        """The digest this occasion called for."""
        ...

    async def ranked(self, channel: str, number: int) -> tuple[Ranked, ...]:
        """The papers a digest shows, by position, as they were ranked."""
        ...

    async def shown(self, channel: str, arxiv_id: str) -> Ranked | None:
        """The paper as it stood in the newest digest that shows it."""
        ...

    async def history(self, channel: str) -> tuple[tuple[Impression, Ranked], ...]:
        """Everything shown in the channel with its ranking, by digest and position."""
        ...

    async def subject_of(self, ref: MessageRef) -> PostKey | None:
        """The key of the message at this place, if it is one of ours."""
        ...


@dataclass(frozen=True, slots=True)
class StoredVote:
    """What stands on one message: this person has this emoji there, as of `order`."""

    message: str
    person: str
    emoji: str
    added: bool
    order: float
    source: VoteSource = VoteSource.REACTION


@dataclass(frozen=True, slots=True)
class PersonalVote:
    """A vote of one person that stands, and how it was given."""

    channel: str
    arxiv_id: str
    emoji: str
    source: VoteSource
    at: datetime


class FeedbackStore(Protocol):
    """Votes: an append-only list of events, and what stands after them."""

    async def record(self, votes: Sequence[Vote], received_at: datetime) -> tuple[VoteOutcome, ...]:
        """Store votes, each event id once; one outcome for each, in order.

        A vote on a message unknown so far is kept if a message of ours may just be landing in that place, and counts as
        soon as that message is known.
        """
        ...

    async def record_events(self, events: Sequence[FeedbackEvent], received_at: datetime) -> int:
        """Store votes on papers that no message stands for (a command, an import). Returns how many were new."""
        ...

    async def current(self, channel: str) -> tuple[CurrentVote, ...]:
        """The votes that stand, oldest first: added and not removed since, by (message, person, emoji)."""
        ...

    async def of_person(self, person: str, arxiv_ids: Sequence[str] | None = None) -> tuple[PersonalVote, ...]:
        """What stands of one person's votes, in every channel, newest first; on these papers, or on all."""
        ...

    async def on_messages(self, platform: str, place: str, messages: Sequence[str]) -> tuple[StoredVote, ...]:
        """The newest state of every (message, person, emoji) on these messages."""
        ...

    async def adopt(self, ref: MessageRef, key: PostKey) -> None:
        """Count the votes kept on a message unknown so far as votes on the paper of `key`, before it is deleted."""
        ...

    async def impressions(self, channel: str, since: datetime | None = None) -> tuple[Impression, ...]:
        """Everything shown in the channel, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """One version of what was learned for a channel. The store keeps the blob's bytes and does not read them."""

    version: int
    fitted_at: datetime
    metrics: Mapping[str, float | str]
    blob: bytes


class WeightStore(Protocol):
    """What was learned, version by version."""

    async def newest(self, channel: str) -> Weights | None:
        """The version in force."""
        ...

    async def history(self, channel: str, limit: int = 60) -> tuple[Weights, ...]:
        """The newest versions, newest first, without their blobs."""
        ...

    async def add(self, channel: str, fitted_at: datetime, metrics: Mapping[str, float | str], blob: bytes) -> int:
        """Store a new version and return its number; very old ones are dropped."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in one UTC day; None is no limit."""

    tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class CallIntent:
    """One request to an LLM before it is sent, with the most it can cost (`most_usd` None: unpriced).

    `papers` maps each arxiv_id to its version, in the order sent; with `prompt_hash`, `nonce` and `purpose` ("score" or
    "sift") the exact text can be made again, and `message_hash` proves it. A call not settled by `expires_at` was
    abandoned by a process that died.
    """

    started_at: datetime
    expires_at: datetime
    purpose: str
    channel: str
    endpoint: str
    model: str
    dialect: str
    papers: Mapping[str, int]
    prompt_hash: str
    message_hash: str
    nonce: str
    asked_for: int
    most_tokens: int
    most_usd: float | None = None


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a request ended. `outcome` is "ok" or what went wrong; costs in USD, None is unknown.

    `answered` says whether an answer came, with what it used. `charged_tokens` and `charged_usd` are what the budget
    counts: for a request whose answer was lost, the most it can have cost.
    """

    outcome: str
    latency_s: float
    answered: bool = False
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    prompt_usd: float | None = None
    completion_usd: float | None = None
    charged_tokens: int = 0
    charged_usd: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LlmCall:
    """One row of the calls: `result` is None while it is under way or after it was abandoned."""

    number: int
    intent: CallIntent
    result: CallResult | None
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class Spending:
    """What a UTC day's calls have used or reserved; `usd` counts priced calls only."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0


class CostStore(Protocol):
    """Every request to an LLM, and the budget they share."""

    async def reserve(self, intent: CallIntent, budget: Budget) -> int | None:
        """Write a call down and return its number; None, and nothing written, if the day's budget does not hold it.

        The day is the UTC day of `started_at`. Calls past their `expires_at` are closed as abandoned and count in full.
        """
        ...

    async def settle(self, number: int, result: CallResult) -> None:
        """Write down how a call ended; only what it is charged counts from now on."""
        ...

    async def spending(self, day: date) -> Spending:
        """What the calls of a UTC day come to, reservations included."""
        ...

    async def spent_on(self, channel: str, arxiv_ids: Sequence[str], model: str) -> TokenCost | None:
        """What the channel's answered calls about any of these papers used; None if there were none."""
        ...

    async def save_prompt(self, prompt_hash: str, text: str) -> None:
        """Keep a prompt's constant part under its hash."""
        ...

    async def prompt(self, prompt_hash: str) -> str | None:
        """The constant part with this hash."""
        ...

    async def dialect(self, endpoint: str, model: str, since: datetime) -> str | None:
        """How the newest answered call to this model was worded, if it is not older than `since`."""
        ...

    async def calls(self, limit: int = 100) -> tuple[LlmCall, ...]:
        """The newest calls, newest first."""
        ...


class ChannelState(StrEnum):
    """What became of a channel the bot was invited to or removed from."""

    INVITED = "invited"  # waits for its topics
    ACTIVE = "active"
    REMOVED = "removed"  # the bot is not there any more


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """A channel as the database knows it: started in chat, or one of the settings that the bot was removed from.

    `timezone` is an IANA name, "" for the settings' default.
    """

    key: str
    platform: str
    place: str
    state: ChannelState
    created_at: datetime
    changed_at: datetime
    timezone: str = ""


class ChannelStore(Protocol):
    """Channels whose story does not stand in the settings."""

    async def all(self) -> tuple[ChannelRecord, ...]:
        """Every record, oldest first."""
        ...

    async def at(self, platform: str, place: str) -> ChannelRecord | None:
        """The record of this place."""
        ...

    async def save(self, record: ChannelRecord) -> None:
        """Insert or replace the record of a place."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """One paper that may answer a question; `closeness` is its centred cosine with it, 0.0 without a vector."""

    paper: Paper
    closeness: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the archive offers for a question: a pool to choose from, in no particular order.

    `frequency` counts the papers that hold each word of the question, out of `n_papers`. `fitting` counts the papers
    its filters and phrases leave, None where it has neither.
    """

    pool: tuple[Found, ...]
    frequency: Mapping[str, int]
    n_papers: int
    fitting: int | None = None


@dataclass(frozen=True, slots=True)
class LiveSearch:
    """What a source's own search found for a question, and when."""

    arxiv_ids: tuple[str, ...]
    asked_at: datetime


class SearchStore(Protocol):
    """The archive as something to ask."""

    async def corrected(self, words: Sequence[str]) -> Mapping[str, str]:
        """For words that no paper holds: the nearest word of a title or an author's name, where one is near."""
        ...

    async def search(
        self,
        question: Question,
        vector: NDArray[np.float32] | None,
        embedder: str,
        *,
        among: frozenset[str] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> SearchResult:
        """The papers that answer best by words, and those by meaning; of all that filters and phrases leave.

        `vector` `(dimensions,)` is the question's, of unit length, from `embedder`; None asks by words only. `among`
        and `without` are arxiv_ids. Without words and vector: the newest papers that are left.
        """
        ...

    async def nearest(self, vector: NDArray[np.float32], embedder: str, limit: int) -> tuple[Paper, ...]:
        """The papers of the whole archive nearest to a unit vector by cosine, nearest first."""
        ...

    async def live(self, question: str, since: datetime) -> LiveSearch | None:
        """What a source found for this question, if that is not older than `since`."""
        ...

    async def save_live(self, question: str, found: LiveSearch) -> None:
        """Remember what a source found; very old ones are dropped."""
        ...


@dataclass(frozen=True, slots=True)
class StandingRule:
    """A follow or mute set in chat. `kind` is the text of a RuleKind; `person` set it."""

    kind: str
    text: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel gets no mornings: since `at`, up to before the day `until`, or until told otherwise."""

    at: datetime
    until: date | None
    person: str


class OrderStore(Protocol):
    """What readers told the bot to do from now on, channel by channel."""

    async def rules(self, channel: str) -> tuple[StandingRule, ...]:
        """The follows and mutes in force, oldest first."""
        ...

    async def add_rule(self, channel: str, rule: StandingRule) -> bool:
        """Set a rule; False if it stands already (case does not matter)."""
        ...

    async def remove_rule(self, channel: str, kind: str, text: str) -> bool:
        """Lift a rule; False if there is none like it."""
        ...

    async def pause(self, channel: str) -> Pause | None:
        """The channel's pause, also one that is over."""
        ...

    async def set_pause(self, channel: str, pause: Pause | None) -> None:
        """Begin or change a pause; None ends it."""
        ...


class LockStore(Protocol):
    """Turns that all processes on one database share."""

    async def reserve_turn(self, name: str, interval_s: float) -> float:
        """Reserve the next turn and return how many seconds (real time) to wait for it."""
        ...


class Store(Protocol):
    """The database, split by subject."""

    @property
    def papers(self) -> PaperStore:
        """Papers and vectors."""
        ...

    @property
    def listings(self) -> ListingStore:
        """Listings."""
        ...

    @property
    def scores(self) -> ScoreStore:
        """Scores."""
        ...

    @property
    def topics(self) -> TopicStore:
        """Topics versions."""
        ...

    @property
    def ledger(self) -> LedgerStore:
        """Digests and intents."""
        ...

    @property
    def feedback(self) -> FeedbackStore:
        """Votes and impressions."""
        ...

    @property
    def weights(self) -> WeightStore:
        """What was learned."""
        ...

    @property
    def costs(self) -> CostStore:
        """What LLM calls cost."""
        ...

    @property
    def channels(self) -> ChannelStore:
        """Channels started or left in chat."""
        ...

    @property
    def search(self) -> SearchStore:
        """Search."""
        ...

    @property
    def orders(self) -> OrderStore:
        """Rules and pauses."""
        ...

    @property
    def locks(self) -> LockStore:
        """Shared turns."""
        ...
