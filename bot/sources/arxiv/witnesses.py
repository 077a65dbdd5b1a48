"""Whether arXiv's feed and its index tell the same of one day. Pure.

The date of a feed is the time at which it was rendered, so it says nothing about its content: a feed may show the
papers of the day before under today's date, half of them, or today's under yesterday's date. The index holds nothing
that is not announced, and lags behind the feed by minutes at most. So what it has from a day's own submission window
was announced by that day, and a feed that lacks it is not whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.models import AnnounceType, Paper
from bot.sources.arxiv.rss import Feed

FIRST_ANNOUNCED = frozenset({AnnounceType.NEW, AnnounceType.CROSS})
_TOLERATED_SHARE = 0.03
_TOLERATED_PAPERS = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """What feed and index show of one day's own submission window.

    `in_feed` and `in_index` count first announcements, `lacking` are those of the index that the feed has not. Of the
    feed's others `earlier` were submitted before the window, and `later` after it, which no feed of this day can hold.
    """

    in_feed: int
    in_index: int
    lacking: tuple[Paper, ...]
    earlier: int
    later: int

    @property
    def is_another_days(self) -> bool:
        """Whether the feed's papers are those of another day than the one compared."""
        if self.later > self.in_feed:
            return True
        # Held papers are older too, but not all papers of a day are held.
        return not self.in_feed and self.earlier > (0 if self.lacking else _TOLERATED_PAPERS)

    @property
    def is_half(self) -> bool:
        """Whether the feed lacks more than index and feed differ by when all is well."""
        return len(self.lacking) > max(_TOLERATED_PAPERS, _TOLERATED_SHARE * self.in_index)

    @property
    def agree(self) -> bool:
        """Whether the feed may be believed to be this day's, and whole."""
        return not self.is_half and not self.is_another_days


def compare(
    feed: Feed, details: Mapping[str, Paper], index: Sequence[Paper], window: tuple[datetime, datetime]
) -> Comparison:
    """Compare a feed with the papers that the index has from a day's submission window.

    `details` hold what the index knows of the feed's papers, by base id; only it tells when they were submitted.
    """
    start, end = window
    announced = [item for item in feed.items if item.announced in FIRST_ANNOUNCED]
    ids = {item.paper.arxiv_id for item in announced}
    of_window = {paper.arxiv_id for paper in index}
    submitted = [details[one].published_at for one in ids - of_window if one in details]
    # A late cross-list is as old as it likes: only papers new in their primary category tell the feed's age.
    new = {item.paper.arxiv_id for item in announced if item.announced is AnnounceType.NEW} - of_window
    earlier = sum(details[one].published_at < start for one in new if one in details)
    return Comparison(
        in_feed=len(ids & of_window) + sum(start <= moment < end for moment in submitted),
        in_index=len(of_window),
        # Withdrawn papers are announced nowhere, whoever has them.
        lacking=tuple(paper for paper in index if paper.arxiv_id not in ids and not paper.withdrawn),
        earlier=earlier,
        later=sum(moment >= end for moment in submitted),
    )
