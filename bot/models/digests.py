"""Digests: what they count, hold and plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.models.messages import Intent, MessageRef, PostKey
from bot.models.ranking import Ranked, TokenCost


@dataclass(frozen=True, slots=True)
class Totals:
    """A digest's three numbers, as docs/design.md defines them."""

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
class DigestPlan:
    """A digest with all that must be written down before its first message is tried.

    `after` is the channel's mark the plan was made from; if it moved meanwhile, the plan is refused.
    """

    record: DigestRecord
    after: date | None
    candidates: tuple[CandidateRecord, ...]
    shown: tuple[Ranked, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A message of ours that a chat shows."""

    key: PostKey
    ref: MessageRef
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class FoundDigest:
    """A digest that a chat shows and the ledger does not know."""

    record: DigestRecord
    candidates: tuple[CandidateRecord, ...]
