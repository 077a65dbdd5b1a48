"""Listings that are not whole when a morning is due: what is there is posted, what comes later is posted as late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import PlatformError, SourceUnavailable
from bot.models import ListingState
from handlers.listing import ingest_due
from handlers.morning import post_by_hand
from handlers.recovery import recover_channel
from tests.builders import CHANNEL, a_paper

MON, TUE, WED, THU = (date(2025, 5, 5) + timedelta(days=n) for n in range(4))
DOUBT = "arXiv's feed and index disagree: 3 and 5"


async def states(world, first=MON, last=THU):
    return {one.day: one.state for one in await world.store.listings.records("fake", ["cs.CL"], first, last)}


async def notes(world):
    return {one.day: one.note for one in await world.store.listings.records("fake", ["cs.CL"], MON, THU)}


@pytest.fixture
async def doubtful(world, ids):
    """A good Monday, and a Tuesday of which three papers are there and the rest is not."""
    world.announce(MON, 2)
    await world.morning(MON)
    there = world.announce(TUE, 3)
    world.source.doubts[TUE] = DOUBT
    await world.morning(TUE)
    return ids(there)


def rest(world, n=2):
    papers = tuple(a_paper(f"2505.01{number:03d}") for number in range(n))
    world.source.announce(TUE, *papers)
    del world.source.doubts[TUE]
    return [paper.arxiv_id for paper in papers]


async def test_what_is_there_is_posted_and_the_header_says_that_the_rest_follows(world, doubtful):
    assert world.papers(2) == doubtful
    assert f"{DOUBT}; the rest follows" in world.header(2)
    assert (await states(world))[TUE] is ListingState.PARTIAL


async def test_the_rest_is_posted_once_the_listing_is_whole_and_the_header_is_corrected(world, doubtful):
    late = rest(world)
    await world.morning(TUE)
    await world.morning(TUE)
    assert world.papers(3) == late
    assert "what digest 2 could not have yet" in world.header(3)
    assert "the rest follows" not in world.header(2)
    assert f"{DOUBT} (settled since)" in world.header(2)
    assert "2 papers of this listing came late, with digest 3" in world.header(2)
    assert len(world.posts()) == 3 + 4 + 3
    assert (await notes(world))[TUE] == DOUBT


async def test_a_doubt_that_nothing_comes_of_is_settled_in_the_header_alone(world, doubtful):
    del world.source.doubts[TUE]
    before = len(world.posts())
    await world.morning(TUE)
    assert len(world.posts()) == before
    assert f"{DOUBT} (settled since)" in world.header(2)
    assert "late" not in world.header(2)


async def test_what_comes_the_next_day_comes_with_its_digest(world, doubtful):
    """Nobody looks in between: a command that runs once a day."""
    late = rest(world)
    fresh = [one.arxiv_id for one in world.announce(WED, 2)]
    await world.morning(WED)
    assert sorted(world.papers(3)) == sorted([*late, *fresh])
    assert "2 late papers of an earlier listing among them" in world.header(3)
    assert "2 papers of this listing came late, with digest 3" in world.header(2)
    assert (await states(world))[TUE] is ListingState.COMPLETE


async def test_by_hand_the_rest_comes_as_well(world, doubtful):
    late = rest(world)
    made = await post_by_hand(world.env, CHANNEL, None)
    assert made.record.number == 3
    assert world.papers(3) == late
    assert (await post_by_hand(world.env, CHANNEL, None)).was_there


async def test_late_papers_that_are_not_relevant_make_no_digest_of_their_own(world, doubtful):
    rest(world)
    world.channel(min_relevance=10)
    before = len(world.posts())
    await world.morning(TUE)
    assert len(world.posts()) == before
    world.channel(min_relevance=1)
    world.announce(WED, 1)
    await world.morning(WED)
    assert len(world.papers(3)) == 3


async def test_a_header_that_cannot_be_edited_now_is_edited_later(world, doubtful, monkeypatch):
    rest(world)

    async def refuse(*_):
        raise PlatformError("not now")

    with monkeypatch.context() as patched:
        patched.setattr(world.platform, "edit", refuse)
        await world.morning(TUE)
    assert "the rest follows" in world.header(2)
    await recover_channel(world.env, CHANNEL)
    assert "came late, with digest 3" in world.header(2)
    assert await world.store.ledger.to_edit(CHANNEL) == ()


async def test_a_partial_listing_never_becomes_less_and_is_looked_at_again(world, doubtful):
    world.source.down = SourceUnavailable("503")
    assert (await ingest_due(world.env)).problem == "503"
    assert (await states(world))[TUE] is ListingState.PARTIAL
    world.source.down = None
    assert (await ingest_due(world.env)).doubt == DOUBT


# A complete listing is compared once more.


async def test_a_complete_day_is_compared_once_more_when_the_next_is_known(world):
    world.announce(MON, 3)
    await world.morning(MON)
    missed = a_paper("2505.01999")
    world.source.announce(MON, missed)
    await ingest_due(world.env)
    assert await world.store.listings.listed(["cs.CL"], [missed.arxiv_id], ["new"], TUE) == frozenset()
    world.announce(TUE, 2)
    await world.morning(TUE)
    assert missed.arxiv_id in world.papers(2)
    assert "1 late paper of an earlier listing" in world.header(2)
    assert "1 paper of this listing came late, with digest 2" in world.header(1)
    assert (await notes(world))[MON] == "arXiv's feed and index disagree: 1 paper found a day later"
    asked = list(world.source.asked)
    await ingest_due(world.env)
    assert world.source.asked == asked


async def test_a_comparison_that_fails_keeps_no_morning_out_and_is_made_up_for(world):
    world.announce(MON, 3)
    await world.morning(MON)
    world.source.announce(MON, a_paper("2505.01999"))
    world.announce(TUE, 2)
    world.source.past_down = SourceUnavailable("503")
    await world.morning(TUE)
    assert len(world.papers(2)) == 2
    world.source.past_down = None
    world.announce(WED, 1)
    await world.morning(WED)
    assert "2505.01999" in world.papers(3)


async def test_a_paper_that_a_search_found_is_late_all_the_same(world):
    world.announce(MON, 3)
    await world.morning(MON)
    missed = a_paper("2505.01999")
    await world.store.papers.add([missed], world.clock.now())
    world.source.announce(MON, missed)
    world.announce(TUE, 1)
    await world.morning(TUE)
    assert missed.arxiv_id in world.papers(2)


# A feed that shows what was announced before.


async def test_a_listing_whose_new_papers_are_all_known_is_none(world):
    papers = world.announce(MON, 3)
    await world.morning(MON)
    world.source.announce(TUE, *papers)
    await world.morning(TUE)
    assert (await states(world))[TUE] is ListingState.PENDING
    assert "all that the feed of Tue 6 May 2025 calls new was announced before" in world.header(2)
    assert "none" in world.header(2)
    world.source.announced[TUE].clear()
    fresh = [one.arxiv_id for one in world.announce(TUE, 2, title="Fresh")]
    await world.morning(TUE)
    assert world.papers(3) == fresh


# Asked for by hand.


async def test_a_day_is_read_anew_when_asked_and_what_was_missing_is_posted(world):
    world.announce(MON, 3)
    await world.morning(MON)
    world.source.announce(MON, a_paper("2505.01999"))
    made = await post_by_hand(world.env, CHANNEL, MON)
    assert world.papers(2) == ["2505.01999"]
    assert made.record.number == 2
    assert "came late, with digest 2" in world.header(1)
    again = await post_by_hand(world.env, CHANNEL, MON)
    assert again.was_there


async def test_a_day_that_cannot_be_read_anew_is_shown_as_it_is_and_that_is_said(world):
    world.announce(MON, 3)
    await world.morning(MON)
    world.source.down = SourceUnavailable("503")
    made = await post_by_hand(world.env, CHANNEL, MON)
    assert made.was_there
    assert made.note == "its listing could not be read anew: 503"
