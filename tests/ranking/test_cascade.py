"""Whom to look at more closely: order and sizes, pure."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Score
from bot.ranking.cascade import Stages, cascade_order, cascade_size, cascade_stages
from bot.ranking.rank import RankingInputs
from bot.ranking.rules import Rule, RuleKind
from bot.topics import parse_topics
from tests.builders import some_papers


def inputs(closeness: list[float], *rules: Rule) -> RankingInputs:
    papers = some_papers(len(closeness))
    scores = [
        Score(paper.arxiv_id, 1, 5, 5, "", closeness=value) for paper, value in zip(papers, closeness, strict=True)
    ]
    return RankingInputs(papers, scores, np.zeros((len(papers), 2), np.float32), parse_topics("1. x"), rules)


def test_the_order_is_that_of_the_ranking():
    assert cascade_order(inputs([0.1, 0.9, 0.5])) == (1, 2, 0)


def test_what_is_muted_is_not_looked_at():
    assert cascade_order(inputs([0.1, 0.9], Rule(RuleKind.MUTE_PHRASE, "matter of 2505.03002"))) == (0,)


def test_what_is_followed_comes_first():
    assert cascade_order(inputs([0.1, 0.9], Rule(RuleKind.FOLLOW_PHRASE, "matter of 2505.03001"))) == (0, 1)


def test_the_size_is_a_share_of_the_listing():
    assert cascade_size(400, share=0.25, most=200, wanted=15) == 100
    assert cascade_size(1_400, share=0.25, most=200, wanted=15) == 200


def test_a_short_listing_still_offers_two_candidates_for_every_place():
    assert cascade_size(60, share=0.25, most=200, wanted=15) == 30
    assert cascade_size(20, share=0.25, most=200, wanted=15) == 20
    assert cascade_size(60, share=0.25, most=10, wanted=15) == 10


def test_an_order_that_learned_from_votes_needs_fewer_looks():
    sizes = [cascade_size(400, share=0.25, most=200, wanted=5, votes=votes) for votes in (0, 5, 20, 100, 10_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 100
    assert sizes[-1] == 81


def test_without_sifting_every_place_goes_to_the_best():
    assert cascade_stages(400, 100) == Stages(100)


def test_with_sifting_the_last_places_are_chosen_from_four_times_as_many_titles():
    assert cascade_stages(400, 100, sift=True) == Stages(direct=60, sifted=160, chosen=40)
    assert cascade_stages(110, 100, sift=True) == Stages(direct=60, sifted=50, chosen=40)
    assert cascade_stages(100, 100, sift=True) == Stages(100)


def test_the_budget_bounds_the_places_and_pays_for_the_sifting():
    assert cascade_stages(400, 100, affordable=30) == Stages(30)
    assert cascade_stages(400, 100, affordable=0) == Stages(0)
    assert cascade_stages(400, 100, affordable=50, sift=True).scored == 45


@given(
    n=st.integers(0, 2_000),
    share=st.floats(0.01, 1.0),
    most=st.integers(1, 500),
    wanted=st.integers(0, 100),
    votes=st.integers(0, 1_000),
    affordable=st.none() | st.integers(0, 500),
    sift=st.booleans(),
)
def test_the_stages_never_exceed_listing_budget_or_settings(n, share, most, wanted, votes, affordable, sift):
    size = cascade_size(n, share=share, most=most, wanted=wanted, votes=votes)
    stages = cascade_stages(n, size, affordable=affordable, sift=sift)
    assert 0 <= stages.scored <= size <= min(n, most)
    assert stages.direct + stages.sifted <= n
    assert stages.chosen <= stages.sifted
    assert affordable is None or stages.scored <= affordable
