"""Give a reader's first likes to the replay as a list imported before the first morning.

What the list may teach is found as on real mornings (`imported.vet`), from nothing but what was known on the day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.models import ImportedLike, Paper
from bot.ranking.closeness import Texts
from bot.ranking.imported import COMPARED, LIST_WEIGHT, MOST_LISTED, Comparison, ListCheck, standing, vet
from bot.replay.data import Reader
from bot.replay.memory import at_hour

ORIGIN = "first likes"


class GivenList:
    """A reader's first likes by listing day, then id, at most `count` of them, filled as their papers are announced.

    `check` is what the list was found to be on the first morning. `n_judged` counts the mornings with a like since.
    """

    def __init__(self, reader: Reader, papers: Sequence[Paper], count: int) -> None:
        liked = [
            (paper.listing_day, paper.arxiv_id)
            for paper in papers
            if paper.arxiv_id in reader.liked and paper.listing_day is not None and reader.active_on(paper.listing_day)
        ]
        chosen = sorted(liked)[:count]
        self._ids = frozenset(arxiv_id for _, arxiv_id in chosen)
        self._last = max((day for day, _ in chosen), default=date.min)
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self.papers: dict[str, Paper] = {}
        self.check: ListCheck | None = None
        self.n_judged = 0

    def take(self, papers: Sequence[Paper], vectors: NDArray[np.float32]) -> None:
        """Put those of a day's papers on the list that belong there."""
        for paper, vector in zip(papers, vectors, strict=True):
            if paper.arxiv_id in self._ids:
                self.papers[paper.arxiv_id] = paper
                self._vectors[paper.arxiv_id] = vector

    def precedes(self, day: date) -> bool:
        """Whether the whole list is older than that day."""
        return day > self._last

    def likes(self, voted: Collection[str], comparison: Comparison) -> tuple[ImportedLike, ...]:
        """The list at the weights it may have; `comparison` holds all past papers, newest first."""
        given = [ImportedLike(one, LIST_WEIGHT, at_hour(self._last, 12), ORIGIN) for one in self.papers]
        likes = standing(given, voted, self.papers)[-MOST_LISTED:]
        if not likes:
            return ()
        past = comparison.past.first(COMPARED + len(likes))
        ids = [one.arxiv_id for one in likes]
        listed = Texts([self.papers[one] for one in ids], np.stack([self._vectors[one] for one in ids]))
        vetted = vet(likes, listed, Comparison(comparison.wanted, past, comparison.today, comparison.mean_vector))
        self.check = self.check or vetted.checks[0]
        return vetted.likes
