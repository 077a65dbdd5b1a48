"""Measure an order: nDCG, precision, recall, AUC, and intervals for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the ends of its bootstrap interval."""

    mean: float
    low: float
    high: float


def ndcg(relevant: Sequence[bool], k: int, n_relevant: int | None = None) -> float:
    """Normalised discounted cumulative gain of the first `k` positions, binary gain, in [0, 1].

    `relevant` tells of each position in order, best first. `n_relevant` counts all relevant papers where `relevant`
    holds only the top. 0.0 if nothing is relevant. Järvelin & Kekäläinen 2002, with discount 1 / log2(position + 1).
    """
    total = sum(relevant) if n_relevant is None else n_relevant
    gains = np.asarray(relevant[:k], dtype=np.float64)
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = float(discounts[: min(k, total)].sum())
    return float(gains @ discounts[: len(gains)]) / ideal if ideal > 0 else 0.0


def precision(relevant: Sequence[bool], k: int) -> float:
    """The share of relevant papers among the first `k` (among all, if there are fewer); 0.0 of none."""
    top = relevant[:k]
    return sum(top) / len(top) if top else 0.0


def recall(relevant: Sequence[bool], k: int, n_relevant: int | None = None) -> float:
    """The share of all relevant papers that are among the first `k`; 0.0 if nothing is relevant."""
    total = sum(relevant) if n_relevant is None else n_relevant
    return sum(relevant[:k]) / total if total else 0.0


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The probability that a relevant paper scores above an irrelevant one, ties counted half.

    0.5 where one kind is missing. Area under the ROC curve by ranks (Hanley & McNeil 1982).
    """
    label = np.asarray(labels, dtype=bool)
    n_relevant = int(label.sum())
    n_other = len(label) - n_relevant
    if n_relevant == 0 or n_other == 0:
        return 0.5
    ranks = rankdata(np.asarray(scores, dtype=np.float64))
    return float((ranks[label].sum() - n_relevant * (n_relevant + 1) / 2) / (n_relevant * n_other))


def bootstrap_mean(values: Sequence[float], seed: int = 0, level: float = 0.95, rounds: int = 2000) -> Interval:
    """The mean and its percentile bootstrap interval (Efron & Tibshirani 1993); all zero for no values."""
    data = np.asarray(values, dtype=np.float64)
    if len(data) == 0:
        return Interval(0.0, 0.0, 0.0)
    means = _resampled_means(data, seed, rounds)
    return _interval(float(data.mean()), means, level)


def paired_bootstrap(
    first: Sequence[float], second: Sequence[float], seed: int = 0, level: float = 0.95, rounds: int = 2000
) -> Interval:
    """The mean of `first - second`, pair by pair, and its bootstrap interval.

    Raises:
        ValueError: the sequences differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"pairs are needed: {len(first)} values against {len(second)}")
    return bootstrap_mean(np.subtract(first, second).tolist(), seed, level, rounds)


def bootstrap_mean_of_groups(
    groups: Sequence[Sequence[float]], seed: int = 0, level: float = 0.95, rounds: int = 2000
) -> Interval:
    """The mean over groups of each group's mean, resampled within the groups (readers stay, days vary).

    Empty groups are left out; all zero if every group is empty.
    """
    full = [np.asarray(group, dtype=np.float64) for group in groups if len(group)]
    if not full:
        return Interval(0.0, 0.0, 0.0)
    means = np.mean([_resampled_means(group, seed + i, rounds) for i, group in enumerate(full)], axis=0)
    return _interval(float(np.mean([group.mean() for group in full])), means, level)


def _resampled_means(data: np.ndarray, seed: int, rounds: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.asarray(data[generator.integers(0, len(data), size=(rounds, len(data)))].mean(axis=1))


def _interval(mean: float, means: np.ndarray, level: float) -> Interval:
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean, float(low), float(high))
