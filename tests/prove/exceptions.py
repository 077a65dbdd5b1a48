"""Three mornings, the second of them with something that raises: at any moment, of any kind, the digest is posted.

The seed draws what raises (scorer or embedder), when (made, used, after it has kept a score) and what; every third seed
raises on all days but the first. No paper is posted twice, the header says why scores are local, and once all is well
again nothing is said any more.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import openai

from bot.errors import AnswerError, EmbedderError, ScorerError
from bot.scorers.local import LocalScorer
from bot.scorers.steady import SteadyScorer
from tests.builders import CHANNEL
from tests.fakes import FakeEmbedder, FakeScorer
from tests.handlers.conftest import World

EXCEPTIONS: tuple[Exception, ...] = (
    ImportError("Using SOCKS proxy, but the 'socksio' package is not installed"),
    FileNotFoundError(2, "no such file", "/x.pem"), ValueError("Unknown scheme for proxy URL"),
    RecursionError("maximum recursion depth exceeded"), MemoryError(),
    AttributeError("'str' object has no attribute 'data'"), TypeError("NoneType"), KeyError("choices"), IndexError("0"),
    OSError(24, "Too many open files"), TimeoutError(), ConnectionResetError(104, "reset"),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), ssl.SSLError("certificate"), RuntimeError("event loop"),
    AssertionError(), ZeroDivisionError("division by zero"), openai.OpenAIError("no"), ScorerError("no scores"),
    EmbedderError("no vectors"), AnswerError("no words"), ExceptionGroup("two", [ValueError("a")]),
)  # fmt: skip
MOMENTS = ("made", "used", "used twice")
_DAYS = (date(2025, 5, 5), date(2025, 5, 6), date(2025, 5, 7))
_PAPERS = 12


class BreakingScorer(FakeScorer):
    """A scorer that raises what `error` is, before it scored anything or after it kept the first score."""

    name = fingerprint = "breaking"
    error: Exception | None = None
    is_late = False

    async def score(self, job, progress=None):
        if self.error is None:
            return await super().score(job)
        if self.is_late:
            await job.keep([replace((await super().score(job)).scores[0], relevance=9)])
        raise self.error


class BreakingEmbedder(FakeEmbedder):
    """An embedder that raises what `error` is."""

    error: Exception | None = None

    def embed(self, texts):
        if self.error is not None:
            raise self.error
        return super().embed(texts)


@dataclass(slots=True)
class Result:
    """What one seed came to."""

    seed: int
    violations: tuple[str, ...] = ()
    posts: int = 0
    kills: int = 0
    votes: int = 0
    healed: int = 0
    explained: int = 0
    met: Mapping[str, int] = field(default_factory=Counter)


def prove_all(seeds: Sequence[int], tell: Callable[[Result], None], workers: int) -> list[Result]:
    """Live through the mornings of every seed, one after the other."""
    del workers  # each takes a fraction of a second
    results = []
    logging.disable(logging.CRITICAL)  # what raises is meant to, a thousand times
    try:
        for seed in seeds:
            results.append(prove(seed))
            tell(results[-1])
    finally:
        logging.disable(logging.NOTSET)
    return results


def prove(seed: int) -> Result:
    """Live through the mornings of one seed."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            return asyncio.run(_mornings(world, seed))
        finally:
            world.store.close()


async def _mornings(world: World, seed: int) -> Result:
    chance = random.Random(seed)
    error, moment = chance.choice(EXCEPTIONS), chance.choice(MOMENTS)
    breaks_embedder = chance.random() < 0.4
    stays = seed % 3 == 0
    scorer, embedder = BreakingScorer(), BreakingEmbedder()
    is_unmade = [False]

    def make() -> BreakingScorer:
        if is_unmade[0]:
            raise error
        return scorer

    world.embedder = embedder
    world.scorer = LocalScorer(embedder) if breaks_embedder else SteadyScorer(make, FakeScorer())
    world.want()
    result = Result(seed, met=Counter({"embedder" if breaks_embedder else f"scorer {moment}": 1}))
    for number, day in enumerate(_DAYS):
        is_broken = number == 1 or (stays and number > 0)
        embedder.error = error if is_broken and breaks_embedder else None
        scorer.error, scorer.is_late = (error if is_broken else None), moment == "used twice"
        if moment == "made" and is_broken and not breaks_embedder:
            is_unmade[0] = True
            world.scorer = SteadyScorer(make, FakeScorer())
            world.want()
        is_unmade[0] = is_broken
        world.announce(day, _PAPERS)
        await world.morning(day)
        result.violations += await _judged(world, day, is_broken, breaks_embedder)
    papers = [one for record in await world.store.ledger.digests(CHANNEL) for one in world.papers(record.number)]
    result.posts = len(papers)
    if len(papers) != len(set(papers)):
        result.violations += ("a paper was posted twice",)
    return result


async def _judged(world: World, day: date, is_broken: bool, breaks_embedder: bool) -> tuple[str, ...]:
    """What is wrong with the digest of a day."""
    record = await world.store.ledger.digest_of_day(CHANNEL, day)
    if record is None:
        return (f"{day}: no digest",)
    words = "ranked by words alone" if breaks_embedder else "the LLM failed ("
    says = any(words in remark for remark in record.remarks)
    if says != is_broken:
        return (f"{day}: its remarks are {record.remarks}",)
    return ()
