"""What arXiv's API tells of listings: who was submitted for them, and in which each paper was announced."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.clock import Clock
from bot.errors import SourceError
from bot.models import Listing, ListingState, Paper
from bot.ports import Progress, no_progress
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.calendar import Calendar, days_between
from bot.sources.arxiv.days import assign_days
from bot.sources.arxiv.listings import announced_in, announced_listing, by_day, seen_in
from bot.sources.arxiv.rss import Feed

_log = logging.getLogger(__name__)

_NEVER_SILENT = ("cs.LG", "hep-ph", "math.AP")  # on a listing day at least one of them always has papers


class ArxivIndex:
    """Past listings as the API has them. Papers are looked for `lookback` before their window too: some were held."""

    def __init__(self, api: ArxivApi, calendar: Calendar, clock: Clock, lookback: timedelta) -> None:
        self._api = api
        self._calendar = calendar
        self._clock = clock
        self._lookback = lookback

    async def of_window(self, day: date, asked: tuple[str, ...], progress: Progress = no_progress) -> tuple[Paper, ...]:
        """What was submitted for this very listing and is announced: nothing else can be said for certain of a day.

        Raises:
            SourceError: the API gave nothing believable.
        """
        return await self._api.submitted(asked, *self._calendar.submission_window(day), progress)

    async def submitted_for(
        self, first: date, last: date, asked: tuple[str, ...], progress: Progress = no_progress
    ) -> tuple[Paper, ...]:
        """What the API has of these listings, of the days before (held papers), and of the next (where they end).

        Raises:
            SourceError: the API gave nothing believable.
        """
        days = self._readable(first, last)
        if not days:
            return ()
        start = self._calendar.submission_window(days[0])[0] - self._lookback
        end = self._calendar.submission_window(self._calendar.next_listing_day(days[-1]))[1]
        return await self._api.submitted(asked, start, min(end, self._clock.now()), progress)

    async def listing(
        self, day: date, asked: tuple[str, ...], progress: Progress = no_progress, notes: Sequence[str] = ()
    ) -> Listing:
        """The listing of one day as the API tells it.

        Raises:
            SourceError: the API gave nothing believable.
        """
        papers = await self.submitted_for(day, day, asked, progress)
        return (await self.listings(day, day, asked, papers, None, {day: notes}))[0]

    async def listings(
        self,
        first: date,
        last: date,
        asked: tuple[str, ...],
        papers: Sequence[Paper],
        feed: Feed | None,
        notes: Mapping[date, Sequence[str]],
    ) -> tuple[Listing, ...]:
        """The listings of these days made of `papers`; what a believed feed saw of its own day is beyond doubt."""
        grouped = self._grouped(papers, asked, feed)
        readable = self._readable(first, last)
        newest = self._calendar.newest_complete(self._clock.now())
        listings = []
        for day in days_between(first, last):
            of_day = notes.get(day, ())
            if day in grouped and day <= newest:
                kinds = [(paper, announced_in(paper, asked)) for paper in grouped[day]]
                listing = announced_listing(day, asked, kinds, witness="id block", notes=of_day)
            elif day in readable and not self._is_put_off(day, papers) and await self._was_announced(day):
                listing = announced_listing(day, asked, (), witness="other categories", notes=of_day)
            else:
                listing = self.nothing(day, asked, of_day)
            listings.append(listing)
        return tuple(listings)

    def nothing(self, day: date, asked: tuple[str, ...], notes: Sequence[str] = ()) -> Listing:
        """The listing of a day on which nothing was seen."""
        state = ListingState.PENDING
        if reason := self._calendar.why_no_listing(day):
            state = ListingState.EMPTY
        elif day > self._calendar.newest_complete(self._clock.now()):
            reason = "not announced yet"
        else:
            reason = "nothing is announced for this day, which is no holiday that is known: arXiv may have put it off"
        return Listing(day=day, categories=asked, state=state, note="; ".join([reason, *notes]))

    def _readable(self, first: date, last: date) -> tuple[date, ...]:
        return self._calendar.listing_days(first, min(last, self._calendar.newest_complete(self._clock.now())))

    def _is_put_off(self, day: date, papers: Sequence[Paper]) -> bool:
        """Whether papers that were submitted for this day were announced, but with a later one."""
        start, end = self._calendar.submission_window(day)
        return any(start <= paper.published_at < end for paper in papers)

    async def _was_announced(self, day: date) -> bool:
        """Whether arXiv announced anything at all on a day that has nothing in the categories asked for.

        Without this look a rare category would wait for ever for the listing of a day on which it was merely quiet.
        """
        try:
            return await self._api.count_submitted(_NEVER_SILENT, *self._calendar.submission_window(day)) > 0
        except SourceError as error:
            _log.warning("arXiv: whether anything was announced on %s could not be asked: %s", day, error)
            return False

    def _grouped(self, papers: Sequence[Paper], asked: tuple[str, ...], feed: Feed | None) -> dict[date, list[Paper]]:
        seen, anchors = seen_in(feed, asked)
        newest = self._calendar.newest_announced(self._clock.now())
        days = assign_days(papers, self._calendar, newest=newest, seen=seen, anchors=anchors)
        return by_day([replace(paper, listing_day=days[paper.arxiv_id]) for paper in papers], days)
