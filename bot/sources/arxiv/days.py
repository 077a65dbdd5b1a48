"""Which listing a paper of the API was announced in. Pure.

The API tells when a paper was submitted, never when it was announced. Ids are given at announcement, so in the order
of ids the listing days never fall, and no paper is announced before the listing its submission time belongs to. Most
papers are announced in exactly that listing; some are held for days. So the days are the non-falling step function over
the ids that explains the submission times best, found by dynamic programming; a few odd papers cannot move a block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.arxiv_id import id_order, is_new_style
from bot.models import Paper
from bot.sources.arxiv.calendar import Calendar

# Costs are about minus the logarithm of how often a thing happens.
_HELD = 3.0  # announced one listing late: a few papers in a hundred
_HELD_LONGER = 0.4  # each further listing
_HELD_MOST = 6.0
_TOO_EARLY = 10.0  # announced before its window: a wrong holiday, a submission at the closing
_ANCHOR = 40.0  # contradicts a day that was seen
# In a listing ordered by submission the held papers come first. They look like the listing before, but time jumps back
# where they begin. Such a jump may outweigh this share of a mean listing's papers being held.
_JUMP_SHARE = 0.3
_JUMP_H = (4.0, 16.0)  # smaller jumps are noise, larger ones count no more
# A listing counts as ordered if neighbours rise in time (share of them: none of it … all of it), or are close in time.
_RISING = (0.6, 0.85)
_NOT_CLOSE_H = 4.0


def assign_days(
    papers: Sequence[Paper],
    calendar: Calendar,
    *,
    newest: date,
    seen: Mapping[str, date] | None = None,
    anchors: frozenset[str] = frozenset(),
) -> dict[str, date]:
    """The listing day of each paper, by base id.

    `newest` is the newest listing that can have been announced. `seen` holds days known from a witness; those of them
    in `anchors` were new on that day, so their ids also tell where its block lies (a late cross-list's id does not).
    """
    seen = seen or {}
    days: dict[str, date] = {}
    blocked = sorted((paper for paper in papers if is_new_style(paper.arxiv_id)), key=lambda p: id_order(p.arxiv_id))
    for paper in papers:
        if not is_new_style(paper.arxiv_id):  # these ids count per archive, so they make no block
            days[paper.arxiv_id] = min(newest, calendar.listing_day_of(paper.published_at))
    if blocked:
        days |= _by_block(blocked, calendar, newest, {key: day for key, day in seen.items() if key in anchors})
    return days | {arxiv_id: day for arxiv_id, day in seen.items() if arxiv_id in days}


def _by_block(
    papers: Sequence[Paper], calendar: Calendar, newest: date, anchors: Mapping[str, date]
) -> dict[str, date]:
    # Days that were seen are candidates even where the calendar has a holiday: it may be wrong about one.
    first = min(calendar.listing_day_of(min(paper.published_at for paper in papers)), *anchors.values(), newest)
    candidates = sorted({*calendar.listing_days(first, newest), *anchors.values(), newest})
    closings = np.array([calendar.submission_window(day)[1].timestamp() for day in candidates])
    submitted = np.array([paper.published_at.timestamp() for paper in papers])
    # A submission at the very closing belongs to the next listing, hence side="right".
    expected = np.minimum(np.searchsorted(closings, submitted, side="right"), len(candidates) - 1)
    anchored = np.array([_index(candidates, anchors.get(paper.arxiv_id)) for paper in papers])
    steps = _best_steps(expected, anchored, _jump_gains(submitted, expected), len(candidates))
    return {paper.arxiv_id: candidates[step] for paper, step in zip(papers, steps, strict=True)}


def _index(candidates: Sequence[date], day: date | None) -> int:
    return -1 if day is None else candidates.index(day)


def _jump_gains(submitted: NDArray[np.float64], expected: NDArray[np.intp]) -> NDArray[np.float64]:
    """What a boundary before each paper gains because submission times jump back there, `(n_papers + 1,)`."""
    gains = np.zeros(len(submitted) + 1)
    if len(submitted) < 3:
        return gains
    steps_h = np.diff(submitted) / 3600.0
    # Only within a window: between two windows submission times rise whatever the order inside them is.
    sortedness = _sortedness(steps_h[np.diff(expected) == 0])
    mean_listing = len(expected) / len(np.unique(expected))
    jumps = np.clip((-steps_h - _JUMP_H[0]) / (_JUMP_H[1] - _JUMP_H[0]), 0.0, 1.0)
    # In proportion to the size of a listing, because so is what holding the papers before the jump would cost.
    gains[1:-1] = sortedness * _JUMP_SHARE * mean_listing * _HELD * jumps
    return gains


def _sortedness(steps_h: NDArray[np.float64]) -> float:
    """How far the ids of one window follow the submission times: 0 not at all, 1 wholly."""
    if len(steps_h) < 2:
        return 0.0
    rising = (float(np.mean(steps_h >= 0)) - _RISING[0]) / (_RISING[1] - _RISING[0])
    # Small archives are nearly sorted without rising strictly: then neighbours lie hours apart at most.
    close = 1.0 - float(np.median(np.abs(steps_h))) / _NOT_CLOSE_H
    return float(np.clip(max(rising, close), 0.0, 1.0))


def _best_steps(
    expected: NDArray[np.intp], anchored: NDArray[np.intp], gains: NDArray[np.float64], n_days: int
) -> NDArray[np.intp]:
    """The non-falling day indices `(n_papers,)` of least cost, boundaries rewarded by `gains`."""
    n_papers = len(expected)
    best = np.full(n_papers + 1, -np.inf)
    best[0] = 0.0
    starts: list[NDArray[np.intp]] = []
    for day in range(n_days):
        # `worth[i]` is what the first i papers are worth on this day; so a block from a to b gains worth[b] - worth[a],
        # and the best start of every block that ends at b is a running maximum: linear, not quadratic, in the papers.
        worth = np.concatenate(([0.0], np.cumsum(-_costs(expected, anchored, day))))
        opened = best + gains - worth
        peak = np.maximum.accumulate(opened)
        peak_at = np.maximum.accumulate(np.where(opened == peak, np.arange(n_papers + 1), 0))
        # A day either has papers, its block beginning before its end, or none.
        filled = np.concatenate(([-np.inf], worth[1:] + peak[:-1]))
        starts.append(np.where(filled > best, np.concatenate(([0], peak_at[:-1])), -1))
        best = np.maximum(filled, best)
    return _traced_back(starts, n_papers)


def _costs(expected: NDArray[np.intp], anchored: NDArray[np.intp], day: int) -> NDArray[np.float64]:
    """What it costs, paper by paper, to be announced on this day."""
    late = day - expected
    # Bounded, because a paper held for weeks is no less likely to be announced in one listing than in the next.
    held = np.minimum(_HELD + _HELD_LONGER * (late - 1), _HELD_MOST)
    costs = np.where(late == 0, 0.0, np.where(late > 0, held, _TOO_EARLY))
    return np.where(anchored < 0, costs, np.where(anchored == day, 0.0, _ANCHOR))


def _traced_back(starts: Sequence[NDArray[np.intp]], n_papers: int) -> NDArray[np.intp]:
    steps = np.zeros(n_papers, dtype=np.intp)
    end = n_papers
    for day in range(len(starts) - 1, -1, -1):
        start = int(starts[day][end])
        if start >= 0:
            steps[start:end] = day
            end = start
    return steps
