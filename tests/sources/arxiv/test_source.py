"""arXiv as a source: the newest listing, past days, and what happens when half of it is down."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import QueryRejected, SourceUnavailable
from bot.models import AnnounceType, Listing, ListingState
from bot.sources.arxiv import ArxivSource
from bot.sources.arxiv.calendar import Calendar
from tests.fakes import FakeClock
from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.conftest import THURSDAY_MORNING, MakeSource, hasty
from tests.sources.arxiv.rows import REPLAY, listings, row
from tests.sources.fakes import CountingThrottle, RecordedProgress

BOTH = ["cs.CL", "cs.LG"]
THURSDAY = date(2025, 5, 8)
COMPLETE, EMPTY, PENDING = ListingState.COMPLETE, ListingState.EMPTY, ListingState.PENDING
PARTIAL = ListingState.PARTIAL


def announced_on(server: LoopbackArxiv, day: date, categories: list[str] | None = None) -> set[str]:
    wanted = set(categories or BOTH)
    return {p.arxiv_id for p in server.papers.values() if p.listing_day == day and wanted & set(p.categories)}


def ids(listing: Listing) -> set[str]:
    return {paper.arxiv_id for paper in listing.papers}


def read(rows: list[dict[str, Any]], **options: Any) -> LoopbackArxiv:
    return LoopbackArxiv(rows, **({"now": THURSDAY_MORNING, "held": 0.0} | options))


def source_of(server: LoopbackArxiv, clock: FakeClock, *, lookback_days: int = 7, **options: Any) -> ArxivSource:
    parts: dict[str, Any] = {
        "throttle": CountingThrottle(),
        "random": random.Random(1),
        "settings": hasty(attempts=2, backoff_s=1.0, lookback_days=lookback_days),
        "calendar": Calendar(),
    }
    return ArxivSource(api_url=server.api_url, rss_url=server.rss_url, clock=clock, **parts | options)


async def test_the_newest_listing_is_the_feeds_with_the_apis_details(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    listing = await make_source().newest(BOTH)
    assert (listing.day, listing.state, listing.witness, listing.note) == (THURSDAY, COMPLETE, "rss", "")
    assert ids(listing) == announced_on(server, THURSDAY)
    for paper in listing.papers:
        assert paper.published_at == server.papers[paper.arxiv_id].published_at
        assert paper.listing_day == THURSDAY


async def test_entries_say_how_each_paper_is_announced_in_each_category(make_source: MakeSource) -> None:
    listing = await make_source().newest(BOTH)
    kinds = Counter((entry.category, entry.announce_type.value) for entry in listing.entries)
    assert kinds == {("cs.CL", "new"): 4, ("cs.CL", "cross"): 4, ("cs.LG", "new"): 8}
    assert {entry.day for entry in listing.entries} == {THURSDAY}


async def test_before_the_index_is_rebuilt_the_newest_listing_is_the_one_before(
    server: LoopbackArxiv, make_source: MakeSource, clock: FakeClock
) -> None:
    """At 09:00 in Tokyo tonight's listing is announced, but neither feed nor API shows it."""
    clock.advance(-6 * 3600)
    server.set_now(clock.now())
    listing = await make_source().newest(BOTH)
    assert listing.day == date(2025, 5, 7)
    assert ids(listing) == announced_on(server, date(2025, 5, 7))


async def test_replacements_are_announced_with_no_claim_about_their_first_listing(clock: FakeClock) -> None:
    rows = listings(date(2025, 4, 14), date(2025, 5, 9))
    async with read(rows, replacements=0.5) as server:
        listing = await source_of(server, clock).newest(BOTH)
    days = {entry.announce_type: set() for entry in listing.entries}
    papers = {paper.arxiv_id: paper for paper in listing.papers}
    for entry in listing.entries:
        days[entry.announce_type].add(papers[entry.arxiv_id].listing_day)
    assert days[AnnounceType.REPLACE] == {None}
    assert days[AnnounceType.NEW] == {THURSDAY}
    assert {papers[e.arxiv_id].version for e in listing.entries if e.announce_type is AnnounceType.REPLACE} == {2}


