"""Small worlds for the ranking's tests: papers of a few kinds with vectors that tell the kinds apart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper, Score, Topic, Topics
from bot.ranking.rank import RankingInputs
from tests.builders import a_paper

KINDS = {
    "quantization": "low bit quantization of large language models with rotation and calibration of weights",
    "imaging": "medical imaging segmentation of tumors in scans with convolutional networks",
    "translation": "machine translation between low resource languages with parallel corpora",
    "agents": "software agents that plan and call tools for web navigation tasks",
}
DIMENSIONS = 16


def kind_vector(kind: str) -> NDArray[np.float32]:
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[list(KINDS).index(kind)] = 1.0
    return vector


def papers_of(kind: str, n: int, prefix: str = "2505.1") -> tuple[Paper, ...]:
    """`n` papers of one kind; their texts share its words and differ in others."""
    start = 1000 * list(KINDS).index(kind)
    return tuple(
        a_paper(
            f"{prefix}{start + i:04d}",
            title=f"{kind} study {kind[:3]}title{i}",
            abstract=f"{KINDS[kind]}. Variant {kind[:3]}alpha{i} beta{i % 3} gamma{i % 5}.",
            authors=(f"Author{i} {kind.title()}",),
        )
        for i in range(n)
    )


def vectors_of(papers: Sequence[Paper]) -> NDArray[np.float32]:
    """Unit vectors: a paper's kind, and a little of its own."""
    rows = []
    for paper in papers:
        seed = int.from_bytes(hashlib.sha256(paper.arxiv_id.encode()).digest()[:8], "big")
        own = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
        rows.append(kind_vector(paper.title.split()[0]) + 0.6 * own / np.linalg.norm(own))
    stacked = np.array(rows, dtype=np.float32).reshape(len(papers), DIMENSIONS)
    return stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9)


class KindEmbedder:
    """An embedder that knows the kinds by their names in a text."""

    name = "kinds"
    dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for i, text in enumerate(texts):
            rows[i] = sum((kind_vector(kind) for kind in KINDS if kind in text.lower()), start=rows[i])
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def topics_of(*kinds: str, not_relevant: str = "") -> Topics:
    found = tuple(Topic(i, kind, KINDS[kind], not_relevant) for i, kind in enumerate(kinds, start=1))
    return Topics(raw="\n".join(topic.text for topic in found), topics=found)


def a_score(paper: Paper, relevance: int = 7, novelty: int = 5, closeness: float = 0.0, **changes) -> Score:
    return Score(paper.arxiv_id, paper.version, relevance, novelty, "", topics=(1,), closeness=closeness, **changes)


def inputs_of(papers: Sequence[Paper], scores: Sequence[Score], **changes) -> RankingInputs:
    """Ranking inputs with vectors that are all unlike each other, unless given."""
    vectors = changes.pop("vectors", np.eye(max(1, len(papers)), dtype=np.float32)[: len(papers)])
    return RankingInputs(tuple(papers), tuple(scores), vectors, changes.pop("topics", Topics("")), **changes)
