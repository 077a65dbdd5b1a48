"""Feed and index as witnesses of one day: when they agree, when they do not, and what is believed then."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.models import AnnounceType, Listing, ListingState
from bot.sources.arxiv import ArxivSource
from bot.sources.arxiv.calendar import Calendar
from bot.sources.arxiv.fetch import Answer
from bot.sources.arxiv.holidays import bundled_calendar
from bot.sources.arxiv.rss import Feed, read_feed
from bot.sources.arxiv.witnesses import compare
from tests.fakes import FakeClock
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.arxiv.archive import Archive
from tests.loopback.arxiv.feeds import rss_feed
from tests.loopback.arxiv.papers import StoredPaper, read_rows, store
from tests.loopback.arxiv.times import eastern_midnight
from tests.sources.arxiv.conftest import hasty
from tests.sources.arxiv.rows import REPLAY, listings, row
from tests.sources.arxiv.test_days import paper
from tests.sources.arxiv.test_source import source_of
from tests.sources.fakes import CountingThrottle

BOTH = ["cs.CL", "cs.LG"]
WED, THU, FRI = date(2025, 5, 7), date(2025, 5, 8), date(2025, 5, 9)
COMPLETE, PARTIAL, PENDING, EMPTY = (
    ListingState.COMPLETE,
    ListingState.PARTIAL,
    ListingState.PENDING,
    ListingState.EMPTY,
)
EARLY, CERTAIN = 7, 8
"""The index is rebuilt at 05:00 UTC, and certain three hours later."""


def at(day: date, hour: float = EARLY) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def arxiv(papers_a_day: int = 48, now: datetime | None = None, **options: object) -> LoopbackArxiv:
    rows = listings(date(2025, 4, 28), FRI, papers_a_day=papers_a_day)
    return LoopbackArxiv(rows, **({"held": 0.0, "now": now or at(THU)} | options))


async def newest(server: LoopbackArxiv, categories: list[str] | None = None) -> Listing:
    source = ArxivSource(
        api_url=server.api_url,
        rss_url=server.rss_url,
        settings=hasty(attempts=2),
        throttle=CountingThrottle(),
        clock=FakeClock(server.now),
        random=random.Random(1),
        calendar=Calendar(),
    )
    return await source.newest(categories or BOTH)


def ids(listing: Listing) -> set[str]:
    return {entry.arxiv_id for entry in listing.entries}


def of(server: LoopbackArxiv, day: date) -> set[str]:
    return {paper.arxiv_id for paper in server.papers.values() if paper.listing_day == day}


@pytest.mark.parametrize(
    ("kind", "doubt"),
    [
        ("stale", "arXiv's feed and index disagree: 0 and 48"),
        ("half", "arXiv's feed and index disagree: 24 and 48"),
        (
            "lagging",
            "arXiv's feed and index disagree: the feed of Wed 7 May 2025 shows the papers of Thu 8 May 2025",
        ),
    ],
)
@pytest.mark.parametrize(("hour", "state"), [(EARLY, PARTIAL), (CERTAIN - 0.1, PARTIAL), (CERTAIN, COMPLETE)])
async def test_a_feed_that_the_index_contradicts_is_no_complete_listing_until_the_index_is_certain(
    kind: str, doubt: str, hour: float, state: ListingState
) -> None:
    async with arxiv(now=at(THU, hour)) as server:
        server.fault(kind, times=None)
        listing = await newest(server)
    assert (listing.day, listing.state, listing.note) == (THU, state, doubt)
    assert ids(listing) == of(server, THU)


async def test_a_feed_that_was_stale_and_is_good_again_is_believed() -> None:
    async with arxiv() as server:
        server.fault("stale then good", times=None, until=at(THU, 7.5))
        before = await newest(server)
        server.set_now(at(THU, 7.5))
        after = await newest(server)
    assert (before.state, after.state, after.witness, after.note) == (PARTIAL, COMPLETE, "rss", "")


async def test_held_papers_that_only_the_feed_could_tell_come_with_the_certain_block() -> None:
    async with arxiv(held=0.15) as server:
        server.fault("stale", times=None)
        early = await newest(server)
        server.set_now(at(THU, CERTAIN))
        late = await newest(server)
    assert len(ids(early)) < len(of(server, THU))
    assert ids(early) < ids(late)
    assert len(ids(late) ^ of(server, THU)) <= 2


@pytest.mark.parametrize("day", [date(2025, 5, 10), date(2025, 5, 11)], ids=["Saturday", "Sunday"])
async def test_fridays_papers_under_a_weekends_date_are_no_listing(day: date) -> None:
    async with arxiv(now=at(day)) as server:
        server.fault("stale", times=None)
        listing = await newest(server)
    assert (listing.day, listing.state, listing.papers, listing.note) == (day, EMPTY, (), "weekend")


async def test_yesterdays_feed_is_believed_as_long_as_nothing_newer_is_announced() -> None:
    """ArXiv has put Thursday off: feed and index both know Wednesday only."""
    rows = listings(date(2025, 4, 28), FRI, without=[THU])
    async with LoopbackArxiv(rows, held=0.0, now=at(WED, 12)) as server:
        body = await _text(f"{server.rss_url}/cs.CL+cs.LG")
        server.set_now(at(THU))
        server.fault("recorded", target="rss", body=body, times=None)
        listing = await newest(server)
    assert (listing.day, listing.state, listing.note) == (WED, COMPLETE, "")


async def test_yesterdays_feed_is_not_believed_where_the_index_is_further() -> None:
    async with arxiv(now=at(WED, 12)) as server:
        body = await _text(f"{server.rss_url}/cs.CL+cs.LG")
        server.set_now(at(THU))
        server.fault("recorded", target="rss", body=body, times=None)
        listing = await newest(server)
    assert (listing.day, listing.state) == (THU, PARTIAL)
    assert (ids(listing), listing.note) == (of(server, THU), "arXiv's feed and index disagree: 0 and 48")


async def _text(url: str) -> bytes:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.read()


@pytest.mark.parametrize(("lost", "state"), [(5, COMPLETE), (6, PARTIAL)])
async def test_a_few_papers_that_only_the_index_has_are_no_contradiction_and_come_along(
    lost: int, state: ListingState
) -> None:
    async with arxiv() as server:
        head, *items = (await _text(f"{server.rss_url}/cs.CL+cs.LG")).split(b"    <item>")
        body = b"    <item>".join([head, *items[:-lost]]) + b"</channel></rss>"
        server.fault("recorded", target="rss", body=body)
        listing = await newest(server)
    assert listing.state is state
    assert ids(listing) == of(server, THU)


async def test_in_a_large_listing_three_in_a_hundred_may_differ() -> None:
    async with arxiv(papers_a_day=400) as server:
        head, *items = (await _text(f"{server.rss_url}/cs.CL+cs.LG")).split(b"    <item>")
        for lost, state in ((12, COMPLETE), (13, PARTIAL)):
            body = b"    <item>".join([head, *items[:-lost]]) + b"</channel></rss>"
            server.fault("recorded", target="rss", body=body)
            assert (await newest(server)).state is state


async def test_a_feed_that_knows_more_than_the_index_is_believed() -> None:
    """The index is rebuilt some minutes later: it knows nothing yet of what the feed announces."""
    async with arxiv() as server:
        body = await _text(f"{server.rss_url}/cs.CL+cs.LG")
        server.set_now(at(THU, -5))
        server.fault("recorded", target="rss", body=body)
        listing = await newest(server)
    assert (listing.day, listing.state) == (THU, COMPLETE)
    assert ids(listing) == of(server, THU)
    assert "48 papers have only the feed's details" in listing.note


async def test_half_a_feed_that_nothing_can_be_compared_with_is_not_complete() -> None:
    async with arxiv() as server:
        server.fault("half", times=None)
        server.fault("406", times=None, target="api")
        listing = await newest(server)
    assert (listing.state, listing.note) == (PARTIAL, "arXiv's index could not be asked whether its feed is whole")
    assert len(ids(listing)) == 24


async def test_a_rare_category_whose_only_paper_was_held_is_not_stale() -> None:
    held = row("2505.00001", THU, ["math.HO"], published="2025-05-05T12:00:00+00:00")
    async with LoopbackArxiv([*listings(date(2025, 4, 28), FRI), held], held=0.0, now=at(THU)) as server:
        listing = await newest(server, ["math.HO"])
    assert (listing.state, ids(listing)) == (COMPLETE, {"2505.00001"})


@pytest.mark.parametrize("kind", ["stale", "half"])
async def test_days_asked_for_are_judged_like_the_newest(kind: str) -> None:
    async with arxiv() as server:
        server.fault(kind, times=None)
        source = ArxivSource(
            api_url=server.api_url,
            rss_url=server.rss_url,
            settings=hasty(),
            throttle=CountingThrottle(),
            clock=FakeClock(server.now),
            random=random.Random(1),
            calendar=Calendar(),
        )
        wednesday, thursday = await source.days(WED, THU, BOTH)
    assert (wednesday.state, thursday.state) == (COMPLETE, PARTIAL)
    assert ids(wednesday) == of(server, WED)


@pytest.fixture(scope="module")
def replay() -> list[dict]:
    if not REPLAY.exists():
        pytest.skip("the replay data is not beside this checkout")
    return read_rows(REPLAY)


def _feed(archive: Archive, day: date, categories: list[str]) -> Feed:
    dated, items = archive.announced(eastern_midnight(day) + timedelta(hours=6), categories)
    body = rss_feed(dated, categories, items).encode()
    return read_feed(Answer(200, "application/rss+xml", body, None), "https://rss.arxiv.org/rss/x")


def _index(stored: list[StoredPaper], day: date, categories: list[str]) -> dict[str, object]:
    wanted = set(categories)
    return {
        one.arxiv_id: paper(one.arxiv_id, one.published_at)
        for one in stored
        if one.listing_day <= day and wanted & set(one.categories)
    }


@pytest.mark.parametrize("categories", [["cs.CL", "cs.CV"], ["cs.IR"]], ids=len)
def test_no_recorded_day_is_called_incomplete_and_every_fault_of_one_is_noticed(
    replay: list[dict], categories: list[str]
) -> None:
    """All listings of the replay data, undisturbed, half, and with the feed of the day before."""
    calendar = bundled_calendar()
    stored = store(replay, held=0.1, order="sorted", seed=7)
    archive = Archive(stored, replacements=0.3, seed=7)
    days = sorted({one.listing_day for one in stored})
    assert len(days) == 74
    previous: Feed | None = None
    for day in days:
        known = _index(stored, day, categories)
        window = start, end = calendar.submission_window(day)
        index = [one for one in known.values() if start <= one.published_at < end]
        feed = _feed(archive, day, categories)
        found = compare(feed, known, index, window)
        assert found.agree, f"{day}: {found}"
        first = [item for item in feed.items if item.announced in {AnnounceType.NEW, AnnounceType.CROSS}]
        half = Feed(day, tuple(first[: len(first) // 2]))
        if len(index) > 20:
            assert not compare(half, known, index, window).agree, f"{day} half"
            if previous is not None:
                stale = compare(Feed(day, previous.items), known, index, window)
                assert stale.is_another_days, f"{day} stale: {stale}"
        previous = feed


@pytest.mark.parametrize(("hour", "state"), [(EARLY, COMPLETE), (CERTAIN, COMPLETE)])
async def test_what_a_predicted_holiday_brings_all_the_same_is_its_listing(hour: float, state: ListingState) -> None:
    wrong = Calendar({date(2024, 1, 1): "New Year"}, lambda day: "a holiday" if day == WED else "")
    async with arxiv(now=at(THU, hour)) as server:
        source = source_of(server, FakeClock(server.now), calendar=wrong)
        assert source.newest_day(server.now) == THU
        listing = await source.newest(BOTH)
    assert (listing.day, listing.state, ids(listing)) == (THU, state, of(server, THU))


@pytest.mark.parametrize("kind", ["", "stale"])
async def test_a_predicted_holiday_that_brings_nothing_is_a_quiet_day(kind: str) -> None:
    right = Calendar({date(2024, 1, 1): "New Year"}, lambda day: "a holiday" if day == WED else "")
    rows = listings(date(2025, 4, 28), FRI, without=[THU])
    async with LoopbackArxiv(rows, held=0.0, now=at(THU)) as server:
        if kind:
            server.fault(kind, times=None)
        listing = await source_of(server, FakeClock(server.now), calendar=right).newest(BOTH)
    assert (listing.day, listing.state, listing.papers) == (THU, EMPTY, ())
    assert listing.note == "holiday: a holiday, as far as can be foreseen"
