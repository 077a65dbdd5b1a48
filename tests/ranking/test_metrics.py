"""Figures for an order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

from bot.ranking.metrics import (
    auc,
    bootstrap_mean,
    bootstrap_mean_of_groups,
    ndcg,
    paired_bootstrap,
    precision,
    recall,
)

LABELS = st.lists(st.booleans(), min_size=2, max_size=30)


def test_ndcg_of_one_hit_at_the_second_place():
    assert ndcg([False, True, False], 10) == pytest.approx(1 / math.log2(3))


def test_ndcg_is_one_when_the_top_is_full_of_relevant_papers():
    assert ndcg([True] * 3, 2, n_relevant=9) == 1.0


def test_nothing_relevant_is_zero_not_an_error():
    assert ndcg([False], 10) == recall([False], 10) == precision([], 10) == 0.0


def test_precision_and_recall_at_k():
    order = [True, False, True, True]
    assert precision(order, 2) == 0.5
    assert recall(order, 2) == pytest.approx(1 / 3)


@given(LABELS, st.integers(1, 12))
def test_ndcg_agrees_with_scikit_learn(order, k):
    if any(order):
        scores = [list(range(len(order), 0, -1))]
        assert ndcg(order, k) == pytest.approx(ndcg_score([[float(one) for one in order]], scores, k=k))


@given(LABELS, st.integers(1, 12))
def test_figures_stay_between_zero_and_one(order, k):
    assert all(0 <= figure(order, k) <= 1 + 1e-12 for figure in (ndcg, precision, recall))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auc_agrees_with_scikit_learn_ties_included(pairs):
    scores, labels = [float(s) for s, _ in pairs], [label for _, label in pairs]
    if len(set(labels)) == 2:
        assert auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    else:
        assert auc(scores, labels) == 0.5


def test_the_bootstrap_is_seeded_and_holds_the_mean():
    values = [0.1, 0.4, 0.9, 0.3, 0.5]
    first = bootstrap_mean(values, seed=3)
    assert first == bootstrap_mean(values, seed=3)
    assert first != bootstrap_mean(values, seed=4)
    assert first.low <= first.mean <= first.high


def test_no_values_have_a_zero_interval():
    assert bootstrap_mean([]).mean == bootstrap_mean_of_groups([[], []]).high == 0.0


def test_a_constant_gain_has_an_interval_without_width():
    gain = paired_bootstrap([0.5, 0.7, 0.9], [0.3, 0.5, 0.7])
    assert (gain.low, gain.mean, gain.high) == pytest.approx((0.2, 0.2, 0.2))


def test_pairs_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 values against 1"):
        paired_bootstrap([1.0, 2.0], [1.0])


def test_groups_count_alike_whatever_their_size():
    assert bootstrap_mean_of_groups([[1.0], [0.0] * 9]).mean == 0.5
