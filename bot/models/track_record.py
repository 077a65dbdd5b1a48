"""A channel's track record: votes and precision by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Week:
    """One week from Monday `start`. Precision is the liked share of the first papers of the digests that got votes.

    `precision` is for the order as posted, `topics_precision` for the same papers in the order of topics and scores
    alone; both None in a week without votes on posted papers. `judged` counts those first papers.
    """

    start: date
    shown: int
    votes: int
    voters: int
    judged: int = 0
    precision: float | None = None
    topics_precision: float | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """A channel's weeks, oldest first, and its likes by topic number (0 for papers without one), most liked first."""

    weeks: tuple[Week, ...]
    liked_topics: tuple[tuple[int, int], ...]
    n_liked: int
    n_disliked: int
