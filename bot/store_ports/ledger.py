"""What is asked of the store about digests and the intents of their messages (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.models import Impression, MessageRef, Post, PostKey, PostState, Ranked, TokenCost, Totals


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

    async def give_back(self, channel: str, number: int) -> bool:
        """If no message of a digest was sent or still can be: its days and papers are as if never offered.

        The digest itself, its number and what called for it stay. True if that was so.
        """
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
