"""Choose the papers that a language model looks at, and how many (docs/design.md).

The order is that of the channel's own ranking, so what readers taught decides who is looked at. How much of a listing
must be looked at to miss little was measured on eight readers: see `paperlark replay --cascade`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.ranking.rank import RankingInputs, rank
from bot.ranking.rules import matching

LEAST_PER_PLACE = 2  # at least so many candidates for each paper that can be posted
_LEARNED_SAVING = 0.2  # share spared once the order is the readers' own
_HALF_LEARNED = 20  # votes at which half of that is trusted

DIRECT = 0.6  # of the papers to be sent, where titles are sifted, that go to the best of the order without being asked
TITLES_PER_PLACE = 4
_TITLE_SHARE = 0.1  # what sifting may take of a budget


@dataclass(frozen=True, slots=True)
class Stages:
    """Along the order: the first `direct` papers are scored; of the next `sifted` by title, `chosen` are."""

    direct: int
    sifted: int = 0
    chosen: int = 0

    @property
    def scored(self) -> int:
        """How many papers are scored in the end."""
        return self.direct + self.chosen


def cascade_order(inputs: RankingInputs) -> tuple[int, ...]:
    """The indexes of the papers worth a closer look, best first: the ranking's order without what is muted."""
    index_of = {paper.arxiv_id: index for index, paper in enumerate(inputs.papers)}
    return tuple(
        index_of[one.paper.arxiv_id] for one in rank(inputs) if not matching(inputs.rules, one.paper, mutes=True)
    )


def cascade_size(n_papers: int, *, share: float, most: int, wanted: int, votes: int = 0) -> int:
    """How many of `n_papers` get a closer look if money is no object.

    A `share` of them, less by up to a fifth the more `votes` the order has learned from, but at least twice as many as
    can be posted (`wanted`) and at most `most`.
    """
    if n_papers <= 0:
        return 0
    share *= 1 - _LEARNED_SAVING * votes / (votes + _HALF_LEARNED)
    return min(n_papers, most, max(math.ceil(n_papers * share), LEAST_PER_PLACE * wanted))


def cascade_stages(n_papers: int, n_wanted: int, *, affordable: int | None = None, sift: bool = False) -> Stages:
    """Share out `n_wanted` looks among `n_papers` in order, of which the budget pays for `affordable` (None: any)."""
    if sift and affordable is not None:
        affordable = math.floor(affordable * (1 - _TITLE_SHARE))
    n_sent = max(0, min(n_wanted, n_papers, n_wanted if affordable is None else affordable))
    direct = math.ceil(DIRECT * n_sent)
    chosen = n_sent - direct
    sifted = min(n_papers - direct, TITLES_PER_PLACE * chosen)
    if not sift or sifted <= chosen:
        return Stages(n_sent)
    return Stages(direct, sifted, chosen)
