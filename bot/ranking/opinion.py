"""What ranking asks of anything learned: an opinion on each candidate, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.models import Contribution, Paper
from bot.ranking.rater import Rater
from bot.ranking.vocabulary import Vectorizer


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was learned about each candidate.

    `weight` in [0, 1] is how much of the order it may decide. The sum of a paper's `shares` is its learned utility,
    about standard normal over a usual day. `rater` says what an LLM's points are worth here, None where
    nobody can tell.
    """

    weight: float
    shares: Sequence[Sequence[Contribution]]
    rater: Rater | None = None


class Taught(Protocol):
    """Something that learned from readers."""

    def opinion(self, papers: Sequence[Paper], today: Vectorizer) -> Opinion:
        """Its opinion on these candidates, in their order; `today` knows the words of archive and candidates."""
        ...
