"""The nouns of Paperlark: frozen values that every part speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class AnnounceType(StrEnum):
    """How a listing announces a paper in one category, in arXiv's words."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, as last seen.

    `arxiv_id` is the base id without version. Times are aware UTC. `listing_day` is the date of
    the first listing it was announced in, None while unknown.
    """

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    primary_category: str
    published_at: datetime
    updated_at: datetime
    version: int = 1
    comment: str | None = None
    withdrawn: bool = False
    listing_day: date | None = None

    @property
    def abs_url(self) -> str:
        """The page readers are sent to."""
        return f"https://arxiv.org/abs/{self.arxiv_id}"

    @property
    def pdf_url(self) -> str | None:
        """The PDF at arXiv, None for a withdrawn paper, which has none."""
        return None if self.withdrawn else f"https://arxiv.org/pdf/{self.arxiv_id}"


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """A listing's line: this paper was announced in this category on this day, in this way."""

    arxiv_id: str
    category: str
    day: date
    announce_type: AnnounceType


class ListingState(StrEnum):
    """What is known of one day's listing of one category."""

    COMPLETE = "complete"  # announced and read
    EMPTY = "empty"  # known to have no announcement (weekend, holiday)
    PENDING = "pending"  # not announced yet, as far as anybody can tell
    FAILED = "failed"  # it should be there but could not be read


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source says about one listing day in some categories.

    `papers` holds details of every announced paper the source could give, `entries` every line.
    `witness` says how the day was assigned: "rss", "id block" or "submission window".
    """

    day: date
    categories: tuple[str, ...]
    state: ListingState
    entries: tuple[ListingEntry, ...] = ()
    papers: tuple[Paper, ...] = ()
    witness: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """One numbered topic of a topics file. `number` is its 1-based place, whatever the file says."""

    number: int
    title: str
    relevant: str = ""
    not_relevant: str = ""

    @property
    def text(self) -> str:
        """Title and relevant part: what a paper should resemble. Never the not-relevant part."""
        return f"{self.title}. {self.relevant}" if self.relevant else self.title


@dataclass(frozen=True, slots=True)
class Topics:
    """What was understood of a topics text.

    `raw` is the text as written, the prompt of record. `keywords` maps a list's name in lower case
    ("relevant", "irrelevant", "application", …) to its phrases. `warnings` say, in a reader's words,
    what looks wrong.
    """

    raw: str
    topics: tuple[Topic, ...] = ()
    taste: tuple[str, ...] = ()
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer said about one paper. Relevance and novelty are integers 1-10.

    `closeness` is a scorer's finer, unbounded measure of relevance behind the integer, used to break ties;
    NaN-free; 0.0 where a scorer has none. `scorer` is "local" or "llm"; `model` names the embedder or LLM.
    `fallback` marks a local score that stands in for an LLM's.
    """

    arxiv_id: str
    version: int
    relevance: int
    novelty: int
    comment: str
    topics: tuple[int, ...] = ()
    scorer: str = "local"
    model: str = ""
    closeness: float = 0.0
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """One named share of a paper's utility, e.g. ("topic", "topic 5 (kv cache)", 2.1).

    `kind` is one of "topic", "scores", "liked", "disliked", "author", "follow", "exploration", "rest".
    `arxiv_id` names the voted paper behind a "liked" or "disliked" share.
    """

    kind: str
    label: str
    value: float
    arxiv_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper at its place. `position` is 1-based; `utility` equals the sum of `contributions` within 1e-6.

    `propensity` is the probability with which this paper had this chance to be shown (1.0 unless explored).
    """

    paper: Paper
    score: Score
    position: int
    utility: float
    contributions: tuple[Contribution, ...] = ()
    propensity: float = 1.0
    exploration: bool = False


class PostRole(StrEnum):
    """What a message is for."""

    HEADER = "header"  # opens a digest
    PAPER = "paper"  # one paper; takes votes
    NOTE = "note"  # belongs to a digest: late papers, a correction
    NOTICE = "notice"  # belongs to the channel: topics changed, how to start


class PostState(StrEnum):
    """How far an intended message has come (DESIGN §4)."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"  # given up for a stated reason: refused, too old


@dataclass(frozen=True, slots=True)
class PostKey:
    """The identity of an intended message; the same intent always has the same key.

    `digest` is the channel's digest number (0 for notices), `subject` the arxiv_id of a paper post or a
    short word telling notes and notices apart.
    """

    channel: str
    digest: int
    role: PostRole
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.channel}/{self.digest}/{self.role}/{self.subject}"

    @classmethod
    def parse(cls, text: str) -> PostKey | None:
        """The key whose text this is, or None; a subject may contain slashes (old ids), a channel cannot."""
        channel, *rest = text.split("/", 3)
        if len(rest) != 3 or not rest[0].isdecimal() or rest[1] not in set(PostRole):
            return None
        return cls(channel, int(rest[0]), PostRole(rest[1]), rest[2])


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on a platform. `place` is the platform's channel id, `message` its message id; both text."""

    platform: str
    place: str
    message: str
    thread: str | None = None


