"""Opt-outs outlive the restoring of an earlier copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.models import Holdings, StandingRule
from bot.store import Store
from bot.store.backups.people import copy_opt_outs
from bot.store.backups.restoring import restore_database
from tests.builders import CHANNEL, NOON, a_vote

ADA = "U0ADAPLANTED7"


@pytest.fixture
async def copy(store, posted, path, tmp_path):
    """A copy made while everything about two people was still there; one of them is forgotten afterwards."""
    await store.feedback.record([a_vote("1", "e1", person=ADA), a_vote("2", "e2", person="bob")], NOON)
    await store.rules.add(CHANNEL, StandingRule("mute author", "Eve", ADA, NOON))
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    await store.privacy.forget(ADA, NOON)
    await store.privacy.forget("U0STRANGER", NOON)
    return copy


async def test_whoever_was_forgotten_since_a_copy_was_made_is_forgotten_in_it_when_it_is_restored(store, copy, path):
    store.close()
    restore_database(copy, path)
    restored = Store(path)
    try:
        assert await restored.privacy.holdings(ADA) == Holdings()
        assert await restored.privacy.opted_out([ADA, "bob", "U0STRANGER"]) == {ADA, "U0STRANGER"}
        assert [vote.person for vote in await restored.feedback.current(CHANNEL)] == ["bob"]
        assert await restored.privacy.rebuild_owed(), "the file still has to be rid of it"
    finally:
        restored.close()


async def test_a_copy_from_before_there_were_keys_takes_the_key_over(store, copy, path):
    store.close()
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("UPDATE privacy SET key = x'00'")
    assert copy_opt_outs(path, copy) == 1
    assert copy_opt_outs(path, copy) == 0


async def test_another_databases_opt_outs_say_nothing_here(store, copy, path, tmp_path):
    other = Store(tmp_path / "other.db")
    await other.privacy.forget("bob", NOON)
    other.close()
    assert copy_opt_outs(path, tmp_path / "other.db") == 0


def test_a_database_that_cannot_be_read_has_nothing_to_carry(tmp_path):
    (tmp_path / "broken.db").write_bytes(b"broken")
    new = tmp_path / "new.db"
    Store(new).close()
    assert copy_opt_outs(tmp_path / "broken.db", new) == copy_opt_outs(tmp_path / "none.db", new) == 0
