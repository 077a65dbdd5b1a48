"""Relevance, matched topics and comments without a language model."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Background
from bot.ranking.background import extend
from bot.ranking.closeness import Texts
from bot.ranking.interests import interests
from bot.ranking.judge import Task, judge, relevance_of
from tests.builders import a_paper
from tests.ranking.scenes import DIMENSIONS, KINDS, KindEmbedder, papers_of, topics_of, vectors_of

ARCHIVE = tuple(paper for kind in KINDS for paper in papers_of(kind, 60, prefix="2504.1"))
DAY = date(2025, 5, 7)
BACKGROUND = extend(Background(), ARCHIVE, vectors_of(ARCHIVE), DAY)


def a_task(papers, topics, *, vectors=None, background=BACKGROUND, archive=True):
    wanted = interests(topics)
    return Task(
        papers=papers,
        vectors=vectors_of(papers) if vectors is None else vectors,
        interests=wanted,
        interest_vectors=KindEmbedder().embed([one.text for one in wanted]),
        background=background,
        archive=Texts(ARCHIVE, vectors_of(ARCHIVE)) if archive else None,
        model="kinds",
    )


def mixed(n=10):
    return papers_of("quantization", n) + papers_of("imaging", n) + papers_of("translation", n)


def test_papers_of_the_topic_are_relevant_and_others_are_not():
    scores = judge(a_task(mixed(), topics_of("quantization")))
    assert all(score.relevance >= 6 for score in scores[:10])
    assert all(score.relevance <= 4 for score in scores[10:])


def test_a_day_without_a_fitting_paper_has_none_at_six_or_above():
    scores = judge(a_task(papers_of("imaging", 20), topics_of("quantization")))
    assert max(score.relevance for score in scores) < 6


def test_a_topic_foreign_to_the_archive_makes_nothing_relevant():
    scores = judge(a_task(mixed(), topics_of("quantization"), archive=False))
    assert max(score.relevance for score in judge(a_task(mixed(), _baking()))) < 6 < max(s.relevance for s in scores)


def _baking():
    from bot.models import Topic, Topics

    return Topics("bread", (Topic(1, "Sourdough bread baking", "fermentation, flour, crust"),))


def test_a_paper_matches_the_topics_it_is_about():
    scores = judge(a_task(mixed(3), topics_of("translation", "quantization")))
    assert scores[0].topics == (2,)
    assert scores[3].topics == ()
    assert scores[6].topics == (1,)


def test_the_comment_names_the_topic_and_the_shared_words():
    score = judge(a_task(mixed(3), topics_of("translation", "quantization")))[0]
    assert score.comment.startswith("closest to topic 2: ")
    assert any(word in score.comment for word in ("bit", "rotation", "calibration", "quantization"))


def test_the_comment_does_not_claim_closeness_where_there_is_none():
    score = judge(a_task(mixed(3), topics_of("quantization")))[4]
    assert score.comment.startswith("far from every topic")


def test_closeness_orders_a_pool_as_relevance_does():
    scores = judge(a_task(mixed(), topics_of("quantization")))
    assert min(score.closeness for score in scores[:10]) > max(score.closeness for score in scores[10:])


def test_not_relevant_text_never_raises_a_score():
    plain = judge(a_task(mixed(), topics_of("quantization")))
    warned = judge(a_task(mixed(), topics_of("quantization", not_relevant=KINDS["imaging"])))
    for before, after in zip(plain, warned, strict=True):
        assert after.relevance <= before.relevance
        assert after.closeness <= before.closeness + 1e-9


@pytest.mark.parametrize("n", [0, 1, 3])
def test_tiny_pools_and_an_empty_archive_work(n):
    papers = papers_of("quantization", n)
    scores = judge(a_task(papers, topics_of("quantization"), background=Background(), archive=False))
    assert [score.arxiv_id for score in scores] == [paper.arxiv_id for paper in papers]
    assert all(np.isfinite(score.closeness) for score in scores)


def test_without_topics_nothing_is_relevant_and_the_comment_says_why():
    from bot.models import Topics

    scores = judge(a_task(mixed(2), Topics("")))
    assert {score.relevance for score in scores} == {1}
    assert scores[0].comment == "no topics to compare with"


def test_late_papers_alone_score_about_as_on_their_day():
    """Their own handful is no measure of what is usual; the archive is."""
    day = judge(a_task(mixed(), topics_of("quantization")))
    alone = judge(a_task(mixed()[:1], topics_of("quantization")))
    assert alone[0].relevance == pytest.approx(day[0].relevance, abs=1)
    assert alone[0].closeness > 1


def test_an_archive_of_another_embedder_is_not_used():
    task = a_task(mixed(2), topics_of("quantization"), background=Background())
    other = Task(
        **{
            **{f: getattr(task, f) for f in task.__slots__},
            "archive": Texts(ARCHIVE, np.ones((len(ARCHIVE), 5), dtype=np.float32)),
        }
    )
    assert len(judge(other)) == 6


def test_papers_without_vectors_are_judged_by_their_words():
    papers = mixed(3)
    scores = judge(a_task(papers, topics_of("quantization"), vectors=np.zeros((9, DIMENSIONS), dtype=np.float32)))
    assert scores[0].closeness > scores[5].closeness


@settings(max_examples=25)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200)), min_size=1, max_size=4))
def test_any_text_gets_scores_in_range(texts):
    papers = [a_paper(str(i), title=title, abstract=abstract) for i, (title, abstract) in enumerate(texts)]
    vectors = np.full((len(papers), DIMENSIONS), 0.25, dtype=np.float32)
    for score in judge(a_task(papers, topics_of("quantization"), vectors=vectors)):
        assert 1 <= score.relevance <= 10
        assert 1 <= score.novelty <= 10
        assert np.isfinite(score.closeness)


@given(st.floats(-100, 100), st.floats(0, 10))
def test_more_evidence_never_means_less_relevance(evidence, more):
    assert relevance_of(evidence) <= relevance_of(evidence + more)
