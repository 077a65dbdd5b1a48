"""The order of candidates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Contribution
from bot.ranking.model import Opinion
from bot.ranking.rank import rank
from bot.ranking.rules import Rule, RuleKind
from tests.builders import a_paper, some_papers
from tests.ranking.scenes import a_score, inputs_of


class Fixed:
    """A model with given learned utilities."""

    def __init__(self, weight, values):
        self.weight, self.values = weight, values

    def opinion(self, papers, today):
        return Opinion(self.weight, [(Contribution("liked", "x", v, "1"),) for v in self.values])


def order(ranked):
    return [one.paper.arxiv_id for one in ranked]


@st.composite
def pools(draw):
    n = draw(st.integers(0, 12))
    papers = some_papers(n)
    number = st.floats(-1e3, 1e3, allow_nan=False)
    scorer = draw(st.sampled_from(["local", "llm", "mixed"]))
    scores = [
        a_score(
            paper,
            relevance=draw(st.integers(1, 10)),
            novelty=draw(st.integers(1, 10)),
            closeness=draw(number),
            scorer="llm" if scorer == "llm" or (scorer == "mixed" and i % 2) else "local",
            fallback=scorer == "mixed" and not i % 2,
        )
        for i, paper in enumerate(papers)
    ]
    model = Fixed(draw(st.floats(0, 1)), [draw(number) for _ in papers]) if draw(st.booleans()) else None
    rules = (Rule(RuleKind.FOLLOW_PHRASE, papers[0].arxiv_id),) if papers and draw(st.booleans()) else ()
    return inputs_of(papers, scores, model=model, rules=rules)


@given(pools())
def test_utility_is_the_sum_of_the_contributions(inputs):
    for one in rank(inputs):
        assert one.utility == pytest.approx(math.fsum(share.value for share in one.contributions), abs=1e-6)


@given(pools())
def test_every_paper_has_one_place_and_utility_never_rises(inputs):
    ranked = rank(inputs)
    assert sorted(order(ranked)) == sorted(paper.arxiv_id for paper in inputs.papers)
    assert [one.position for one in ranked] == list(range(1, len(ranked) + 1))
    utilities = [one.utility for one in ranked]
    assert utilities == sorted(utilities, reverse=True)


@given(pools(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(inputs, random):
    if inputs.model is not None:
        return
    pairs = list(zip(inputs.papers, inputs.scores, strict=True))
    random.shuffle(pairs)
    shuffled = inputs_of([p for p, _ in pairs], [s for _, s in pairs], rules=inputs.rules)
    assert order(rank(shuffled)) == order(rank(inputs))


def test_local_scores_are_ordered_by_closeness():
    papers = some_papers(3)
    scores = [a_score(paper, closeness=c) for paper, c in zip(papers, (0.5, 2.0, -1.0), strict=True)]
    assert order(rank(inputs_of(papers, scores))) == [papers[1].arxiv_id, papers[0].arxiv_id, papers[2].arxiv_id]


def test_llm_scores_are_ordered_by_their_sum_and_closeness_breaks_ties_only():
    papers = some_papers(3)
    scores = [
        a_score(papers[0], 8, 7, closeness=-50.0, scorer="llm"),
        a_score(papers[1], 7, 7, closeness=+50.0, scorer="llm"),
        a_score(papers[2], 6, 8, closeness=+51.0, scorer="llm"),
    ]
    assert order(rank(inputs_of(papers, scores)))[0] == papers[0].arxiv_id


def test_equal_utilities_are_ordered_by_id():
    papers = some_papers(3)[::-1]
    assert order(rank(inputs_of(papers, [a_score(paper) for paper in papers]))) == sorted(p.arxiv_id for p in papers)


def test_a_model_reorders_as_far_as_its_weight_allows():
    papers = some_papers(4)
    scores = [a_score(paper, closeness=float(-i)) for i, paper in enumerate(papers)]
    learned = [-3.0, -1.0, 1.0, 3.0]
    assert order(rank(inputs_of(papers, scores, model=Fixed(0.0, learned)))) == [p.arxiv_id for p in papers]
    assert order(rank(inputs_of(papers, scores, model=Fixed(1.0, learned)))) == [p.arxiv_id for p in papers[::-1]]


def test_the_topics_keep_a_floor_however_much_was_learned():
    papers = some_papers(3)
    scores = [a_score(paper, scorer="local", closeness=n) for n, paper in enumerate(papers)]
    ranked = rank(inputs_of(papers, scores, model=Fixed(1.0, [0.0, 0.0, 0.0])))
    assert order(ranked) == [paper.arxiv_id for paper in reversed(papers)]
    utilities = [one.utility for one in ranked]
    assert np.std(utilities) == pytest.approx(0.15)
    narrow = rank(inputs_of(papers, scores, model=Fixed(1.0, [0.5, 0.0, 0.0])))
    assert order(narrow)[0] == papers[0].arxiv_id, "what was learned decides all the same"


def test_a_followed_paper_comes_first_whatever_was_learned():
    papers = (a_paper("1", authors=("Ada Lovelace",)), a_paper("2", authors=("Bob",)), a_paper("3", authors=("Cy",)))
    scores = [a_score(paper, closeness=0.0) for paper in papers]
    rules = (Rule(RuleKind.FOLLOW_AUTHOR, "A. Lovelace"),)
    ranked = rank(inputs_of(papers, scores, rules=rules, model=Fixed(1.0, [-9.0, 9.0, 9.0])))
    assert ranked[0].paper.arxiv_id == "1"
    assert any(share.kind == "follow" for share in ranked[0].contributions)


def test_nothing_to_rank_is_an_empty_order():
    assert rank(inputs_of((), ())) == ()


def test_what_does_not_belong_together_is_refused():
    papers = some_papers(2)
    with pytest.raises(ValueError, match="2 papers, 1 scores, 2 vectors"):
        inputs_of(papers, [a_score(papers[0])])


def test_a_single_paper_is_ranked_with_a_model():
    (paper,) = some_papers(1)
    (one,) = rank(inputs_of((paper,), (a_score(paper, closeness=2.0),), model=Fixed(0.5, [1.0])))
    assert np.isfinite(one.utility)
