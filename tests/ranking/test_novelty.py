"""Novelty as distance to the archive."""

from __future__ import annotations

import numpy as np
import pytest

from bot.ranking.novelty import novelty


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def archive():
    return unit(np.random.default_rng(0).normal(size=(500, 12)))


def test_a_repetition_is_less_new_than_a_fresh_paper(archive):
    """Both lie in the same neighbourhood; one is next to a paper that exists."""
    generator = np.random.default_rng(1)
    fresh = unit(generator.normal(size=(40, 12)))
    repeated = unit(archive[:40] + 0.02 * generator.normal(size=(40, 12)))
    scores = novelty(np.vstack([fresh, repeated]), archive, None)
    assert scores[:40].mean() > scores[40:].mean() + 3


def test_a_day_of_repetitions_is_called_that(archive):
    """What is usual is learned from the archive, not from the day."""
    repeated = unit(archive[:60] + 0.01 * np.random.default_rng(1).normal(size=(60, 12)))
    assert novelty(repeated, archive, None).mean() < 3


def test_a_single_paper_is_compared_with_the_archive(archive):
    assert novelty(archive[:1], archive, None).tolist() == [1]


def test_scores_stay_within_one_and_ten_and_use_the_scale(archive):
    scores = novelty(unit(np.random.default_rng(2).normal(size=(300, 12))), archive, None)
    assert scores.min() >= 1
    assert scores.max() <= 10
    assert 4.5 <= scores.mean() <= 6.5
    assert len(set(scores.tolist())) >= 5


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_papers_to_compare_get_the_middle(n):
    assert novelty(unit(np.ones((n, 12))) if n else np.zeros((0, 12), np.float32), None, None).tolist() == [5] * n


def test_with_an_empty_archive_the_pool_compares_itself():
    rows = unit(np.random.default_rng(3).normal(size=(50, 12)))
    rows[1] = rows[0]
    scores = novelty(rows, np.zeros((0, 12), np.float32), None)
    assert scores[0] < np.median(scores)


def test_a_paper_without_a_vector_gets_the_middle(archive):
    rows = unit(np.random.default_rng(4).normal(size=(20, 12)))
    rows[3] = 0
    assert novelty(rows, archive, None)[3] == 5


def test_many_papers_are_compared_in_pieces_with_the_same_result(archive):
    rows = unit(np.random.default_rng(5).normal(size=(1200, 12)))
    assert novelty(rows, archive, None).shape == (1200,)
    assert np.array_equal(novelty(rows, archive, None), novelty(rows, archive, None))
