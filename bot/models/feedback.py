"""Votes: as platforms report them, as they are stored, as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.models.messages import MessageRef

LIKE, DISLIKE, SAVE = "👍", "👎", "🔖"
OPPOSITE: Mapping[str, str] = MappingProxyType({LIKE: DISLIKE, DISLIKE: LIKE})


class VoteSource(StrEnum):
    """Where a vote came from; all of them are the same feedback."""

    REACTION = "reaction"
    BUTTON = "button"
    COMMAND = "command"


class VoteOutcome(StrEnum):
    """What became of a vote."""

    COUNTED = "counted"
    REPEATED = "repeated"  # this delivery was known already
    FOREIGN = "foreign"  # not about a paper of ours
    WITHDRAWN = "withdrawn"  # a button pressed again took its vote back
    OPTED_OUT = "opted out"  # the person asked not to be stored
    STANDING = "standing"  # a button pressed for what the person's own reaction says already


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
class ImportedLike:
    """A paper of a list that a channel was given: a like that nobody gave here and that was never shown.

    `weight` in (0, 1] is what it counts beside a reader's like of 1, as chosen when importing. `at` is the moment of
    the import. `origin` is the list's name as readers should see it, e.g. "awesome-efficient-reasoning".
    """

    arxiv_id: str
    weight: float
    at: datetime
    origin: str


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


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the database holds of one person.

    `votes` stand, on posts or by command; `saved` of them make the person's list. `events` are all rows behind them,
    also of votes taken back. `rules` are follows and mutes. `channels` are the keys of those voted in.
    """

    votes: int = 0
    saved: int = 0
    events: int = 0
    rules: int = 0
    channels: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.events or self.rules)
