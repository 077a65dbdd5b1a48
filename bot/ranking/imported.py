"""Weigh the papers of imported lists as evidence beside the readers' votes.

Nobody has seen these papers here, so no vote can tell whether a list helps. What can be told at once is whether it is
about what the topics ask for: how often one of its papers is closer to the topics than a past paper (the area under the
ROC curve). The further that is from a coin's toss, the more the list may teach; a list about something else teaches
nothing, and one that fits counts in full before the first vote.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from bot.models import ImportedLike, Paper
from bot.ranking.closeness import Texts, Wanted, closeness
from bot.ranking.model import HALF_WEIGHT_LIKES, share_of_order
from bot.ranking.vocabulary import Vectorizer

LIST_WEIGHT = 0.5  # what an imported like counts beside a reader's, unless the import says otherwise
MOST_LISTED = 800  # imported likes that teach, the newest
UNNAMED = "unnamed"
COMPARED = 1_500  # past papers that lists are compared with

_NEXT_TO_NOTHING = 0.05  # trust


@dataclass(frozen=True, slots=True)
class ListCheck:
    """What one list may teach.

    `agreement` in [0, 1] is how often one of its `n_papers` is closer to the topics than a past paper; None where there
    are no topics to disagree with, or no past papers yet (`n_compared` 0). `trust` in [0, 1] is what follows of it,
    `n_likes` the number of likes that the whole list then counts as.
    """

    origin: str
    n_papers: int
    agreement: float | None
    trust: float
    n_likes: float
    n_compared: int = COMPARED

    @property
    def state(self) -> str:
        """The check in a reader's words."""
        told = f"your list {self.origin}: {self.n_papers:,} {'paper' if self.n_papers == 1 else 'papers'}"
        if not self.n_compared:
            return f"{told}; it counts as soon as there are other papers to compare it with, from the first morning on"
        if self.agreement is not None:
            told += f", closer to the topics than {self.agreement:.0%} of other papers"
        if self.trust < _NEXT_TO_NOTHING:
            return f"{told}; too far from them to teach much"
        digits = 1 if self.n_likes < 10 else 0
        return f"{told}; counts as {self.n_likes:,.{digits}f} likes"


@dataclass(frozen=True, slots=True)
class Vetted:
    """The imported likes at the weights they may have, and the check of each list, in order of import."""

    likes: tuple[ImportedLike, ...] = ()
    checks: tuple[ListCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What lists are compared by: what is wanted, past papers, and how common words and meanings are by now."""

    wanted: Wanted
    past: Texts
    today: Vectorizer
    mean_vector: NDArray[np.float32] | None


def standing(
    imported: Sequence[ImportedLike], voted: Collection[str], papers: Mapping[str, Paper]
) -> tuple[ImportedLike, ...]:
    """What of the lists counts: known papers nobody voted on, each once, at the highest weight it was given.

    Readers of the channel have the last word on a paper, for or against. The order is that of the first mention.
    """
    found: dict[str, ImportedLike] = {}
    for one in imported:
        if one.weight <= 0 or one.arxiv_id in voted or one.arxiv_id not in papers:
            continue
        if one.arxiv_id not in found or one.weight > found[one.arxiv_id].weight:
            found[one.arxiv_id] = one
    return tuple(found.values())


def vet(likes: Sequence[ImportedLike], listed: Texts, comparison: Comparison) -> Vetted:
    """Weigh every list by how well it agrees with the topics.

    `listed` holds the papers of `likes`, in their order. The share of the order that a list alone would decide is
    multiplied by its trust, and its likes are weighed so that they come to just that.
    """
    ranks, n_compared = _agreements(listed, comparison)
    checks: list[ListCheck] = []
    factors: dict[str, float] = {}
    for origin in dict.fromkeys(one.origin for one in likes):
        rows = [i for i, one in enumerate(likes) if one.origin == origin]
        given = fsum(likes[i].weight for i in rows)
        agreement = None if ranks is None else float(np.mean(ranks[rows]))
        trust = trust_of(agreement) if agreement is not None else float(n_compared > 0)
        share = trust * share_of_order(given)
        counted = HALF_WEIGHT_LIKES * share / (1.0 - share)
        checks.append(ListCheck(origin, len(rows), agreement, trust, counted, n_compared))
        factors[origin] = counted / given
    weighed = tuple(replace(one, weight=one.weight * factors[one.origin]) for one in likes)
    return Vetted(tuple(one for one in weighed if one.weight > 0), tuple(checks))


def trust_of(agreement: float) -> float:
    """What agreement with the topics allows: 0 up to one half, 1 at full agreement, the square of the way between.

    Gini's coefficient, squared: lists of half-related fields agree at about three quarters and must not decide much.
    """
    return max(0.0, 2.0 * agreement - 1.0) ** 2


def _agreements(listed: Texts, comparison: Comparison) -> tuple[NDArray[np.float64] | None, int]:
    """For each listed paper the share of other past papers that are less close to the topics, and how many those are.

    The mean over a list is its area under the ROC curve. None without topics or without other papers.
    """
    known = {paper.arxiv_id for paper in listed.papers}
    others = [i for i, paper in enumerate(comparison.past.papers) if paper.arxiv_id not in known][:COMPARED]
    if not (comparison.wanted.texts and others):
        return None, len(others)
    pool = Texts(
        [*listed.papers, *(comparison.past.papers[i] for i in others)],
        np.concatenate([listed.vectors, comparison.past.vectors[others]]),
    )
    close = closeness(pool, comparison.wanted, comparison.today, comparison.mean_vector).overall
    ours, theirs = close[: len(listed.papers)], np.sort(close[len(listed.papers) :])
    below = np.searchsorted(theirs, ours, "left") + np.searchsorted(theirs, ours, "right")
    return below / (2.0 * len(theirs)), len(others)
