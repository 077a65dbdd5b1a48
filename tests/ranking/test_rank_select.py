"""What of the order is posted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ranking.rank import Exploration, explore, rank, select
from bot.ranking.rules import Rule, RuleKind
from tests.builders import a_paper, some_papers
from tests.ranking.scenes import a_score, inputs_of


def selected(pool, scores, /, *, inputs=None, **limits):
    inputs = inputs or inputs_of(pool, scores)
    return select(inputs, rank(inputs), **limits)


def ids(ranked):
    return [one.paper.arxiv_id for one in ranked]


def ten_papers(relevance=7):
    papers = some_papers(10)
    return papers, [a_score(paper, relevance, closeness=float(-i)) for i, paper in enumerate(papers)]


def test_the_best_go_to_the_channel_and_the_next_to_the_thread():
    papers, scores = ten_papers()
    selection = selected(papers, scores, papers=3, more=4)
    assert (len(selection.posted), selection.shown, selection.relevant) == (7, 3, 10)
    assert [one.position for one in selection.posted] == list(range(1, 8))


def test_what_is_not_relevant_enough_is_not_posted():
    papers, scores = ten_papers(relevance=5)
    assert selected(papers, scores).posted == ()
    assert selected(papers, scores, min_relevance=5).relevant == 10


def test_no_places_in_the_channel_put_everything_into_the_thread():
    papers, scores = ten_papers()
    selection = selected(papers, scores, papers=0, more=4)
    assert (len(selection.posted), selection.shown) == (4, 0)


def test_a_muted_paper_is_recorded_and_gives_its_place_to_the_next():
    papers, scores = ten_papers()
    inputs = inputs_of(papers, scores, rules=(Rule(RuleKind.MUTE_PHRASE, papers[0].arxiv_id),))
    selection = selected(papers, scores, inputs=inputs, papers=3, more=0)
    assert ids(selection.posted) == [paper.arxiv_id for paper in papers[1:4]]
    assert ids(selection.muted) == [papers[0].arxiv_id]
    assert selection.relevant == 9


def test_muting_beats_following():
    papers, scores = ten_papers()
    rules = (Rule(RuleKind.MUTE_PHRASE, papers[0].arxiv_id), Rule(RuleKind.FOLLOW_PHRASE, papers[0].arxiv_id))
    selection = selected(papers, scores, inputs=inputs_of(papers, scores, rules=rules))
    assert papers[0].arxiv_id not in ids(selection.posted)


def test_a_followed_paper_needs_no_relevance():
    papers, scores = ten_papers(relevance=2)
    inputs = inputs_of(papers, scores, rules=(Rule(RuleKind.FOLLOW_PHRASE, papers[4].arxiv_id),))
    assert ids(selected(papers, scores, inputs=inputs).posted) == [papers[4].arxiv_id]


def test_the_same_paper_told_twice_is_posted_once_and_the_other_recorded():
    papers = some_papers(3)
    vectors = np.eye(3, dtype=np.float32)
    vectors[1] = vectors[0]
    scores = [a_score(paper, closeness=float(-i)) for i, paper in enumerate(papers)]
    selection = selected(papers, scores, inputs=inputs_of(papers, scores, vectors=vectors))
    assert ids(selection.posted) == [papers[0].arxiv_id, papers[2].arxiv_id]
    (duplicate,) = selection.duplicates
    assert (duplicate.ranked.paper.arxiv_id, duplicate.of) == (papers[1].arxiv_id, papers[0].arxiv_id)


@pytest.mark.parametrize(("title", "posted"), [("A Study of Sparse Attention", 1), ("Dense Retrieval for Law", 2)])
def test_close_vectors_need_nearly_equal_titles_to_be_duplicates(title, posted):
    papers = (a_paper("1", title="Study of Sparse Attention"), a_paper("2", title=title))
    vectors = np.array([[1.0, 0.0], [0.93, math.sqrt(1 - 0.93**2)]], dtype=np.float32)
    scores = [a_score(paper) for paper in papers]
    assert len(selected(papers, scores, inputs=inputs_of(papers, scores, vectors=vectors)).posted) == posted


def test_papers_without_vectors_are_no_duplicates():
    papers, scores = ten_papers()
    inputs = inputs_of(papers, scores, vectors=np.zeros((10, 4), dtype=np.float32))
    assert len(selected(papers, scores, inputs=inputs, papers=10).posted) == 10


@given(
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(1, 10),
    st.lists(st.integers(1, 10), max_size=12),
    st.integers(0, 3),
)
def test_limits_always_hold(papers, more, min_relevance, relevances, slots):
    pool = some_papers(len(relevances))
    scores = [a_score(paper, r, closeness=float(r)) for paper, r in zip(pool, relevances, strict=True)]
    selection = selected(
        pool, scores, papers=papers, more=more, min_relevance=min_relevance, exploration=Exploration(slots, seed=1)
    )
    assert len(selection.posted) <= papers + more
    assert selection.shown == min(papers, len(selection.posted))
    assert len(set(ids(selection.posted))) == len(selection.posted)
    assert all(one.score.relevance >= min_relevance for one in selection.posted)
    for one in selection.posted:
        assert one.utility == pytest.approx(math.fsum(share.value for share in one.contributions), abs=1e-6)


def test_explored_places_are_marked_with_their_chance():
    papers, scores = ten_papers()
    inputs = inputs_of(papers, scores)
    shown = explore(rank(inputs), 5, Exploration(slots=1, seed=7))
    assert ids(shown)[:4] == [paper.arxiv_id for paper in papers[:4]]
    assert shown[4].exploration
    assert shown[4].propensity == pytest.approx(1 / 6)
    assert sorted(ids(shown)) == sorted(paper.arxiv_id for paper in papers)
    assert shown[4].contributions[-1].kind == "exploration"


def test_exploration_depends_on_the_seed_alone():
    papers, scores = ten_papers()
    ranked = rank(inputs_of(papers, scores))
    draws = {ids(explore(ranked, 5, Exploration(1, seed)))[4] for seed in range(40)}
    assert ids(explore(ranked, 5, Exploration(1, 3))) == ids(explore(ranked, 5, Exploration(1, 3)))
    assert len(draws) > 3


def test_without_slots_nothing_is_explored():
    papers, scores = ten_papers()
    ranked = rank(inputs_of(papers, scores))
    assert explore(ranked, 5, Exploration()) == list(ranked)
