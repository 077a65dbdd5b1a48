"""Remember what a replay's reader has seen and done, and reveal a day's reactions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from bot.models import CurrentVote, Impression, Paper, Ranked
from bot.ranking.track_record import Shown
from bot.replay.data import Reader
from bot.replay.options import Feedback, ReplayOptions


@dataclass(slots=True)
class Memory:
    """What one reader has seen and done under one arm."""

    votes: list[CurrentVote] = field(default_factory=list)
    impressions: list[Impression] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    papers: dict[str, Paper] = field(default_factory=dict)


def reveal(
    day: date, papers: Sequence[Paper], reader: Reader, memory: Memory, shown: Sequence[Ranked], options: ReplayOptions
) -> None:
    """What the reader's reactions of the day tell: likes as votes, everything shown as impressions."""
    by_id = {one.paper.arxiv_id: one for one in shown}
    for paper in papers:
        one = by_id.get(paper.arxiv_id)
        liked = paper.arxiv_id in reader.liked and _chance(options, reader, paper, "keep") < options.keep
        if one is not None and _chance(options, reader, paper, "flip") < options.flip:
            liked = not liked
        if one is not None:
            memory.impressions.append(_impression(day, reader, one))
            memory.shown.append(Shown(memory.impressions[-1], one))
            memory.papers[paper.arxiv_id] = paper
        if liked and (one is not None or options.feedback is Feedback.ALL):
            memory.votes.append(CurrentVote(reader.name, paper.arxiv_id, reader.name, "👍", at_hour(day, 12)))
            memory.papers[paper.arxiv_id] = paper


def at_hour(day: date, hour: int) -> datetime:
    """A moment of the day, in UTC."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


def _impression(day: date, reader: Reader, one: Ranked) -> Impression:
    return Impression(
        channel=reader.name,
        digest=day.toordinal(),
        position=one.position,
        arxiv_id=one.paper.arxiv_id,
        shown_at=at_hour(day, 9),
        utility=one.utility,
        propensity=one.propensity,
        exploration=one.exploration,
    )


def _chance(options: ReplayOptions, reader: Reader, paper: Paper, purpose: str) -> float:
    """A number in [0, 1) that depends on nothing but the seed, the reader, the paper and what it is for."""
    return random.Random(f"{options.seed} {purpose} {reader.name} {paper.arxiv_id}").random()  # noqa: S311 - no secret
