"""A scorer by LLM over a real store, a real SDK and a loopback server; only the local scorer before it is a fake."""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from bot.clock import Clock
from bot.models import Background, Paper, Score, Topics
from bot.ports import ScoringJob
from bot.scorers import LlmOptions
from bot.scorers.llm.endpoint import LlmEndpoint
from bot.scorers.llm.scorer import LlmScorer
from bot.settings import LlmSettings
from bot.store import Store
from bot.topics import parse_topics
from tests.builders import some_papers
from tests.fakes import FakeClock, FakeScorer
from tests.loopback.openai import KEY, LoopbackOpenAI

TOPICS = parse_topics(" 1. KV cache\n    - Relevant: caches.\n 2. Pruning\n 3. Distillation\n\nI like short papers.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "paperlark.db")
    yield opened
    opened.close()


@pytest.fixture
async def server() -> AsyncIterator[LoopbackOpenAI]:
    """The stand-in at its best; tests change its attributes before they ask."""
    async with LoopbackOpenAI() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Kept:
    """Remembers the scores handed to `keep`, in the portions they came in."""

    def __init__(self) -> None:
        self.portions: list[tuple[Score, ...]] = []

    async def __call__(self, scores: Sequence[Score]) -> None:
        self.portions.append(tuple(scores))

    @property
    def scores(self) -> dict[str, Score]:
        return {score.arxiv_id: score for portion in self.portions for score in portion}


def a_job(papers: Sequence[Paper] | int = 6, topics: Topics = TOPICS, **changes: Any) -> ScoringJob:
    """A job whose papers the fake local scorer finds all alike, so that they are asked about in order of id."""
    known = some_papers(papers) if isinstance(papers, int) else tuple(papers)
    vectors = np.zeros((len(known), 4), dtype=np.float32)
    return ScoringJob(known, topics, vectors, Background(), channel=changes.pop("channel", "terminal"), **changes)


@pytest.fixture
def make_endpoint(store: Store, server: LoopbackOpenAI, clock: FakeClock) -> Callable[..., LlmEndpoint]:
    """The loopback server as an endpoint; settings by name."""

    def make(
        *, at: str = "", using: Clock | None = None, key: str = KEY, prompts_dir: Path | None = None, **settings: Any
    ) -> LlmEndpoint:
        numbers = itertools.count(1)
        wanted = LlmSettings(**{"timeout_s": 5.0, "backoff_s": 1.0, **settings})
        options = LlmOptions(
            wanted, store.costs, using or clock, at or server.base_url, SecretStr(key), prompts_dir=prompts_dir
        )
        return LlmEndpoint(options, nonce=lambda: f"nonce{next(numbers):04d}", chance=random.Random(0))

    return make


@pytest.fixture
def make_scorer(make_endpoint: Callable[..., LlmEndpoint]) -> Callable[..., LlmScorer]:
    """A scorer on the loopback server that sends everything to it; settings by name."""

    def make(**settings: Any) -> LlmScorer:
        return LlmScorer(make_endpoint(**{"share": 1.0, "most_papers": 1000, **settings}), FakeScorer())

    return make
