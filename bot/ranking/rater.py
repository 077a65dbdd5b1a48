"""Estimate how far an LLM's scores agree with what readers liked among the papers they were shown.

A paper is liked with log-odds a + b · base + r · relevance + n · novelty, where base is its utility without the LLM's
scores; r and n are then what a point is worth. Since base and scores are all that the shown papers were chosen by, the
choice does not bend these slopes, as it would bend a mere correlation. The estimate is the most probable one under a
normal prior (Bishop 2006, §4.5), so that a stranger's points count little and a few votes move them little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from bot.models import Ranked, Score
from bot.ranking.metrics import auc
from bot.ranking.rewards import Verdict
from bot.ranking.track_record import Shown

Floats = NDArray[np.float64]

LLM = "llm"
LATEST = 600  # judged papers it looks back on at most
SILENT = 0.5  # weight of a digest nobody voted on: perhaps nobody read it

# log-odds: intercept, base, relevance, novelty. A unit of utility is about one; the rest is a weak rater's.
_USUAL = np.array([-1.5, 1.0, 0.2, 0.05])
_SPREAD = np.array([2.0, 0.4, 0.4, 0.15])
_BOUNDS = ((None, None), (0.0, None), (0.0, None), (0.0, None))
_MIDDLE = 5.0  # of the scale of 1-10

_NOT_BASE = frozenset({"scores", "follow", "exploration"})
_ONLY_LEARNED = frozenset({"rest", "liked", "disliked", "author"})


@dataclass(frozen=True, slots=True)
class Rater:
    """What one point of relevance and one of novelty by an LLM are worth in utility, both ≥ 0.

    `agreement` is the share of pairs of a liked and another shown paper in which the liked one has the higher
    relevance (0.5: none). It rests on `n_judged` shown papers, of which `n_liked` were liked.
    """

    relevance: float = float(_USUAL[2])
    novelty: float = float(_USUAL[3])
    agreement: float = 0.5
    n_judged: int = 0
    n_liked: int = 0


STRANGER = Rater()


@dataclass(frozen=True, slots=True)
class Judged:
    """A paper that an LLM scored, that was shown, and what readers made of it; `base` is its utility but for scores."""

    score: Score
    base: float
    liked: bool
    weight: float = 1.0


def judged_papers(shown: Sequence[Shown], verdicts: Sequence[Verdict]) -> tuple[Judged, ...]:
    """The shown papers that the newest model scored, oldest first; another model's record says nothing about it.

    Without a vote a paper is not liked.
    """
    scored = [one for one in shown if one.ranked.score.scorer == LLM]
    newest = scored[-1].ranked.score.model if scored else ""
    rewards = {one.arxiv_id: one.reward for one in verdicts}
    lively = {one.impression.digest for one in scored if one.ranked.paper.arxiv_id in rewards}
    return tuple(
        Judged(
            score=one.ranked.score,
            base=_base(one.ranked),
            liked=rewards.get(one.ranked.paper.arxiv_id, 0.0) > 0,
            weight=1.0 if one.impression.digest in lively else SILENT,
        )
        for one in scored
        if one.ranked.score.model == newest
    )


def fit_rater(judged: Sequence[Judged]) -> Rater:
    """What the votes say about the LLM's scores; a stranger's weight as long as nothing was liked."""
    judged = judged[-LATEST:]
    liked = np.array([one.liked for one in judged], dtype=np.float64)
    if not liked.any():
        return STRANGER
    rows = np.array([[1.0, one.base, one.score.relevance - _MIDDLE, one.score.novelty - _MIDDLE] for one in judged])
    slopes = _most_probable(rows, liked, np.array([one.weight for one in judged]))
    return Rater(
        relevance=float(slopes[2]),
        novelty=float(slopes[3]),
        agreement=auc([one.score.relevance for one in judged], [one.liked for one in judged]),
        n_judged=len(judged),
        n_liked=int(liked.sum()),
    )


def _most_probable(rows: Floats, liked: Floats, weights: Floats) -> Floats:
    def loss(slopes: Floats) -> tuple[float, Floats]:
        logits = rows @ slopes
        surprise = weights @ (np.logaddexp(0.0, logits) - liked * logits)
        apart = (slopes - _USUAL) / _SPREAD
        gradient = rows.T @ (weights * (expit(logits) - liked)) + apart / _SPREAD
        return float(surprise + apart @ apart / 2), gradient

    return np.asarray(minimize(loss, _USUAL, jac=True, method="L-BFGS-B", bounds=_BOUNDS).x)


def _base(ranked: Ranked) -> float:
    if not any(share.kind in _ONLY_LEARNED for share in ranked.contributions):
        return ranked.score.closeness  # nothing was learned yet, and the LLM's points stood in for it
    return math.fsum(share.value for share in ranked.contributions if share.kind not in _NOT_BASE)
