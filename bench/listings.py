"""Papers to measure with: real ones where they lie beside the checkout, else invented ones of the same size."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.models import Paper
from bot.replay.data import read_papers

_REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "replay" / "papers.jsonl.gz"
_NOW = datetime(2025, 5, 8, tzinfo=UTC)


def some_papers(count: int) -> tuple[Paper, ...]:
    """`count` distinct papers; repeated with some words changed where there are not enough."""
    base = _real() or tuple(_invented(i) for i in range(5_000))
    papers = []
    for i in range(count):
        paper = base[i % len(base)]
        if i >= len(base):
            paper = replace(paper, arxiv_id=f"{paper.arxiv_id}-{i}", abstract=f"{paper.abstract} Variant number{i}.")
        papers.append(paper)
    return tuple(papers)


def _real() -> tuple[Paper, ...]:
    if not _REAL.exists():
        return ()
    with gzip.open(_REAL, "rt", encoding="utf-8") as lines:
        return read_papers(lines, _REAL.name)


def _invented(number: int) -> Paper:
    chance = random.Random(number)  # noqa: S311 - no secret
    # Few words are frequent and many are rare, as in real abstracts.
    words = [f"word{int(chance.paretovariate(0.6)) % 30_000}" for _ in range(190)]
    return Paper(
        arxiv_id=f"2505.{number:05d}",
        title=" ".join(words[:10]),
        abstract=" ".join(words[10:]),
        authors=tuple(f"Author {chance.randrange(20_000)}" for _ in range(5)),
        categories=("cs.CL",),
        primary_category="cs.CL",
        published_at=_NOW,
        updated_at=_NOW,
    )
