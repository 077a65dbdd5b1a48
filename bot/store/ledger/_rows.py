"""Convert the ledger's rows to values, and values to rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.models import (
    Contribution,
    DigestRecord,
    Intent,
    MessageRef,
    Paper,
    Post,
    PostKey,
    PostRole,
    PostState,
    Ranked,
    Score,
)
from bot.store.codec import from_json, from_stamp, to_json

KEY = "channel = ? AND digest = ? AND role = ? AND subject = ?"
_Contributions = tuple[Contribution, ...]


def key_values(key: PostKey) -> list[Any]:
    """What the places of `KEY` stand for."""
    return [key.channel, key.digest, str(key.role), key.subject]


def to_intent(row: Mapping[str, Any]) -> Intent:
    """A row of `posts`."""
    ref = MessageRef(row["platform"], row["channel_id"], row["message"], row["thread"]) if row["message"] else None
    return Intent(
        key=PostKey(row["channel"], row["digest"], PostRole(row["role"]), row["subject"]),
        sequence=row["sequence"],
        state=PostState(row["state"]),
        platform=row["platform"],
        channel_id=row["channel_id"],
        post=from_json(Post, row["post"]),
        in_thread=bool(row["in_thread"]),
        attempts=row["attempts"],
        attempted_at=from_stamp(row["attempted_at"]) if row["attempted_at"] else None,
        ref=ref,
        note=row["note"],
    )


def to_record(row: Mapping[str, Any]) -> DigestRecord:
    """A row of `digests`."""
    record = from_json(DigestRecord, row["record"])
    return replace(record, completed_at=from_stamp(row["completed_at"]) if row["completed_at"] else None)


def to_ranked(row: Mapping[str, Any], paper: Paper) -> Ranked:
    """A row of `impressions`, with its paper."""
    return Ranked(
        paper=paper,
        score=from_json(Score, row["score"]),
        position=row["position"],
        utility=row["utility"],
        contributions=from_json(_Contributions, row["contributions"]),
        propensity=row["propensity"],
        exploration=bool(row["exploration"]),
    )


def impression_row(record: DigestRecord, ranked: Ranked, in_thread: bool) -> tuple[Any, ...]:
    """The columns of `impressions`, in the order in which they are inserted."""
    return (
        record.channel, record.number, ranked.paper.arxiv_id, ranked.position, int(in_thread), ranked.utility,
        ranked.propensity, int(ranked.exploration), to_json(_Contributions, ranked.contributions),
        to_json(Score, ranked.score),
    )  # fmt: skip
