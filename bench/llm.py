"""What a morning by LLM takes: tokens of the cascade against every abstract in batches, and wall time.

The model is a stand-in on this machine with answers of realistic lengths, a token for every four characters.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from bench.listings import some_papers
from bench.morning import TOPICS
from bot.clock import SystemClock
from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.models import Background, Paper
from bot.ports import Embedder, ScoringJob, ScoringResult
from bot.ranking.terms import embedding_text
from bot.replay.data import read_papers
from bot.scorers import SCORERS, LlmOptions, ScorerOptions, llm_endpoint
from bot.settings import LlmSettings
from bot.store import Store
from bot.topics import parse_topics
from tests.fakes import FakeClock, FakeEmbedder
from tests.loopback.openai import KEY, LoopbackOpenAI
from tests.loopback.openai.zoo import ZOO, Flags

DAYS = (date(2025, 3, 20), date(2025, 4, 8), date(2025, 4, 28), date(2025, 5, 15), date(2025, 6, 5))
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "replay" / "papers.jsonl.gz"
MOST_TOKEN_SHARE = 0.26
MANNERS_PAPERS = 75
SPEED_PAPERS, LATENCY_S, MOST_WALL_S = 600, 2.0, 25.0
TOPICS_TEXT = "\n".join(f"{t.number}. {t.title}\n   - Relevant: {t.relevant}" for t in TOPICS.topics)


@dataclass(frozen=True, slots=True)
class Spent:
    """One run: tokens, wall time, requests, and the papers the LLM scored."""

    tokens: int
    seconds: float
    requests: int
    by_llm: int


def main() -> None:
    """Print the manners that are met, tokens and wall times; the bars are 26 % and 25 s."""
    embedder = EMBEDDERS["wordllama"](EmbedderOptions())
    logging.disable(logging.CRITICAL)  # what the zoo does is meant
    for line in asyncio.run(manners()):
        print(line)
    logging.disable(logging.NOTSET)
    everything = {"share": 1.0, "most_papers": 100_000}
    sums = [0, 0, 0]
    for name, papers in listings():
        runs = [run(embedder, papers, **settings) for settings in ({}, {"sift": True}, everything)]
        sums = [total + spent.tokens for total, spent in zip(sums, runs, strict=True)]
        cascade, sift, all_of_them = runs
        print(
            f"llm {name}: {len(papers)} papers, cascade {cascade.tokens:,} tokens for {cascade.by_llm}, with titles "
            f"sifted {sift.tokens:,}, every abstract {all_of_them.tokens:,}: {cascade.tokens / all_of_them.tokens:.1%}"
        )
    print(
        f"llm tokens of five listings: cascade {sums[0] / sums[2]:.1%}, with titles sifted {sums[1] / sums[2]:.1%} of "
        f"every abstract in batches (at most {MOST_TOKEN_SHARE:.0%})"
    )
    for label, settings in (("defaults", {}), ("every one by the LLM", everything)):
        spent = run(embedder, some_papers(SPEED_PAPERS), latency_s=LATENCY_S, **settings)
        print(
            f"llm wall time, {SPEED_PAPERS} papers, {LATENCY_S:g} s a call, {label}: {spent.seconds:.1f} s for "
            f"{spent.requests} calls (at most {MOST_WALL_S:g} s)"
        )


async def manners() -> list[str]:
    """One line for each manner of the zoo: what a morning of 75 papers comes to."""
    papers = some_papers(MANNERS_PAPERS)
    lines = [f"llm manners, {len(papers)} papers: scored, requests, tokens booked, reason"]
    for manner in ZOO:
        clock = FakeClock()
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder) / "bench.db")
            async with manner(clock=clock) as server:
                if issubclass(manner, Flags):
                    server.flagged = frozenset(paper.arxiv_id for paper in papers[4::9])
                settings = LlmSettings(share=1.0)
                options = LlmOptions(settings, store.costs, clock, server.base_url, SecretStr(KEY))
                embedder = FakeEmbedder()
                vectors = embedder.embed([embedding_text(paper) for paper in papers])
                job = ScoringJob(papers, parse_topics(TOPICS_TEXT), vectors, Background(), channel="bench")
                result = await SCORERS["llm"](ScorerOptions(embedder, llm_endpoint(options))).score(job)
                spent = await store.costs.spending(clock.now().date())
                scored = sum(score.scorer == "llm" for score in result.scores)
                said = "; ".join(result.remarks) or "-"
                lines.append(f"llm   {manner.__name__}: {scored}, {len(server.journal)}, {spent.tokens:,}, {said}")
            store.close()
    return lines


def listings() -> list[tuple[str, tuple[Paper, ...]]]:
    """Five real listings where they lie beside the checkout, else invented ones of their size."""
    if not REAL.exists():
        return [(f"invented {n}", some_papers(300 * n)[-300:]) for n in range(1, 6)]
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        by_day = defaultdict(list)
        for paper in read_papers(lines, REAL.name):
            by_day[paper.listing_day].append(paper)
    return [(str(day), tuple(by_day[day])) for day in DAYS]


def run(embedder: Embedder, papers: tuple[Paper, ...], latency_s: float = 0.0, **settings: object) -> Spent:
    """Score one morning's papers from nothing."""
    vectors = embedder.embed([embedding_text(paper) for paper in papers])
    job = ScoringJob(papers, parse_topics(TOPICS_TEXT), vectors, Background(), channel="bench")
    with tempfile.TemporaryDirectory() as folder, LoopbackOpenAI(latency_s=latency_s) as server:
        store = Store(Path(folder) / "bench.db")
        key = SecretStr(KEY)
        options = LlmOptions(LlmSettings(**settings), store.costs, SystemClock(), server.base_url, key)
        scorer = SCORERS["llm"](ScorerOptions(embedder, llm_endpoint(options)))
        started = time.perf_counter()
        result: ScoringResult = asyncio.run(scorer.score(job))
        seconds = time.perf_counter() - started
        store.close()
        if result.remarks:
            raise SystemExit(f"the run was not clean: {result.remarks}")
        tokens = sum(seen.usage["total_tokens"] for seen in server.answered())
        return Spent(tokens, seconds, len(server.journal), sum(score.scorer == "llm" for score in result.scores))


if __name__ == "__main__":
    main()
