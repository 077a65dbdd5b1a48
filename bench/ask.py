"""How good and how fast the archive's answers are: `python -m bench.ask [--papers N] [--most N] [--speed-only]`.

Quality: known papers asked for by titles with words dropped, reordered or misspelt, and topics asked for by sentences
and phrases of real readers' topics against what they liked; beside plain FTS5 and TF-IDF in the same run. Speed: the
same kind of questions on 100,000 papers and three times as many, on one core.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.listings import some_papers
from bench.questions import SEED, Asked, blended, chance_of, known_items, topic_questions
from bot.clock import SystemClock
from bot.embedders.wordllama import WordLlamaEmbedder
from bot.models import Paper
from bot.query import parse_question
from bot.ranking.metrics import ndcg, paired_bootstrap, recall
from bot.ranking.terms import embedding_text
from bot.settings import ChannelSettings, Settings
from bot.store import Store
from handlers.ask import find
from handlers.environment import Environment

CORPUS = 25_558  # the real papers; the invented ones beyond them are blends of two
TIMED = 150
K = 10

_NOW = datetime(2025, 6, 30, tzinfo=UTC)
_KEY = "bench"

Search = Callable[[str], Awaitable[list[str]]]


@contextmanager
def archive(folder: Path) -> Iterator[Environment]:
    """An empty archive with all that asking needs."""
    store = Store(folder / "paperlark.db")
    settings = Settings(data_dir=folder, channels={_KEY: ChannelSettings()})
    nobody = cast("Any", None)
    try:
        yield Environment(settings, store, nobody, nobody, WordLlamaEmbedder(), {}, SystemClock(), {_KEY: ""})
    finally:
        store.close()


async def fill(env: Environment, pairs: Iterator[tuple[Paper, Any]], at_once: int = 5_000) -> None:
    """Store papers with their vectors."""
    batch: list[tuple[Paper, Any]] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == at_once:
            await _store(env, batch)
            batch = []
    await _store(env, batch)


async def _store(env: Environment, batch: Sequence[tuple[Paper, Any]]) -> None:
    await env.store.papers.add([paper for paper, _ in batch], _NOW)
    vectors = {paper.arxiv_id: np.asarray(vector, dtype=np.float32) for paper, vector in batch}
    await env.store.papers.add_vectors(env.embedder.name, vectors)


def fused(env: Environment) -> Search:
    """What the bot does."""

    async def search(text: str) -> list[str]:
        findings = await find(env, _KEY, parse_question(text, _NOW.date()))
        return [hit.paper.arxiv_id for hit in findings.hits[:K]]

    return search


def plain_fts(env: Environment) -> Search:
    """FTS5 as it comes: any word, its own rank."""
    database = cast("Any", env.store)._database  # noqa: SLF001 - a second opinion on the same file

    async def search(text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        query = """SELECT arxiv_id FROM papers_fts JOIN papers ON papers.id = papers_fts.rowid
                   WHERE papers_fts MATCH ? ORDER BY rank LIMIT ?"""
        rows = await database.read(lambda db: db.execute(query, [words, K]).fetchall())
        return [row[0] for row in rows]

    return search


def tf_idf(papers: Sequence[Paper]) -> Search:
    """Cosines of words and pairs of words, as scikit-learn counts them."""
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, strip_accents="unicode", stop_words="english", ngram_range=(1, 2), min_df=2
    )
    rows = vectorizer.fit_transform([f"{paper.title} {paper.abstract}" for paper in papers])

    async def search(text: str) -> list[str]:
        scores = np.asarray((rows @ vectorizer.transform([text]).T).todense()).ravel()
        return [papers[i].arxiv_id for i in np.argsort(-scores, kind="stable")[:K]]

    return search


async def measured(search: Search, asked: Sequence[Asked]) -> tuple[list[float], list[float]]:
    """nDCG@10 and recall@10 of each question."""
    gains, recalls = [], []
    for one in asked:
        hits = [arxiv_id in one.relevant for arxiv_id in await search(one.text)]
        gains.append(ndcg(hits, K, len(one.relevant)))
        recalls.append(recall(hits, K, min(K, len(one.relevant))))
    return gains, recalls


async def quality(env: Environment, papers: Sequence[Paper]) -> bool:
    """Print the comparison.

    True if the fused search is nowhere significantly below the best single one, and above each on the mean over sets.
    """
    sets = known_items(papers, chance_of())
    if topics := topic_questions(papers):
        sets["topics"] = topics
    searches = {"fused": fused(env), "FTS5": plain_fts(env), "TF-IDF": tf_idf(papers)}
    figures = {
        name: {title: await measured(search, asked) for title, asked in sets.items()}
        for name, search in searches.items()
    }
    holds = True
    print(
        f"\n{'nDCG@10 / recall@10':22}" + "".join(f"{f'{title} ({len(asked)})':>18}" for title, asked in sets.items())
    )
    for name, by_set in figures.items():
        print(f"{name:22}" + "".join(f"{np.mean(g):>10.3f} / {np.mean(r):.3f}" for g, r in by_set.values()))
    for index, metric in enumerate(("nDCG@10", "recall@10")):
        singles = [name for name in searches if name != "fused"]
        for title in sets:
            best = max(singles, key=lambda name: float(np.mean(figures[name][title][index])))
            gap = paired_bootstrap(figures["fused"][title][index], figures[best][title][index], seed=SEED)
            holds &= gap.high >= 0
            print(f"{metric} on {title}: fused - {best} = {gap.mean:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]")
        means = {name: float(np.mean([np.mean(f[index]) for f in by_set.values()])) for name, by_set in figures.items()}
        holds &= all(means["fused"] > means[name] for name in singles)
        print(f"{metric}, mean over sets: " + " · ".join(f"{name} {mean:.3f}" for name, mean in means.items()))
    print(f"not below the best single search on any set, and above each on the mean: {'yes' if holds else 'NO'}")
    return holds


async def speed(env: Environment, papers: Sequence[Paper], folder: Path) -> float:
    """Print what a question takes now; the 95th percentile in milliseconds."""
    chance = chance_of(1)
    texts = [one.text for asked in known_items(papers, chance).values() for one in asked[: TIMED // 3]]
    texts += [one.text for one in topic_questions(papers)[: TIMED // 3]]
    texts += [
        "language models",
        "learning",
        "cat:cs.CL retrieval -medical",
        '"chain of thought" author:Wang since:2025-05',
    ]
    search = fused(env)
    started = time.perf_counter()
    await search("the first question reads everything")
    first_s = time.perf_counter() - started
    taken, worked = [], []
    for text in texts:
        started, busy = time.perf_counter(), time.process_time()
        await search(text)
        taken.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - busy))
    total = await env.store.papers.count()
    size = _size_of(folder)
    median, p95 = np.percentile(taken, [50, 95])
    print(
        f"{total:>7,} papers: median {median:.0f} ms, p95 {p95:.0f} ms, worst {max(taken):.0f} ms over {len(taken)} "
        f"questions ({np.percentile(worked, 95):.0f} ms of work at p95); the first after a start {first_s:.1f} s; "
        f"{size / total:,.0f} bytes a paper on disk, {4 * env.embedder.dimensions:,} in memory"
    )
    return float(p95)


def _size_of(folder: Path) -> int:
    return (folder / "paperlark.db").stat().st_size


async def run(count: int, most: int, *, with_quality: bool = True) -> None:
    """Quality on the real papers, then speed on `count` and on `most`."""
    papers = some_papers(CORPUS)
    with tempfile.TemporaryDirectory(prefix="paperlark-ask-") as name, archive(Path(name)) as env:
        vectors = env.embedder.embed([embedding_text(paper) for paper in papers])
        await fill(env, iter(zip(papers, vectors, strict=True)))
        if with_quality:
            await quality(env, papers)
            print()
        invented = blended(papers, vectors, max(0, max(count, most) - len(papers)))
        stored = len(papers)
        for target in sorted({count, most}):
            await fill(env, (next(invented) for _ in range(target - stored)))
            stored = max(stored, target)
            await speed(env, papers, Path(name))


def main() -> None:
    """Print all figures about asking; keeps the process on one core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000, help="size of the archive for the speed figures")
    parser.add_argument("--most", type=int, default=300_000, help="size to which it grows")
    parser.add_argument("--speed-only", action="store_true", help="leave the figures of quality out")
    options, _ = parser.parse_known_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    asyncio.run(run(options.papers, options.most, with_quality=not options.speed_only))


if __name__ == "__main__":
    main()
