"""A listing appeared: ingest it, and score it for every channel that reads its categories."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import EmbedderError, SourceError
from bot.models import AnnounceType, Listing, ListingRecord, ListingState, Paper
from bot.ports import Progress, no_progress
from bot.settings import ChannelSettings
from handlers.archive import embed_missing, extend_background
from handlers.environment import Environment

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an attempt to read listings brought. `problem` is one sentence when something could not be read."""

    days: tuple[date, ...] = ()
    new_papers: int = 0
    problem: str = ""


def admitted_types(channel: ChannelSettings) -> tuple[AnnounceType, ...]:
    """The announce types a channel wants to see."""
    types = [AnnounceType.NEW]
    if channel.cross_lists:
        types.append(AnnounceType.CROSS)
    if channel.replacements:
        types.append(AnnounceType.REPLACE)
        if channel.cross_lists:
            types.append(AnnounceType.REPLACE_CROSS)
    return tuple(types)


async def ingest_due(env: Environment, progress: Progress = no_progress, patience_s: float | None = None) -> Ingested:
    """Read every listing that should exist by now and is not stored, days missed included.

    Safe to repeat and to interrupt: each listing is stored in one transaction. A category never read before starts with
    the newest listing only. After `patience_s` the answer is that there is none yet, while the reading goes on.
    """
    ingested: Ingested | None = await env.ingesting.run(lambda: _ingest_due(env, progress), patience_s)
    return ingested or Ingested(problem=f"no answer within {patience_s:.0f} s; the look goes on")


async def _ingest_due(env: Environment, progress: Progress) -> Ingested:
    categories = wanted_categories(env)
    expected = env.source.newest_day(env.clock.now())
    first = await _first_missing_day(env, categories, expected)
    if first is None:
        await _prepare_archive(env, ())
        return Ingested()
    try:
        listings = await _read(env, categories, first, expected, progress)
    except SourceError as error:
        logger.warning("listing of %s could not be read: %s", expected, error)
        await _note_failure(env, categories, expected, str(error))
        return Ingested(problem=str(error))
    if not await env.store.papers.before(date.max, 1):  # what was imported or found by a search is not of any day
        await _fill_archive(env, categories, expected, progress)
    return await store_listings(env, listings, progress)


async def _fill_archive(env: Environment, categories: Sequence[str], newest: date, progress: Progress) -> None:
    """Before the first morning: the listings of the days before it go to the archive, unposted.

    The first papers are judged against them. A morning without them is possible, so that a failure costs no more.
    """
    first = newest - timedelta(days=env.settings.timing.catch_up_days)
    try:
        past = await env.source.days(first, newest - timedelta(days=1), categories, progress)
    except SourceError as error:
        logger.warning("the days before %s could not be read, the archive begins without them: %s", newest, error)
        return
    papers = [paper for listing in past for paper in listing.papers]
    await env.store.papers.add(papers, env.clock.now())
    logger.info("the archive begins with %d papers of the days before %s", len(papers), newest)


async def ingest_days(
    env: Environment, categories: Sequence[str], first: date, last: date, progress: Progress = no_progress
) -> Ingested:
    """Read the listings of these days (both included) unless they are stored already.

    Raises:
        SourceError: they could not be read.
    """
    missing = await missing_days(env, categories, first, last)
    if not missing:
        return Ingested()
    listings = await env.source.days(min(missing), max(missing), categories, progress)
    return await store_listings(env, await _news_in(env, listings, missing), progress)


async def store_listings(env: Environment, listings: Sequence[Listing], progress: Progress = no_progress) -> Ingested:
    """Store listings oldest first, then the vectors of their papers, then what they teach about words.

    Papers that cannot be embedded now are stored all the same; their vectors are made when they are needed.
    """
    new = 0
    complete = []
    for listing in sorted(listings, key=lambda listing: listing.day):
        new += await env.store.listings.save(env.source.name, listing, env.clock.now())
        if listing.state is ListingState.COMPLETE:
            complete.append(listing)
    await _prepare_archive(env, [paper for listing in complete for paper in listing.papers], progress)
    days = tuple(listing.day for listing in complete)
    logger.info("ingested the listings of %s: new papers %d", ", ".join(map(str, days)) or "no day", new)
    return Ingested(days, new)


