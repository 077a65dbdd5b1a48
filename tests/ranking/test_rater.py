"""How far an LLM's scores are trusted, and what that does to the order."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Background, Contribution, CurrentVote, Impression, Ranked
from bot.ranking import model as models
from bot.ranking.background import extend
from bot.ranking.learn import Evidence, fit
from bot.ranking.model import Opinion
from bot.ranking.rank import rank
from bot.ranking.rater import SILENT, STRANGER, Judged, Rater, fit_rater, judged_papers
from bot.ranking.rewards import verdicts
from bot.ranking.track_record import Shown
from bot.ranking.vocabulary import vectorizer
from tests.builders import a_paper, some_papers
from tests.ranking.scenes import a_score, inputs_of, papers_of, vectors_of

NOW = datetime(2025, 5, 8, 9, tzinfo=UTC)


class Taste:
    """A model that likes all papers alike and trusts the LLM as told."""

    def __init__(self, rater, weight=0.5, values=None):
        self.rater, self.weight, self.values = rater, weight, values

    def opinion(self, papers, today):
        values = self.values or [0.0] * len(papers)
        return Opinion(self.weight, [(Contribution("rest", "x", value),) for value in values], self.rater)


def order(ranked):
    return [one.paper.arxiv_id for one in ranked]


def a_history(liked_mean, other_mean, spread, n=200, seed=0, chosen_from=1):
    """Judged papers of a rater with such habits; with `chosen_from`, each is the best of so many by base and score."""
    chance = random.Random(seed)

    def draw():
        base = chance.gauss(1, 1)
        liked = chance.random() < 1 / (1 + math.exp(2.0 - base))
        relevance = min(10, max(1, round(chance.gauss(liked_mean if liked else other_mean, spread))))
        return Judged(a_score(a_paper(), relevance, chance.randint(1, 10), scorer="llm"), base, liked)

    return [
        max((draw() for _ in range(chosen_from)), key=lambda one: one.base + 0.5 * one.score.relevance)
        for _ in range(n)
    ]


def test_a_stranger_s_points_count_a_little():
    assert fit_rater(()) == STRANGER
    assert fit_rater([one for one in a_history(7, 4, 1.5) if not one.liked]) == STRANGER
    assert 0 < STRANGER.relevance < 0.5


def test_the_worth_of_a_point_follows_from_its_agreement_with_the_votes():
    good, weak, useless = (fit_rater(a_history(*habits)) for habits in ((7, 4, 1.5), (6, 4.5, 2), (4.5, 4.5, 2)))
    assert good.relevance > 0.9
    assert 0.2 < weak.relevance < 0.7
    assert useless.relevance < 0.12
    assert good.agreement > 0.85 > weak.agreement > 0.6 > useless.agreement


def test_a_rater_who_contradicts_the_votes_counts_nothing():
    assert fit_rater(a_history(3, 6, 1.5)).relevance == 0


def test_a_few_votes_move_the_worth_a_little_and_many_much():
    worth = [fit_rater(a_history(7, 4, 1.5, n)).relevance for n in (10, 40, 300)]
    assert STRANGER.relevance < worth[0] < worth[1] < worth[2]


def test_that_only_the_best_were_shown_does_not_hide_a_good_rater():
    """Among papers chosen by base and score the two look opposed; base as a control undoes that."""
    assert fit_rater(a_history(7, 4, 1.5, chosen_from=8)).relevance > 0.7


def test_novelty_counts_on_its_own():
    chance = random.Random(1)
    judged = []
    for _ in range(150):
        novelty = chance.randint(1, 10)
        liked = chance.random() < novelty / 12
        judged.append(Judged(a_score(a_paper(), chance.randint(1, 10), novelty, scorer="llm"), 0.0, liked))
    found = fit_rater(judged)
    assert found.novelty > 0.2
    assert found.relevance < 0.1


def test_the_record_of_long_ago_is_forgotten():
    found = fit_rater([*a_history(7, 4, 1.5, 600), *a_history(4.5, 4.5, 2, 600, seed=1)])
    assert found.n_judged == 600
    assert found.relevance < 0.12


def a_shown(n, digest=1, contributions=(), **score):
    paper = a_paper(f"2505.{n:05d}")
    values = {"scorer": "llm", "model": "m", **score}
    ranked = Ranked(paper, a_score(paper, **values), 1, 0.0, tuple(contributions))
    return Shown(Impression("lab", digest, 1, paper.arxiv_id, NOW, 0.0), ranked)


def said(*numbers, emoji="👍"):
    return verdicts([CurrentVote("lab", f"2505.{n:05d}", "ada", emoji, NOW) for n in numbers])


def test_liked_means_a_vote_for_it_and_silence_weighs_less():
    judged = judged_papers([a_shown(1), a_shown(2), a_shown(3, digest=2)], said(1))
    assert [one.liked for one in judged] == [True, False, False]
    assert [one.weight for one in judged] == [1.0, 1.0, SILENT]
    assert [one.liked for one in judged_papers([a_shown(1)], said(1, emoji="👎"))] == [False]


def test_local_scores_and_another_model_s_say_nothing_about_the_llm():
    shown = [a_shown(1, model="old"), a_shown(2, scorer="local"), a_shown(3), a_shown(4, scorer="local", model="m")]
    assert [one.score.arxiv_id for one in judged_papers(shown, said(1, 2, 3))] == ["2505.00003"]


def test_the_base_leaves_out_points_follows_and_chance():
    shares = [
        Contribution("topic", "topics", 1.0),
        Contribution("liked", "x", 0.5),
        Contribution("rest", "x", -0.25),
        Contribution("scores", "relevance 9", 8.0),
        Contribution("follow", "x", 16.0),
        Contribution("exploration", "x", 32.0),
    ]
    assert judged_papers([a_shown(1, contributions=shares)], ())[0].base == 1.25


def test_before_anything_was_learned_the_base_is_closeness():
    shares = [Contribution("scores", "relevance 9", 9.0), Contribution("topic", "topics", 0.3)]
    assert judged_papers([a_shown(1, contributions=shares, closeness=2.5)], ())[0].base == 2.5


@st.composite
def ratings(draw):
    """Some papers scored by an LLM, some not, and what its points are worth."""
    papers = some_papers(draw(st.integers(1, 10)))
    scores = [
        a_score(
            paper,
            draw(st.integers(1, 10)),
            draw(st.integers(1, 10)),
            draw(st.floats(-20, 20)),
            scorer=draw(st.sampled_from(["llm", "local"])),
        )
        for paper in papers
    ]
    rater = draw(st.none() | st.builds(Rater, st.floats(0, 3), st.floats(0, 3)))
    values = [draw(st.floats(-5, 5)) for _ in papers]
    model = draw(st.none() | st.just(Taste(rater, draw(st.floats(0, 1)), values)))
    return inputs_of(papers, scores, model=model)


@given(ratings())
def test_utility_is_the_sum_of_its_shares_whoever_scored(inputs):
    for one in rank(inputs):
        assert one.utility == pytest.approx(math.fsum(share.value for share in one.contributions), abs=1e-6)


@given(ratings())
def test_a_paper_the_llm_has_not_seen_never_gets_more_points_than_the_best_nor_fewer_than_the_worst(inputs):
    points = {"llm": [], "local": []}
    for one in rank(inputs):
        shares = [share.value for share in one.contributions if share.kind == "scores"]
        points[one.score.scorer] += [math.fsum(shares)] if shares else []
    if points["llm"]:
        assert len(points["local"]) == sum(score.scorer == "local" for score in inputs.scores)
        assert all(min(points["llm"]) - 1e-6 <= value <= max(points["llm"]) + 1e-6 for value in points["local"])
    else:
        assert points["local"] == []


def scored(papers, closeness, relevance):
    """Scores with these relevances by an LLM; None where it has not looked."""
    return [
        a_score(paper, 9, 9, close, fallback=True) if points is None else a_score(paper, points, 5, close, scorer="llm")
        for paper, close, points in zip(papers, closeness, relevance, strict=True)
    ]


def test_a_useless_rater_s_points_change_no_order():
    papers = some_papers(4)
    scores = scored(papers, (4, 3, 2, 1), (1, None, 5, 10))
    ranked = rank(inputs_of(papers, scores, model=Taste(Rater(0.0, 0.0))))
    assert order(ranked) == [paper.arxiv_id for paper in papers]


def test_a_trusted_rater_s_points_decide_between_papers_about_as_close():
    papers = some_papers(3)
    ranked = rank(inputs_of(papers, scored(papers, (1.2, 1.1, 1.0), (2, 5, 9)), model=Taste(Rater(1.0, 0.0))))
    assert order(ranked) == [paper.arxiv_id for paper in papers[::-1]]
    assert {share.label for share in ranked[0].contributions if share.kind == "scores"} == {"relevance 9", "novelty 5"}


@pytest.mark.parametrize("model", [None, Taste(Rater(0.5, 0.1))], ids=["before votes", "after votes"])
def test_there_is_no_cliff_between_papers_the_llm_saw_and_others(model):
    """Where points follow closeness, a paper without any stands where its closeness puts it."""
    papers = some_papers(5)
    scores = scored(papers, (4, 3, 2, 1, 0), (9, 8, None, 5, 4))
    assert order(rank(inputs_of(papers, scores, model=model))) == [paper.arxiv_id for paper in papers]


def test_if_the_llm_saw_nothing_closeness_orders_alone():
    papers = some_papers(3)
    scores = scored(papers, (1, 3, 2), (None, None, None))
    assert order(rank(inputs_of(papers, scores))) == [papers[1].arxiv_id, papers[2].arxiv_id, papers[0].arxiv_id]


def test_a_stored_model_keeps_its_rater():
    archive = papers_of("agents", 30)
    background = extend(Background(), archive, vectors_of(archive), date(2025, 5, 7))
    votes = verdicts([CurrentVote("lab", paper.arxiv_id, "ada", "👍", NOW) for paper in archive[:4]])
    evidence = Evidence(votes, (), {paper.arxiv_id: paper for paper in archive}, archive, NOW)
    model = fit(evidence, vectorizer(background, archive))
    assert models.from_bytes(models.to_bytes(model)).rater is None
    rater = Rater(0.75, 0.125, 0.8, 50, 10)
    assert models.from_bytes(models.to_bytes(replace(model, rater=rater))).rater == rater


def test_a_model_that_learned_nothing_leaves_the_order_to_closeness_and_carries_a_rater():
    papers = papers_of("agents", 5)
    today = vectorizer(extend(Background(), papers, vectors_of(papers), date(2025, 5, 7)), papers)
    model = models.from_bytes(models.to_bytes(replace(models.untaught(), rater=STRANGER)))
    scores = [a_score(paper, closeness=float(-i)) for i, paper in enumerate(papers)]
    assert model.weight == 0
    assert order(rank(inputs_of(papers, scores, model=model, today=today))) == [paper.arxiv_id for paper in papers]
    loud = [replace(score, scorer="llm", relevance=2 * i) for i, score in enumerate(scores, start=1)]
    points = [share for one in rank(inputs_of(papers, loud, model=model, today=today)) for share in one.contributions]
    assert max(share.value for share in points if share.kind == "scores") == pytest.approx(4 * STRANGER.relevance)
