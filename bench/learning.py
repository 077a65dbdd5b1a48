"""Refit and ranking of a 600-paper morning with 500 votes: seconds on one core, and the size of the model."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta

import numpy as np

from bench.listings import some_papers
from bot.models import Background, CurrentVote, Impression, Score, Topics
from bot.ranking import model as models
from bot.ranking.background import extend, to_bytes
from bot.ranking.learn import Evidence, fit
from bot.ranking.rank import RankingInputs, rank
from bot.ranking.rewards import verdicts
from bot.ranking.terms import TermsMemo
from bot.ranking.vocabulary import vectorizer

VOTES, SHOWN, POOL, ARCHIVE = 500, 1_000, 600, 6_000
NOW = datetime(2025, 5, 8, 9, tzinfo=UTC)


def main() -> None:
    """Print the figures; the bar is 0.3 s and 5 MB."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    papers = some_papers(ARCHIVE + POOL)
    past, pool = papers[:ARCHIVE], papers[ARCHIVE:]
    terms_of = TermsMemo(size=4_000)
    background = extend(Background(), past, np.zeros((len(past), 256), dtype=np.float32), date(2025, 5, 7))
    evidence = _evidence(past)
    scores = [Score(paper.arxiv_id, 1, 6, 5, "", closeness=float(i % 97)) for i, paper in enumerate(pool)]
    vectors = np.zeros((POOL, 256), dtype=np.float32)
    spent = []
    for _ in range(6):
        started = time.perf_counter()
        today = vectorizer(background, pool, terms_of)
        prepared_s = time.perf_counter() - started
        model = fit(evidence, today)
        rank(RankingInputs(pool, scores, vectors, Topics(""), background=background, model=model, today=today))
        spent.append((time.perf_counter() - started, prepared_s))
    if model is None:
        raise SystemExit("no model was fitted")
    (first_s, _), (next_s, prepared_s) = spent[0], min(spent[1:])
    print(
        f"refit with {VOTES} votes and ranking of {POOL} papers, one core: {next_s:.2f} s "
        f"({prepared_s:.2f} s of it today's vocabulary; {first_s:.2f} s when no text was read before) · "
        f"model {len(models.to_bytes(model)) / 1e6:.1f} MB · background {len(to_bytes(background)) / 1e6:.1f} MB"
    )


def _evidence(past: tuple) -> Evidence:
    shown = past[:SHOWN]
    voted = shown[:: SHOWN // VOTES]
    votes = [
        CurrentVote("lab", paper.arxiv_id, "ada", "👎" if i % 5 == 0 else "👍", NOW - timedelta(days=i // 10))
        for i, paper in enumerate(voted)
    ]
    impressions = [
        Impression("lab", i // 10, i % 10 + 1, paper.arxiv_id, NOW - timedelta(days=i // 10), 1.0)
        for i, paper in enumerate(shown)
    ]
    return Evidence(
        verdicts=verdicts(votes),
        impressions=impressions,
        papers={paper.arxiv_id: paper for paper in shown},
        past=past,
        now=NOW,
    )


if __name__ == "__main__":
    main()