class VoteSource(StrEnum):
    """Where a vote came from; all of them are the same feedback."""

    REACTION = "reaction"
    BUTTON = "button"
    COMMAND = "command"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Vote:
    """Somebody added or removed one emoji on one message, as a platform reports it.

    `event_id` identifies the delivery (a redelivery has the same one); `order` is the platform's own clock for
    ordering events about the same (message, person, emoji), seconds since the epoch; `emoji` is Unicode or `:name:`.
    """

    event_id: str
    ref: MessageRef
    person: str
    emoji: str
    added: bool
    at: datetime
    order: float
    source: VoteSource = VoteSource.REACTION


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """A vote resolved to the paper it is about: one row of the append-only table.

    `ref` is the message it was given on; None for a command or an import, where the paper itself stands in.
    """

    event_id: str
    channel: str
    arxiv_id: str
    person: str
    emoji: str
    added: bool
    at: datetime
    order: float
    source: VoteSource
    digest: int | None = None
    ref: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class CurrentVote:
    """What stands after all events: this person has this emoji on this paper, since `at`."""

    channel: str
    arxiv_id: str
    person: str
    emoji: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Impression:
    """One paper shown in one message at one position (1-based) of one channel's digest."""

    channel: str
    digest: int
    position: int
    arxiv_id: str
    shown_at: datetime
    utility: float
    propensity: float = 1.0
    exploration: bool = False
    in_thread: bool = False


@dataclass(frozen=True, slots=True)
class TokenCost:
    """What a digest's scoring used. Costs in USD; None is unknown, never zero."""

    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_usd: float | None = None
    completion_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """A digest's three numbers, as DESIGN §3 defines them."""

    announced: int
    scanned: int
    relevant: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One channel's morning, ready to be rendered or written to a file.

    `days` are the listing days covered, oldest first. `ranked` holds the posted papers in order (the first
    `shown` in the channel, the others in the header's thread). `remarks` are honest lines for the header: what
    failed, what is late, why it is quiet. `selected_by` is the text papers were selected by.
    """

    channel: str
    number: int
    days: tuple[date, ...]
    totals: Totals
    ranked: tuple[Ranked, ...]
    shown: int
    scored_by: str
    selected_by: str = ""
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    remedial_on: date | None = None


@dataclass(frozen=True, slots=True)
class Background:
    """What the archive says about words and meanings, so that a day is judged against the past.

    `document_frequency` counts, for each term, the papers that contain it, out of `n_papers`. `mean_vector` is the mean
    embedding, float32 `(dimensions,)`, or None before the first paper. `upto` is the last listing day counted; nothing
    later is in it.
    """

    n_papers: int = 0
    document_frequency: Mapping[str, int] = field(default_factory=dict)
    mean_vector: NDArray[np.float32] | None = None
    upto: date | None = None


@dataclass(frozen=True, slots=True)
class PaperCard:
    """What a reader sees of one paper; safe, readable Unicode, not yet escaped for any platform."""

    arxiv_id: str
    position: int
    title: str
    url: str
    pdf_url: str | None
    authors: str
    categories: str
    verdict: str  # "relevance 10 · novelty 8 · topic 1 (quantization)"
    comment: str
    why: str
    marks: tuple[str, ...] = ()  # "scored locally", "exploration", "late"


@dataclass(frozen=True, slots=True)
class Post:
    """One message, before a platform gives it its native form.

    `text` is the plain-text whole (notification, terminal, fallback). A header or note has `title` and `lines`; a paper
    post has `card`. `votable` asks for the vote and detail buttons.
    """

    role: PostRole
    text: str
    title: str = ""
    lines: tuple[str, ...] = ()
    card: PaperCard | None = None
    votable: bool = False


@dataclass(frozen=True, slots=True)
class RecentMessage:
    """One of the bot's own messages as the platform shows it now.

    `key` is the text of the PostKey it carries. `reactions` maps an emoji to the ids of the people who have it there
    (bots left out); None where the platform gave counts only and details must be asked for.
    """

    ref: MessageRef
    key: str
    posted_at: datetime
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody pressed a button or typed a command.

    `name` is the command's first word ("abstract", "why", "similar", "help", …), `argument` the rest. `arxiv_id` is the
    paper a button belongs to.
    """

    platform: str
    place: str
    person: str
    name: str
    argument: str = ""
    arxiv_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to a Request: a title and lines of plain text, and perhaps papers."""

    title: str
    lines: tuple[str, ...] = ()
    cards: tuple[PaperCard, ...] = ()


class VoteOutcome(StrEnum):
    """What became of a vote."""

    COUNTED = "counted"
    REPEATED = "repeated"  # this delivery was known already
    FOREIGN = "foreign"  # not about a paper of ours


class Severity(StrEnum):
    """How bad a doctor's finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was checked, what was seen, and what to do about it."""

    severity: Severity
    subject: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """Whether a platform is connected now, and since when or why not."""

    connected: bool
    detail: str = ""