async def test_withdrawn_papers_are_not_announced(clock: FakeClock) -> None:
    rows = [
        row("2505.00001", THURSDAY),
        row("2505.00002", THURSDAY, version=2, comment="This paper has been withdrawn by the authors", has_pdf=False),
    ]
    async with read(rows) as server:
        source = source_of(server, clock)
        listing = await source.newest(BOTH)
        (past,) = await source_of(server, clock).days(THURSDAY, THURSDAY, BOTH)
        (asked,) = await source.papers(["2505.00002"])
    assert ids(listing) == ids(past) == {"2505.00001"}
    assert {entry.arxiv_id for entry in listing.entries} == {"2505.00001"}
    assert asked.withdrawn


@pytest.mark.parametrize("now", ["2025-05-10T12:00", "2025-05-11T12:00"])
async def test_on_a_weekend_there_is_no_listing_and_nothing_is_broken(
    server: LoopbackArxiv, make_source: MakeSource, now: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    server.set_now(moment)
    listing = await make_source(clock=FakeClock(moment)).newest(BOTH)
    assert (listing.state, listing.day, listing.note) == (EMPTY, moment.date(), "weekend")


async def test_an_empty_feed_on_a_weekday_is_a_holiday_or_a_listing_to_wait_for(clock: FakeClock) -> None:
    rows = listings(date(2025, 4, 28), date(2025, 5, 9), without=[THURSDAY])
    async with read(rows) as server:
        pending = await source_of(server, clock).newest(BOTH)
        holiday = Calendar({date(2025, 5, 7): "Midsummer"})
        empty = await source_of(server, clock, calendar=holiday).newest(BOTH)
    assert (pending.state, pending.day) == (PENDING, THURSDAY)
    assert "may have put it off" in pending.note
    assert (empty.state, empty.note) == (EMPTY, "holiday: Midsummer")


async def test_without_the_api_the_feeds_own_details_do_and_the_note_says_so(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    server.fault("503", times=None, target="api")
    listing = await make_source().newest(BOTH)
    assert ids(listing) == announced_on(server, THURSDAY)
    assert (listing.state, listing.note) == (PARTIAL, "arXiv's index could not be asked whether its feed is whole")
    assert listing.papers[0].abstract.startswith("We study")


async def test_what_the_api_gave_before_it_failed_is_kept(clock: FakeClock) -> None:
    """Held papers are older than the day's own window, so their details are asked for by their ids."""
    rows = listings(date(2025, 5, 5), date(2025, 5, 9), papers_a_day=150)
    for made in [made for made in rows if made["date"] == str(THURSDAY)][:120]:
        made["published"] = "2025-05-06T15:00:00+00:00"
    async with read(rows) as server:
        server.fault("503", times=None, target="api", after=2)
        listing = await source_of(server, clock).newest(BOTH)
        detailed = {p.arxiv_id for p in listing.papers if p.published_at == server.papers[p.arxiv_id].published_at}
    assert (len(detailed), len(listing.papers)) == (130, 150)
    assert "20 papers have only the feed's details" in listing.note


async def test_without_the_feed_the_api_tells_the_newest_listing_and_the_note_says_so(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    server.fault("503", times=None, target="rss")
    listing = await make_source().newest(BOTH)
    assert (listing.day, listing.state, listing.witness) == (THURSDAY, COMPLETE, "id block")
    assert ids(listing) == announced_on(server, THURSDAY)
    assert "feed is of no use" in listing.note
    assert "from the API" in listing.note


async def test_a_feed_that_is_empty_for_no_reason_does_not_mean_no_papers(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    server.fault("empty", target="rss")
    listing = await make_source().newest(BOTH)
    assert ids(listing) == announced_on(server, THURSDAY)
    assert "feed is of no use (it is empty)" in listing.note


async def test_without_feed_and_api_there_is_an_error_that_names_both(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    server.fault("503", times=None, target="rss")
    server.fault("html", times=None, target="api")
    with pytest.raises(SourceUnavailable, match=r"neither feed \(.*503.*nor API \(.*no Atom feed"):
        await make_source().newest(BOTH)


async def _feed_of(server: LoopbackArxiv) -> str:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(f"{server.rss_url}/cs.CL+cs.LG") as response:
        return await response.text()


async def test_papers_the_api_does_not_know_yet_are_told_by_the_feed(clock: FakeClock) -> None:
    rows = listings(date(2025, 5, 5), date(2025, 5, 9))
    async with read(rows) as server:
        server.fault(
            "recorded", target="rss", body=(await _feed_of(server)).replace("2505.00211", "2505.09999").encode()
        )
        listing = await source_of(server, clock).newest(BOTH)
    assert "2505.09999" in ids(listing)
    assert (
        "1 papers have only the feed's details, because the API gave none (it does not know them yet)" in listing.note
    )


async def test_past_days_are_found_again_weekends_and_all(server: LoopbackArxiv, make_source: MakeSource) -> None:
    days = await make_source().days(date(2025, 4, 25), date(2025, 5, 7), BOTH)
    assert [listing.day for listing in days] == [date(2025, 4, 25) + timedelta(days=n) for n in range(13)]
    for listing in days:
        weekend = listing.day.weekday() >= 5
        assert (listing.state, listing.note) == ((EMPTY, "weekend") if weekend else (COMPLETE, ""))
        assert ids(listing) == announced_on(server, listing.day)
        assert {paper.listing_day for paper in listing.papers} <= {listing.day}


async def test_in_api_mode_a_paper_is_new_in_its_primary_category_and_crossed_elsewhere(
    make_source: MakeSource,
) -> None:
    (both,) = await make_source().days(date(2025, 5, 6), date(2025, 5, 6), BOTH)
    (one,) = await make_source().days(date(2025, 5, 6), date(2025, 5, 6), ["cs.CL"])
    assert Counter((e.category, e.announce_type.value) for e in both.entries) == {
        ("cs.CL", "new"): 4,
        ("cs.CL", "cross"): 4,
        ("cs.LG", "new"): 8,
    }
    assert Counter(e.announce_type.value for e in one.entries) == {"new": 4, "cross": 4}


async def test_held_papers_are_found_because_earlier_submissions_are_searched_too(clock: FakeClock) -> None:
    rows = listings(date(2025, 4, 28), date(2025, 5, 9))
    held = next(made for made in rows if made["date"] == "2025-05-07")
    held["published"] = "2025-05-02T15:00:00+00:00"
    async with read(rows) as server:
        (listing,) = await source_of(server, clock).days(date(2025, 5, 7), date(2025, 5, 7), BOTH)
        (narrow,) = await source_of(server, clock, lookback_days=0).days(date(2025, 5, 7), date(2025, 5, 7), BOTH)
    assert held["arxiv_id"] in ids(listing)
    assert held["arxiv_id"] not in ids(narrow)


async def test_tomorrow_is_pending_and_a_weekend_to_come_is_empty(make_source: MakeSource) -> None:
    days = await make_source().days(THURSDAY, date(2025, 5, 12), BOTH)
    assert [listing.state for listing in days] == [COMPLETE, PENDING, EMPTY, EMPTY, PENDING]
    assert days[1].note == "not announced yet"


async def test_only_days_to_come_cost_no_request(server: LoopbackArxiv, make_source: MakeSource) -> None:
    await make_source().days(date(2025, 5, 9), date(2025, 5, 12), BOTH)
    assert server.journal.requests == []


async def test_a_weekday_without_papers_is_pending_unless_it_is_a_known_holiday(clock: FakeClock) -> None:
    """It may have been put off: read as "no announcement yet", never as broken."""
    rows = listings(date(2025, 4, 28), date(2025, 5, 9), without=[THURSDAY])
    async with read(rows) as server:
        unknown = await source_of(server, clock).days(date(2025, 5, 7), THURSDAY, BOTH)
        holiday = Calendar({date(2025, 5, 7): "Midsummer"})
        known = await source_of(server, clock, calendar=holiday).days(date(2025, 5, 7), THURSDAY, BOTH)
    assert [listing.state for listing in unknown] == [COMPLETE, PENDING]
    assert "no holiday that is known" in unknown[1].note
    assert (known[1].state, known[1].note) == (EMPTY, "holiday: Midsummer")


@pytest.mark.parametrize("day", [date(2025, 5, 7), THURSDAY], ids=["a past day", "the newest day"])
async def test_a_category_without_papers_on_an_announced_day_has_an_empty_listing_and_waits_no_longer(
    clock: FakeClock, day: date
) -> None:
    rare = row("2504.00353", date(2025, 5, 6), ["math.HO"])
    async with read([*listings(date(2025, 4, 28), date(2025, 5, 9)), rare]) as server:
        (quiet,) = await source_of(server, clock).days(day, day, ["math.HO"])
        newest = await source_of(server, clock).newest(["math.HO"])
    assert (quiet.state, quiet.papers, quiet.witness) == (COMPLETE, (), "other categories")
    assert (newest.state, newest.day, newest.papers) == (COMPLETE, THURSDAY, ())


async def test_after_a_known_holiday_its_papers_are_in_the_next_listing(clock: FakeClock) -> None:
    rows = listings(date(2025, 4, 28), date(2025, 5, 9), without=[date(2025, 5, 6)])
    async with read(rows) as server:
        source = source_of(server, clock, calendar=Calendar({date(2025, 5, 5): "Midsummer"}))
        days = await source.days(date(2025, 5, 5), date(2025, 5, 7), BOTH)
    assert [listing.state for listing in days] == [COMPLETE, EMPTY, COMPLETE]
    assert ids(days[2]) == announced_on(server, date(2025, 5, 7))


async def test_the_newest_of_several_days_is_told_by_the_feed(server: LoopbackArxiv, make_source: MakeSource) -> None:
    days = await make_source().days(date(2025, 5, 6), THURSDAY, BOTH)
    assert [listing.witness for listing in days] == ["id block", "id block", "rss"]
    assert [ids(listing) for listing in days] == [announced_on(server, date(2025, 5, day)) for day in (6, 7, 8)]


async def test_the_feed_is_read_once_for_the_newest_listing_and_the_days_before(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    source = make_source()
    await source.newest(BOTH)
    await source.days(date(2025, 5, 6), THURSDAY, BOTH)
    assert [seen.target for seen in server.journal.requests].count("rss") == 1


async def test_past_days_are_read_without_the_feed_and_only_the_newest_says_so(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    server.fault("503", times=None, target="rss")
    days = await make_source().days(date(2025, 5, 7), THURSDAY, BOTH)
    assert [ids(listing) for listing in days] == [announced_on(server, date(2025, 5, day)) for day in (7, 8)]
    assert days[0].note == ""
    assert "feed could not be read" in days[1].note


async def test_a_late_cross_list_is_in_the_feeds_listing_and_in_no_other(clock: FakeClock) -> None:
    """2505.00103 got its id on Monday, and is cross-listed to cs.CL on Thursday."""
    rows = listings(date(2025, 5, 5), date(2025, 5, 9))
    late = rows[0] | {"date": "2025-05-08", "categories": ["cs.CV", "cs.CL"]}
    async with read([late, *rows[1:]]) as server:
        days = await source_of(server, clock).days(date(2025, 5, 5), THURSDAY, BOTH)
    where = {listing.day for listing in days for entry in listing.entries if entry.arxiv_id == late["arxiv_id"]}
    kinds = {e.announce_type for listing in days for e in listing.entries if e.arxiv_id == late["arxiv_id"]}
    assert where == {THURSDAY}
    assert kinds == {AnnounceType.CROSS}


async def test_papers_come_in_the_order_asked_and_what_does_not_exist_does_not(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    known = sorted(server.papers)[:3]
    asked = [known[2], "2501.99999", "no id", f"{known[0]}v1", known[2], known[1]]
    papers = await make_source().papers(asked)
    assert [paper.arxiv_id for paper in papers] == [known[2], known[0], known[1]]


async def test_a_wrong_category_is_refused_before_anything_is_asked(
    server: LoopbackArxiv, make_source: MakeSource
) -> None:
    for categories in ([], ["cs.CL) OR (all:x"]):
        with pytest.raises(QueryRejected):
            await make_source().newest(categories)
        with pytest.raises(QueryRejected):
            await make_source().days(THURSDAY, THURSDAY, categories)
    assert server.journal.requests == []


async def test_progress_is_reported_stage_by_stage(make_source: MakeSource) -> None:
    progress = RecordedProgress()
    await make_source().newest(BOTH, progress)
    assert progress.calls == [
        ("reading the feed", 0, 1),
        ("reading the feed", 1, 1),
        ("reading papers", 10, 10),
        ("reading details", 2, 2),
    ]


async def test_each_stage_logs_one_line_with_counts(make_source: MakeSource, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="bot"):
        await make_source().newest(BOTH)
    assert [record.getMessage() for record in caplog.records] == [
        "arXiv: the feed of 2025-05-08 announces 12 papers in cs.CL, cs.LG",
        "arXiv: details of 12 of 12 papers",
    ]


async def test_cancelling_is_a_clean_stop(server: LoopbackArxiv, make_source: MakeSource) -> None:
    server.fault("silent", times=None)
    reading = asyncio.create_task(make_source(timeout_s=60.0).newest(BOTH))
    await server.was_asked.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_every_request_takes_a_turn(
    server: LoopbackArxiv, make_source: MakeSource, throttle: CountingThrottle
) -> None:
    server.fault("503", times=2)
    await make_source().newest(BOTH)
    await make_source().days(date(2025, 4, 28), THURSDAY, BOTH)
    assert throttle.turns == len(server.journal.requests)


async def test_through_storms_of_faults_the_listing_is_whole(server: LoopbackArxiv, make_source: MakeSource) -> None:
    for index, kind in enumerate(["429", "503", "html", "empty", "malformed", "cut", "dropped", "truncated"]):
        server.fault(kind, times=None, probability=0.1, seed=index)
    source = make_source(attempts=20, page_size=20)
    days = await source.days(date(2025, 4, 28), THURSDAY, BOTH)
    assert all(ids(listing) == announced_on(server, listing.day) for listing in days)
    assert len([seen for seen in server.journal.requests if seen.fault]) > 5


def test_quiet_days_are_explained_by_the_calendar(make_source: MakeSource) -> None:
    source = make_source(calendar=None)
    assert source.name == "arxiv"
    assert source.quiet_reason(date(2025, 6, 20)) == "holiday: Juneteenth"
    assert source.quiet_reason(date(2025, 5, 10)) == "weekend"
    assert source.quiet_reason(THURSDAY) == ""
    assert source.newest_day(THURSDAY_MORNING) == THURSDAY


@pytest.fixture(scope="module")
def replayed() -> LoopbackArxiv:
    if not REPLAY.exists():
        pytest.skip("the replay data is not beside this checkout")
    return LoopbackArxiv(REPLAY, held=0.05, now=datetime(2025, 6, 24, 6, tzinfo=UTC))


async def test_real_listings_around_a_holiday_are_found_again(replayed: LoopbackArxiv) -> None:
    """Tuesday 17 to Tuesday 24 June 2025: the listing of Friday the 20th is missing (Juneteenth)."""
    categories = ["cs.CL", "cs.CV", "cs.AI", "cs.IR"]
    async with replayed as server:
        source = source_of(server, FakeClock(server.now), calendar=None)
        days = await source.days(date(2025, 6, 17), date(2025, 6, 24), categories)
    states = [listing.state for listing in days]
    assert states == [COMPLETE, COMPLETE, COMPLETE, EMPTY, EMPTY, EMPTY, COMPLETE, COMPLETE]
    assert days[3].note == "holiday: Juneteenth"
    wrong = sum(len(ids(listing) ^ announced_on(server, listing.day, categories)) for listing in days)
    assert wrong <= 0.01 * sum(len(listing.papers) for listing in days)


async def test_a_day_that_was_put_off_without_a_word_has_no_listing(clock: FakeClock) -> None:
    """Wednesday's papers came with Thursday's, as the feed saw; that others were announced later proves nothing."""
    rows = listings(date(2025, 4, 28), date(2025, 5, 9))
    for made in rows:
        if made["date"] == "2025-05-07":
            made |= {"date": "2025-05-08", "published": "2025-05-06T15:00:00+00:00"}
    async with read(rows) as server:
        source = source_of(server, clock)
        thursday = await source.newest(BOTH)
        (wednesday,) = await source.days(date(2025, 5, 7), date(2025, 5, 7), BOTH)
    assert (thursday.state, len(ids(thursday))) == (COMPLETE, 24)
    assert (wednesday.state, wednesday.papers) == (PENDING, ())
