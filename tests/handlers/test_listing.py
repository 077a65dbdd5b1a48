"""Ingest: what is due, what was missed, what fails, and what an interruption leaves."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.errors import EmbedderError, SourceUnavailable
from bot.models import ListingState
from bot.ranking.background import from_bytes
from bot.settings import ChannelSettings
from handlers.archive import background_before, embed_missing, extend_background, recent_papers, vectors_of
from handlers.listing import ingest_days, ingest_due, missing_days, wanted_categories
from tests.builders import CHANNEL, some_papers
from tests.handlers.conftest import at

FRI_BEFORE = date(2025, 5, 2)
MON, TUE, WED, THU, FRI = (date(2025, 5, 5) + timedelta(days=n) for n in range(5))


async def background(world):
    stored = await world.store.papers.background(world.embedder.name)
    return from_bytes(stored[1]) if stored else None


async def states(world, first=MON, last=FRI):
    return {one.day: one.state for one in await world.store.listings.records("fake", ["cs.CL"], first, last)}


async def test_a_fresh_archive_starts_with_the_newest_listing_only(world):
    world.announce(MON, 2)
    world.announce(TUE, 3)
    world.go_to(at(TUE))
    ingested = await ingest_due(world.env)
    assert (ingested.days, ingested.new_papers, ingested.problem) == ((TUE,), 3, "")


async def test_repeating_asks_the_source_nothing(world):
    world.announce(MON)
    await ingest_due(world.env)
    asked = list(world.source.asked)
    assert (await ingest_due(world.env)).days == ()
    assert world.source.asked == asked


async def test_missed_days_are_read_with_the_newest(world):
    world.announce(MON, 1)
    await ingest_due(world.env)
    for day in (TUE, WED, THU):
        world.announce(day, 1)
    world.go_to(at(THU))
    assert (await ingest_due(world.env)).days == (TUE, WED, THU)
    assert await world.store.papers.count() == 4


async def test_ingests_that_coincide_read_once(world):
    world.announce(MON, 2)
    results = await asyncio.gather(*(ingest_due(world.env) for _ in range(5)))
    assert {result.new_papers for result in results} == {2}
    assert [one[0] for one in world.source.asked].count("newest") == 1


async def test_a_failure_is_noted_and_tried_again(world):
    world.announce(MON, 1)
    world.source.down = SourceUnavailable("503 from arXiv")
    ingested = await ingest_due(world.env)
    assert ingested.problem == "503 from arXiv"
    assert await states(world) == {MON: ListingState.FAILED}
    world.source.down = None
    assert (await ingest_due(world.env)).days == (MON,)
    assert await states(world) == {MON: ListingState.COMPLETE}


async def test_a_listing_not_announced_yet_is_asked_for_again(world):
    assert (await ingest_due(world.env)).problem == ""
    assert (await states(world))[MON] is ListingState.PENDING
    world.announce(MON, 1)
    assert (await ingest_due(world.env)).days == (MON,)


async def test_a_holiday_nobody_knew_does_not_stop_the_days_after_it(world):
    world.announce(MON, 1)
    await ingest_due(world.env)
    world.go_to(at(TUE))
    await ingest_due(world.env)
    world.announce(WED, 1)
    world.go_to(at(WED))
    assert (await ingest_due(world.env)).days == (WED,)
    assert (await ingest_due(world.env)).days == ()


async def test_the_categories_of_all_channels_are_read_together(world):
    world.want({
        "one": ChannelSettings(categories=("cs.LG", "cs.CL"), id="1"),
        "two": ChannelSettings(categories=("cs.CV", "cs.CL"), id="2"),
    })  # fmt: skip
    assert wanted_categories(world.env) == ("cs.CL", "cs.CV", "cs.LG")
    world.announce(MON, 1)
    await ingest_due(world.env)
    assert world.source.asked[0] == ("newest", "cs.CL", "cs.CV", "cs.LG")


async def test_the_days_before_the_first_listing_go_to_the_archive_unposted(world):
    older = world.announce(FRI_BEFORE, 3)
    world.announce(MON, 2)
    await world.morning(MON)
    assert len(world.papers()) == 2
    assert set(await world.store.papers.get([paper.arxiv_id for paper in older])) == {one.arxiv_id for one in older}
    known = await background_before(world.env, MON)
    assert (known.upto, known.n_papers) == (FRI_BEFORE, 3)


async def test_an_archive_that_cannot_be_filled_keeps_no_morning_out(world):
    world.announce(MON, 2)
    world.source.past_down = SourceUnavailable("503")
    assert (await ingest_due(world.env)).days == (MON,)


async def test_a_category_added_later_starts_with_the_newest_listing(world):
    world.announce(MON, 1)
    await ingest_due(world.env)
    world.want({CHANNEL: ChannelSettings(categories=("cs.CL", "cs.LG"), id=CHANNEL)})
    world.announce(TUE, 1)
    world.go_to(at(TUE))
    assert (await ingest_due(world.env)).days == (TUE,)


async def test_days_asked_for_by_hand_are_read_unless_they_are_there(world):
    for day in (MON, TUE, WED):
        world.announce(day, 1)
    world.go_to(at(WED))
    assert (await ingest_days(world.env, ["cs.CL"], MON, TUE)).days == (MON, TUE)
    assert (await ingest_days(world.env, ["cs.CL"], MON, WED)).days == (WED,)
    asked = len(world.source.asked)
    assert (await ingest_days(world.env, ["cs.CL"], MON, WED)).days == ()
    assert len(world.source.asked) == asked


async def test_a_fault_while_reading_by_hand_is_raised(world):
    world.source.down = SourceUnavailable("503")
    with pytest.raises(SourceUnavailable):
        await ingest_days(world.env, ["cs.CL"], MON, MON)


async def test_missing_days_leave_out_weekends_and_holidays(world):
    world.source.holidays[TUE] = "holiday: May Day"
    world.announce(MON, 1)
    await ingest_due(world.env)
    assert await missing_days(world.env, ["cs.CL"], MON, date(2025, 5, 12)) == {WED, THU, FRI, date(2025, 5, 12)}


# Vectors and the background.


async def test_papers_are_embedded_once(world):
    world.announce(MON, 4)
    await ingest_due(world.env)
    assert world.embedder.embedded == 4
    vectors = await vectors_of(world.env, some_papers(4, day=MON.day))
    assert vectors.shape == (4, world.embedder.dimensions)
    assert world.embedder.embedded == 4
    assert (await vectors_of(world.env, ())).shape == (0, world.embedder.dimensions)


async def test_embedding_goes_by_batches_and_tells_its_progress(world):
    heard = []
    papers = some_papers(600)
    await world.store.papers.add(papers, world.clock.now())
    await embed_missing(world.env, papers, lambda *step: heard.append(step))
    assert heard == [("embedding", 256, 600), ("embedding", 512, 600), ("embedding", 600, 600)]


async def test_the_background_counts_each_listing_once(world):
    for number, day in enumerate((MON, TUE, WED), start=1):
        world.announce(day, number)
        world.go_to(at(day))
        await ingest_due(world.env)
        await ingest_due(world.env)
    known = await background(world)
    assert (known.n_papers, known.upto) == (3, TUE)


async def test_a_day_before_those_counted_is_left_out(world):
    for day in (TUE, WED):
        world.announce(day, 2)
        world.go_to(at(day))
        await ingest_due(world.env)
    world.announce(MON, 5)
    await ingest_days(world.env, ["cs.CL"], MON, MON)
    known = await background(world)
    assert (known.n_papers, known.upto) == (2, TUE)


async def test_the_background_before_a_day_knows_nothing_of_it_or_later(world):
    for day in (MON, TUE, WED, THU):
        world.announce(day, 2)
        world.go_to(at(day))
        await ingest_due(world.env)
    for day, upto, n_papers in ((MON, None, 0), (TUE, MON, 2), (WED, TUE, 4), (THU, WED, 6)):
        known = await background_before(world.env, day)
        assert (known.upto, known.n_papers) == (upto, n_papers)


async def test_recent_papers_are_of_days_before(world):
    for day in (MON, TUE):
        world.announce(day, 1)
        world.go_to(at(day))
        await ingest_due(world.env)
    papers, vectors = await recent_papers(world.env, TUE)
    assert [paper.listing_day for paper in papers] == [MON]
    assert vectors.shape == (1, world.embedder.dimensions)


async def test_an_embedder_that_is_down_keeps_no_listing_out_and_is_made_up_for(world):
    world.announce(MON, 2)
    world.embedder.down = EmbedderError("the endpoint is down")
    assert (await ingest_due(world.env)).days == (MON,)
    assert await background(world) is None
    world.embedder.down = None
    await ingest_due(world.env)
    assert world.embedder.embedded == 2
    world.announce(TUE, 1)
    world.go_to(at(TUE))
    await ingest_due(world.env)
    assert (await background(world)).n_papers == 2


async def test_an_unreadable_background_is_made_again_from_the_papers(world):
    for day in (MON, TUE, WED):
        world.announce(day, 2)
        world.go_to(at(day))
        await ingest_due(world.env)
    before = await background(world)
    await world.store.papers.save_background(world.embedder.name, TUE, b"PLBG1 damaged")
    await extend_background(world.env, ["cs.CL"])
    after = await background(world)
    assert (after.n_papers, after.upto) == (4, TUE)
    assert after.document_frequency == before.document_frequency
