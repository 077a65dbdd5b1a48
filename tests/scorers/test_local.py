"""The local scorer behind the scorers' port."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from bot.errors import ScorerError
from bot.models import Background, Topics
from bot.ports import ScoringJob
from bot.scorers import SCORERS, ScorerOptions
from bot.scorers.local import LocalScorer
from tests.ranking.scenes import KindEmbedder, papers_of, topics_of, vectors_of

PAPERS = papers_of("quantization", 8) + papers_of("imaging", 8)


def a_job(**changes):
    values = {
        "papers": PAPERS,
        "topics": topics_of("quantization"),
        "vectors": vectors_of(PAPERS),
        "background": Background(),
    }
    return ScoringJob(**{**values, **changes})


async def test_every_paper_is_scored_in_order_and_costs_nothing():
    result = await LocalScorer(KindEmbedder()).score(a_job())
    assert [score.arxiv_id for score in result.scores] == [paper.arxiv_id for paper in PAPERS]
    assert {score.scorer for score in result.scores} == {"local"}
    assert {score.model for score in result.scores} == {"kinds"}
    assert result.cost is None


async def test_the_same_job_gives_the_same_scores():
    scorer = LocalScorer(KindEmbedder())
    assert await scorer.score(a_job()) == await scorer.score(a_job())


async def test_the_event_loop_does_not_compute():
    class Watching(KindEmbedder):
        def embed(self, texts):
            threads.append(threading.current_thread())
            return super().embed(texts)

    threads = []
    await LocalScorer(Watching()).score(a_job())
    assert threads
    assert threading.main_thread() not in threads


async def test_progress_is_told_from_nothing_to_all():
    told = []
    await LocalScorer(KindEmbedder()).score(a_job(), lambda *report: told.append(report))
    assert [(done, total) for _, done, total in told] == [(0, 16), (16, 16)]


async def test_topics_without_numbers_work_on_the_raw_text():
    result = await LocalScorer(KindEmbedder()).score(
        a_job(topics=Topics("low bit quantization, rotation, calibration"))
    )
    assert result.scores[0].closeness > result.scores[-1].closeness


async def test_an_empty_topics_text_is_said_in_a_remark():
    result = await LocalScorer(KindEmbedder()).score(a_job(topics=Topics("")))
    assert "empty" in result.remarks[0]


async def test_no_papers_are_no_error():
    job = a_job(papers=(), vectors=np.zeros((0, 16), dtype=np.float32))
    assert (await LocalScorer(KindEmbedder()).score(job)).scores == ()


async def test_vectors_of_another_embedder_are_refused_with_what_to_do():
    with pytest.raises(ScorerError, match=r"\(16, 5\) instead of \(16, 16\).*kinds"):
        await LocalScorer(KindEmbedder()).score(a_job(vectors=np.ones((16, 5), dtype=np.float32)))


async def test_an_archive_that_does_not_fit_its_vectors_is_refused():
    with pytest.raises(ScorerError, match="1 past papers came with 2 vectors"):
        await LocalScorer(KindEmbedder()).score(
            a_job(archive=PAPERS[:1], archive_vectors=np.ones((2, 16), dtype=np.float32))
        )


def test_the_registry_makes_it_by_name():
    assert SCORERS["local"](ScorerOptions(embedder=KindEmbedder())).name == "local scorer"
