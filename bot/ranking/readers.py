"""Bound what one reader's votes may weigh, so that nobody takes over what a channel learns.

Who votes now and then is no measure for others: only readers with ten votes or more are compared. Of two or three of
them nobody has more than half of their weight, of four or more nobody more than a third, and nobody ever more than
three times what their median has.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

REGULAR_FROM = 10  # votes
MOST_OF_MEDIAN = 3.0
FEW = 3  # so many regulars or fewer may hold the larger share
LARGEST_SHARE_OF_FEW = 1 / 2
LARGEST_SHARE = 1 / 3


def factors(sums: Mapping[str, float], votes: Mapping[str, int]) -> Mapping[str, float]:
    """What each reader's weight is to be multiplied by, in (0, 1].

    `sums` is each reader's weight as it stands, `votes` the number of votes behind it. One regular alone, whoever else
    votes now and then, is bound by nothing: there is nobody to compare with.
    """
    regulars = {reader for reader, n in votes.items() if n >= REGULAR_FROM}
    regular = sorted((held for reader, held in sums.items() if reader in regulars), reverse=True)
    if len(regular) < 2:
        return dict.fromkeys(sums, 1.0)
    share = LARGEST_SHARE_OF_FEW if len(regular) <= FEW else LARGEST_SHARE
    most = min(MOST_OF_MEDIAN * statistics.median(regular), _level(regular, share))
    return {reader: most / held if held > most else 1.0 for reader, held in sums.items()}


def _level(held: Sequence[float], share: float) -> float:
    """The weight at which the largest of `held`, cut down to it, have no more than `share` of the whole."""
    for n_cut in range(len(held)):
        if n_cut * share >= 1:
            break
        level = share * sum(held[n_cut:]) / (1 - n_cut * share)
        if held[n_cut] <= level:
            return level
    return held[-1]


def in_turn(said: Mapping[str, Sequence[int]], most: int) -> tuple[int, ...]:
    """The newest `most` of what readers said, drawn from them in turn, in ascending order.

    `said` holds each reader's places in a list that is sorted by time; one place may be several readers'.
    """
    left = {reader: list(places) for reader, places in sorted(said.items())}
    drawn: set[int] = set()
    while len(drawn) < most and any(left.values()):
        for places in left.values():
            while places and places[-1] in drawn:
                places.pop()
            if places and len(drawn) < most:
                drawn.add(places.pop())
    return tuple(sorted(drawn))
