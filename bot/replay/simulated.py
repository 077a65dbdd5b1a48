"""Simulate raters of known quality in place of an LLM: they know what a reader liked, and tell it more or less well."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from bot.models import Score
from bot.ranking.cascade import cascade_size
from bot.ranking.rater import LLM
from bot.replay.data import Reader

SHARE, MOST_PAPERS, WANTED = 0.25, 200, 15  # what is looked at by default, of a listing, at most, and to fill
NO_NOVELTY = 5  # the middle of the scale


class RaterKind(StrEnum):
    """How well a simulated rater tells liked papers from others."""

    GOOD = "good"
    WEAK = "weak"
    USELESS = "useless"


@dataclass(frozen=True, slots=True)
class Habits:
    """The mean relevance a rater gives to liked papers and to others, and its spread in both cases."""

    liked: float
    other: float
    spread: float


HABITS: Mapping[RaterKind, Habits] = MappingProxyType(
    {
        RaterKind.GOOD: Habits(7.0, 4.0, 1.5),
        RaterKind.WEAK: Habits(6.0, 4.5, 2.0),
        RaterKind.USELESS: Habits(5.0, 4.5, 2.0),
    }
)


def simulated_relevance(kind: RaterKind, reader: Reader, arxiv_id: str, seed: int) -> int:
    """What such a rater gives to a paper, 1-10; the same for the same seed, reader and paper."""
    habits = HABITS[kind]
    mean = habits.liked if arxiv_id in reader.liked else habits.other
    chance = random.Random(f"{seed} rater {reader.name} {arxiv_id}")  # noqa: S311 - no secret
    return min(10, max(1, round(chance.gauss(mean, habits.spread))))


def looked_at(
    scores: Sequence[Score], order: Sequence[int], kind: RaterKind, reader: Reader, *, seed: int, votes: int
) -> tuple[Score, ...]:
    """The scores after such a rater looked at as many papers of `order` as an LLM would; the others are fallbacks.

    It gives one figure, as relevance; of novelty it says nothing, which is the middle of the scale.
    """
    size = cascade_size(len(order), share=SHARE, most=MOST_PAPERS, wanted=WANTED, votes=votes)
    chosen = set(order[:size])
    return tuple(
        replace(
            score,
            relevance=simulated_relevance(kind, reader, score.arxiv_id, seed),
            novelty=NO_NOVELTY,
            scorer=LLM,
            model=f"simulated {kind}",
        )
        if i in chosen
        else replace(score, fallback=True)
        for i, score in enumerate(scores)
    )
