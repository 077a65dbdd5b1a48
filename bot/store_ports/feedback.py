"""What is asked of the store about votes and what was learned from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.models import (
    CurrentVote,
    FeedbackEvent,
    ImportedLike,
    Impression,
    MessageRef,
    PostKey,
    Vote,
    VoteOutcome,
    VoteSource,
)


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

    async def imported_likes(self, channel: str) -> tuple[ImportedLike, ...]:
        """What the channel's lists teach, oldest import first, then by arxiv_id; a paper once for each list it is on.

        Lists taken out again are not in it. Readers' votes on the same papers make no difference here.
        """
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

    async def add(
        self,
        channel: str,
        fitted_at: datetime,
        metrics: Mapping[str, float | str],
        blob: bytes,
        after_forgettings: int | None = None,
    ) -> int | None:
        """Store a new version and return its number; very old ones are dropped.

        With `after_forgettings` only if nobody was forgotten since that count, else None: the votes it was learned from
        may not be there any more.
        """
        ...