async def _prepare_archive(env: Environment, papers: Sequence[Paper], progress: Progress = no_progress) -> None:
    """What can be computed ahead of a morning, also for listings that an interruption left without it."""
    try:
        await embed_missing(env, papers, progress)
        await extend_background(env, wanted_categories(env))
    except EmbedderError as error:
        logger.warning("the archive could not be prepared, a later attempt will: %s", error)


def wanted_categories(env: Environment) -> tuple[str, ...]:
    """The categories of all channels, sorted."""
    return tuple(sorted({name for channel in env.settings.channels.values() for name in channel.categories}))


async def missing_days(env: Environment, categories: Sequence[str], first: date, last: date) -> frozenset[date]:
    """The days in which a listing is expected but not complete in every one of the categories."""
    records = await env.store.listings.records(env.source.name, categories, first, last)
    complete = _complete_days(records, len(set(categories)))
    return frozenset(day for day in _days(first, last) if day not in complete and not env.source.quiet_reason(day))


async def _first_missing_day(env: Environment, categories: Sequence[str], expected: date) -> date | None:
    """Where reading must begin: None if every category has `expected`, and that day for a category never read."""
    starts = []
    for category in categories:
        newest = await env.store.listings.newest_complete(env.source.name, [category], expected)
        if newest != expected:
            starts.append(await _oldest_gap(env, category, newest, expected) if newest else expected)
    return min(starts, default=None)


async def _oldest_gap(env: Environment, category: str, newest: date, expected: date) -> date:
    """The oldest day to read again for a category: after `newest`, or a day before it that was missed.

    arXiv's index may lag behind its feed: what was PENDING when a later day was complete may be there by now. And a
    later day may have been read by hand while the bot was down.
    """
    since = expected - timedelta(days=env.settings.timing.catch_up_days)
    records = await env.store.listings.records(env.source.name, [category], since, expected)
    complete = {record.day for record in records if record.state is ListingState.COMPLETE}
    recent = _days(await _known_since(env, category, since) or min(complete, default=expected), expected)
    gaps = [day for day in recent if day not in complete and not env.source.quiet_reason(day)]
    return min([newest + timedelta(days=1), *gaps])


async def _known_since(env: Environment, category: str, since: date) -> date | None:
    """`since`, if some channel that reads the category had its first morning before; else that first morning."""
    firsts = [
        first
        for key, channel in env.settings.channels.items()
        if category in channel.categories and (first := await env.store.ledger.first_day(key))
    ]
    return max(since, min(firsts)) if firsts else None


async def _read(
    env: Environment, categories: Sequence[str], first: date, expected: date, progress: Progress
) -> list[Listing]:
    """The newest listing from its witness, and the days before it from the archive of the source."""
    newest = await env.source.newest(categories, progress)
    listings = [newest] if newest.state is ListingState.COMPLETE or newest.day == expected else []
    known = newest.state is ListingState.COMPLETE
    last_past = min(newest.day, expected + timedelta(days=1)) - timedelta(days=1) if known else expected
    if first <= last_past and await missing_days(env, categories, first, last_past):
        missing = await missing_days(env, categories, first, last_past)
        past = await env.source.days(min(missing), max(missing), categories, progress)
        others = [listing for listing in past if not known or listing.day != newest.day]
        listings += await _news_in(env, others, missing)
    return listings


async def _news_in(env: Environment, listings: Sequence[Listing], missing: Collection[date]) -> list[Listing]:
    """The missing listings whole; of days read before only the papers that nobody has seen: they come late."""
    others = [paper.arxiv_id for listing in listings if listing.day not in missing for paper in listing.papers]
    known = await env.store.papers.get(others)
    news = []
    for listing in listings:
        if listing.day in missing:
            news.append(listing)
        elif late := tuple(paper for paper in listing.papers if paper.arxiv_id not in known):
            ids = {paper.arxiv_id for paper in late}
            entries = tuple(entry for entry in listing.entries if entry.arxiv_id in ids)
            news.append(replace(listing, papers=late, entries=entries))
    return news


async def _note_failure(env: Environment, categories: Sequence[str], day: date, reason: str) -> None:
    failed = Listing(day, tuple(categories), ListingState.FAILED, note=reason)
    await env.store.listings.save(env.source.name, failed, env.clock.now())


def _complete_days(records: Iterable[ListingRecord], n_categories: int) -> frozenset[date]:
    counts = Counter(record.day for record in records if record.state is ListingState.COMPLETE)
    return frozenset(day for day, count in counts.items() if count == n_categories)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
