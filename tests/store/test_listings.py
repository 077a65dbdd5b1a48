"""Listings: idempotent, never degrading, and counted as docs/design.md says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.models import AnnounceType, Listing, ListingEntry, ListingState
from tests.builders import NOON, THURSDAY, a_listing, some_papers

FRIDAY = THURSDAY + timedelta(days=1)
NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE
ALL = tuple(AnnounceType)
LATER = NOON + timedelta(hours=3)


def dump(rows):
    tables = ("papers", "listings", "listing_entries")
    return {table: rows(f"SELECT * FROM {table}") for table in tables}


async def saved(store, listing, at=NOON):
    return await store.listings.save("arxiv", listing, at)


async def records(store, categories=("cs.CL",)):
    return await store.listings.records("arxiv", categories, THURSDAY, FRIDAY)


async def test_a_listing_saved_twice_changes_nothing(store, rows):
    listing = a_listing(some_papers(4))
    assert await saved(store, listing) == 4
    before = dump(rows)
    assert await saved(store, listing) == 0
    assert dump(rows) == before


async def test_a_listing_comes_with_its_papers_and_its_record(store):
    await saved(store, a_listing(some_papers(2), categories=("cs.CL", "cs.LG")))
    (first, second) = await records(store, ("cs.CL", "cs.LG"))
    assert (first.category, first.day, first.state, first.announced) == ("cs.CL", THURSDAY, ListingState.COMPLETE, 2)
    assert (second.category, first.checked_at, first.witness) == ("cs.LG", NOON, "test")
    assert set(await store.papers.get([paper.arxiv_id for paper in some_papers(3)])) == {"2505.03001", "2505.03002"}


@pytest.mark.parametrize("worse", [ListingState.FAILED, ListingState.PENDING, ListingState.EMPTY])
async def test_a_complete_listing_never_becomes_less(store, worse):
    await saved(store, a_listing(some_papers(2)))
    await saved(store, Listing(THURSDAY, ("cs.CL",), worse, note="a bad answer"), LATER)
    (record,) = await records(store)
    assert (record.state, record.announced, record.note, record.checked_at) == (ListingState.COMPLETE, 2, "", NOON)


async def test_what_was_missing_becomes_complete(store):
    for state in (ListingState.PENDING, ListingState.FAILED, ListingState.EMPTY, ListingState.PENDING):
        await saved(store, Listing(THURSDAY, ("cs.CL",), state, note=str(state)))
        assert [(one.state, one.note) for one in await records(store)] == [(state, str(state))]
    await saved(store, a_listing(some_papers(1)))
    assert [(one.state, one.note) for one in await records(store)] == [(ListingState.COMPLETE, "")]


async def test_the_newest_complete_day_needs_every_category(store):
    newest = store.listings.newest_complete
    assert await newest("arxiv", ["cs.CL"], FRIDAY) is None
    await saved(store, a_listing(some_papers(1), categories=("cs.CL", "cs.LG")))
    await saved(store, a_listing(some_papers(1, day=4), day=FRIDAY))
    await saved(store, Listing(FRIDAY, ("cs.LG",), ListingState.PENDING))
    assert await newest("arxiv", ["cs.CL"], FRIDAY) == FRIDAY
    assert await newest("arxiv", ["cs.CL", "cs.LG"], FRIDAY) == THURSDAY
    assert await newest("arxiv", ["cs.CL", "cs.CL"], FRIDAY) == FRIDAY
    assert await newest("arxiv", ["cs.CL"], THURSDAY) == THURSDAY
    assert await newest("sample", ["cs.CL"], FRIDAY) is None


async def test_records_stay_within_the_days_and_the_source_asked_for(store):
    for day in (THURSDAY - timedelta(days=1), THURSDAY, FRIDAY, FRIDAY + timedelta(days=3)):
        await saved(store, a_listing((), day=day))
    await store.listings.save("sample", a_listing((), day=THURSDAY, categories=("cs.LG",)), NOON)
    assert [record.day for record in await records(store, ("cs.LG", "cs.CL"))] == [THURSDAY, FRIDAY]


async def test_entries_are_distinct_admitted_papers_in_order_of_day_and_id(store):
    early, late = some_papers(2, day=9), some_papers(2, day=3)
    await saved(store, a_listing(early, categories=("cs.CL", "cs.LG")))
    await saved(store, a_listing([*late, early[0]], day=FRIDAY, kind=CROSS))
    entries = store.listings.entries
    both = ["cs.CL", "cs.LG"]
    assert await entries(both, ALL, THURSDAY, FRIDAY) == ("2505.09001", "2505.09002", "2505.03001", "2505.03002")
    assert await entries(both, [NEW], THURSDAY, FRIDAY) == ("2505.09001", "2505.09002")
    assert await entries(both, [REPLACE], THURSDAY, FRIDAY) == ()
    assert await entries(["cs.LG"], ALL, FRIDAY, FRIDAY) == ()
    assert await entries(["cs.CL"], ALL, FRIDAY, FRIDAY) == ("2505.03001", "2505.03002", "2505.09001")
    assert await entries([], ALL, THURSDAY, FRIDAY) == ()


async def test_a_line_that_was_stored_later_is_told_apart(store):
    papers = some_papers(3)
    await saved(store, a_listing(papers[:2]))
    await saved(store, a_listing(papers), LATER)
    entries = store.listings.entries
    assert await entries(["cs.CL"], ALL, THURSDAY, THURSDAY, NOON) == ("2505.03003",)
    assert await entries(["cs.CL"], ALL, THURSDAY, THURSDAY, LATER) == ()
    (record,) = await records(store)
    assert record.announced == 3


async def test_announced_counts_distinct_papers_of_every_type(store):
    """A paper in two categories is one paper, and so is one announced on two days."""
    papers = some_papers(3)
    lines = [
        *(ListingEntry(paper.arxiv_id, "cs.CL", THURSDAY, NEW) for paper in papers[:2]),
        ListingEntry(papers[0].arxiv_id, "cs.LG", THURSDAY, CROSS),
        ListingEntry(papers[2].arxiv_id, "cs.LG", THURSDAY, REPLACE),
    ]
    listing = replace(a_listing(papers, categories=("cs.CL", "cs.LG")), entries=tuple(lines))
    await saved(store, listing)
    announced = store.listings.announced
    assert await announced(["cs.CL", "cs.LG"], [THURSDAY]) == 3
    assert await announced(["cs.CL"], [THURSDAY]) == 2
    assert await announced(["cs.LG"], [THURSDAY]) == 2
    assert await announced(["cs.CL"], []) == 0
    await saved(store, a_listing(papers[:1], day=FRIDAY))
    assert await announced(["cs.CL"], [THURSDAY, FRIDAY]) == 2


async def test_a_complete_listing_may_be_without_papers(store):
    await saved(store, a_listing(()))
    assert await store.listings.newest_complete("arxiv", ["cs.CL"], FRIDAY) == THURSDAY
    assert await store.listings.announced(["cs.CL"], [date(2025, 5, 8)]) == 0
