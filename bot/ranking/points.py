"""Turn scores into utility: closeness, an LLM's points, and a stand-in where no LLM has looked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.models import Contribution, Score
from bot.ranking.interests import KEYWORDS
from bot.ranking.rater import LLM, Rater

Floats = NDArray[np.float64]
Shares = list[list[Contribution]]

UNRATED = "scored locally"

_EVERY_POINT = Rater(relevance=1.0, novelty=1.0)
_LEVEL = 0.3  # variance of utility below which a trend of an LLM's scores is hardly believed


def from_closeness(scores: Sequence[Score]) -> Shares:
    """One share for each paper, its closeness to the topics."""
    return [[Contribution("topic", _topic_label(score), score.closeness)] for score in scores]


def from_scores(scores: Sequence[Score]) -> Shares:
    """The order without feedback: an LLM's relevance plus novelty, then closeness; closeness alone without an LLM.

    A paper the LLM has not seen stands where its usual sum for papers as close would put it.
    """
    if not any(score.scorer == LLM for score in scores):
        return from_closeness(scores)
    points = _points(scores, [score.closeness for score in scores], _EVERY_POINT, np.zeros(2))
    # Stays below half a point, so that it decides between equal sums only.
    ties = [Contribution("topic", _topic_label(one), 0.45 * math.tanh(one.closeness / 4)) for one in scores]
    return [[*of_paper, tie] for of_paper, tie in zip(points, ties, strict=True)]


def with_points(shares: Shares, scores: Sequence[Score], rater: Rater) -> Shares:
    """The shares with an LLM's points on top, at the worth `rater` gives them, above or below the day's mean.

    A paper the LLM has not seen gets what it usually gives to papers with as much utility.
    """
    rated = [(score.relevance, score.novelty) for score in scores if score.scorer == LLM]
    if not rated:
        return shares
    base = [math.fsum(share.value for share in of_paper) for of_paper in shares]
    points = _points(scores, base, rater, np.mean(rated, axis=0))
    return [[*of_paper, *more] for of_paper, more in zip(shares, points, strict=True)]


def _points(scores: Sequence[Score], base: Sequence[float], rater: Rater, usual: Floats) -> Shares:
    worth = np.array([rater.relevance * one.relevance + rater.novelty * one.novelty for one in scores])
    rated = np.array([one.scorer == LLM for one in scores])
    expected = _expected(np.array(base), worth, rated) - rater.relevance * usual[0] - rater.novelty * usual[1]
    return [
        [
            Contribution("scores", f"relevance {one.relevance}", rater.relevance * (one.relevance - float(usual[0]))),
            Contribution("scores", f"novelty {one.novelty}", rater.novelty * (one.novelty - float(usual[1]))),
        ]
        if one.scorer == LLM
        else [Contribution("scores", UNRATED, float(expected[i]))]
        for i, one in enumerate(scores)
    ]


def _expected(base: Floats, worth: Floats, rated: NDArray[np.bool_]) -> Floats:
    """What an LLM would likely give each paper `(n,)`: the line through what it gave over `base`, within its range.

    The line leans towards level where few or much alike papers were scored.
    """
    known, given = base[rated], worth[rated]
    covariance = float(np.mean((known - known.mean()) * (given - given.mean())))
    slope = max(0.0, covariance / (float(known.var()) + _LEVEL))
    return np.asarray(np.clip(given.mean() + slope * (base - known.mean()), given.min(), given.max()))


def _topic_label(score: Score) -> str:
    if not score.topics:
        return "topics"
    return "your keywords" if score.topics[0] == KEYWORDS else f"topic {score.topics[0]}"
