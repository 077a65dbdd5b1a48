"""A morning from stored papers to the ranked list with the local scorer: seconds and peak memory by number of papers.

Each size runs in a process of its own, so that memory is that of the morning alone. Stored means: with their vectors;
the time to embed them is shown beside it.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from datetime import date, timedelta

import numpy as np

from bench.listings import some_papers
from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.models import Background, Topic, Topics
from bot.ports import ScoringJob
from bot.ranking.background import extend
from bot.ranking.rank import RankingInputs, rank, select
from bot.ranking.terms import embedding_text
from bot.scorers import SCORERS, ScorerOptions

SIZES = (1_000, 3_000, 10_000)
ARCHIVE = 6_000
TOPICS = Topics(
    raw="",
    topics=(
        Topic(1, "Quantization and pruning of language models", "low-bit weights, sparsity, KV cache compression"),
        Topic(2, "Safety of language models", "jailbreak, alignment, toxicity, watermark"),
        Topic(3, "Video diffusion models", "video generation, editing, talking heads"),
    ),
)


def measure(count: int) -> tuple[float, float, float]:
    """Seconds to score, rank and select; seconds to embed; peak memory in MB."""
    papers = some_papers(ARCHIVE + count)
    archive, pool = papers[:ARCHIVE], papers[ARCHIVE:]
    embedder = EMBEDDERS["wordllama"](EmbedderOptions())
    archive_vectors = embedder.embed([embedding_text(paper) for paper in archive])
    background, day = Background(), date(2025, 1, 1)
    for start in range(0, ARCHIVE, 300):
        part = slice(start, start + 300)
        background, day = extend(background, archive[part], archive_vectors[part], day), day + timedelta(days=1)
    started = time.perf_counter()
    vectors = embedder.embed([embedding_text(paper) for paper in pool])
    embedded_s = time.perf_counter() - started
    scorer = SCORERS["local"](ScorerOptions(embedder=embedder))
    job = ScoringJob(pool, TOPICS, vectors, background, archive[::-1], np.ascontiguousarray(archive_vectors[::-1]))
    started = time.perf_counter()
    result = asyncio.run(scorer.score(job))
    inputs = RankingInputs(pool, result.scores, vectors, TOPICS, background=background)
    selection = select(inputs, rank(inputs))
    spent_s = time.perf_counter() - started
    if not selection.posted:
        raise SystemExit("nothing was found relevant: the figures would be of an empty morning")
    return spent_s, embedded_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a line for each size; the bar is 10 s and 400 MB at 1,000 papers."""
    for count in SIZES:
        found = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "bench.morning", str(count)], capture_output=True, text=True, check=True
        )
        print(found.stdout, end="")


def _one(count: int) -> None:
    spent_s, embedded_s, peak_mb = measure(count)
    print(f"morning of {count:,} papers: {spent_s:.2f} s to rank, {embedded_s:.2f} s to embed, peak {peak_mb:.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _one(int(sys.argv[1]))
    else:
        main()
