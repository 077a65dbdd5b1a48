"""arXiv as a source: the feed as witness of the newest listing, the API for details and for past days."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.arxiv_id import parse_id
from bot.clock import Clock
from bot.errors import BadSourceAnswer, SourceError, SourceUnavailable
from bot.models import Listing, ListingState, Paper, Question
from bot.ports import Progress, SourceState, Throttle, no_progress
from bot.settings import ArxivSettings
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.calendar import Calendar, eastern_date
from bot.sources.arxiv.examination import calendar_finding, examine
from bot.sources.arxiv.fetch import Fetcher
from bot.sources.arxiv.holidays import bundled_calendar
from bot.sources.arxiv.index import ArxivIndex
from bot.sources.arxiv.listings import checked
from bot.sources.arxiv.newest import NewestListing
from bot.sources.arxiv.rss import ArxivRss, Feed
from bot.sources.arxiv.search import search_query

_log = logging.getLogger(__name__)


class ArxivSource:
    """Reads arXiv's listings. Every request waits for its turn at `throttle`.

    `settings` say how patiently a request is repeated, and how far before its submission window a past day is searched,
    because papers are held. Without a `calendar` it is the one that is shipped.
    """

    def __init__(
        self,
        *,
        api_url: str,
        rss_url: str,
        settings: ArxivSettings,
        throttle: Throttle,
        clock: Clock,
        random: random.Random,
        calendar: Calendar | None = None,
    ) -> None:
        self._fetcher = Fetcher(settings, throttle=throttle, clock=clock, random=random)
        self._api = ArxivApi(self._fetcher, api_url, settings.page_size)
        self._rss = ArxivRss(self._fetcher, rss_url)
        self._clock = clock
        self._calendar = calendar or bundled_calendar()
        self._index = ArxivIndex(self._api, self._calendar, clock, timedelta(days=settings.lookback_days))
        self._newest_listing = NewestListing(self._api, self._index, self._calendar, clock)
        self._believed: dict[tuple[str, ...], Feed] = {}

    @property
    def name(self) -> str:
        """The source's name in the listings table."""
        return "arxiv"

    def newest_day(self, now: datetime) -> date:
        """The newest listing day that may be complete at `now` (aware), a merely predicted holiday included."""
        return self._calendar.newest_possible(now)

    def quiet_reason(self, day: date) -> str:
        """Why no listing is expected on `day` ("weekend", "holiday: Juneteenth"), or "" if one is."""
        return self._calendar.why_no_listing(day)

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        """The newest announcement: EMPTY on weekends and holidays, PARTIAL as long as feed and index disagree.

        Without the feed, or with one that is empty for no reason, it is the newest listing the calendar expects, read
        from the API, and the note says so; PENDING if the API has nothing of it either.

        Raises:
            SourceError: neither feed nor API gave anything believable.
        """
        return await self._newest(checked(categories), progress)

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        """The listings from `first` to `last`, both included, oldest first, weekends and holidays among them.

        Raises:
            SourceError: the API gave nothing believable.
        """
        asked = checked(categories)
        papers = await self._index.submitted_for(first, last, asked, progress)
        newest = self._calendar.newest_complete(self._clock.now())
        witnessed: dict[date, Listing] = {}
        notes: dict[date, Sequence[str]] = {}
        if first <= newest <= last:
            try:
                feed = await self._read_feed(asked, progress)
            except SourceError as error:
                _log.warning("arXiv's feed could not be read, days are inferred: %s", error)
                notes[newest] = [f"arXiv's feed could not be read ({error})"]
            else:
                known = {paper.arxiv_id: paper for paper in papers}
                witnessed = {one.day: one for one in await self._witnessed(feed, asked, known, progress)}
        listings = await self._index.listings(first, last, asked, papers, self._todays(asked), notes)
        _log.info("arXiv: %s listings from %s to %s, %s papers read", len(listings), first, last, len(papers))
        return tuple(witnessed.get(listing.day, listing) for listing in listings)

    async def examine(self, categories: Sequence[str]) -> SourceState:
        """What one request for the feed tells, for the doctor; a failure is a finding."""
        now = self._clock.now()
        findings = await examine(self._rss, self._calendar, now, checked(categories))
        ending = calendar_finding(self._calendar, now.date())
        return SourceState((*findings, ending) if ending else findings, self._fetcher.their_time)

    async def papers(self, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> tuple[Paper, ...]:
        """The newest versions of these papers, as far as they exist, in the order asked; versions are ignored.

        Raises:
            SourceError: the API gave nothing believable.
        """
        parsed = [parse_id(arxiv_id) for arxiv_id in arxiv_ids]
        wanted = list(dict.fromkeys(named.base for named in parsed if named))
        if unreadable := sum(named is None for named in parsed):
            _log.warning("arXiv: %s of %s ids are no arXiv ids and were left out", unreadable, len(arxiv_ids))
        found: dict[str, Paper] = {}
        async for batch in self._api.details(wanted, progress):
            found |= {paper.arxiv_id: paper for paper in batch}
        _log.info("arXiv: details of %s of %s papers", len(found), len(wanted))
        return tuple(found[arxiv_id] for arxiv_id in wanted if arxiv_id in found)

    async def search(self, question: Question, limit: int) -> tuple[Paper, ...]:
        """What arXiv's own search finds, best first; nothing for a question it cannot be asked.

        Raises:
            SourceError: the API gave nothing believable.
        """
        query = search_query(question)
        found = await self._api.search(query, limit) if query else ()
        _log.info("arXiv: %s papers found by search", len(found))
        return found

    async def _newest(self, asked: tuple[str, ...], progress: Progress) -> Listing:
        try:
            feed = await self._read_feed(asked, progress)
        except SourceError as error:
            _log.warning("arXiv's feed could not be read, asking the API: %s", error)
            return await self._without_feed(asked, error, progress)
        for listing in await self._witnessed(feed, asked, {}, progress):
            return listing
        if self._calendar.is_listing_day(feed.day):
            _log.warning("arXiv's feed of %s is empty on a day without a reason, asking the API", feed.day)
            return await self._without_feed(asked, BadSourceAnswer("it is empty"), progress)
        return self._index.nothing(feed.day, asked)

    async def _witnessed(
        self, feed: Feed, asked: tuple[str, ...], known: Mapping[str, Paper], progress: Progress
    ) -> tuple[Listing, ...]:
        """The one listing that the feed is a witness of; none if it is empty."""
        if not feed.items:
            return ()
        expected = self._calendar.newest_complete(self._clock.now())
        listing = await self._newest_listing.judged(feed, expected, asked, known, progress)
        if listing.state is ListingState.COMPLETE and listing.witness == "rss":
            self._believed[asked] = feed
        return (listing,)

    def _todays(self, asked: tuple[str, ...]) -> Feed | None:
        """Today's feed, if the index agreed with it."""
        known = self._believed.get(asked)
        return known if known and known.day == eastern_date(self._clock.now()) else None

    async def _read_feed(self, asked: tuple[str, ...], progress: Progress) -> Feed:
        if known := self._todays(asked):
            return known
        progress("reading the feed", 0, 1)
        feed = await self._rss.newest(asked)
        progress("reading the feed", 1, 1)
        _log.info("arXiv: the feed of %s announces %s papers in %s", feed.day, len(feed.items), ", ".join(asked))
        return feed

    async def _without_feed(self, asked: tuple[str, ...], error: SourceError, progress: Progress) -> Listing:
        day = self._calendar.newest_complete(self._clock.now())
        note = f"arXiv's feed is of no use ({error}), so this is from the API"
        try:
            return await self._index.listing(day, asked, progress, notes=(note,))
        except SourceError as second:
            retry_after_s = getattr(second, "retry_after_s", None)
            raise SourceUnavailable(f"arXiv gives neither feed ({error}) nor API ({second})", retry_after_s) from second
