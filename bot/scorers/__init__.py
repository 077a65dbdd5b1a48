"""Scorers: who judges papers. The registry is the only place that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.ports import Embedder, Scorer

__all__ = ["SCORERS", "ScorerOptions"]


@dataclass(frozen=True, slots=True)
class ScorerOptions:
    """What a scorer may need; each takes what it uses."""

    embedder: Embedder


def _local(options: ScorerOptions) -> Scorer:
    from bot.scorers.local import LocalScorer

    return LocalScorer(options.embedder)


SCORERS: Mapping[str, Callable[[ScorerOptions], Scorer]] = {
    "local": _local,
}
