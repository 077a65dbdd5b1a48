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
from bot.rendering import feed_repeats, is_disagreement, papers_missed
from bot.settings import ChannelSettings
from handlers.archive import embed_missing, extend_background
from handlers.environment import Environment

logger = logging.getLogger(__name__)

ANNOUNCED = frozenset({ListingState.COMPLETE, ListingState.PARTIAL})
"""States of a listing of which there is something to post."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an attempt to read listings brought.

    `problem` is one sentence when something could not be read, `doubt` a clause when more of a listing may come.
    """

    days: tuple[date, ...] = ()
    new_papers: int = 0
    problem: str = ""
    doubt: str = ""


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
        return await compare_again(env, categories, expected, progress)
    try:
        listings = await _read(env, categories, first, expected, progress)
    except SourceError as error:
        logger.warning("listing of %s could not be read: %s", expected, error)
        await _note_failure(env, categories, expected, str(error))
        return Ingested(problem=str(error))
    if not await env.store.papers.before(date.max, 1):  # what was imported or found by a search is not of any day
        await _fill_archive(env, categories, expected, progress)
    ingested = await store_listings(env, listings, progress)
    late = await compare_again(env, categories, expected, progress)
    return replace(ingested, days=(*ingested.days, *late.days), new_papers=ingested.new_papers + late.new_papers)


async def compare_again(
    env: Environment, categories: Sequence[str], expected: date, progress: Progress = no_progress
) -> Ingested:
    """Read complete days once more when the next one is known: what feed and index lacked then is there by now.

    What cannot be read now is compared at the next look.
    """
    days = await _uncompared(env, categories, expected)
    if not days:
        return Ingested()
    try:
        listings = await env.source.days(min(days), max(days), categories, progress)
    except SourceError as error:
        logger.warning("the listings from %s could not be compared once more: %s", min(days), error)
        return Ingested()
    news = await _late_in(env, [one for one in listings if one.day in days and one.state is ListingState.COMPLETE])
    found = await store_listings(env, news, progress)
    return Ingested(tuple(one.day for one in news if one.papers), found.new_papers)


async def _uncompared(env: Environment, categories: Sequence[str], expected: date) -> tuple[date, ...]:
    """The complete days before the newest known one that were last looked at before that one was to be known."""
    since = expected - timedelta(days=env.settings.timing.catch_up_days)
    records = await env.store.listings.records(env.source.name, categories, since, expected)
    announced = [one for one in records if one.state in ANNOUNCED]
    newest = max((one.day for one in announced), default=since)
    return tuple(
        sorted(
            {
                one.day
                for one in announced
                if one.day < newest
                and one.state is ListingState.COMPLETE
                and env.source.newest_day(one.checked_at) <= one.day
            }
        )
    )


async def _late_in(env: Environment, listings: Sequence[Listing]) -> list[Listing]:
    """Each listing with the papers alone that none announced so far; its note tells how many they are."""
    news = []
    for listing in listings:
        ids = [paper.arxiv_id for paper in listing.papers]
        seen = await env.store.listings.listed(listing.categories, ids, tuple(AnnounceType), date.max)
        known = await env.store.papers.get(ids)
        # What the archive began with was never announced here, and is of an earlier day.
        seen |= {one for one, paper in known.items() if paper.listing_day and paper.listing_day < listing.day}
        papers = tuple(paper for paper in listing.papers if paper.arxiv_id not in seen)
        entries = tuple(entry for entry in listing.entries if entry.arxiv_id not in seen)
        note = papers_missed(len(papers)) if papers else ""
        news.append(replace(listing, papers=papers, entries=entries, note=note))
    return news


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
    env: Environment,
    categories: Sequence[str],
    first: date,
    last: date,
    progress: Progress = no_progress,
    *,
    anew: bool = False,
) -> Ingested:
    """Read the listings of these days (both included) unless they are stored already; with `anew` whatever is stored.

    Raises:
        SourceError: they could not be read.
    """
    missing = await missing_days(env, categories, first, last)
    wanted = {day for day in _days(first, last) if not env.source.quiet_reason(day)} if anew else missing
    if not wanted:
        return Ingested()
    listings = await env.source.days(min(wanted), max(wanted), categories, progress)
    return await store_listings(env, await _news_in(env, listings, missing), progress)


async def store_listings(env: Environment, listings: Sequence[Listing], progress: Progress = no_progress) -> Ingested:
    """Store listings oldest first, then the vectors of their papers, then what they teach about words.

    Papers that cannot be embedded now are stored all the same; their vectors are made when they are needed.
    """
    new = 0
    announced = []
    doubt = ""
    for one in sorted(listings, key=lambda listing: listing.day):
        listing = await _unless_repeated(env, one)
        new += await env.store.listings.save(env.source.name, listing, env.clock.now())
        if listing.state in ANNOUNCED:
            announced.append(listing)
        if listing.state is not ListingState.COMPLETE and is_disagreement(listing.note):
            doubt = listing.note
    await _prepare_archive(env, [paper for listing in announced for paper in listing.papers], progress)
    days = tuple(listing.day for listing in announced)
    logger.info("ingested the listings of %s: new papers %d", ", ".join(map(str, days)) or "no day", new)
    return Ingested(days, new, doubt=doubt)


async def _unless_repeated(env: Environment, listing: Listing) -> Listing:
    """The listing, unless all that it calls new was announced before: then the source shows an old one again."""
    new = {entry.arxiv_id for entry in listing.entries if entry.announce_type is AnnounceType.NEW}
    if not new or listing.witness == "id block":  # a paper may be put on the wrong day there, but nothing is stale
        return listing
    before = await env.store.listings.listed(listing.categories, sorted(new), [AnnounceType.NEW], listing.day)
    if new - before:
        return listing
    logger.warning("all %d papers that are called new on %s were announced before", len(new), listing.day)
    return Listing(listing.day, listing.categories, ListingState.PENDING, note=feed_repeats(listing.day))


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
    known = newest.state in ANNOUNCED
    listings = [newest] if known or newest.day == expected else []
    last_past = min(newest.day, expected + timedelta(days=1)) - timedelta(days=1) if known else expected
    if first <= last_past and await missing_days(env, categories, first, last_past):
        missing = await missing_days(env, categories, first, last_past)
        past = await env.source.days(min(missing), max(missing), categories, progress)
        others = [listing for listing in past if not known or listing.day != newest.day]
        listings += await _news_in(env, others, missing)
    return listings


async def _news_in(env: Environment, listings: Sequence[Listing], missing: Collection[date]) -> list[Listing]:
    """The missing listings whole; of days read before only the papers that none announced so far: they come late."""
    others = [listing for listing in listings if listing.day not in missing]
    late = [listing for listing in await _late_in(env, others) if listing.papers]
    return [*(listing for listing in listings if listing.day in missing), *late]


async def _note_failure(env: Environment, categories: Sequence[str], day: date, reason: str) -> None:
    failed = Listing(day, tuple(categories), ListingState.FAILED, note=reason)
    await env.store.listings.save(env.source.name, failed, env.clock.now())


def _complete_days(records: Iterable[ListingRecord], n_categories: int) -> frozenset[date]:
    counts = Counter(record.day for record in records if record.state is ListingState.COMPLETE)
    return frozenset(day for day, count in counts.items() if count == n_categories)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
