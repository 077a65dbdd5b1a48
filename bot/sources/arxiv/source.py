"""arXiv as a source: the feed as witness of the newest listing, the API for details and for past days."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.errors import BadSourceAnswer, SourceError, SourceUnavailable
from bot.models import AnnounceType, Listing, Paper, Question
from bot.ports import Progress, SourceState, Throttle, no_progress
from bot.settings import ArxivSettings
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.calendar import Calendar, days_between, eastern_date
from bot.sources.arxiv.examination import examine
from bot.sources.arxiv.fetch import Fetcher
from bot.sources.arxiv.holidays import bundled_calendar
from bot.sources.arxiv.ids import parse_id
from bot.sources.arxiv.index import ArxivIndex
from bot.sources.arxiv.listings import announced_in, checked, complete_listing, newer
from bot.sources.arxiv.rss import ArxivRss, Feed
from bot.sources.arxiv.search import search_query

_log = logging.getLogger(__name__)

_FIRST_ANNOUNCED = frozenset({AnnounceType.NEW, AnnounceType.CROSS})
_TOLERATED_SHARE = 0.05
_TOLERATED_PAPERS = 3


@dataclass(frozen=True, slots=True)
class _Witness:
    """The feed, or why there is none."""

    feed: Feed | None = None
    notes: tuple[str, ...] = ()


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
        self._feeds: dict[tuple[str, ...], Feed] = {}

    @property
    def name(self) -> str:
        """The source's name in the listings table."""
        return "arxiv"

    def newest_day(self, now: datetime) -> date:
        """The newest listing day that should be complete at `now` (aware)."""
        return self._calendar.newest_complete(now)

    def quiet_reason(self, day: date) -> str:
        """Why no listing is expected on `day` ("weekend", "holiday: Juneteenth"), or "" if one is."""
        return self._calendar.why_no_listing(day)

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        """The newest announcement: EMPTY on weekends and holidays.

        Without the feed, or with one that is empty for no reason, it is the newest listing the calendar expects, read
        from the API, and the note says so; PENDING if the API has nothing of it either.

        Raises:
            SourceError: neither feed nor API gave anything believable.
        """
        asked = checked(categories)
        try:
            feed = await self._read_feed(asked, progress)
        except SourceError as error:
            _log.warning("arXiv's feed could not be read, asking the API: %s", error)
            return await self._newest_without_feed(asked, error, progress)
        if not feed.items and self._calendar.is_listing_day(feed.day):
            _log.warning("arXiv's feed of %s is empty on a day without a reason, asking the API", feed.day)
            return await self._newest_without_feed(asked, BadSourceAnswer("it is empty"), progress)
        if not feed.items:
            return self._index.nothing(feed.day, asked)
        return await self._from_feed(feed, asked, {}, progress)

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        """The listings from `first` to `last`, both included, oldest first, weekends and holidays among them.

        Raises:
            SourceError: the API gave nothing believable.
        """
        asked = checked(categories)
        newest = self._calendar.newest_complete(self._clock.now())
        witness = await self._witness(asked, progress) if first <= newest <= last else _Witness()
        return await self._days(first, last, asked, witness, progress)

    async def examine(self, categories: Sequence[str]) -> SourceState:
        """What one request for the feed tells, for the doctor; a failure is a finding."""
        findings = await examine(self._rss, self._calendar, self._clock.now(), checked(categories))
        return SourceState(findings, self._fetcher.their_time)

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

    async def _read_feed(self, asked: tuple[str, ...], progress: Progress) -> Feed:
        progress("reading the feed", 0, 1)
        feed = await self._rss.newest(asked)
        progress("reading the feed", 1, 1)
        self._feeds[asked] = feed
        _log.info("arXiv: the feed of %s announces %s papers in %s", feed.day, len(feed.items), ", ".join(asked))
        return feed

    async def _witness(self, asked: tuple[str, ...], progress: Progress) -> _Witness:
        """What the feed says, remembered if it is today's."""
        known = self._feeds.get(asked)
        if known and known.day == eastern_date(self._clock.now()):
            return _Witness(known)
        try:
            return _Witness(await self._read_feed(asked, progress))
        except SourceError as error:
            _log.warning("arXiv's feed could not be read, days are inferred: %s", error)
            return _Witness(None, (f"arXiv's feed could not be read ({error})",))

    async def _newest_without_feed(self, asked: tuple[str, ...], error: SourceError, progress: Progress) -> Listing:
        day = self._calendar.newest_complete(self._clock.now())
        note = f"arXiv's feed is of no use ({error}), so this is from the API"
        try:
            return (await self._days(day, day, asked, _Witness(None, (note,)), progress))[0]
        except SourceError as second:
            retry_after_s = getattr(second, "retry_after_s", None)
            raise SourceUnavailable(f"arXiv gives neither feed ({error}) nor API ({second})", retry_after_s) from second

    async def _from_feed(
        self, feed: Feed, asked: tuple[str, ...], known: Mapping[str, Paper], progress: Progress
    ) -> Listing:
        """The feed's listing with the API's details, or with the feed's own where the API has none."""
        missing = [item.paper.arxiv_id for item in feed.items if item.paper.arxiv_id not in known]
        found, notes = await self._details(missing, progress)
        details = {**known, **found}
        papers = []
        for item in feed.items:
            paper = newer(item.paper, details.get(item.paper.arxiv_id))
            day = feed.day if item.announced in _FIRST_ANNOUNCED else None
            papers.append((replace(paper, listing_day=day), item.announced))
        if feed.truncated:
            notes.append(f"arXiv's feed is cut off after {len(feed.items)} papers")
        if details:
            notes += await self._disagreement(feed, asked, [p for p, kind in papers if kind in _FIRST_ANNOUNCED])
        return complete_listing(feed.day, asked, papers, witness="rss", notes=notes)

    async def _details(self, arxiv_ids: Sequence[str], progress: Progress) -> tuple[dict[str, Paper], list[str]]:
        """What the API tells of these papers before it fails, and a note about what is lacking."""
        found: dict[str, Paper] = {}
        if not arxiv_ids:
            return found, []
        reason = "it does not know them yet"
        try:
            async for batch in self._api.details(arxiv_ids, progress):
                found |= {paper.arxiv_id: paper for paper in batch}
        except SourceError as error:
            _log.warning("arXiv's API failed after %s of %s papers: %s", len(found), len(arxiv_ids), error)
            reason = str(error)
        lacking = len(arxiv_ids) - len(found)
        _log.info("arXiv: details of %s of %s papers", len(found), len(arxiv_ids))
        note = f"{lacking} papers have only the feed's details, because the API gave none ({reason})"
        return found, [note] if lacking else []

    async def _disagreement(self, feed: Feed, asked: tuple[str, ...], papers: Sequence[Paper]) -> list[str]:
        """A note if feed and API differ in how many papers of this day's own submission window were announced."""
        start, end = self._calendar.submission_window(feed.day)
        seen = sum(start <= paper.published_at < end for paper in papers)
        try:
            counted = await self._api.count_submitted(asked, start, end)
        except SourceError as error:
            _log.warning("arXiv: the feed of %s could not be compared with the API: %s", feed.day, error)
            return [f"the feed's count could not be compared with the API's ({error})"]
        if abs(counted - seen) <= max(_TOLERATED_PAPERS, _TOLERATED_SHARE * max(counted, seen)):
            return []
        _log.warning("arXiv: for %s the feed has %s papers, the API %s", feed.day, seen, counted)
        return [f"feed and API disagree: {seen} and {counted} papers were submitted for this day and announced"]

    async def _days(
        self, first: date, last: date, asked: tuple[str, ...], witness: _Witness, progress: Progress
    ) -> tuple[Listing, ...]:
        newest = self._calendar.newest_complete(self._clock.now())
        readable = self._calendar.listing_days(first, min(last, newest))
        papers: tuple[Paper, ...] = ()
        if readable:
            papers = await self._index.submitted_for(readable[0], readable[-1], asked, progress)
        grouped = self._index.grouped(papers, asked, witness.feed)
        listings = []
        for day in days_between(first, last):
            notes = witness.notes if day == newest else ()
            if witness.feed and witness.feed.items and day == witness.feed.day:
                known = {paper.arxiv_id: paper for paper in papers}
                listing = await self._from_feed(witness.feed, asked, known, progress)
            elif day in grouped and day <= newest:
                kinds = [(paper, announced_in(paper, asked)) for paper in grouped[day]]
                listing = complete_listing(day, asked, kinds, witness="id block", notes=notes)
            elif day in readable and await self._index.was_announced(day):
                listing = complete_listing(day, asked, (), witness="other categories", notes=notes)
            else:
                listing = self._index.nothing(day, asked, notes)
            listings.append(listing)
        _log.info("arXiv: %s listings from %s to %s, %s papers read", len(listings), first, last, len(papers))
        return tuple(listings)
