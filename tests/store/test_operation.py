"""How the database is doing: its figures, the probe, and what it remembers of trouble."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.errors import StoreBusy, StoreGone, StoreReadOnly
from bot.models import Figures
from tests.builders import CHANNEL, NOON, THURSDAY, a_listing, a_vote, some_papers


async def test_an_empty_database_counts_nothing(store):
    assert await store.operation.figures() == Figures()


async def test_posts_votes_digests_papers_and_the_newest_listing_are_counted(store, posted):
    await store.feedback.record([a_vote("1", "e1"), a_vote("2", "e2")], NOON)
    await store.listings.save("arxiv", a_listing(some_papers(2, 4)), NOON)
    await store.ledger.finish(CHANNEL, 1, NOON + timedelta(minutes=1))
    figures = await store.operation.figures()
    assert figures.posts == {(CHANNEL, "sent"): 4}
    assert figures.votes == {CHANNEL: 2}
    assert figures.digests == {CHANNEL: 1}
    assert figures.papers == 5
    assert figures.newest_listing == THURSDAY
    assert figures.last_morning == {CHANNEL: NOON + timedelta(minutes=1)}


async def test_a_probe_writes_and_changes_nothing_that_counts(store, rows):
    before = await store.operation.figures()
    await store.operation.probe()
    await store.operation.probe()
    assert await store.operation.figures() == before
    assert rows("SELECT name FROM turns") == [("probe",)]


async def test_a_probe_meets_what_a_write_would_meet_and_trouble_ends_with_the_next_write(store):
    writer = store._database._writer
    writer.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreReadOnly):
        await store.operation.probe()
    assert "cannot be written" in store.operation.failure
    writer.execute("PRAGMA query_only = 0")
    await store.operation.probe()
    assert store.operation.failure == ""


async def test_a_file_that_another_process_holds_for_a_while_is_no_trouble_of_the_file(store, path):
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        await store.operation.probe()
    other.close()
    assert store.operation.failure == ""


async def test_a_file_that_is_gone_is_trouble(store, path):
    path.unlink()
    with pytest.raises(StoreGone):
        await store.operation.probe()
    assert "removed or replaced" in store.operation.failure
