"""The newest listing: what arXiv's feed and its index together are sure of."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.clock import Clock
from bot.errors import SourceError
from bot.models import AnnounceType, Listing, ListingState, Paper
from bot.ports import Progress
from bot.rendering import feed_misdated, index_unasked, witnesses_disagree
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.calendar import Calendar
from bot.sources.arxiv.index import ArxivIndex
from bot.sources.arxiv.listings import announced_in, announced_listing, newer
from bot.sources.arxiv.rss import Feed
from bot.sources.arxiv.witnesses import FIRST_ANNOUNCED, Comparison, compare

_log = logging.getLogger(__name__)

_CERTAIN = timedelta(hours=3)
"""So long after it is rebuilt the index is believed against the feed: it lags by minutes, a cached feed by a day."""


class NewestListing:
    """Judges the feed by the index before its papers become a listing."""

    def __init__(self, api: ArxivApi, index: ArxivIndex, calendar: Calendar, clock: Clock) -> None:
        self._api = api
        self._index = index
        self._calendar = calendar
        self._clock = clock

    async def judged(
        self, feed: Feed, expected: date, asked: tuple[str, ...], known: Mapping[str, Paper], progress: Progress
    ) -> Listing:
        """The listing of `expected`, or of the feed's own day where that is later or `expected` is not announced.

        COMPLETE if feed and index agree, or if the index is certain by now. PARTIAL before that, with the papers that
        one of them is sure of; its note is a clause for readers. `known` are details that need not be asked for.
        """
        day = max(feed.day, expected)
        try:
            of_window = await self._index.of_window(day, asked, progress)
            if day > feed.day and not of_window:  # nothing newer is announced: the feed is right about its day
                day = feed.day
                of_window = await self._index.of_window(day, asked, progress)
        except SourceError as error:
            _log.warning("arXiv: the feed of %s could not be compared with the API: %s", feed.day, error)
            members = self._members(feed, known, feed.day)
            return announced_listing(
                feed.day, asked, members, witness="rss", notes=[index_unasked()], state=ListingState.PARTIAL
            )
        indexed = {**known, **{paper.arxiv_id: paper for paper in of_window}}
        details, notes = await self._details(feed, indexed, progress)
        found = compare(feed, details, of_window, self._calendar.submission_window(day))
        is_of_this_day = feed.day == day and (bool(found.in_feed) or self._calendar.is_listing_day(day))
        if found.agree and is_of_this_day:
            members = [*self._members(feed, details, day), *_told_by_index(found.lacking, asked, day)]
            if feed.truncated:
                notes.append(f"arXiv's feed is cut off after {len(feed.items)} papers")
            return announced_listing(day, asked, members, witness="rss", notes=notes)
        return await self._doubtful(feed, day, asked, found, details, of_window, progress)

    async def _doubtful(
        self,
        feed: Feed,
        day: date,
        asked: tuple[str, ...],
        found: Comparison,
        details: Mapping[str, Paper],
        of_window: Sequence[Paper],
        progress: Progress,
    ) -> Listing:
        """What is sure of a day about which feed and index disagree: all of it, once the index is certain."""
        doubt = feed_misdated(feed.day, day) if found.agree else witnesses_disagree(found.in_feed, found.in_index)
        _log.warning("arXiv, listing of %s: %s", day, doubt)
        members = [] if found.is_another_days or not found.in_feed else self._members(feed, details, day)
        state = ListingState.PARTIAL
        told = of_window
        if self._clock.now() >= self._calendar.complete_at(day) + _CERTAIN:
            told, state = await self._certain(day, asked, of_window, progress)
        seen = {paper.arxiv_id for paper, _ in members}
        members += _told_by_index([paper for paper in told if paper.arxiv_id not in seen], asked, day)
        if not members:
            return self._index.nothing(day, asked, [doubt] if found.in_index else [])
        return announced_listing(day, asked, members, witness="id block", notes=[doubt], state=state)

    async def _certain(
        self, day: date, asked: tuple[str, ...], of_window: Sequence[Paper], progress: Progress
    ) -> tuple[Sequence[Paper], ListingState]:
        """The day's block of ids, held papers included, if the API can be read for that."""
        try:
            return (await self._index.listing(day, asked, progress)).papers, ListingState.COMPLETE
        except SourceError as error:
            _log.warning("arXiv: the block of %s could not be read, only its own window: %s", day, error)
            return of_window, ListingState.PARTIAL

    def _members(self, feed: Feed, details: Mapping[str, Paper], day: date) -> list[tuple[Paper, AnnounceType]]:
        """The feed's papers with the API's details, or with the feed's own where the API has none."""
        members = []
        for item in feed.items:
            paper = newer(item.paper, details.get(item.paper.arxiv_id))
            first_day = day if item.announced in FIRST_ANNOUNCED else None
            members.append((replace(paper, listing_day=first_day), item.announced))
        return members

    async def _details(
        self, feed: Feed, known: Mapping[str, Paper], progress: Progress
    ) -> tuple[dict[str, Paper], list[str]]:
        """What the API tells of the feed's papers before it fails, and a note about what is lacking."""
        ids = [item.paper.arxiv_id for item in feed.items]
        found = {one: known[one] for one in ids if one in known}
        missing = [one for one in ids if one not in known]
        reason = "it does not know them yet"
        try:
            if missing:
                async for batch in self._api.details(missing, progress):
                    found |= {paper.arxiv_id: paper for paper in batch}
        except SourceError as error:
            _log.warning("arXiv's API failed after %s of %s papers: %s", len(found), len(ids), error)
            reason = str(error)
        lacking = len(ids) - len(found)
        _log.info("arXiv: details of %s of %s papers", len(found), len(ids))
        note = f"{lacking} papers have only the feed's details, because the API gave none ({reason})"
        return found, [note] if lacking else []


def _told_by_index(papers: Sequence[Paper], asked: tuple[str, ...], day: date) -> list[tuple[Paper, AnnounceType]]:
    return [(replace(paper, listing_day=day), announced_in(paper, asked)) for paper in papers]
